"""Augment's reports: from facts to counts by day, users by day, users over a range, records by language and editor.

Days are ordinals. Reports of members go in order of id, from the row after the one with the id `after`; they read about
`size` members first, and more only when more rows are taken.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np

from mockserver.products.augment import PRODUCT
from mockserver.products.augment.facts import COUNTERS, INDEX
from mockserver.products.world import World
from mockserver.simulation.calendar import days
from mockserver.simulation.people import Block

_LINES = tuple(
    index for name, index in INDEX.items() if name.endswith("_lines") and name != "completions_suggested_lines"
)
_MESSAGES = tuple(index for name, index in INDEX.items() if name.endswith("_messages"))
_CELLS_AT_ONCE = 128 * 1024
"""Members times days that are computed together at most."""

_SEPARATOR = "\x1f"
"""Between the parts of a record's id: no id, language or editor in an organization file can hold it."""


@dataclass(frozen=True, slots=True)
class MemberReport:
    """A member, by exactly one of the two names, with what a report has: metrics over some days, or of a record.

    `row_id` is what the order of the rows and the cursors go by.
    """

    row_id: str
    email: str | None
    service_account: str | None
    active_days: int = 0
    language: str = ""
    editor: str = ""
    metrics: Mapping[str, int] = field(default_factory=dict)


def metrics(counters: tuple[int, ...]) -> dict[str, int]:
    """Sixteen numbers by our counters' names, the two totals computed from their parts."""
    named = dict(zip(COUNTERS, counters, strict=True))
    total_lines = sum(counters[index] for index in _LINES)
    return {"total_lines": total_lines, "total_messages": sum(counters[index] for index in _MESSAGES), **named}


def daily_users(world: World, first: int, last: int, known: int) -> dict[str, list[Any]]:
    """How many members were active on every day of the range, ascending; zeros for the days after `known`."""
    counts = [day.users[0] for day in world.of(PRODUCT).days.span(first, known)]
    counts += [0] * (last - first + 1 - len(counts))
    return {"date": _dates(range(first, last + 1)), "user_count": counts}


def daily_metrics(world: World, first: int, known: int) -> dict[str, list[Any]]:
    """Everybody's metrics on every day up to `known` on which anybody was active, ascending."""
    found = [(first + index, day) for index, day in enumerate(world.of(PRODUCT).days.span(first, known))]
    active = [(ordinal, day) for ordinal, day in found if day.users[0]]
    return {
        "date": _dates(ordinal for ordinal, _ in active),
        "metrics": [metrics(tuple(day.sums.tolist())) for _, day in active],
    }


def _dates(ordinals: Iterable[int]) -> list[str]:
    return [date.fromordinal(ordinal).isoformat() for ordinal in ordinals]


def active_users(world: World, first: int, last: int, after: str | None, size: int) -> Iterator[MemberReport]:
    """The members active in the range."""
    span = days(world.organization, first, last)
    for block in _blocks(world, _start(world, after), first, last, size):
        active = world.of(PRODUCT).facts.active(block, span).any(axis=1)
        for index in block.index[active].tolist():
            yield _member(world, index)


def user_activity(world: World, first: int, last: int, after: str | None, size: int) -> Iterator[MemberReport]:
    """The members active in the range, with their sums."""
    span = days(world.organization, first, last)
    for block in _blocks(world, _start(world, after), first, last, size):
        facts = world.of(PRODUCT).facts.facts(block, span)
        active_days, sums = facts.active.sum(axis=1), facts.by_member
        for row in np.flatnonzero(active_days).tolist():
            member, counters = _member(world, int(block.index[row])), tuple(sums[:, row].tolist())
            yield MemberReport(
                member.row_id, member.email, member.service_account, int(active_days[row]), metrics=metrics(counters)
            )


def records(world: World, first: int, last: int, after: str | None, size: int) -> Iterator[MemberReport]:
    """The records of one day (or of none, where `last` is before `first`), by member, language and editor."""
    span = days(world.organization, first, last)
    start, passed = _passed(world, after)
    for block in _blocks(world, start, first, last, size):
        for record in world.of(PRODUCT).records.of(block, span):
            labels = (record.language, record.editor)
            if (record.member, *labels) > passed:
                member = _member(world, record.member)
                row_id = _SEPARATOR.join((member.row_id, *labels))
                yield MemberReport(row_id, member.email, member.service_account, 0, *labels, metrics(record.counters))


def record_sums(world: World, day: int, label: str) -> dict[str, tuple[int, dict[str, int]]]:
    """By language or editor, as `label` says: how many members have records on a day, and the sum of their metrics."""
    by_language, by_editor = world.of(PRODUCT).record_sums.on(day)
    sums = {"language": by_language, "editor": by_editor}[label]
    return {name: (each.users, metrics(tuple(each.counters.tolist()))) for name, each in sums.items()}


def _member(world: World, index: int) -> MemberReport:
    found = world.identities.of(index)
    row_id = world.of(PRODUCT).row_ids.given(index) or str(found.id)
    return MemberReport(row_id, found.email, found.service_account)


def _start(world: World, after: str | None) -> int:
    """The first member after a row."""
    return 0 if after is None else world.of(PRODUCT).row_ids.after(after)


def _passed(world: World, after: str | None) -> tuple[int, tuple[int, str, str]]:
    """The first member to read, and the key of the row before the page; a bare member's id skips all of its rows."""
    row_id, _, labels = (after or "").partition(_SEPARATOR)
    following = _start(world, after and row_id)
    if not labels or following == 0 or world.of(PRODUCT).row_ids.of(following - 1) != row_id:
        return following, (-1, "", "")
    language, _, editor = labels.partition(_SEPARATOR)
    return following - 1, (following - 1, language, editor)


def _blocks(world: World, start: int, first: int, last: int, size: int) -> Iterator[Block]:
    """Members from `start` on who can have been active in the range: `size` of them, then more and more."""
    if last < first:
        return
    next_size, most = size, max(_CELLS_AT_ONCE // (last - first + 1), 1)
    using = np.empty(0, dtype=np.int64)
    for block in world.people.blocks(start):
        using = np.concatenate([using, block.index[block.rows_using(PRODUCT.name, first, last)]])
        while len(using) >= min(size, most):
            some, using = np.split(using, [min(size, most)])
            yield world.people.members(some)
            size, next_size = next_size, size + next_size
    if len(using):
        yield world.people.members(using)
