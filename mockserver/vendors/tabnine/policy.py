"""Tabnine's mounts, authentication and settings, and a switch for every choice that its documentation leaves open.

Data only; the other rooms act on it.
"""

from enum import StrEnum
from typing import Any, Final

from mockserver.gateway import pipeline
from mockserver.gateway.switches import Grade, declared, switch, timestamp_switch
from mockserver.gateway.unserved import Unserved, UnservedPath, UnservedPaths

NAME: Final = "tabnine"
TITLE: Final = "Tabnine Usage Metrics API"
V1: Final = "/api/v1"
V2: Final = "/api/v2"
TEAMS: Final = "/api/team/v1"
USERS: Final = "/api/user/v1"
INVITATIONS: Final = "/api/invitation/v1"
MOUNTS: Final = (V1, V2, TEAMS, USERS, INVITATIONS)
"""The two that are simulated, and those of the vendor's other operations."""

SCHEMES: Final = ("Bearer",)
SAMPLE_PATH: Final = "/api/v1/organization"

STAGES: Final = (pipeline.authenticate, pipeline.permit, pipeline.fault, pipeline.limit)
"""Before the view: 401, 403, and 429 where a limit was set (none is documented)."""

NEWER_OPERATIONS: Final = frozenset(
    f"get{subject}{usage}" for subject in ("Organization", "Team", "User") for usage in ("UsageV2", "AgentUsage")
)
FORBIDDEN_OPERATIONS: Final = NEWER_OPERATIONS | {
    *("getTeamUsage", "getUser", "getUserUsage"),
    *("getOrganizationUsage", "getOrganizationUsers"),
}
"""The operations for which a 403 is documented for a token that is not an Admin's."""

MONTHS_DEFAULT: Final = 12
BUCKETS_MAXIMUM: Final = 4000
"""The most buckets of one answer, unless `longest_range` leaves out those before and after the history."""

GRANULARITIES: Final = {"all": 10_000 * 366 * 86_400, "daily": 86_400, "weekly": 7 * 86_400, "monthly": 31 * 86_400}
"""The documented granularities, and the most seconds that a bucket of each has."""

SHORT_FORMS: Final = {"day": "daily", "week": "weekly", "month": "monthly"}
"""The short forms of two of the vendor's files, and what they mean."""

PUBLIC_KEY: Final = """\
-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAqiPzvOTmZBPWYh0JOfu2
Sl7yjqtCXQw1OtuZYHvSx17T/r3wyrUkbrugEGmQF1Kql6k1XBE+zejUIehwbVkJ
s3UrP7ylvt0K5syG5dFrwQDjO71QLgiqMwEkgzpW4RsE3yfgadlaQ9Ypw8u9nuCj
9tKR+eOgdVynAq6WtZsHYjOm1uQ9H6oI5ytP6GQmOwkqtT9z3gzwPoTXV8AueCtx
8gS8OFRK4cyvyYB/AbzIi0SgpHtFb6hmtIqhmDrqahnMkFHBTaO3J1xShgEjasM8
csW5yycNAXqcdTNpmdS20PKnyU9xQP99V9BRvaWQXux7Zita6+pzt7ufBc8CMFS7
swIDAQAB
-----END PUBLIC KEY-----
"""
"""A real RSA key, made once for this; its private half was never kept."""

SETTINGS: Final[dict[str, Any]] = {
    "samlEnabled": True,
    "smtpConfigured": True,
    "usernamePasswordEnabled": False,
    "planType": "Enterprise",
}
OAUTH_ENABLED: Final = False
LICENSE: Final[dict[str, Any]] = {"features": ["completions", "chat", "instruct", "agent"], "settings": {}}


