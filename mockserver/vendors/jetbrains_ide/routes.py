"""IDE Services' endpoints: load the query, ask for the report, cut the page, dump it."""

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any, Final

from mockserver.gateway import row_cache
from mockserver.gateway.row_cache import RowCache
from mockserver.gateway.switches import Switches
from mockserver.gateway.vendor import Body, Reply, Route, ViewRequest
from mockserver.products.jetbrains import PRODUCT
from mockserver.products.jetbrains.facts import ACTIVITY, MEASURES, TOOLS
from mockserver.products.jetbrains.programs import ReportingGate
from mockserver.products.jetbrains.ranges import DayBucket, DayBuckets
from mockserver.products.jetbrains.rows import RowPosition
from mockserver.products.model import Visibility
from mockserver.simulation.calendar_periods import CalendarPeriod
from mockserver.simulation.organization import NEVER
from mockserver.vendors.jetbrains_ide import errors, pagination, policy, reports, schemas
from mockserver.vendors.jetbrains_ide.policy import (
    CodexTool,
    DefaultGroupBy,
    EmptyBuckets,
    LongestRange,
    OldAssistant,
    ReleaseDates,
)

_ROWS: Final = schemas.AnalyticsRows()
_TOTALS: Final = schemas.AnalyticsRows(exclude=("date",))
_LISTED: Final = schemas.ListRows()
Columns = dict[str, list[Any]]

_USERS: Final = ("users",)
"""What a cursor of the list of users belongs to."""


def users_adoption(request: ViewRequest) -> Body:
    """Who has AI and who uses it, bucket by bucket."""
    query = _load(schemas.ADOPTION, request)
    report = partial(reports.adoption, request.world, profile=query.profile)
    # The name of a profile can be any text, so it is no part of a list's name.
    return _items(request, _buckets(request, query), report, users_adoption if query.profile is None else None)


def metrics(request: ViewRequest) -> Body:
    """The metrics of the chosen tools together, bucket by bucket."""
    query, gate = _load(schemas.METRICS, request), request.switches.of(_gate)
    report = partial(reports.metrics, request.world, tools=query.tools, gate=gate)
    return _items(request, _buckets(request, query), report, (metrics, query.tools, gate))


def metrics_by_feature(request: ViewRequest) -> Body:
    """The metrics of each chosen tool, bucket by bucket."""
    query = _load(schemas.METRICS, request)
    report = partial(reports.by_feature, request.world, tools=query.tools, gate=request.switches.of(_gate))
    return _items(request, _buckets(request, query), report, None)


def totals(request: ViewRequest) -> Body:
    """The metrics of the chosen tools together over the whole range."""
    query = _load(schemas.TOTALS, request)
    whole = _buckets(request, query, DefaultGroupBy.NONE)
    found = reports.metrics(request.world, whole, query.tools, request.switches.of(_gate))
    body: Body = _TOTALS.dump(found)[0]
    return body


def users_paged(request: ViewRequest) -> Reply:
    """The metrics of each person with each chosen tool on each day, in pages."""
    query, world = _load(schemas.USERS_PAGED, request), request.world
    last, gate, descending = min(query.last, request.now.toordinal()), request.switches.of(_gate), query.order == "DESC"
    positions = request.switches.of(pagination.rows)

    def compute(after: RowPosition | None, count: int) -> Iterator[tuple[RowPosition, object]]:
        found = world.of(PRODUCT).rows.rows(
            [TOOLS.index(tool) for tool in query.tools],
            query.first,
            last,
            count,
            gate=gate,
            index=reports.members(world, query.users),
            after=after,
            descending=descending,
        )
        return zip([row.position for row in found], _ROWS.dump(reports.user_columns(world, found)), strict=True)

    after = pagination.position(query.cursor, positions, query.fingerprint, request.switches)
    # A list of some users can have a name of many kilobytes, so it is not kept.
    cache = world.of(RowCache) if query.users is None else RowCache(world)
    rows = cache.rows((users_paged, query.first, last, query.tools, gate, descending), after, query.limit + 1, compute)
    page, links = pagination.cut(rows, query.limit, positions, query.fingerprint, request.switches)
    return Reply({"items": row_cache.joined(page), **links}, next_page=links.get("nextCursor"))


def users(request: ViewRequest) -> Reply:
    """Everybody who has joined, in pages: where the ids of `query` come from."""
    query, world, today = (
        _load(schemas.USERS, request),
        request.world,
        request.now.toordinal(),
    )

    def compute(after: int | None, count: int) -> Iterator[tuple[int, object]]:
        found = reports.listed_users(world, today, after, count)
        return zip(found, _LISTED.dump(reports.users(world, found)), strict=True)

    after = pagination.position(query.cursor, pagination.PEOPLE, _USERS, request.switches)
    rows = world.of(RowCache).rows((users, today), after, query.limit + 1, compute)
    page, links = pagination.cut(rows, query.limit, pagination.PEOPLE, _USERS, request.switches)
    return Reply({"items": row_cache.joined(page), **links}, next_page=links.get("nextCursor"))


