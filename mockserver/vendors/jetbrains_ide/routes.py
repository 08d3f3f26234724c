"""IDE Services' five endpoints: load the question, ask for the report, page it, dump it.

Rules, numbers and shapes stay out; they have rooms of their own.
"""

from datetime import datetime
from typing import Final

from flask import request

from mockserver.gateway import switches
from mockserver.gateway.switches import Values
from mockserver.gateway.vendor import Body, RequestContext, Route
from mockserver.products import jetbrains
from mockserver.products.visibility import Visibility
from mockserver.vendors.jetbrains_ide import errors, pagination, policy, reports
from mockserver.vendors.jetbrains_ide.schemas import queries, rows

_USERS: Final = rows.UserMetrics()


def users_adoption(call: RequestContext) -> Body:
    """Who has AI and who uses it, bucket by bucket."""
    asked = queries.asked_adoption(request.args, call.values)
    found = reports.adoption(call.world, _buckets(call, asked, asked.group_by), asked.profile, call.now)
    kept = [row for row in found if row.enabled or row.active] if _omits(call) else found
    return {"items": rows.Adoption(many=True).dump(kept)}


def metrics(call: RequestContext) -> Body:
    """What the chosen tools did together, bucket by bucket."""
    asked = queries.asked_metrics(request.args, call.values)
    told = _buckets(call, asked, asked.group_by)
    found = reports.metrics(call.world, told, asked.tools, call.values, call.now)
    return {"items": rows.Metrics(many=True).dump(_kept(call, found))}


def metrics_by_feature(call: RequestContext) -> Body:
    """What each chosen tool did, bucket by bucket."""
    asked = queries.asked_metrics(request.args, call.values)
    told = _buckets(call, asked, asked.group_by)
    found = reports.by_feature(call.world, told, asked.tools, call.values, call.now)
    return {"items": rows.FeatureMetrics(many=True).dump(_kept(call, found))}


def totals(call: RequestContext) -> Body:
    """What the chosen tools did together over the whole range."""
    asked = queries.asked_totals(request.args, call.values)
    found = reports.totals(call.world, asked.first, asked.last, asked.tools, call.values, call.now)
    told: Body = rows.Totals().dump(found)
    return told


def users_paged(call: RequestContext) -> Body:
    """What each person did with each chosen tool on each day, in pages."""
    asked = queries.asked_users(request.args, call.values)
    listed = reports.UserRows(
        world=call.world,
        tools=asked.tools,
        first=asked.first,
        last=min(asked.last, call.now.toordinal()),
        index=reports.users(call.world, asked.users),
        gate=reports.gate(call.values),
        descending=asked.order == "DESC",
    )
    page = pagination.cut(listed.take, asked, call.values)
    words = pagination.words(page, reports.position, asked, call.values)
    return {"items": _USERS.dump(reports.user_columns(call.world, page.rows)), **words}


def seen(now: datetime, values: Values) -> Visibility:
    """What is shown of each person and day: what clients above the gates sent about each tool, today's included."""
    names = switches.renamed(policy.SWITCHES, values)
    told = {f"{tool}_{measure}": f"{names.get(measure, measure)} of {tool}" for tool, measure in rows.COUNTERS}
    return Visibility(
        jetbrains.PRODUCT, now.toordinal(), told, variant=reports.gate(values), hidden_lines=reports.UNSEEN
    )


def _buckets(call: RequestContext, asked: queries.Range, group_by: str) -> reports.Buckets:
    count = reports.bucket_count(asked.first, asked.last, group_by)
    if count > policy.BUCKETS_MAXIMUM and call.values["longest_range"] == "reject":
        raise errors.too_many_buckets(group_by, count)
    return reports.buckets(call.world, asked.first, asked.last, group_by, call.now)


def _kept(call: RequestContext, found: list[reports.Metrics]) -> list[reports.Metrics]:
    if not _omits(call):
        return found
    return [row for row in found if row.suggestions or row.acceptances or row.invocations]


def _omits(call: RequestContext) -> bool:
    return call.values["empty_buckets"] == "omitted"


ROUTES: Final = tuple(
    Route(policy.MOUNTS[0] + path, operation, answered)
    for path, operation, answered in (
        ("/users-adoption", "getUsersAdoption", users_adoption),
        ("/effectiveness/metrics", "getMetrics", metrics),
        ("/effectiveness/metrics-by-feature", "getMetricsByFeature", metrics_by_feature),
        ("/effectiveness/metrics/totals", "getMetricsTotals", totals),
        ("/effectiveness/metrics/users.paged", "getUsersPaged", users_paged),
    )
)
"""The endpoints, each named by its operationId."""