ForbiddenEverywhere = StrEnum("ForbiddenEverywhere", ["YES", "NO"])
FORBIDDEN_EVERYWHERE: Final = switch(
    "forbidden_everywhere",
    ForbiddenEverywhere,
    grade=Grade.ASSUMED,
    description="A token that is not an Admin's: 403 at every endpoint, or only where the vendor's files say so "
    "(usage of every kind, user info, the organization's users) and 401 at the others.",
)
ErrorShape = StrEnum("ErrorShape", ["NESTED", "FLAT"])
ERROR_SHAPE: Final = switch(
    "error_shape",
    ErrorShape,
    grade=Grade.OBSERVED,
    description="An error's body: everything inside `error`, as the live service answers, or flat, as the vendor's "
    "later file has it.",
)
ForeignOrganization = StrEnum("ForeignOrganization", {"STATUS_401": "401", "STATUS_403": "403", "STATUS_404": "404"})
FOREIGN_ORGANIZATION: Final = switch(
    "foreign_organization",
    ForeignOrganization,
    grade=Grade.ASSUMED,
    description="The status when organizationId is not the token's organization. The page does not tell.",
)
LastNext = StrEnum("LastNext", ["ABSENT", "NULL"])
LAST_NEXT: Final = switch(
    "last_next",
    LastNext,
    grade=Grade.DOCUMENTED,
    description="`meta.next` on the last page: no key, or null. Both are documented.",
)
ZeroLimit = StrEnum("ZeroLimit", ["EVERYTHING", "REJECT"])
ZERO_LIMIT: Final = switch(
    "zero_limit",
    ZeroLimit,
    grade=Grade.ASSUMED,
    description="limit=0 on the user lists: everything, as on the teams list, or a 400.",
)
Subseconds = StrEnum("Subseconds", ["ACCEPT", "REJECT"])
SUBSECONDS: Final = switch(
    "subseconds",
    Subseconds,
    grade=Grade.ASSUMED,
    description="A fraction of a second in from and to: accepted, or a 400.",
)
EmptyBuckets = StrEnum("EmptyBuckets", ["ZEROS", "OMITTED"])
EMPTY_BUCKETS: Final = switch(
    "empty_buckets",
    EmptyBuckets,
    grade=Grade.ASSUMED,
    description="A day, week or month without any activity: a bucket of zeros, or no bucket.",
)
UsageSections = StrEnum("UsageSections", ["FULL", "FIRST"])
USAGE_SECTIONS: Final = switch(
    "usage_sections",
    UsageSections,
    grade=Grade.DOCUMENTED,
    description="The sections of a bucket: all four of the later file, or codeCompletions and chat alone.",
)
StrictUserFilters = StrEnum("StrictUserFilters", ["NO", "YES"])
STRICT_USER_FILTERS: Final = switch(
    "strict_user_filters",
    StrictUserFilters,
    grade=Grade.DOCUMENTED,
    description="teamMember and active on the users list: optional, as the later file has it and every client does, "
    "or required, as the page marks them.",
)
LongestRange = StrEnum("LongestRange", ["REJECT", "HISTORY"])
LONGEST_RANGE: Final = switch(
    "longest_range",
    LongestRange,
    grade=Grade.ASSUMED,
    description="A range of more than 4,000 buckets: a 400, or an answer without the buckets before the "
    "organization's first day and after the present. No limit is documented.",
)

