"""Answers everything there is to tell of a case: why, how to reach it in each way, and what must come back.

How that is laid out stays out: as JSON below /_mock, as text by the command, as a file by a tool.
"""

from collections.abc import Sequence
from typing import Any

from mockserver.cases import matching, shell
from mockserver.cases.records import Case
from mockserver.gateway.switches import Grade
from mockserver.gateway.vendor import Vendor

SERVER_FLAGS = {"threaded": " --server threaded"}
"""What a server must be started with for what a case needs."""


def describe(
    case: Case, vendors: Sequence[Vendor], url: str = shell.ADDRESS, *, guarded: bool = False
) -> dict[str, Any]:
    """A case as JSON has it, its curl lines for a server at a URL; `guarded`: one that wants its admin token."""
    return {
        "id": case.id,
        "title": case.title,
        "vendor": case.vendor,
        "rationale": case.breaks,
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
    """The command that starts a server of its own for a case."""
    return f"mockserver serve --case {case.id}{SERVER_FLAGS.get(case.needs or '', '')}"


def marker(case: Case) -> str:
    """What makes a test's sandbox as the case says."""
    return f'@pytest.mark.mockserver(case="{case.id}")'
