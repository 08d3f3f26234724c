"""A case described as data: why clients break on it, how to reproduce it, and what the answers must be.

The control plane shows it as JSON, the command as text, and a tool as a document.
"""

from collections.abc import Sequence
from typing import Any

from mockserver.cases import matching, shell
from mockserver.cases.records import THREADED, Case
from mockserver.gateway.switches import Grade
from mockserver.gateway.vendor import Vendor


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
        "serve": f"mockserver serve --case {case.id}{' --server threaded' if case.needs == THREADED else ''}",
        "curl": shell.of_server(case, vendors, url, guarded=guarded),
        "sandbox": dict(case.setup),
        "curl_in_sandbox": shell.of_sandbox(case, vendors, url, guarded=guarded),
        "marker": f'@pytest.mark.mockserver(case="{case.id}")',
        "expect": [
            {"request": f"{step.method} {step.target}", "answer": list(matching.sentences(step.expect))}
            for step in case.steps
        ],
        "returns": case.returns,
        "grade": case.grade,
        "evidence": Grade(case.grade).evidence,
        "source": case.source,
    }
