"""Answers what there is to say of a client's requests: a finding for each rule that is broken at a vendor's operation.

Which rules there are stays out (`rules`).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from mockserver.conduct import journaled_request
from mockserver.conduct.journaled_request import JournaledRequest
from mockserver.conduct.rules import MANNERS, RULES, Rule
from mockserver.gateway.journal import Entry

IDS_MAXIMUM: Final = 20
"""Ids of requests that a finding lists; the rest is counted."""

_QUERY_SHOWN: Final = 100


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that was broken: `requests` are ids of the journal, ascending, and `more` how many are left out."""

    rule: str
    source: str
    vendor: str
    operation: str | None
    requests: list[int]
    more: int
    seen: str
    do: str


def lint(entries: Iterable[Entry], published: Mapping[str, int]) -> list[Finding]:
    """Every finding, by rule, vendor and operation; entries come in the order of their ids.

    `published` has the hour (UTC) at which the data of a day arrive on the next, by the vendors that have one.
    """
    by_vendor: dict[str, list[JournaledRequest]] = {}
    for each in journaled_request.read(entries, published):
        by_vendor.setdefault(each.entry.vendor, []).append(each)
    return [
        finding
        for rule in RULES
        for vendor in sorted(by_vendor)
        if not rule.only or vendor in rule.only
        for finding in _findings(rule, vendor, by_vendor[vendor])
    ]


def _findings(rule: Rule, vendor: str, requests: list[JournaledRequest]) -> Iterator[Finding]:
    by_operation: dict[str, list[Entry]] = {}
    for each in rule.breaks(requests):
        by_operation.setdefault(each.entry.operation or "", []).append(each.entry)
    for operation in sorted(by_operation):
        breaking = sorted(by_operation[operation], key=lambda entry: entry.id)
        yield Finding(
            rule=rule.name,
            source=rule.sources.get(vendor, MANNERS),
            vendor=vendor,
            operation=operation or None,
            requests=[entry.id for entry in breaking[:IDS_MAXIMUM]],
            more=max(len(breaking) - IDS_MAXIMUM, 0),
            seen=f"{_first(breaking[0])}{_others(len(breaking))}: {rule.seen}",
            do=rule.do.format(hour=f"{requests[0].published or 0:02}:00 UTC"),
        )


def _first(entry: Entry) -> str:
    query = entry.query if len(entry.query) <= _QUERY_SHOWN else f"{entry.query[:_QUERY_SHOWN]}…"
    return f"{entry.method} {entry.path}{'?' if query else ''}{query}"


def _others(count: int) -> str:
    return f" and {count - 1} more" if count > 1 else ""
