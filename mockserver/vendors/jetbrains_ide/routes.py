"""IDE Services' five endpoints: load the query, ask for the report, cut the page, dump it."""

from collections.abc import Hashable
from datetime import datetime
from typing import Final

from mockserver.gateway.switches import Switches
from mockserver.gateway.vendor import Body, Reply, Route, ViewRequest
from mockserver.products import jetbrains
from mockserver.products.jetbrains.programs import ReportingGate
from mockserver.products.model import Visibility
from mockserver.vendors.jetbrains_ide import errors, pagination, policy, reports
from mockserver.vendors.jetbrains_ide.policy import EmptyBuckets, LongestRange
from mockserver.vendors.jetbrains_ide.schemas import queries, rows

_USERS: Final = rows.UserMetrics()


def users_adoption(request: ViewRequest) -> Body:
    """Who has AI and who uses it, bucket by bucket."""
    query = queries.load_adoption(request.args, request.switches)
    buckets = _buckets(request, query, query.group_by)
    found = reports.adoption(request.world, buckets, query.profile, request.now)
    shown = [row for row in found if row.enabled or row.active] if _omits_empty(request) else found
    return {"items": rows.Adoption(many=True).dump(shown)}


def metrics(request: ViewRequest) -> Body:
    """The metrics of the chosen tools together, bucket by bucket."""
    query = queries.load_metrics(request.args, request.switches)
    buckets = _buckets(request, query, query.group_by)
    found = reports.metrics(request.world, buckets, query.tools, _gate(request.switches), request.now)
    return {"items": rows.Metrics(many=True).dump(_shown(request, found))}


def metrics_by_feature(request: ViewRequest) -> Body:
    """The metrics of each chosen tool, bucket by bucket."""
    query = queries.load_metrics(request.args, request.switches)
    buckets = _buckets(request, query, query.group_by)
    found = reports.by_feature(request.world, buckets, query.tools, _gate(request.switches), request.now)
    return {"items": rows.FeatureMetrics(many=True).dump(_shown(request, found))}


def totals(request: ViewRequest) -> Body:
    """The metrics of the chosen tools together over the whole range."""
    query = queries.load_totals(request.args, request.switches)
    gate = _gate(request.switches)
    found = reports.totals(request.world, query.first, query.last, query.tools, gate, request.now)
    body: Body = rows.Totals().dump(found)
    return body


def users_paged(request: ViewRequest) -> Reply:
    """The metrics of each person with each chosen tool on each day, in pages."""
    query = queries.load_users(request.args, request.switches)
    listed = reports.UserRows(
        world=request.world,
        tools=query.tools,
        first=query.first,
        last=min(query.last, request.now.toordinal()),
        index=reports.users(request.world, query.users),
        gate=_gate(request.switches),
        descending=query.order == "DESC",
    )
    found = listed.after(pagination.position(query.cursor, query.fingerprint, request.switches), query.limit + 1)
    page = pagination.cut(found, query.limit, query.fingerprint, request.switches)
    body = {"items": _USERS.dump(reports.user_columns(request.world, page.rows)), **page.links}
    return Reply(body, next_page=page.next_page)


def visibility(now: datetime, switches: Switches) -> Visibility:
    """What is shown of each person and day: what programs that pass the gate sent about each tool, today's included."""
    names = switches.renamed_fields(policy.SWITCHES)
    shown = {f"{tool}_{measure}": f"{names.get(measure, measure)} of {tool}" for tool, measure in rows.COUNTERS}
    gate = _gate(switches)
    return Visibility(jetbrains.PRODUCT, now.toordinal(), shown, variant=gate, hidden_lines=reports.HIDDEN)


def cache_epoch(now: datetime, _: Switches) -> Hashable:
    """On what of the moment an answer depends: the day."""
    return now.toordinal()


def _gate(switches: Switches) -> ReportingGate:
    return reports.reporting_gate(switches[policy.RELEASE_DATES], switches[policy.OLD_ASSISTANT])


def _buckets(request: ViewRequest, query: queries.Range, group_by: str) -> reports.Buckets:
    count = reports.bucket_count(query.first, query.last, group_by)
    if count > policy.BUCKETS_MAXIMUM and request.switches[policy.LONGEST_RANGE] is LongestRange.REJECT:
        raise errors.too_many_buckets(group_by, count)
    return reports.buckets(request.world, query.first, query.last, group_by, request.now)


def _shown(request: ViewRequest, found: list[reports.Metrics]) -> list[reports.Metrics]:
    if not _omits_empty(request):
        return found
    return [row for row in found if row.suggestions or row.acceptances or row.invocations]


def _omits_empty(request: ViewRequest) -> bool:
    return request.switches[policy.EMPTY_BUCKETS] is EmptyBuckets.OMITTED


ROUTES: Final = tuple(
    Route(policy.MOUNTS[0] + path, operation, view)
    for path, operation, view in (
        ("/users-adoption", "getUsersAdoption", users_adoption),
        ("/effectiveness/metrics", "getMetrics", metrics),
        ("/effectiveness/metrics-by-feature", "getMetricsByFeature", metrics_by_feature),
        ("/effectiveness/metrics/totals", "getMetricsTotals", totals),
        ("/effectiveness/metrics/users.paged", "getUsersPaged", users_paged),
    )
)
"""The endpoints, each named by its operationId."""
