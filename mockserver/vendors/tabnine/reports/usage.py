"""Usage in buckets of the calendar: counters, distinct users, and the ratios that follow from them."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache
from itertools import pairwise
from operator import add
from typing import Any

from mockserver.products.tabnine import PRODUCT
from mockserver.products.tabnine.facts import COUNTERS, SECTIONS
from mockserver.products.tabnine.ranges import TabnineRanges, UsageTotals, is_whole_day
from mockserver.products.world import World
from mockserver.simulation import calendar_periods
from mockserver.simulation.calendar_periods import CalendarPeriod
from mockserver.simulation.hashing import I64
from mockserver.simulation.timestamps import DAY, EPOCH, ParsedTime, format_utc, midnight
from mockserver.vendors.tabnine import policy
from mockserver.vendors.tabnine.policy import Legacy

_PERIODS = {"daily": CalendarPeriod.DAY, "weekly": CalendarPeriod.WEEK, "monthly": CalendarPeriod.MONTH}
_EVER = midnight(date.min)
Columns = dict[str, Sequence[Any]]
"""What buckets show by name, one entry for each bucket; None for an undefined ratio."""


Window = tuple[int, int]
"""The seconds between which facts count, the second one excluded."""

Bucket = tuple[tuple[int, str], tuple[int, str]]
"""Where a bucket begins and ends: for each, the second from which facts count, and how it is written."""


def buckets(world: World, now: int, start: ParsedTime, end: ParsedTime, granularity: str) -> list[Bucket]:
    """The buckets of a range, ascending. A long range has no buckets outside the history."""
    return list(pairwise(_edges(start, end, granularity, midnight(world.organization.first_day), now)))


def window(now: int, legacy: Legacy, cutoff: int, *, newer: bool = False) -> Window:
    """What counts at a moment in v1's usage or, with `newer`, in v2's, under the rule of Tabnine 6.2."""
    since, until = _EVER, now + 1
    if newer:
        return (max(since, cutoff) if legacy is Legacy.SPLIT else since), until
    return since, (until if legacy is Legacy.OFF else min(until, cutoff))


def past(chosen: Sequence[Bucket], now: int) -> Sequence[Bucket]:
    """The buckets that have ended, so that their usage no longer changes: the first of those in ascending order."""
    return chosen[: bisect_right(chosen, now, key=lambda bucket: bucket[1][0])]


def days_beside(world: World, now: int, count: int, first: Bucket, last: Bucket) -> tuple[list[Bucket], list[Bucket]]:
    """Up to so many days before a bucket, in the history, and after another one, in the past, at the same times of day.

    There are none where the bucket is not a whole day, or its ends have fractions of a second.
    """
    oldest = midnight(world.organization.first_day)
    before = min((first[0][0] - oldest) // DAY, count) if _is_day(first) else 0
    after = min((now - last[1][0]) // DAY, count) if _is_day(last) else 0
    return (
        [_on_another_day(first, -days) for days in range(before, 0, -1)],
        [_on_another_day(last, days) for days in range(1, after + 1)],
    )


def _on_another_day(bucket: Bucket, days: int) -> Bucket:
    (start, _), (end, _) = bucket
    return _edge(start + days * DAY), _edge(end + days * DAY)


def _is_day(bucket: Bucket) -> bool:
    """Whether a bucket is a day, or all of it but hours of the night, and its ends have no fractions."""
    (start, _), (end, _) = bucket
    return is_whole_day(start, end) and bucket == (_edge(start), _edge(end))


def columns(
    world: World, members: I64 | None, within: Window, chosen: Sequence[Bucket], *, omit_empty: bool = False
) -> Columns:
    """Buckets in ascending order, of some members by index (None: everybody); what is outside a window is empty.

    With `omit_empty` there are no buckets without usage.
    """
    totals = totals_of(world.of(PRODUCT).ranges, members, within, chosen)
    shown = [pair for pair in zip(chosen, totals, strict=True) if not omit_empty or any(pair[1].sums)]
    return columns_of([bucket for bucket, _ in shown], [total for _, total in shown])


def _edges(start: ParsedTime, end: ParsedTime, granularity: str, history: int, now: int) -> list[tuple[int, str]]:
    """Where a range begins, is cut by the calendar, and ends: the second from which facts count, and as written."""
    if granularity == "all":
        return [(start.ceiling, start.text), (end.ceiling, end.text)]
    opening, closing = (start.ceiling, start.utc), (end.ceiling, end.utc)
    first, last, period = start.second, end.ceiling, _PERIODS[granularity]
    if (last - first) // policy.GRANULARITIES[granularity] > policy.BUCKETS_MAXIMUM:
        oldest = _starts(history, history, period)[0]
        newest = _starts(now, now + 31 * DAY, period)[1]  # The next period begins within 31 days.
        if first < oldest:
            first, opening = oldest, (oldest, format_utc(oldest))
        if newest < last:
            last, closing = newest, (newest, format_utc(newest))
    if first >= last:
        return []
    inner = _starts(first, last - 1, period)[1:]
    return [opening, *map(_edge, inner), closing]


@lru_cache(2048)  # Clients ask for the same days again and again.
def _edge(second: int) -> tuple[int, str]:
    """A second, and how it is written."""
    return second, format_utc(second)


def _starts(first: int, last: int, period: CalendarPeriod) -> list[int]:
    """The seconds at which the periods begin that a range of seconds touches; only the first may be before it."""
    return [(day - EPOCH) * DAY for day in calendar_periods.starts(first // DAY + EPOCH, last // DAY + EPOCH, period)]


def totals_of(
    ranges: TabnineRanges, members: I64 | None, within: Window, chosen: Sequence[Bucket]
) -> list[UsageTotals]:
    """The totals of buckets in ascending order, of some members by index, of what happened within a window."""
    cuts: list[int] = []
    places = []
    for (start, _), (end, _) in chosen:
        if not cuts or cuts[-1] != start:  # What is between two buckets has a total too, which nobody gets.
            cuts.append(start)
        places.append(len(cuts) - 1)
        cuts.append(end)
    clipped = [min(max(cut, within[0]), within[1]) for cut in cuts]
    filled = [index for index, (start, end) in enumerate(pairwise(clipped)) if start < end]
    totals = [ranges.nothing] * (len(cuts) - 1)
    if filled:
        span = slice(filled[0], filled[-1] + 1)
        used = clipped[span.start : span.stop + 1]
        totals[span] = ranges.everybody(used) if members is None else ranges.members(members, used)
    return [totals[place] for place in places]


def columns_of(chosen: Sequence[Bucket], totals: Sequence[UsageTotals]) -> Columns:
    """The columns of some buckets with their totals."""
    sums = {name: [total.sums[index] for total in totals] for index, name in enumerate(COUNTERS)}
    completers, chatters, agents = ([total.users[section] for total in totals] for section in range(len(SECTIONS)))
    chars, keystrokes = sums["completion_chars"], sums["keystrokes"]
    generated = list(map(add, chars, sums["chat_chars"]))
    return {
        "start": [start for (_, start), _ in chosen],
        "end": [end for _, (_, end) in chosen],
        "users": [total.anybody for total in totals],
        "nobody": [0] * len(totals),
        "nothing": [0] * len(totals),
        "completers": completers,
        "chatters": chatters,
        "agent_users": agents,
        **sums,
        "productivity_factor": _ratios(generated, map(add, generated, keystrokes)),
        "automation_factor": _ratios(chars, map(add, chars, keystrokes)),
        "consumption_rate": _ratios(sums["chat_useful"], sums["chat_interactions"]),
    }


def _ratios(parts: Iterable[int], wholes: Iterable[int]) -> list[float | None]:
    """Ratios to three decimals, halves rounded up, computed in whole thousandths; None instead of a division by 0."""
    pairs = zip(parts, wholes, strict=True)
    return [(2000 * part + whole) // (2 * whole) / 1000 if whole else None for part, whole in pairs]
