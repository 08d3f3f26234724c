"""What of Tabnine's switches an OpenAPI file or captured answers show. `mockserver learn` reads them.

A status of a file has no reason beside it, so it settles no switch about one reason among several.
"""

from typing import Final

from mockserver.learning.observation import (
    Observation,
    Seen,
    Source,
    always,
    at_least,
    defaults_to,
    enum_within,
    error_field,
    field,
    has_format,
    in_enum,
    kind,
    kinds,
    never,
    not_always,
    not_nullable,
    nullable,
    only_format,
    only_null,
    parameter,
    sometimes,
    status,
)
from mockserver.learning.shape import DECIMALS, TEXT, Kind
from mockserver.vendors.tabnine import policy
from mockserver.vendors.tabnine.policy import (
    AgentTypes,
    AgentUsageGranularity,
    AgentUsageModel,
    AgentUsageSections,
    CostDecimals,
    ErrorShape,
    ForbiddenEverywhere,
    LastNext,
    LaterFields,
    ShortGranularities,
    StrictUserFilters,
    TeamsDefaultLimit,
    UsageSections,
    UserRows,
    V1AgentSplit,
    V2Dimensions,
    V2Models,
    ZeroLimit,
)

_SUBJECTS: Final = ("Organization", "Team", "User")
_V1: Final = tuple(f"get{each}Usage" for each in _SUBJECTS)
_V2: Final = tuple(f"get{each}UsageV2" for each in _SUBJECTS)
_AGENT: Final = tuple(f"get{each}AgentUsage" for each in _SUBJECTS)
_USERS: Final = ("getOrganizationUsers", "getTeamUsers")
_PAGED: Final = ("getTeams", *_USERS)
_ALL_MAY_READ: Final = ("getOrganization", "getTeams", "getLicense")
_BUCKET: Final = "usage.data[]"
_TYPES: Final = f"{_BUCKET}.agentTypeBreakdown"
_COST: Final = f"{_BUCKET}.totalCost"
_IDES: Final = f"{_BUCKET}.ides"
_TEAMS: Final = ("getTeams",)
_GRANULARITIES: Final = tuple(policy.GRANULARITIES)


def _is_object(seen: Seen) -> bool:
    """Not the page of a gateway."""
    return seen.shape.types == {Kind.OBJECT}


_PRESENT_OR_NOT: Final = (
    *((policy.USAGE_SECTIONS, UsageSections.FULL, UsageSections.FIRST, _V1, f"{_BUCKET}.agent"),),
    *((policy.V1_AGENT_SPLIT, V1AgentSplit.PRESENT, V1AgentSplit.ABSENT, _V1, f"{_BUCKET}.agentChat"),),
    *((policy.AGENT_USAGE_SECTIONS, AgentUsageSections.FULL, AgentUsageSections.FIRST, _AGENT, _TYPES),),
    *((policy.USER_ROWS, UserRows.LATER, UserRows.FIRST, ("getOrganizationUsers",), "data[].team"),),
    *((policy.LATER_FIELDS, LaterFields.PRESENT, LaterFields.ABSENT, ("getTeams",), "data[].organizationId"),),
    *((policy.LATER_FIELDS, LaterFields.PRESENT, LaterFields.ABSENT, ("getOrganization",), "oauthEnabled"),),
)
"""Switches that add a field: its option with the field and without, and where the field is."""

