"""The Console's token endpoint and its three reports, each in two versions: load the query, ask the report, dump it."""

from collections.abc import Hashable
from datetime import datetime
from typing import Any, Final

from mockserver.gateway import oauth
from mockserver.gateway.switches import Switches
from mockserver.gateway.vendor import Body, Reply, Route, ViewRequest
from mockserver.vendors.jetbrains_console import errors, pagination, policy, reports
from mockserver.vendors.jetbrains_console.policy import BucketLabel, EmptyBuckets, LongestRange
from mockserver.vendors.jetbrains_console.schemas import queries, rows


def token(request: ViewRequest) -> Reply:
    """An access token for a client's credentials."""
    return oauth.issue_token(request.grant, request.now, request.switches[policy.EXPIRES_IN])


def users_adoption(request: ViewRequest) -> Body:
    """Who has AI, and who spends credits on it."""
    found, total = reports.adoption(request.world, *_selection(request))
    data = rows.Adoption(many=True).dump(_shown(request, found))
    return pagination.whole(data, rows.Adoption(exclude=("date",)).dump(total))


def limit_hits(request: ViewRequest) -> Body:
    """Who hits the monthly limit."""
    found, total = reports.limit_hits(request.world, *_selection(request))
    data = rows.LimitHits(many=True).dump(_shown(request, found))
    return pagination.whole(data, rows.LimitHitsTotal().dump(total))


def quota_consumption(request: ViewRequest) -> Body:
    """Which credits are spent."""
    found, total = reports.consumption(request.world, *_selection(request))
    data = rows.Consumption(request.switches, many=True).dump(_shown(request, found))
    return pagination.whole(data, rows.Consumption(request.switches, exclude=("date",)).dump(total))


def cache_epoch(now: datetime, _: Switches) -> Hashable:
    """On what of the moment an answer depends: the day."""
    return now.toordinal()


def _selection(request: ViewRequest) -> tuple[reports.Buckets, reports.Selection]:
    """The buckets of a query, and those of its people that the role may see."""
    query, switches = queries.load(request.args, request.switches), request.switches
    count = reports.bucket_count(query.first, query.last, query.group_by)
    if count > policy.BUCKETS_MAXIMUM and switches[policy.LONGEST_RANGE] is LongestRange.REJECT:
        raise errors.too_many_buckets(query.group_by, count)
    label_from = query.first if switches[policy.BUCKET_LABEL] is BucketLabel.CLIPPED else 1
    groups = request.grant.groups if request.grant else ()
    return (
        reports.buckets(request.world, query.first, query.last, query.group_by, request.now, label_from),
        reports.people(request.world, groups, query.users, query.emails, query.ides),
    )


def _shown(request: ViewRequest, found: list[Any]) -> list[Any]:
    omits_empty = request.switches[policy.EMPTY_BUCKETS] is EmptyBuckets.OMITTED
    return [row for row in found if not row.empty] if omits_empty else found


_REPORTS: Final = (
    ("users-adoption", "getUsersAdoption", users_adoption),
    ("limit-hits", "getLimitHits", limit_hits),
    ("quota-consumption", "getQuotaConsumption", quota_consumption),
)

ROUTES: Final = (
    Route(policy.TOKEN_PATH, policy.TOKEN_OPERATION, token, methods=("POST",), stages=policy.TOKEN_STAGES),
    *(
        Route(f"{policy.REPORTS}/{version}/adoption/{path}/group-by/date", f"{operation}{version.upper()}", view)
        for version in policy.VERSIONS
        for path, operation, view in _REPORTS
    ),
)
"""The endpoints, each named by its operationId."""
