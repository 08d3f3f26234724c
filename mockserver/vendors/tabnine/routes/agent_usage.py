"""Views of agent usage: tokens and costs by model and agent type, of everybody, of a team, or of one user.

These endpoints refuse requests in an order and with texts of their own, as the live service does.
"""

from collections.abc import Callable, Sequence
from typing import Final

from mockserver.gateway.response_cache import EncodedRows
from mockserver.gateway.vendor import Body, ViewRequest
from mockserver.products.tabnine import PRODUCT, options
from mockserver.products.tabnine.models import AGENT_TYPES, MODELS
from mockserver.simulation.timestamps import seconds
from mockserver.vendors.tabnine import errors, policy
from mockserver.vendors.tabnine.policy import (
    AgentTypes,
    AgentUsageModel,
    AgentUsageScope,
    AgentUsageSections,
    BreakdownOrder,
    Legacy,
    MissingOrganization,
    MissingRange,
)
from mockserver.vendors.tabnine.reports import breakdowns, usage
from mockserver.vendors.tabnine.reports.breakdowns import BreakdownForm
from mockserver.vendors.tabnine.routes import lookup
from mockserver.vendors.tabnine.routes.usage import (
    Rows,
    Subject,
    buckets_of,
    cached,
    envelope,
    omits_empty,
    team_or_nobody,
    user_or_nobody,
)
from mockserver.vendors.tabnine.schemas import newer_rows, queries

_BUCKETS: Final = {
    AgentUsageSections.FULL: newer_rows.AgentUsageBuckets(),
    AgentUsageSections.FIRST: newer_rows.AgentUsageBuckets(exclude=("types",)),
}


def organization_usage(request: ViewRequest) -> Body:
    """The agent usage of everybody."""
    return _usage(request, "organization", queries.AgentUsageQuery, lambda *_: Subject())


def team_usage(request: ViewRequest) -> Body:
    """The agent usage of a team."""
    return _usage(request, "team", queries.TeamAgentUsageQuery, team_or_nobody)


def user_usage(request: ViewRequest) -> Body:
    """The agent usage of one user."""
    return _usage(request, "user", queries.UserAgentUsageQuery, user_or_nobody)


def _usage(
    request: ViewRequest,
    kind: str,
    schema: type[queries.AgentUsageQuery],
    find: Callable[[ViewRequest, str], Subject],
) -> Body:
    _require_license(request)
    _require_organization(request)
    if not {"from", "to"} <= request.args.keys() and _refuses_range_first(request):
        raise errors.MissingRange(kind)
    query = queries.UsageRange(**schema.parse(request))
    subject = find(request, query.subject)
    return envelope(query, subject, _data(request, query, subject))


def _require_license(request: ViewRequest) -> None:
    if not options.of(request.world.organization).agent:
        raise errors.AgentUnlicensed


def _require_organization(request: ViewRequest) -> None:
    """A Rejection for a foreign id, and for none, unless the switch `missing_organization` leaves that to the 400."""
    identifier = request.args.get("organizationId")
    if identifier is not None:
        lookup.require_organization(request, identifier)
    elif request.switches[policy.MISSING_ORGANIZATION] is MissingOrganization.STATUS_401:
        raise errors.MissingOrganization


def _refuses_range_first(request: ViewRequest) -> bool:
    return request.switches[policy.MISSING_RANGE] is MissingRange.STATUS_500


def _data(request: ViewRequest, query: queries.UsageRange, subject: Subject) -> Rows | EncodedRows:
    now, form, sections = seconds(request.now), _form(request), request.switches[policy.AGENT_USAGE_SECTIONS]
    within = usage.window(now, Legacy.OFF, now)
    omit_empty = omits_empty(request, query)

    def compute(chosen: Sequence[usage.Bucket]) -> Rows:
        totals = usage.totals_of(request.world.of(PRODUCT).breakdowns, subject.members, within, chosen)
        shown = [index for index, total in enumerate(totals) if not omit_empty or form.counts(total)]
        columns = breakdowns.agent_usage([chosen[index] for index in shown], [totals[index] for index in shown], form)
        return _BUCKETS[sections].dump(columns)

    buckets = buckets_of(request, query)
    if subject.is_nobody or omit_empty:
        return compute(buckets)
    key = _usage, subject.field, query.subject, sections, form.key
    return cached(request, key, query.division, buckets, compute)


def _form(request: ViewRequest) -> BreakdownForm:
    switches = request.switches
    by_name = switches[policy.AGENT_USAGE_MODEL] is AgentUsageModel.NAME
    is_lower = switches[policy.AGENT_TYPES] is AgentTypes.LOWER
    return BreakdownForm(
        models=[model.name for model in MODELS] if by_name else request.world.of(breakdowns.model_ids),
        types=AGENT_TYPES if is_lower else [name.upper() for name in AGENT_TYPES],
        by_name=switches[policy.BREAKDOWN_ORDER] is BreakdownOrder.NAME,
        decimals=int(switches[policy.COST_DECIMALS]),
        with_chat=switches[policy.AGENT_USAGE_SCOPE] is AgentUsageScope.AGENT_AND_CHAT,
    )
