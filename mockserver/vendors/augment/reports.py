"""Augment's reports: from facts to counts by day, users by day, users over a range, records by language and editor.

Days are ordinals. A report has nothing newer than its `through`, the newest day with data.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np

from mockserver.products.augment import PRODUCT
from mockserver.products.augment.facts import COUNTERS, INDEX
from mockserver.products.augment.records import LanguageRecord
from mockserver.products.augment.row_ids import AugmentMember
from mockserver.products.world import World
from mockserver.simulation.calendar import days
from mockserver.simulation.people import Block

_LINES = tuple(
    index for name, index in INDEX.items() if name.endswith("_lines") and name != "completions_suggested_lines"
)
_MESSAGES = tuple(index for name, index in INDEX.items() if name.endswith("_messages"))
_SEPARATOR = "\x1f"
"""Between the parts of a record's id: no id, language or editor in an organization file can hold it."""


def format_timestamp(moment: datetime) -> str:
    """A moment (UTC) as protobuf writes timestamps in JSON: RFC 3339 with `Z` and 0, 3 or 6 fractional digits."""
    text = moment.isoformat().removesuffix("+00:00")
    if moment.microsecond and not moment.microsecond % 1000:
        text = text.removesuffix("000")
    return f"{text}Z"


def published(now: datetime, publication_hour: int) -> int:
    """The newest day (an ordinal) whose data have arrived: yesterday, from the publication hour (UTC) on."""
    arrived = now.hour >= publication_hour
    return now.toordinal() - (1 if arrived else 2)


@dataclass(frozen=True, slots=True)
class DayCount:
    """How many members were active on a day."""

    date: date
    user_count: int


@dataclass(frozen=True, slots=True)
class DayUsage:
    """Everybody's metrics on a day."""

    date: date
    metrics: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class UserActivity:
    """A member's metrics over a range, and on how many of its days they were active."""

    user: AugmentMember
    active_days: int
    metrics: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class UserRecord:
    """A member's metrics on a day in one language and editor."""

    user: AugmentMember
    language: str
    editor: str
    metrics: Mapping[str, int]


def metrics(counters: tuple[int, ...]) -> dict[str, int]:
    """Sixteen numbers by our counters' names, the two totals computed from their parts."""
    named = dict(zip(COUNTERS, counters, strict=True))
    total_lines = sum(counters[index] for index in _LINES)
    return {"total_lines": total_lines, "total_messages": sum(counters[index] for index in _MESSAGES), **named}


def day_counts(world: World, first: int, last: int, through: int) -> list[DayCount]:
    """Every day of the range, zeros included."""
    known = [rolled.users[0] for rolled in world.of(PRODUCT).days.span(first, min(last, through))]
    unknown = [0] * (last - first + 1 - len(known))
    return [DayCount(date.fromordinal(first + index), count) for index, count in enumerate(known + unknown)]


def day_usage(world: World, first: int, last: int, through: int) -> list[DayUsage]:
    """The days of the range on which anybody was active."""
    rolled = world.of(PRODUCT).days.span(first, min(last, through))
    return [
        DayUsage(date.fromordinal(first + index), metrics(tuple(day.sums.tolist())))
        for index, day in enumerate(rolled)
        if day.users[0]
    ]


def users_on(world: World, day: int, through: int, after: str | None, count: int) -> list[AugmentMember]:
    """Up to `count` members active on a day, in order of id, after the row with an id."""
    if day > through:
        return []
    one, members = days(world.organization, day, day), world.of(PRODUCT).row_ids
    found: list[AugmentMember] = []
    for block in _candidates(world, after, day, day, count):
        active = world.of(PRODUCT).facts.active(block, one)[:, 0]
        found += [members.member(index) for index in block.index[active][: count - len(found)].tolist()]
        if len(found) == count:
            break
    return found


def user_activity(
    world: World, first: int, last: int, through: int, after: str | None, count: int
) -> list[UserActivity]:
    """Up to `count` members active in the range, with their sums, in order of id, after the row with an id."""
    last = min(last, through)
    if last < first:
        return []
    span = days(world.organization, first, last)
    found: list[UserActivity] = []
    for block in _candidates(world, after, first, last, count):
        facts = world.of(PRODUCT).facts.facts(block, span)
        active_days, sums = facts.active.sum(axis=1), facts.by_member
        for row in np.flatnonzero(active_days)[: count - len(found)].tolist():
            user = world.of(PRODUCT).row_ids.member(int(block.index[row]))
            found.append(UserActivity(user, int(active_days[row]), metrics(tuple(sums[:, row].tolist()))))
        if len(found) == count:
            break
    return found


def records(world: World, day: int, through: int, after: str | None, count: int) -> list[UserRecord]:
    """Up to `count` records of a day, by member, language and editor, after the row with an id."""
    if day > through:
        return []
    one = days(world.organization, day, day)
    start, passed = _passed(world, after)
    found: list[UserRecord] = []
    for block in _blocks(world, start, day, day, count):
        rows = [record for record in world.of(PRODUCT).records.of(block, one) if _key(record) > passed]
        found += [_row(world, record) for record in rows[: count - len(found)]]
        if len(found) == count:
            break
    return found


def _row(world: World, record: LanguageRecord) -> UserRecord:
    user = world.of(PRODUCT).row_ids.member(record.member)
    return UserRecord(user, record.language, record.editor, metrics(record.counters))


def _key(record: LanguageRecord) -> tuple[int, str, str]:
    return record.member, record.language, record.editor


def record_id(record: UserRecord) -> str:
    """The id of a record's row: the member's, with language and editor."""
    return _SEPARATOR.join((record.user.row_id, record.language, record.editor))


def _passed(world: World, after: str | None) -> tuple[int, tuple[int, str, str]]:
    """The first member to read, and the key of the row before the page; a bare member's id skips all of its rows."""
    nothing = (-1, "", "")
    if after is None:
        return 0, nothing
    row_id, _, labels = after.partition(_SEPARATOR)
    following = world.of(PRODUCT).row_ids.after(row_id)
    if not labels or following == 0 or world.of(PRODUCT).row_ids.of(following - 1) != row_id:
        return following, nothing
    language, _, editor = labels.partition(_SEPARATOR)
    return following - 1, (following - 1, language, editor)


def _candidates(world: World, after: str | None, first: int, last: int, count: int) -> Iterator[Block]:
    start = 0 if after is None else world.of(PRODUCT).row_ids.after(after)
    return _blocks(world, start, first, last, count)


def _blocks(world: World, start: int, first: int, last: int, count: int) -> Iterator[Block]:
    """Members from `start` on who can have been active in the range: about a page of them, then more and more."""
    size, next_size = count, count
    for block in world.people.blocks(start):
        using, offset = block.take(block.rows_using(PRODUCT.name, first, last)), 0
        while offset < len(using):
            yield using.take(np.arange(offset, min(offset + size, len(using))))
            offset += size
            size, next_size = next_size, size + next_size
