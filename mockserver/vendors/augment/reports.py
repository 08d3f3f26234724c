"""From facts to Augment's numbers: counts by day, users by day, users over a range, records by language and editor.

HTTP stays out, and so do JSON keys; days are ordinals, and nothing newer than `through` is told.
"""

from collections.abc import Hashable, Iterator, Mapping
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
"""Between the parts of a record's id: no id, language or editor in an organisation file can hold it."""


def stamp(instant: datetime) -> str:
    """An instant (UTC) as protobuf writes timestamps in JSON: RFC 3339 with `Z` and 0, 3 or 6 fractional digits."""
    written = instant.isoformat().removesuffix("+00:00")
    if instant.microsecond and not instant.microsecond % 1000:
        written = written.removesuffix("000")
    return f"{written}Z"


def publication_hour(values: Mapping[str, str | int]) -> int:
    """The hour (UTC) at which the data of a day arrive on the next."""
    return int(values["publication_hour"])


def published(now: datetime, values: Mapping[str, str | int]) -> int:
    """The newest day (an ordinal) whose data have arrived: yesterday's from the publication hour on."""
    arrived = now.hour >= publication_hour(values)
    return now.toordinal() - (1 if arrived else 2)


def epoch(now: datetime, values: Mapping[str, str | int]) -> Hashable:
    """What of the moment an answer depends on: today's date, and how far the data go."""
    return now.toordinal(), published(now, values)


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
    total_lines = sum(counters[place] for place in _LINES)
    return {"total_lines": total_lines, "total_messages": sum(counters[place] for place in _MESSAGES), **named}


def day_counts(world: World, first: int, last: int, through: int) -> list[DayCount]:
    """Every day of the range, zeros included."""
    known = [rolled.users[0] for rolled in world.of(PRODUCT).days.span(first, min(last, through))]
    unknown = [0] * (last - first + 1 - len(known))
    return [DayCount(date.fromordinal(first + place), count) for place, count in enumerate(known + unknown)]


def day_usage(world: World, first: int, last: int, through: int) -> list[DayUsage]:
    """The days of the range on which anybody was active."""
    rolled = world.of(PRODUCT).days.span(first, min(last, through))
    return [
        DayUsage(date.fromordinal(first + place), metrics(tuple(day.sums.tolist())))
        for place, day in enumerate(rolled)
        if day.users[0]
    ]


def users_on(world: World, day: int, through: int, after: str | None, count: int) -> list[AugmentMember]:
    """Up to `count` members active on a day, in order of id, after the row with an id."""
    if day > through:
        return []
    one = days(world.organization, day, day)
    members = world.of(PRODUCT).row_ids
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


def user_id(user: AugmentMember) -> str:
    """The id of a user's row."""
    return user.row_id


def activity_id(activity: UserActivity) -> str:
    """The id of a row of user activity."""
    return activity.user.row_id


def _passed(world: World, after: str | None) -> tuple[int, tuple[int, str, str]]:
    """From which member on to read, and the key of the last row passed; a bare member's id passes all of its rows."""
    nothing = (-1, "", "")
    if after is None:
        return 0, nothing
    row_id, _, labels = after.partition(_SEPARATOR)
    behind = world.of(PRODUCT).row_ids.after(row_id)
    if not labels or behind == 0 or world.of(PRODUCT).row_ids.of(behind - 1) != row_id:
        return behind, nothing
    language, _, editor = labels.partition(_SEPARATOR)
    return behind - 1, (behind - 1, language, editor)


def _candidates(world: World, after: str | None, first: int, last: int, count: int) -> Iterator[Block]:
    start = 0 if after is None else world.of(PRODUCT).row_ids.after(after)
    return _blocks(world, start, first, last, count)


def _blocks(world: World, start: int, first: int, last: int, count: int) -> Iterator[Block]:
    """Members from `start` on who can have been active in the range: first about a page of them, then ever more."""
    run, following = count, count
    for block in world.people.blocks(start):
        using, place = block.users_of(PRODUCT.name, first, last), 0
        while place < len(using):
            yield using.take(np.arange(place, min(place + run, len(using))))
            place += run
            run, following = following, run + following