OBSERVATIONS: Final = (
    *(Observation(each, present, field(where, path, always)) for each, present, _, where, path in _PRESENT_OR_NOT),
    *(Observation(each, absent, field(where, path, never)) for each, _, absent, where, path in _PRESENT_OR_NOT),
    # A team's 403 may be that of an id that the organization has not.
    Observation(policy.FORBIDDEN_EVERYWHERE, ForbiddenEverywhere.YES, status(_ALL_MAY_READ, "403"), Source.FILE),
    Observation(
        policy.FORBIDDEN_EVERYWHERE, ForbiddenEverywhere.YES, status(_ALL_MAY_READ, "403", _is_object), Source.SAMPLE
    ),
    Observation(policy.ERROR_SHAPE, ErrorShape.NESTED, error_field("error", kinds(Kind.OBJECT))),
    Observation(policy.ERROR_SHAPE, ErrorShape.FLAT, error_field("error", kinds(Kind.STRING), beside="requestId")),
    Observation(policy.LAST_NEXT, LastNext.NULL, field(_PAGED, "meta.next", nullable)),
    Observation(policy.LAST_NEXT, LastNext.ABSENT, field(_PAGED, "meta.next", sometimes), Source.FILE),
    Observation(policy.LAST_NEXT, LastNext.ABSENT, field(_PAGED, "meta.next", not_always), Source.SAMPLE),
    Observation(policy.ZERO_LIMIT, ZeroLimit.EVERYTHING, parameter(_USERS, "limit", at_least(0))),
    Observation(policy.ZERO_LIMIT, ZeroLimit.REJECT, parameter(_USERS, "limit", at_least(1))),
    Observation(
        policy.STRICT_USER_FILTERS, StrictUserFilters.YES, parameter(("getOrganizationUsers",), "teamMember", always)
    ),
    Observation(
        policy.STRICT_USER_FILTERS, StrictUserFilters.NO, parameter(("getOrganizationUsers",), "teamMember", sometimes)
    ),
    Observation(
        policy.SHORT_GRANULARITIES,
        ShortGranularities.ACCEPT,
        parameter((*_V1, *_V2), "granularity", in_enum(*policy.SHORT_FORMS)),
    ),
    Observation(
        policy.SHORT_GRANULARITIES,
        ShortGranularities.REJECT,
        parameter((*_V1, *_V2), "granularity", enum_within(*_GRANULARITIES)),
    ),
    # Some answers with models and some without are those of two granularities.
    Observation(policy.V2_MODELS, V2Models.ALL_ONLY, field(_V2, f"{_BUCKET}.agent.models", sometimes)),
    Observation(policy.V2_MODELS, V2Models.ALWAYS, field(_V2, f"{_BUCKET}.agent.models", always), Source.FILE),
    Observation(policy.V2_MODELS, V2Models.NEVER, field(_V2, f"{_BUCKET}.agent.models", never), Source.FILE),
    Observation(policy.V2_DIMENSIONS, V2Dimensions.LIST, field(_V2[2:], _IDES, not_nullable), Source.FILE),
    Observation(policy.V2_DIMENSIONS, V2Dimensions.LIST, field(_V2[2:], _IDES, kind(Kind.STRING)), Source.SAMPLE),
    # In samples, null may also be the list of somebody without a license, and a bucket without activity has no list.
    Observation(policy.V2_DIMENSIONS, V2Dimensions.NULL, field(_V2[2:], _IDES, only_null), Source.FILE),
    Observation(policy.V2_DIMENSIONS, V2Dimensions.ABSENT, field(_V2[2:], _IDES, never), Source.FILE),
    Observation(
        policy.AGENT_USAGE_GRANULARITY, AgentUsageGranularity.REQUIRED, parameter(_AGENT, "granularity", always)
    ),
    Observation(
        policy.AGENT_USAGE_GRANULARITY, AgentUsageGranularity.OPTIONAL, parameter(_AGENT, "granularity", sometimes)
    ),
    Observation(policy.COST_DECIMALS, CostDecimals.TWO, field(_AGENT, _COST, has_format(f"{DECIMALS}2")), Source.FILE),
    # In samples, two decimals may be four that end with zeros.
    Observation(
        policy.COST_DECIMALS,
        CostDecimals.FOUR,
        field(_AGENT, _COST, has_format(f"{DECIMALS}3", f"{DECIMALS}4")),
    ),
    Observation(
        policy.AGENT_USAGE_MODEL,
        AgentUsageModel.UUID,
        field(_AGENT, f"{_BUCKET}.modelBreakdown[].model", only_format("uuid")),
    ),
    Observation(
        policy.AGENT_USAGE_MODEL,
        AgentUsageModel.NAME,
        field(_AGENT, f"{_BUCKET}.modelBreakdown[].model", only_format(TEXT)),
        Source.SAMPLE,
    ),
    Observation(
        policy.AGENT_TYPES,
        AgentTypes.LOWER,
        field(_AGENT, f"{_TYPES}[].agentType", enum_within("ide", "cli")),
        Source.FILE,
    ),
    Observation(
        policy.AGENT_TYPES,
        AgentTypes.UPPER,
        field(_AGENT, f"{_TYPES}[].agentType", enum_within("IDE", "CLI")),
        Source.FILE,
    ),
    Observation(policy.TEAMS_DEFAULT_LIMIT, TeamsDefaultLimit.EVERYTHING, parameter(_TEAMS, "limit", defaults_to("0"))),
    Observation(policy.TEAMS_DEFAULT_LIMIT, TeamsDefaultLimit.FIFTY, parameter(_TEAMS, "limit", defaults_to("50"))),
)
"""The options that are seen when their conditions hold."""
