"""Usage in buckets of the calendar: counters, distinct users, and the ratios that follow from them."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from operator import add

from mockserver.products.tabnine import PRODUCT
from mockserver.products.tabnine.facts import COUNTERS, SECTIONS
from mockserver.products.tabnine.ranges import UsageTotals
from mockserver.products.world import World
from mockserver.simulation import calendar_periods
from mockserver.simulation.calendar_periods import CalendarPeriod
from mockserver.simulation.hashing import I64
from mockserver.simulation.timestamps import DAY, EPOCH, ParsedTime, format_utc, midnight
from mockserver.vendors.tabnine import policy

_PERIODS = {"daily": CalendarPeriod.DAY, "weekly": CalendarPeriod.WEEK, "monthly": CalendarPeriod.MONTH}
_NOTHING = UsageTotals((0,) * len(COUNTERS), (0,) * len(SECTIONS), 0)

Columns = Mapping[str, Sequence[str | int | float | None]]
"""What buckets show by name, one entry for each bucket; None for an undefined ratio."""


Bucket = tuple[tuple[int, str], tuple[int, str]]
"""Where a bucket begins and ends: for each, the second from which facts count, and how it is written."""


def buckets(world: World, now: int, start: ParsedTime, end: ParsedTime, granularity: str) -> list[Bucket]:
    """The buckets of a range, ascending. A long range has no buckets outside the history."""
    return list(pairwise(_edges(start, end, granularity, midnight(world.organization.first_day), now)))


def is_past(bucket: Bucket, now: int) -> bool:
    """Whether a bucket has ended, so that its usage no longer changes."""
    return bucket[1][0] <= now


def columns(
    world: World, members: I64 | None, now: int, chosen: Sequence[Bucket], *, omit_empty: bool = False
) -> Columns:
    """Buckets that follow one another, of some members by index (None: everybody); what is after `now` is empty.

    With `omit_empty` there are no buckets without usage.
    """
    cuts = [*(start for (start, _), _ in chosen), *(end for _, (end, _) in chosen[-1:])]
    totals = _totals(world, members, cuts, now + 1)
    shown = [pair for pair in zip(chosen, totals, strict=True) if not omit_empty or any(pair[1].sums)]
    return _columns([bucket for bucket, _ in shown], [total for _, total in shown])


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
    return [opening, *((second, format_utc(second)) for second in inner), closing]


def _starts(first: int, last: int, period: CalendarPeriod) -> list[int]:
    """The seconds at which the periods begin that a range of seconds touches; only the first may be before it."""
    return [(day - EPOCH) * DAY for day in calendar_periods.starts(first // DAY + EPOCH, last // DAY + EPOCH, period)]


def _totals(world: World, members: I64 | None, cuts: list[int], present: int) -> list[UsageTotals]:
    past = [cut for cut in cuts if cut < present]
    counted: list[UsageTotals] = []
    if past:
        ranges = world.of(PRODUCT).ranges
        past += [min(cut, present) for cut in cuts[len(past) : len(past) + 1]]
        counted = ranges.everybody(past) if members is None else ranges.members(members, past)
    return counted + [_NOTHING] * (len(cuts) - 1 - len(counted))


def _columns(chosen: list[Bucket], totals: list[UsageTotals]) -> Columns:
    sums = {name: [total.sums[index] for total in totals] for index, name in enumerate(COUNTERS)}
    completers, chatters, agents = ([total.users[section] for total in totals] for section in range(len(SECTIONS)))
    chars, keystrokes = sums["completion_chars"], sums["keystrokes"]
    generated = list(map(add, chars, sums["chat_chars"]))
    return {
        "start": [start for (_, start), _ in chosen],
        "end": [end for _, (_, end) in chosen],
        "users": [total.anybody for total in totals],
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
