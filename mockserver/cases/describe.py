"""A case described as data: why clients break on it, how to reproduce it, and what the answers must be.

The control plane shows it as JSON, the command as text, and a tool as a document.
"""

from collections.abc import Sequence
from typing import Any

from mockserver.cases import matching, shell
from mockserver.cases.records import Case
from mockserver.gateway.switches import Grade
from mockserver.gateway.vendor import Vendor

SERVER_FLAGS = {"threaded": " --server threaded"}
"""The flags of a server that can do what a case needs."""


def describe(
    case: Case, vendors: Sequence[Vendor], url: str = shell.ADDRESS, *, guarded: bool = False
) -> dict[str, Any]:
    """A case as JSON, with curl lines for a server at a URL; `guarded`: the server requires an admin token."""
    return {
        "id": case.id,
        "title": case.title,
        "vendor": case.vendor,
        "rationale": case.rationale,
        "needs": case.needs,
        "serve": serve(case),
        "curl": shell.of_server(case, vendors, url, guarded=guarded),
        "sandbox": dict(case.setup),
        "curl_in_sandbox": shell.of_sandbox(case, vendors, url, guarded=guarded),
        "marker": marker(case),
        "expect": [
            {"request": f"{step.method} {step.target}", "answer": list(matching.sentences(step.expect))}
            for step in case.steps
        ],
        "returns": case.returns,
        "grade": case.grade,
        "evidence": Grade(case.grade).evidence,
        "source": case.source,
    }


def serve(case: Case) -> str:
    """The command that starts a server for a case."""
    return f"mockserver serve --case {case.id}{SERVER_FLAGS.get(case.needs or '', '')}"


def marker(case: Case) -> str:
    """The pytest marker that sets up a test's sandbox for the case."""
    return f'@pytest.mark.mockserver(case="{case.id}")'
