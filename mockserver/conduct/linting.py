"""The client lint: a finding for each rule that clients violated at one operation of a vendor."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from mockserver.conduct import journaled_request, rules
from mockserver.conduct.advice import LintContext
from mockserver.conduct.journaled_request import JournaledRequest
from mockserver.conduct.rules import GOOD_PRACTICE, LintRule
from mockserver.gateway.journal import Entry

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


def lint(entries: Iterable[Entry], contexts: Mapping[str, LintContext]) -> list[JournalFinding]:
    """Every finding, by vendor, rule and operation; contexts are by vendor."""
    by_vendor: defaultdict[str, list[JournaledRequest]] = defaultdict(list)
    for each in journaled_request.parse(entries, contexts):
        by_vendor[each.entry.vendor].append(each)
    return [
        finding
        for vendor in sorted(by_vendor)
        for rule in rules.of_vendor(contexts[vendor].advice)
        for finding in _findings(rule, by_vendor[vendor])
    ]


def _findings(rule: LintRule, requests: Sequence[JournaledRequest]) -> Iterator[JournalFinding]:
    by_operation: defaultdict[str, list[JournaledRequest]] = defaultdict(list)
    for each in rule.violating(requests):
        by_operation[each.entry.operation or ""].append(each)
    for operation in sorted(by_operation):
        violating = sorted(by_operation[operation], key=lambda each: each.entry.id)
        first = violating[0]
        names = rules.names_in_texts(first)
        others = f" and {len(violating) - 1} more" if len(violating) > 1 else ""
        yield JournalFinding(
            rule=rule.name,
            source=first.context.advice.sources.get(rule.name, GOOD_PRACTICE),
            vendor=first.entry.vendor,
            operation=operation or None,
            requests=[each.entry.id for each in violating[:IDS_MAXIMUM]],
            truncated=max(len(violating) - IDS_MAXIMUM, 0),
            observed=f"{_shown(first.entry)}{others}: {rule.observed.format_map(names)}",
            advice=rule.advice.format_map(names),
        )


def _shown(entry: Entry) -> str:
    query = entry.query if len(entry.query) <= _QUERY_SHOWN else f"{entry.query[:_QUERY_SHOWN]}…"
    return f"{entry.method} {entry.path}{'?' if query else ''}{query}"
