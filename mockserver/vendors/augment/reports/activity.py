"""Augment's reports: from facts to counts by day, users by day, users over a range, records by language and editor.

Days are ordinals. Each report shows a publication; None is the final figures. Reports of members go in order of id,
from the row after the one with the id `after`; they read about `size` members first, and more only when more rows are
taken.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from operator import itemgetter
from typing import Any

import numpy as np

from mockserver.products.augment import published
from mockserver.products.augment.facts import COUNTERS, INDEX
from mockserver.products.world import World
from mockserver.simulation.calendar import days
from mockserver.simulation.restatement import Publication
from mockserver.vendors.augment.reports import members
from mockserver.vendors.augment.reports.members import Member

_lines = itemgetter(
    *(index for name, index in INDEX.items() if name.endswith("_lines") and name != "completions_suggested_lines")
)
_messages = itemgetter(*(index for name, index in INDEX.items() if name.endswith("_messages")))


@dataclass(frozen=True, slots=True)
class MemberReport(Member):
    """A member with what a report has: metrics over some days, or of a record."""

    active_days: int = 0
    language: str = ""
    editor: str = ""
    metrics: Mapping[str, int] = field(default_factory=dict)


def metrics(counters: tuple[int, ...]) -> dict[str, int]:
    """Sixteen numbers by our counters' names, the two totals computed from their parts."""
    named = dict(zip(COUNTERS, counters, strict=True))
    return {"total_lines": sum(_lines(counters)), "total_messages": sum(_messages(counters)), **named}


def daily_users(world: World, publication: Publication | None, span: Sequence[int]) -> dict[str, list[Any]]:
    """How many members were active on every day of a span, which are days that follow one another."""
    found = published.at(world, publication).days.span(span[0], span[-1])
    return {"date": dates(span), "user_count": [day.users[0] for day in found]}


def no_users(span: Sequence[int]) -> dict[str, list[Any]]:
    """The same of days without data."""
    return {"date": dates(span), "user_count": [0] * len(span)}


def daily_metrics(world: World, publication: Publication | None, span: Sequence[int]) -> dict[str, list[Any]]:
    """Everybody's metrics on the days of a span on which anybody was active; its days follow one another."""
    found = zip(span, published.at(world, publication).days.span(span[0], span[-1]), strict=True)
    active = [(ordinal, day) for ordinal, day in found if day.users[0]]
    return {
        "date": dates(ordinal for ordinal, _ in active),
        "metrics": [metrics(tuple(day.sums.tolist())) for _, day in active],
    }


def dates(ordinals: Iterable[int]) -> list[str]:
    """Days as answers have them."""
    return [date.fromordinal(ordinal).isoformat() for ordinal in ordinals]


def active_users(
    world: World, publication: Publication | None, first: int, last: int, after: str | None, size: int
) -> Iterator[MemberReport]:
    """The members active in the range."""
    span = days(world.organization, first, last)
    for block in members.blocks(world, members.start(world, after), first, last, size):
        active = published.at(world, publication).facts.active(block, span).any(axis=1)
        for index in block.index[active].tolist():
            member = members.of(world, index)
            yield MemberReport(member.row_id, member.email, member.service_account)


def user_activity(
    world: World, publication: Publication | None, first: int, last: int, after: str | None, size: int
) -> Iterator[MemberReport]:
    """The members active in the range, with their sums."""
    span = days(world.organization, first, last)
    for block in members.blocks(world, members.start(world, after), first, last, size):
        facts = published.at(world, publication).facts.facts(block, span)
        active_days, sums = facts.active.sum(axis=1), facts.by_member
        for row in np.flatnonzero(active_days).tolist():
            member, counters = members.of(world, int(block.index[row])), tuple(sums[:, row].tolist())
            yield MemberReport(
                member.row_id, member.email, member.service_account, int(active_days[row]), metrics=metrics(counters)
            )


def records(
    world: World, publication: Publication | None, first: int, last: int, after: str | None, size: int
) -> Iterator[MemberReport]:
    """The records of one day (or of none, where `last` is before `first`), by member, language and editor."""
    span = days(world.organization, first, last)
    start, passed = members.passed(world, after)
    for block in members.blocks(world, start, first, last, size):
        for record in published.at(world, publication).records.of(block, span):
            labels = (record.language, record.editor)
            if (record.member, *labels) > passed:
                member = members.of(world, record.member)
                row_id = members.SEPARATOR.join((member.row_id, *labels))
                yield MemberReport(row_id, member.email, member.service_account, 0, *labels, metrics(record.counters))


def record_sums(
    world: World, publication: Publication | None, day: int, label: str
) -> dict[str, tuple[int, dict[str, int]]]:
    """By language or editor, as `label` says: how many members have records on a day, and the sum of their metrics."""
    by_language, by_editor = published.at(world, publication).record_sums.on(day)
    sums = {"language": by_language, "editor": by_editor}[label]
    return {name: (each.users, metrics(tuple(each.counters.tolist()))) for name, each in sums.items()}