AllBucket = StrEnum("AllBucket", ["REQUEST", "END"])
ALL_BUCKET: Final = switch(
    "all_bucket",
    AllBucket,
    grade=Grade.ASSUMED,
    description="from and to of the one bucket of granularity all: those of the request, or its `to` twice, as in the "
    "vendor's one whole example.",
)
ShortGranularities = StrEnum("ShortGranularities", ["REJECT", "ACCEPT"])
SHORT_GRANULARITIES: Final = switch(
    "short_granularities",
    ShortGranularities,
    grade=Grade.DOCUMENTED,
    description="day, week and month as granularities: a 400, as in the vendor's newest file, or the same as daily, "
    "weekly and monthly, as in two older ones.",
)
V2Models = StrEnum("V2Models", ["ALL_ONLY", "ALWAYS", "NEVER"])
V2_MODELS: Final = switch(
    "v2_models",
    V2Models,
    grade=Grade.DOCUMENTED,
    description="`models` in the sections of v2: with granularity all, with every granularity, or never.",
)
V2Messages = StrEnum("V2Messages", ["INTERACTIONS", "USER_INITIATED"])
V2_MESSAGES: Final = switch(
    "v2_messages",
    V2Messages,
    grade=Grade.ASSUMED,
    description="messages of the agent in v2: the interactions of v1, or those that a person sent, as in "
    "userInitiatedMessages of agent usage.",
)
V2Dimensions = StrEnum("V2Dimensions", ["LIST", "NULL", "ABSENT"])
V2_DIMENSIONS: Final = switch(
    "v2_dimensions",
    V2Dimensions,
    grade=Grade.DOCUMENTED,
    description="ides and languages in v2's usage of a user: lists joined by commas, null, or no such fields.",
)
UnknownId = StrEnum("UnknownId", {"STATUS_403": "403", "STATUS_404": "404", "STATUS_401": "401", "ZEROS": "zeros"})
UNKNOWN_ID: Final = switch(
    "unknown_id",
    UnknownId,
    grade=Grade.ASSUMED,
    description="An unknown teamId or userId in v2 and agent usage, where no 404 is listed: the status, or the usage "
    "of nobody.",
)
AgentUsageGranularity = StrEnum("AgentUsageGranularity", ["REQUIRED", "OPTIONAL"])
AGENT_USAGE_GRANULARITY: Final = switch(
    "agent_usage_granularity",
    AgentUsageGranularity,
    grade=Grade.DOCUMENTED,
    description="granularity of agent usage: required, as in the newest file, or optional, as in the one before; then "
    "all is the default.",
)
AgentUsageSections = StrEnum("AgentUsageSections", ["FULL", "FIRST"])
AGENT_USAGE_SECTIONS: Final = switch(
    "agent_usage_sections",
    AgentUsageSections,
    grade=Grade.DOCUMENTED,
    description="A bucket of agent usage: with agentTypeBreakdown, as in the newest file, or without, as in the one "
    "before.",
)
AgentUsageScope = StrEnum("AgentUsageScope", ["AGENT", "AGENT_AND_CHAT"])
AGENT_USAGE_SCOPE: Final = switch(
    "agent_usage_scope",
    AgentUsageScope,
    grade=Grade.ASSUMED,
    description="What the totals and modelBreakdown of agent usage count: the agent, or the tokens of chat too, which "
    "cost nothing.",
)
CostDecimals = StrEnum("CostDecimals", {"FOUR": "4", "TWO": "2"})
COST_DECIMALS: Final = switch(
    "cost_decimals",
    CostDecimals,
    grade=Grade.ASSUMED,
    description="The decimals of costs in dollars: four, so that rows add up, or two, each rounded by itself.",
)
AgentUsageModel = StrEnum("AgentUsageModel", ["NAME", "UUID"])
AGENT_USAGE_MODEL: Final = switch(
    "agent_usage_model",
    AgentUsageModel,
    grade=Grade.DOCUMENTED,
    description="A model in agent usage: its name, or the id that v2 has.",
)
AgentTypes = StrEnum("AgentTypes", {"LOWER": "ide_cli", "UPPER": "IDE_CLI"})
AGENT_TYPES: Final = switch(
    "agent_types",
    AgentTypes,
    grade=Grade.ASSUMED,
    description="The values of agentType: ide and cli, of which the vendor's file has the second, or IDE and CLI.",
)
BreakdownOrder = StrEnum("BreakdownOrder", ["TOKENS", "NAME"])
BREAKDOWN_ORDER: Final = switch(
    "breakdown_order",
    BreakdownOrder,
    grade=Grade.ASSUMED,
    description="The order of models and agent types: most tokens first, or by name.",
)
MissingOrganization = StrEnum("MissingOrganization", {"STATUS_401": "401", "STATUS_400": "400"})
MISSING_ORGANIZATION: Final = switch(
    "missing_organization",
    MissingOrganization,
    grade=Grade.OBSERVED,
    description="The status of agent usage without organizationId: 401, as the live service answered, or 400.",
)
MissingRange = StrEnum("MissingRange", {"STATUS_500": "500", "STATUS_400": "400"})
MISSING_RANGE: Final = switch(
    "missing_range",
    MissingRange,
    grade=Grade.OBSERVED,
    description="The status of agent usage without from or to: 500, as the live service answered, or 400.",
)
AgentUnlicensed = StrEnum("AgentUnlicensed", {"STATUS_403": "403", "STATUS_500": "500"})
AGENT_UNLICENSED: Final = switch(
    "agent_unlicensed",
    AgentUnlicensed,
    grade=Grade.DOCUMENTED,
    description="The status of agent usage in an organization whose license does not include the agent: the "
    "documented one, or the one that a client of the vendor's expects.",
)
AgentUsageDatetime = StrEnum("AgentUsageDatetime", ["STRICT", "LENIENT"])
AGENT_USAGE_DATETIME: Final = switch(
    "agent_usage_datetime",
    AgentUsageDatetime,
    grade=Grade.OBSERVED,
    description="from and to of agent usage: only as in 2026-03-01T00:00:00Z, or in every form that v1 accepts.",
)
Legacy = StrEnum("Legacy", ["OFF", "V1_ENDS", "SPLIT"])
LEGACY: Final = switch(
    "legacy",
    Legacy,
    grade=Grade.ASSUMED,
    description="The rule of Tabnine 6.2, by which v1's usage holds only what was collected before: off, v1 ends at "
    "the cut-off, or v2 also begins there.",
)
LEGACY_CUTOFF: Final = timestamp_switch(
    "legacy_cutoff",
    "2026-05-01T00:00:00Z",
    "2025-10-01T00:00:00Z",
    grade=Grade.ASSUMED,
    description="Where the switch `legacy` cuts. The vendor announced the change for May 2026; an installation of "
    "one's own has a date of its own.",
)
V1AgentSplit = StrEnum("V1AgentSplit", ["ABSENT", "PRESENT"])
V1_AGENT_SPLIT: Final = switch(
    "v1_agent_split",
    V1AgentSplit,
    grade=Grade.DOCUMENTED,
    description="agentChat and agentAgent in a bucket of v1, both optional in the newest file: left out, or zeros and "
    "the agent's numbers.",
)
UserRows = StrEnum("UserRows", ["FIRST", "LATER"])
USER_ROWS: Final = switch(
    "user_rows",
    UserRows,
    grade=Grade.DOCUMENTED,
    description="The rows of users: the same in both lists, or, as in the newest file, the required fields alone in a "
    "team's list and also the team in the organization's.",
)
LaterFields = StrEnum("LaterFields", ["ABSENT", "PRESENT"])
LATER_FIELDS: Final = switch(
    "later_fields",
    LaterFields,
    grade=Grade.DOCUMENTED,
    description="The optional fields of the newest file: oauthEnabled of the organization; organizationId, "
    "syncedGroupId and pendingInvitationsCount of teams.",
)
TeamsDefaultLimit = StrEnum("TeamsDefaultLimit", {"EVERYTHING": "0", "FIFTY": "50"})
TEAMS_DEFAULT_LIMIT: Final = switch(
    "teams_default_limit",
    TeamsDefaultLimit,
    grade=Grade.DOCUMENTED,
    description="The limit of the teams list where the request has none: 0, which is everything, or 50, as in the "
    "newest file.",
)
TeamOrder = StrEnum("TeamOrder", ["NAME", "CREATED"])
TEAM_ORDER: Final = switch(
    "team_order",
    TeamOrder,
    grade=Grade.ASSUMED,
    description="The order of the teams list: by name, or the order in which teams were created (in the organization "
    "file). The vendor's one example is in no order of names.",
)
UtilizationDefault = StrEnum("UtilizationDefault", {"YEAR": "12_months", "HISTORY": "history"})
UTILIZATION_DEFAULT: Final = switch(
    "utilization_default",
    UtilizationDefault,
    grade=Grade.DOCUMENTED,
    description="account-utilizations without startDate: the last twelve months, or everything, as in the newest file.",
)
EmptyRange = StrEnum("EmptyRange", ["REJECT", "ZEROS"])
EMPTY_RANGE: Final = switch(
    "empty_range",
    EmptyRange,
    grade=Grade.ASSUMED,
    description="A `from` that is not before `to`: a 400, or a range without any activity.",
)
DateOnly = StrEnum("DateOnly", ["REJECT", "ACCEPT"])
DATE_ONLY: Final = switch(
    "date_only",
    DateOnly,
    grade=Grade.ASSUMED,
    description="A date without a time in from and to: a 400, or midnight in UTC. Agent usage accepts it only where "
    "agent_usage_datetime is lenient.",
)
UnknownRole = StrEnum("UnknownRole", ["REJECT", "NOBODY"])
UNKNOWN_ROLE: Final = switch(
    "unknown_role",
    UnknownRole,
    grade=Grade.INFERRED,
    description="A role of permissions that does not exist: a 400, or an empty list.",
)
OrganizationIdCase = StrEnum("OrganizationIdCase", ["EXACT", "ANY"])
ORGANIZATION_ID_CASE: Final = switch(
    "organization_id_case",
    OrganizationIdCase,
    grade=Grade.ASSUMED,
    description="organizationId in upper case: another organization, or the same.",
)
UNSERVED: Final = switch(
    "unserved",
    Unserved,
    default=Unserved.NOT_FOUND,
    grade=Grade.ASSUMED,
    description="A path that the vendor has and that is not simulated (audit logs, and the management of teams, users "
    "and invitations): 404 as for any unknown path, or a 501 that says so.",
)

NOT_SIMULATED: Final = UnservedPaths(
    UNSERVED,
    tuple(
        UnservedPath(path, description, Grade.DOCUMENTED, "vendor's newest OpenAPI file", methods)
        for path, methods, description in (
            (
                f"{V1}/organization/audit-logs",
                ("GET",),
                "the audit logs; most events and fields have no published name",
            ),
            (TEAMS, ("POST",), "create a team"),
            (f"{TEAMS}/<teamid>", ("GET", "PUT"), "a team, and its new name"),
            (f"{TEAMS}/<teamId>/connections/repositories", ("GET", "POST"), "the repositories of a team"),
            (
                f"{TEAMS}/<teamId>/connections/repositories/<path:repositoryLink>",
                ("PUT", "DELETE"),
                "a repository of a team",
            ),
            (f"{USERS}/<userId>", ("GET", "PATCH"), "a user with the allowed teams, and changes of it"),
            (f"{USERS}/by-email/<email>", ("GET",), "a user by address"),
            (f"{USERS}/<userId>/allowed-teams", ("GET", "PATCH", "DELETE"), "the teams that a user may access"),
            (INVITATIONS, ("GET", "POST", "DELETE"), "invitations"),
        )
    ),
)

SWITCHES: Final = declared(globals())
