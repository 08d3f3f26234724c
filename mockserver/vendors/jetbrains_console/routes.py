"""The Console's token endpoint and its three reports, each in two versions: load the question, ask, dump.

Rules, numbers and shapes stay out; they have rooms of their own.
"""

from typing import Any, Final

from flask import request

from mockserver.gateway import oauth
from mockserver.gateway.vendor import Body, RequestContext, Route
from mockserver.vendors.jetbrains_console import errors, pagination, policy, reports
from mockserver.vendors.jetbrains_console.schemas import queries, rows


def token(call: RequestContext) -> Body:
    """An access token for a client's credentials."""
    return oauth.issue_token(call, int(call.values["expires_in"]))


def users_adoption(call: RequestContext) -> Body:
    """Who has AI, and who spends credits on it."""
    found, total = reports.adoption(call.world, *_asked(call))
    shape = rows.Adoption()
    return pagination.whole(shape.dump(_kept(call, found), many=True), rows.Adoption(exclude=("date",)).dump(total))


def limit_hits(call: RequestContext) -> Body:
    """Who hits the monthly limit."""
    found, total = reports.limit_hits(call.world, *_asked(call))
    return pagination.whole(rows.LimitHits(many=True).dump(_kept(call, found)), rows.LimitHitsTotal().dump(total))


def quota_consumption(call: RequestContext) -> Body:
    """Which credits are spent."""
    found, total = reports.consumption(call.world, *_asked(call))
    told = rows.Consumption(call.values, many=True).dump(_kept(call, found))
    return pagination.whole(told, rows.Consumption(call.values, exclude=("date",)).dump(total))


def _asked(call: RequestContext) -> tuple[reports.Buckets, reports.Whom]:
    """The buckets that a query asks for, and whom of those that the role may see."""
    asked = queries.asked(request.args, call.values)
    count = reports.bucket_count(asked.first, asked.last, asked.group_by)
    if count > policy.BUCKETS_MAXIMUM and call.values["longest_range"] == "reject":
        raise errors.too_many_buckets(asked.group_by, count)
    label_from = asked.first if call.values["bucket_label"] == "clipped" else 1
    groups = call.grant.groups if call.grant else ()
    return (
        reports.buckets(call.world, asked, call.now, label_from),
        reports.whom(call.world, groups, asked.users, asked.emails, asked.ides),
    )


def _kept(call: RequestContext, found: list[Any]) -> list[Any]:
    return [row for row in found if not row.empty] if call.values["empty_buckets"] == "omitted" else found


_REPORTS: Final = (
    ("users-adoption", "getUsersAdoption", users_adoption),
    ("limit-hits", "getLimitHits", limit_hits),
    ("quota-consumption", "getQuotaConsumption", quota_consumption),
)

ROUTES: Final = (
    Route(
        path=policy.TOKEN_PATH,
        operation=policy.ISSUING,
        view=token,
        methods=("POST",),
        stages=policy.ISSUING_STAGES,
        headers=oauth.HEADERS,
    ),
    *(
        Route(f"{policy.REPORTS}/{version}/adoption/{path}/group-by/date", f"{operation}{version.upper()}", answered)
        for version in policy.VERSIONS
        for path, operation, answered in _REPORTS
    ),
)
"""The endpoints, each named by its operationId."""
