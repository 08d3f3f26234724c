"""IDE Services' reports: buckets of a range, who has AI and who used it, and the metrics that clients sent about it.

Days are ordinals; what lies after the present day is empty.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

import numpy as np

from mockserver.products.jetbrains import PRODUCT
from mockserver.products.jetbrains.facts import MEASURES, TOOLS
from mockserver.products.jetbrains.programs import ReportingGate
from mockserver.products.jetbrains.rows import RowPosition, ToolRow
from mockserver.products.world import World
from mockserver.simulation import calendar_periods
from mockserver.simulation.hashing import I64
from mockserver.vendors.jetbrains_ide import policy
from mockserver.vendors.jetbrains_ide.policy import OldAssistant, ReleaseDates

_COUNTED: Final = {name: MEASURES.index(name) for name in ("suggestions", "acceptances", "invocations")}
_WHOLE: Final = "NONE"

HIDDEN: Final = tuple(f"{tool}_{measure}" for tool in TOOLS for measure in MEASURES if measure not in _COUNTED)
"""Counters that no answer shows: lines."""


@dataclass(frozen=True, slots=True)
class Adoption:
    """Distinct people in a bucket: who had AI, and who made a request to it."""

    date: str
    enabled: int
    active: int


@dataclass(frozen=True, slots=True)
class Numbers:
    """What clients reported about some tools."""

    suggestions: int
    acceptances: int
    invocations: int


@dataclass(frozen=True, slots=True)
class Metrics(Numbers):
    """The same in a bucket; `tool` is None for all the chosen ones together."""

    date: str
    tool: str | None


@dataclass(frozen=True, slots=True)
class Buckets:
    """Parts of a range: the label of each (its first day in the calendar), and the days between which facts count."""

    labels: Sequence[int]
    edges: Sequence[int]


def bucket_count(first: int, last: int, group_by: str) -> int:
    """How many buckets a range has; without a grouping it is one."""
    return 1 if group_by == _WHOLE else calendar_periods.count(first, last, _part(group_by))


def buckets(world: World, first: int, last: int, group_by: str, now: datetime) -> Buckets:
    """The buckets of a range, ascending, each labelled with its first day in the calendar, even if before the range.

    A very long range has none before the organization's first day or in the future.
    """
    if bucket_count(first, last, group_by) > policy.BUCKETS_MAXIMUM:
        first, last = max(first, world.organization.first_day.toordinal()), min(last, now.toordinal())
        if first > last:
            return Buckets((), ())
    starts = [first] if group_by == _WHOLE else calendar_periods.starts(first, last, _part(group_by))
    return Buckets(starts, (first, *starts[1:], last + 1))


def _part(group_by: str) -> calendar_periods.CalendarPeriod:
    return calendar_periods.CalendarPeriod(group_by.lower())


def adoption(world: World, span: Buckets, profile: str | None, now: datetime) -> list[Adoption]:
    """Who had AI and who used it, in each bucket; nobody in an unknown profile."""
    profiles = world.organization.profiles
    edges = _past(span.edges, now) if profile is None or profile in profiles else ()
    enabled: list[int] = []
    active: list[int] = []
    if edges:
        mask = None if profile is None else world.people.in_profile(profiles.index(profile))
        enabled = world.of(PRODUCT).ranges.enabled(edges, mask).buckets
        active = world.of(PRODUCT).ranges.active(edges, mask).buckets
    rest = [0] * (len(span.labels) - len(enabled))
    counts = zip(span.labels, enabled + rest, active + rest, strict=True)
    return [Adoption(_written(label), has, used) for label, has, used in counts]


def metrics(world: World, span: Buckets, tools: Sequence[str], gate: ReportingGate, now: datetime) -> list[Metrics]:
    """What clients reported about some tools together, in each bucket."""
    sums = _sent(world, span.edges, tools, gate, now).sum(axis=1).tolist()
    return [
        Metrics(suggested, accepted, invoked, _written(label), None)
        for label, (suggested, accepted, invoked) in zip(span.labels, sums, strict=True)
    ]


def by_feature(world: World, span: Buckets, tools: Sequence[str], gate: ReportingGate, now: datetime) -> list[Metrics]:
    """What clients reported about each of some tools, bucket by bucket."""
    sums = _sent(world, span.edges, tools, gate, now).tolist()
    return [
        Metrics(suggested, accepted, invoked, day, tool)
        for day, rows in zip(map(_written, span.labels), sums, strict=True)
        for tool, (suggested, accepted, invoked) in zip(tools, rows, strict=True)
    ]


def totals(world: World, first: int, last: int, tools: Sequence[str], gate: ReportingGate, now: datetime) -> Numbers:
    """What clients reported about some tools, over a whole range."""
    return Numbers(*_sent(world, (first, last + 1), tools, gate, now).sum(axis=(0, 1)).tolist())


def _sent(world: World, edges: Sequence[int], tools: Sequence[str], gate: ReportingGate, now: datetime) -> I64:
    """Buckets by the tools by suggestions, acceptances and invocations."""
    sums = np.zeros((max(len(edges) - 1, 0), len(TOOLS), len(MEASURES)), dtype=np.int64)
    past = _past(edges, now)
    if past:
        sums[: len(past) - 1] = world.of(PRODUCT).ranges.reported(past, gate)
    return sums[:, [TOOLS.index(tool) for tool in tools]][:, :, list(_COUNTED.values())]


def _past(edges: Sequence[int], now: datetime) -> Sequence[int]:
    """The edges of the buckets that have begun, the last one clipped to the present day; none where none has."""
    tomorrow = now.toordinal() + 1
    begun = [edge for edge in edges if edge < tomorrow]
    return [*begun, tomorrow] if 0 < len(begun) < len(edges) else begun


def reporting_gate(release_dates: ReleaseDates, old_assistant: OldAssistant) -> ReportingGate:
    """Which clients send data, by two switches."""
    released = policy.RELEASED.toordinal() if release_dates is ReleaseDates.HONEST else None
    return ReportingGate(released, assistant=old_assistant is OldAssistant.EVERYTHING)


def users(world: World, identifiers: Sequence[str] | None) -> I64 | None:
    """The indexes of the members with some ids, ascending; unknown ids are left out, and None is everybody."""
    if identifiers is None:
        return None
    known = (world.identities.index_of(identifier) for identifier in identifiers)
    return np.array(sorted(index for index in known if index is not None), dtype=np.int64)


@dataclass(frozen=True, slots=True)
class UserRows:
    """The rows of people by tool and day, for one query; `index` None is everybody."""

    world: World
    tools: Sequence[str]
    first: int
    last: int
    index: I64 | None
    gate: ReportingGate
    descending: bool

    def after(self, position: RowPosition | None, count: int) -> list[ToolRow]:
        """Up to `count` rows that are not empty, after a position (None: from the start)."""
        if self.first > self.last or (self.index is not None and not len(self.index)):
            return []
        return self.world.of(PRODUCT).rows.rows(
            [TOOLS.index(tool) for tool in self.tools],
            self.first,
            self.last,
            count,
            gate=self.gate,
            index=self.index,
            after=position,
            descending=self.descending,
        )


def user_columns(world: World, listed: Sequence[ToolRow]) -> dict[str, list[Any]]:
    """A page's rows, column by column; each person is looked up once."""
    index = np.array(sorted({row.position.index for row in listed}), dtype=np.int64)
    identities = zip(
        world.identities.ids_of(index), world.identities.names_of(index), world.identities.emails_of(index), strict=True
    )
    people = dict(zip(index.tolist(), identities, strict=True))
    days = {day: _written(day) for day in {row.position.day for row in listed}}
    by_row = [people[row.position.index] for row in listed]
    return {
        "user_id": [identifier for identifier, _, _ in by_row],
        "user_name": [name for _, name, _ in by_row],
        "user_email": [email for _, _, email in by_row],
        "date": [days[row.position.day] for row in listed],
        "tool": [TOOLS[row.position.tool] for row in listed],
        **{name: [row.counts[measure] for row in listed] for name, measure in _COUNTED.items()},
    }


def _written(day: int) -> str:
    return date.fromordinal(day).isoformat()
