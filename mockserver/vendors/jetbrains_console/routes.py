"""The Console's token endpoint and its three reports, each in two versions: load the query, ask the report, dump it."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any, Final

from mockserver.gateway import oauth
from mockserver.gateway.switches import Switches
from mockserver.gateway.vendor import Body, Reply, Route, View, ViewRequest
from mockserver.products.jetbrains import PRODUCT
from mockserver.products.jetbrains.ranges import DayBuckets
from mockserver.products.world import World
from mockserver.simulation.calendar_periods import CalendarPeriod
from mockserver.vendors.jetbrains_console import errors, policy, reports, schemas
from mockserver.vendors.jetbrains_console.policy import BucketLabel, EmptyBuckets, LongestRange, V2Principals
from mockserver.vendors.jetbrains_console.reports import Numbers, Selection

Report = Callable[[World, Sequence[int], Selection], tuple[list[Numbers], Numbers]]


def token(request: ViewRequest) -> Reply:
    """An access token for a client's credentials."""
    return oauth.issue_token(request.grant, request.now, request.switches[policy.EXPIRES_IN])


def cache_epoch(now: datetime, _: Switches) -> Hashable:
    """On what of the moment an answer depends: the day."""
    return now.toordinal()


def newest_day(now: datetime, _: Switches) -> int:
    """The newest day in the totals: today, as a whole."""
    return now.toordinal()


def _view(report: Report, version: str) -> View:
    """The view of a report."""

    def view(request: ViewRequest) -> Body:
        query, switches = schemas.load(request.args, request.switches, version), request.switches
        buckets = _buckets(request, query)
        found, total = report(request.world, buckets.edges, _selection(request, query, version))
        omits_empty = switches[policy.EMPTY_BUCKETS] is EmptyBuckets.OMITTED
        dated = zip(buckets.dates, found, strict=True)
        rows = [{"date": day, **numbers} for day, numbers in dated if any(numbers.values()) or not omits_empty]
        return {"data": _dumped(switches, rows), "total": _dumped(switches, [total])[0]}

    return view


def _selection(request: ViewRequest, query: schemas.ReportParameters, version: str) -> Selection:
    """Whose numbers the query has, within the groups of the role."""
    groups, switches = request.grant.groups if request.grant else (), request.switches
    both = switches[policy.V2_PRINCIPALS] is V2Principals.PEOPLE_AND_SERVICE_ACCOUNTS
    return Selection(
        mask=reports.members(request.world, groups, query.users, query.emails, query.principals),
        ides=query.ides,
        service_accounts=version != policy.VERSIONS[0] and both,
        period=switches[policy.QUOTA_PERIOD],
    )


def _dumped(switches: Switches, rows: Sequence[Mapping[str, object]]) -> list[dict[str, Any]]:
    """Rows of a report, which all have the same fields."""
    columns = {name: [row[name] for row in rows] for name in rows[0]} if rows else {}
    dumped: list[dict[str, Any]] = switches.of(schemas.ReportRows).dump(columns)
    return dumped


def _buckets(request: ViewRequest, query: schemas.ReportParameters) -> DayBuckets:
    period, switches = CalendarPeriod(query.group_by), request.switches
    ranges, today = request.world.of(PRODUCT).ranges, request.now.toordinal()
    buckets = ranges.buckets(query.first, query.last, period, today, policy.BUCKETS_MAXIMUM)
    if buckets.count > policy.BUCKETS_MAXIMUM and switches[policy.LONGEST_RANGE] is LongestRange.REJECT:
        raise errors.too_many_buckets(query.group_by, buckets.count)
    if switches[policy.BUCKET_LABEL] is BucketLabel.CLIPPED:
        first = date.fromordinal(query.first).isoformat()
        return replace(buckets, dates=[max(day, first) for day in buckets.dates])
    return buckets


_REPORTS: Final = (
    ("users-adoption", "getUsersAdoption", reports.adoption),
    ("limit-hits", "getLimitHits", reports.limit_hits),
    ("quota-consumption", "getQuotaConsumption", reports.consumption),
)

ROUTES: Final = (
    Route(policy.TOKEN_PATH, policy.TOKEN_OPERATION, token, methods=("POST",), stages=policy.TOKEN_STAGES),
    *(
        Route(
            f"{policy.REPORTS}/{version}/adoption/{path}/group-by/date",
            f"{operation}{version.upper()}",
            _view(report, version),
        )
        for version in policy.VERSIONS
        for path, operation, report in _REPORTS
    ),
)
"""The endpoints, each named by its operationId."""
