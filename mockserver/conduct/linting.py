"""The client lint: a finding for each rule that clients violated at one operation of a vendor."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from mockserver.conduct import journaled_request, rules
from mockserver.conduct.advice import Advice, LintContext
from mockserver.conduct.journaled_request import JournaledRequest
from mockserver.conduct.rules import GOOD_PRACTICE, LintRule
from mockserver.gateway.journal import Entry
from mockserver.gateway.limits import Allowance

IDS_MAXIMUM: Final = 20
"""Ids of requests that a finding lists; the rest is counted."""

_QUERY_SHOWN: Final = 100


@dataclass(frozen=True, slots=True)
class JournalFinding:
    """A violated rule: `requests` are ids of the journal, ascending, and `truncated` how many are left out."""

    rule: str
    source: str
    vendor: str
    operation: str | None
    requests: list[int]
    truncated: int
    observed: str
    advice: str


def lint(
    entries: Iterable[Entry],
    *,
    advice: Mapping[str, Advice],
    allowances: Mapping[str, Allowance | None],
    publication_hours: Mapping[str, int],
) -> list[JournalFinding]:
    """Every finding, by vendor, rule and operation; entries come in the order of their ids.

    All mappings are by vendor: its advice, the limit in force on the server, and the hour (UTC) at which the data of a
    day arrive on the next, for those vendors that publish by day.
    """
    contexts = {
        vendor: LintContext(each, allowances.get(vendor), publication_hours.get(vendor))
        for vendor, each in advice.items()
    }
    by_vendor: dict[str, list[JournaledRequest]] = {}
    for each in journaled_request.parse(entries, contexts):
        by_vendor.setdefault(each.entry.vendor, []).append(each)
    return [
        finding
        for vendor in sorted(by_vendor)
        for rule in rules.of_vendor(advice[vendor])
        for finding in _findings(rule, by_vendor[vendor])
    ]


def _findings(rule: LintRule, requests: Sequence[JournaledRequest]) -> Iterator[JournalFinding]:
    by_operation: dict[str, list[JournaledRequest]] = {}
    for each in rule.violations(requests):
        by_operation.setdefault(each.entry.operation or "", []).append(each)
    for operation in sorted(by_operation):
        violating = sorted(by_operation[operation], key=lambda each: each.entry.id)
        first = violating[0]
        yield JournalFinding(
            rule=rule.name,
            source=first.context.advice.sources.get(rule.name, GOOD_PRACTICE),
            vendor=first.entry.vendor,
            operation=operation or None,
            requests=[each.entry.id for each in violating[:IDS_MAXIMUM]],
            truncated=max(len(violating) - IDS_MAXIMUM, 0),
            observed=f"{_shown(first.entry)}{_others(len(violating))}: {_text(rule.observed, first)}",
            advice=_text(rule.advice, first),
        )


def _text(text: rules.Text, first: JournaledRequest) -> str:
    return text if isinstance(text, str) else text(first)


def _shown(entry: Entry) -> str:
    query = entry.query if len(entry.query) <= _QUERY_SHOWN else f"{entry.query[:_QUERY_SHOWN]}…"
    return f"{entry.method} {entry.path}{'?' if query else ''}{query}"


def _others(count: int) -> str:
    return f" and {count - 1} more" if count > 1 else ""
