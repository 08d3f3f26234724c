"""Usage in buckets of the calendar: counters, distinct users, and the ratios that follow from them.

Who has an account is in `accounts`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise

import numpy as np

from mockserver.products.tabnine import PRODUCT
from mockserver.products.tabnine.facts import COUNTERS, SECTIONS
from mockserver.products.tabnine.ranges import UsageTotals
from mockserver.products.world import World
from mockserver.simulation.accounts import AccountTable
from mockserver.simulation.calendar import month_after, week_of
from mockserver.simulation.timestamps import DAY, ParsedTime, day_of, format_all_utc, format_utc, midnight, seconds
from mockserver.vendors.tabnine import policy

_LAST_MONTH = date.max.replace(day=1)
_AGENT = tuple(name for name in COUNTERS if name.startswith("agent_"))
_NOTHING = UsageTotals((0,) * len(COUNTERS), (0,) * len(SECTIONS), 0)

Count = Callable[[Sequence[int]], list[UsageTotals]]
"""Counts the totals between each two of some ascending seconds: of everybody, a team, or a user."""

Column = Sequence[int | float | None]
Columns = Mapping[str, Column]
"""Counters, users and ratios by name, each with one entry for each bucket; None for an undefined ratio."""


@dataclass(frozen=True, slots=True)
class Buckets:
    """Usage by columns: where each bucket begins and ends, its distinct users, and each section's numbers."""

    start: Sequence[str]
    end: Sequence[str]
    users: Column
    productivity_factor: Column
    code_completions: Columns
    chat: Columns
    instruct: Columns
    agent: Columns


def everybody(world: World) -> Count:
    """Counts the whole organization."""
    return world.of(PRODUCT).ranges.everybody


def of_team(world: World, team: int) -> Count:
    """Counts a team."""
    table = world.of(PRODUCT).accounts.table
    index = table.index[table.team == team]
    return lambda cuts: world.of(PRODUCT).ranges.members(index, cuts)


def of_user(world: World, account: AccountTable) -> Count:
    """Counts one user."""
    return lambda cuts: world.of(PRODUCT).ranges.members(account.index, cuts)


def buckets(
    world: World, start: ParsedTime, end: ParsedTime, granularity: str, now: datetime, count: Count, *, omit_empty: bool
) -> Buckets:
    """The buckets of a range, ascending; the future is empty. A long range has no buckets outside the history.

    With `omit_empty` there are no buckets without usage, unless the range is one bucket (`all`).
    """
    history = midnight(world.organization.first_day), seconds(now)
    edges = _edges(start, end, granularity, history)
    totals = _totals([second for second, _ in edges], history[1] + 1, count)
    labelled = list(zip(pairwise(label for _, label in edges), totals, strict=True))
    if omit_empty and granularity != "all":
        labelled = [(label, total) for label, total in labelled if any(total.sums)]
    return _buckets([label for label, _ in labelled], [total for _, total in labelled])


def _edges(start: ParsedTime, end: ParsedTime, granularity: str, history: tuple[int, int]) -> list[tuple[int, str]]:
    """Where a range begins, is cut by the calendar, and ends: the second from which facts count, and as written."""
    if granularity == "all":
        return [(start.ceiling, start.text), (end.ceiling, end.text)]
    opening, closing = (start.ceiling, start.utc), (end.ceiling, end.utc)
    first, last = start.second, end.ceiling
    if (last - first) // policy.GRANULARITIES[granularity] > policy.BUCKETS_MAXIMUM:
        oldest, newest = _beginning(history[0], granularity), _following(history[1], granularity)
        if first < oldest:
            first, opening = oldest, (oldest, format_utc(oldest))
        if newest < last:
            last, closing = newest, (newest, format_utc(newest))
    inner = _cuts(first, last, granularity)
    return (
        [opening, *zip(inner, format_all_utc(np.array(inner, dtype=np.int64)), strict=True), closing]
        if first < last
        else []
    )


def _cuts(first: int, last: int, granularity: str) -> list[int]:
    """The seconds after the first and before the last at which a day, a week or a month begins."""
    cut = _following(first, granularity)
    if granularity != "monthly":
        return list(range(cut, last, policy.GRANULARITIES[granularity]))
    found = []
    while cut < last:
        found.append(cut)
        cut = _following(cut, granularity)
    return found


def _beginning(second: int, granularity: str) -> int:
    """The first second of the day, week or month in which a second lies."""
    day = day_of(second)
    if granularity == "monthly":
        return midnight(day.replace(day=1))
    return midnight(week_of(day)) if granularity == "weekly" else midnight(day)


def _following(second: int, granularity: str) -> int:
    """The first second of the next day, week or month."""
    begun = _beginning(second, granularity)
    if granularity == "monthly":
        month = day_of(begun)
        return midnight(month_after(month)) if month < _LAST_MONTH else midnight(date.max) + DAY
    return begun + (7 * DAY if granularity == "weekly" else DAY)


def _totals(cuts: list[int], present: int, count: Count) -> list[UsageTotals]:
    past = [cut for cut in cuts if cut < present]
    counted = count([*past, min(cuts[len(past)], present)] if len(past) < len(cuts) else past) if past else []
    return counted + [_NOTHING] * (len(cuts) - 1 - len(counted))


def _buckets(labels: list[tuple[str, str]], totals: list[UsageTotals]) -> Buckets:
    sums = dict(zip(COUNTERS, _columns([total.sums for total in totals], len(COUNTERS)), strict=True))
    completers, chatters, agents = _columns([total.users for total in totals], len(SECTIONS))
    chars, typed = sums["completion_chars"], sums["keystrokes"]
    generated = _sums(chars, sums["chat_chars"])
    return Buckets(
        [start for start, _ in labels],
        [end for _, end in labels],
        [total.anybody for total in totals],
        _ratios(generated, _sums(generated, typed)),
        code_completions={
            "users": completers,
            **_part(sums, "completions", "completion_chars", "keystrokes", "completion_lines"),
            "automation_factor": _ratios(chars, _sums(chars, typed)),
        },
        chat={
            "users": chatters,
            **_part(sums, "chat_interactions", "chat_useful", "chat_lines", "chat_chars"),
            "consumption_rate": _ratios(sums["chat_useful"], sums["chat_interactions"]),
        },
        instruct=_part(sums, "instruct_accepted"),
        agent={"users": agents, **_part(sums, *_AGENT)},
    )


def _columns(rows: list[tuple[int, ...]], width: int) -> list[tuple[int, ...]]:
    return list(zip(*rows, strict=True)) or [()] * width


def _sums(first: Sequence[int], second: Sequence[int]) -> list[int]:
    return [one + other for one, other in zip(first, second, strict=True)]


def _part(sums: Mapping[str, Sequence[int]], *names: str) -> dict[str, Column]:
    return {name: sums[name] for name in names}


def _ratios(parts: Sequence[int], wholes: Sequence[int]) -> list[float | None]:
    """Ratios to three decimals, halves rounded up, computed in whole thousandths; None instead of a division by 0."""
    pairs = zip(parts, wholes, strict=True)
    return [(2000 * part + whole) // (2 * whole) / 1000 if whole else None for part, whole in pairs]
