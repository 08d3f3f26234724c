"""Answers how the client behaved in a test's sandbox, by the vendors' advice and good manners, and holds it to them.

Judging stays out: the server does it, over the requests that it got.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from mockserver.pytest_plugin.faults import Ask
from mockserver.pytest_plugin.journal import Request, Requests

SHOWN = 5
"""How many requests of a finding a failure tells of."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that was broken at an operation: `requests` are ids of sandbox.requests, `truncated` counts the omitted.

    `source` says whose advice it is, `observed` what the client did, `advice` what to do instead. `operation` is None
    for an unknown path.
    """

    rule: str
    source: str
    vendor: str
    operation: str | None
    requests: Sequence[int]
    truncated: int
    observed: str
    advice: str


class Conduct:
    """The findings over the requests of a sandbox; each look asks the server anew.

    Look when the client is done: a walk through pages that has not come to its end counts as abandoned.
    """

    def __init__(self, ask: Ask, requests: Requests) -> None:
        self._ask = ask
        self._requests = requests

    def findings(self, ignore: Collection[str] = ()) -> list[Finding]:
        """What there is to say of the client, but for some rules; MockserverRefused for a rule that there is not."""
        __tracebackhide__ = True
        if isinstance(ignore, str):
            raise TypeError(f"ignore takes several rules, as in ignore=({ignore!r},)")
        query = f"?ignore={quote(','.join(ignore))}" if ignore else ""
        return [Finding(**told) for told in self._ask("GET", f"/conduct{query}")["findings"]]

    def assert_clean(self, ignore: Collection[str] = ()) -> None:
        """AssertionError where there is anything to say, but for some rules; it tells what, of which requests."""
        __tracebackhide__ = True
        found = self.findings(ignore)
        if found:
            made = {each.id: each for each in self._requests}
            raise AssertionError("\n".join(_told(found, made)))


def _told(found: Sequence[Finding], made: Mapping[int, Request]) -> Iterator[str]:
    rules = list(dict.fromkeys(each.rule for each in found))
    yield f"the client broke {len(rules)} {'rule' if len(rules) == 1 else 'rules'} of conduct: {', '.join(rules)}"
    for each in found:
        yield from _shown(each, made)


def _shown(found: Finding, made: Mapping[int, Request]) -> Iterator[str]:
    where = " ".join(filter(None, (found.vendor, found.operation)))
    yield f"{found.rule} ({where}; source: {found.source})"
    yield f"  observed: {found.observed}"
    for number in found.requests[:SHOWN]:
        yield f"  {made.get(number, f'#{number}')}"
    more = len(found.requests[SHOWN:]) + found.truncated
    if more:
        yield f"  and {more} more"
    yield f"  advice: {found.advice}"
