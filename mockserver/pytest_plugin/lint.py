"""The client lint over the requests of a sandbox: its findings, and an assertion that there are none.

The rules are on the server, which applies them to the requests in the journal.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from mockserver.client import SandboxClient
from mockserver.pytest_plugin.requests import Request, SandboxRequests

__tracebackhide__ = True  # pytest leaves these functions out of a failed test's traceback

REQUESTS_SHOWN = 5
"""How many requests of a finding a failed assertion shows at most."""


@dataclass(frozen=True, slots=True)
class LintFinding:
    """A violated rule at an operation: `requests` are ids of sandbox.requests, and `truncated` counts those left out.

    `source` is where the advice comes from, `observed` what the client did, `advice` what to do instead. `operation`
    is None for an unknown path.
    """

    rule: str
    source: str
    vendor: str
    operation: str | None
    requests: Sequence[int]
    truncated: int
    observed: str
    advice: str


class SandboxLint:
    """The findings over the requests of a sandbox; every call runs the lint anew.

    Call it when the client is done: a list whose last page has not been fetched counts as abandoned.
    """

    def __init__(self, client: SandboxClient, requests: SandboxRequests) -> None:
        self._client = client
        self._requests = requests

    def findings(self, ignore: Collection[str] = ()) -> list[LintFinding]:
        """All findings, except those of the ignored rules; MockserverRefused for an unknown rule."""
        if isinstance(ignore, str):
            raise TypeError(f"ignore is a collection of rules, as in ignore=({ignore!r},)")
        return [LintFinding(**finding) for finding in self._client.lint(tuple(ignore))["findings"]]

    def assert_clean(self, ignore: Collection[str] = ()) -> None:
        """Raise AssertionError if there are findings, except of the ignored rules; it lists them and their requests."""
        findings = self.findings(ignore)
        if findings:
            requests = {request.id: request for request in self._requests}
            rules = list(dict.fromkeys(finding.rule for finding in findings))
            head = f"the client violates {len(rules)} {'rule' if len(rules) == 1 else 'rules'}: {', '.join(rules)}"
            raise AssertionError("\n".join([head, *(line for each in findings for line in _describe(each, requests))]))


def _describe(finding: LintFinding, requests: Mapping[int, Request]) -> Iterator[str]:
    where = " ".join(filter(None, (finding.vendor, finding.operation)))
    yield f"{finding.rule} ({where}; source: {finding.source})"
    yield f"  observed: {finding.observed}"
    for number in finding.requests[:REQUESTS_SHOWN]:
        yield f"  {requests.get(number, f'#{number}')}"
    omitted = len(finding.requests[REQUESTS_SHOWN:]) + finding.truncated
    if omitted:
        yield f"  and {omitted} more"
    yield f"  advice: {finding.advice}"