def profiles(request: ViewRequest) -> Body:
    """The organization's profiles: where the ids of `profileId` come from."""
    return {"items": _LISTED.dump(reports.profiles(request.world))}


def visibility(now: datetime, switches: Switches) -> Visibility:
    """What is shown of each person and day: what programs that pass the gate sent about each tool, today's included."""
    names = switches.renamed_fields(policy.SWITCHES)
    tools = switches.of(policy.tools)
    shown = {f"{tool}_{each}": f"{names.get(each, each)} of {tool}" for tool in tools for each in ACTIVITY}
    hidden = tuple(f"{tool}_{each}" for tool in tools for each in MEASURES if each not in ACTIVITY)
    return Visibility(PRODUCT, now.toordinal(), shown, variant=switches.of(_gate), hidden_lines=hidden)


def cache_epoch(now: datetime, _: Switches) -> Hashable:
    """On what of the moment an answer depends: the day."""
    return now.toordinal()


def _gate(switches: Switches) -> ReportingGate:
    """Which clients send data, and about which tools, by three switches."""
    honest = switches[policy.RELEASE_DATES] is ReleaseDates.HONEST
    everything = switches[policy.OLD_ASSISTANT] is OldAssistant.EVERYTHING
    codex = NEVER
    if switches[policy.CODEX_TOOL] is CodexTool.CODEX:
        codex = policy.CODEX_RELEASED.toordinal() if honest else 0
    return ReportingGate(policy.RELEASED.toordinal() if honest else None, assistant=everything, codex=codex)


def _load(schema: schemas.AnalyticsQuery, request: ViewRequest) -> schemas.AnalyticsParameters:
    return request.switches.of(schema.under).load_args(request.args, request.switches)


def _buckets(request: ViewRequest, query: schemas.AnalyticsParameters, group_by: str | None = None) -> DayBuckets:
    """The buckets of a query; the switch `default_group_by` stands in for no groupBy."""
    group_by = group_by or query.group_by or request.switches[policy.DEFAULT_GROUP_BY].value
    period = None if group_by == DefaultGroupBy.NONE else CalendarPeriod[group_by]
    ranges, today = request.world.of(PRODUCT).ranges, request.now.toordinal()
    buckets = ranges.buckets(query.first, query.last, period, today, policy.BUCKETS_MAXIMUM)
    if buckets.count > policy.BUCKETS_MAXIMUM and request.switches[policy.LONGEST_RANGE] is LongestRange.REJECT:
        raise errors.too_many_buckets(group_by, buckets.count)
    return buckets


def _items(
    request: ViewRequest, buckets: DayBuckets, report: Callable[[DayBuckets], Columns], listed: Hashable | None
) -> Body:
    """The rows of a report; the switch `empty_buckets` leaves out those in which nothing happened.

    Where there is one row for each bucket and none is left out, they are cached as those of a list, if it has a name.
    """
    if request.switches[policy.EMPTY_BUCKETS] is EmptyBuckets.OMITTED:
        rows = _ROWS.dump(report(buckets))
        return {"items": [row for row in rows if any(row[name] for name in row.keys() - {"date", "tool"})]}
    if listed is None:
        return {"items": _ROWS.dump(report(buckets))}

    def compute(chosen: Sequence[DayBucket]) -> list[dict[str, Any]]:
        edges = [chosen[0].first, *(bucket.end for bucket in chosen)]
        return _ROWS.dump(report(replace(buckets, dates=[bucket.date for bucket in chosen], edges=edges)))

    return {"items": row_cache.joined(request.world.of(RowCache).chosen(listed, buckets.each, compute))}


ROUTES: Final = tuple(
    Route(path, operation, view)
    for path, operation, view in (
        (f"{policy.ANALYTICS}/users-adoption", "getUsersAdoption", users_adoption),
        (f"{policy.ANALYTICS}/effectiveness/metrics", "getMetrics", metrics),
        (f"{policy.ANALYTICS}/effectiveness/metrics-by-feature", "getMetricsByFeature", metrics_by_feature),
        (f"{policy.ANALYTICS}/effectiveness/metrics/totals", "getMetricsTotals", totals),
        (f"{policy.ANALYTICS}/effectiveness/metrics/users.paged", "getUsersPaged", users_paged),
        (policy.USERS, "getUsers", users),
        (policy.PROFILES, "getProfiles", profiles),
    )
)
"""The endpoints, each named by its operationId."""
