"""IDE Services' mounts, authentication and sizes, and a switch for every choice that its documentation leaves open.

Data only, except for a stage of authentication that checks the scheme.
"""

from datetime import date
from enum import StrEnum
from typing import Final

from mockserver.gateway import auth, pipeline
from mockserver.gateway.switches import Grade, Switches, declared, names, switch
from mockserver.gateway.unserved import Unserved, UnservedPath, UnservedPaths
from mockserver.gateway.vendor import RequestContext

NAME: Final = "jetbrains-ide"
TITLE: Final = "JetBrains IDE Services, AI analytics"
ANALYTICS: Final = "/api/analytics/ai"
USERS: Final = "/api/v1/users"
PROFILES: Final = "/api/v1/profiles"
ACCESS: Final = "/api/usage-analytics"
PLUGINS: Final = "/api/plugins"
MOUNTS: Final = (ANALYTICS, USERS, PROFILES, ACCESS, PLUGINS)
"""The analytics, the two lists that ids come from, and two public paths that are not simulated."""

SCHEMES: Final = ("Bearer", "Automation")
SAMPLE_PATH: Final = "/api/analytics/ai/effectiveness/metrics/totals?fromDate=2025-10-01&toDate=2025-10-31"

GROUPS: Final = ("DAY", "WEEK", "MONTH", "YEAR")
ORDERS: Final = ("ASC", "DESC")

LIMIT_DEFAULT: Final = 50
LIMIT_MAXIMUM: Final = 1000
"""Rows of a page of users.paged (documented), and of the list of users (assumed)."""

BUCKETS_MAXIMUM: Final = 10_000
"""Buckets of one answer; the switch `longest_range` decides about a range with more."""

_ANALYTICS_FIELDS: Final = (
    *("items", "date", "enabledUsers", "activeUsers"),
    *("tool", "suggestions", "acceptances", "invocations"),
    *("userId", "userName", "userEmail"),
)
_LIST_FIELDS: Final = ("items", "id", "name", "email")
RENAMABLE: Final = tuple(dict.fromkeys((*_ANALYTICS_FIELDS, *_LIST_FIELDS)))
"""The undocumented response fields: of the analytics, and of the lists of users and profiles."""

TOOLS: Final = ("aia", "claude_code", "code_completion", "junie", "nes")
TOOLS_WITH_CODEX: Final = tuple(sorted((*TOOLS, "codex")))
"""The documented values of `tool`, and those with the one that the switch `codex_tool` adds."""

RELEASED: Final = date(2025, 12, 8)
"""When version 2025.3 came out, below which nothing is sent (assumed; only the switch `release_dates` uses it)."""

CODEX_RELEASED: Final = date(2026, 1, 22)
"""When data about Codex begin (assumed; only the switch `release_dates` uses it)."""


ErrorMessage = StrEnum("ErrorMessage", ["SHOWN", "HIDDEN"])
ERROR_MESSAGE: Final = switch(
    "error_message",
    ErrorMessage,
    grade=Grade.INFERRED,
    description="The message of an error: in the body, or left out. Spring Boot leaves it out since 2.3 unless it is "
    "configured; how a tenant's server is configured is unknown.",
)
Schemes = StrEnum("Schemes", ["BOTH", "BEARER", "AUTOMATION"])
ACCEPTED_SCHEMES: Final = switch(
    "schemes",
    Schemes,
    grade=Grade.OBSERVED,
    description="The scheme of the Authorization header: Bearer is documented, a public client sends Automation. "
    "Both, or one alone and a 401 for the other.",
)
DefaultGroupBy = StrEnum("DefaultGroupBy", {"DAY": "DAY", "NONE": "NONE"})
DEFAULT_GROUP_BY: Final = switch(
    "default_group_by",
    DefaultGroupBy,
    grade=Grade.ASSUMED,
    description="groupBy left out where it is optional: a bucket for each day, or one for the whole range, dated "
    "fromDate. The page names no default.",
)
LastCursor = StrEnum("LastCursor", ["NULL", "ABSENT"])
LAST_CURSOR: Final = switch(
    "last_cursor", LastCursor, grade=Grade.ASSUMED, description="nextCursor on the last page: null, or no key."
)
EmptyBuckets = StrEnum("EmptyBuckets", ["ZEROS", "OMITTED"])
EMPTY_BUCKETS: Final = switch(
    "empty_buckets",
    EmptyBuckets,
    grade=Grade.ASSUMED,
    description="A bucket in which nothing happened (by feature: a tool in a bucket): a row of zeros, or no row. Of "
    "adoption, one in which somebody had AI is a row, whether or not anybody was active.",
)
ReleaseDates = StrEnum("ReleaseDates", ["IGNORED", "HONEST"])
RELEASE_DATES: Final = switch(
    "release_dates",
    ReleaseDates,
    grade=Grade.ASSUMED,
    description="The versions that send data count as if they had always been there, so that every date has data, or "
    f"nothing was sent before {RELEASED}, when 2025.3 came out.",
)
OldAssistant = StrEnum("OldAssistant", ["ALL_BUT_JUNIE", "EVERYTHING"])
OLD_ASSISTANT: Final = switch(
    "old_assistant",
    OldAssistant,
    grade=Grade.ASSUMED,
    description="What a client with an AI Assistant below its version does not send: all but Junie's data, or "
    "everything. The page describes only the case of an old Junie.",
)
ForeignCursor = StrEnum("ForeignCursor", ["REJECT", "CONTINUE"])
FOREIGN_CURSOR: Final = switch(
    "foreign_cursor",
    ForeignCursor,
    grade=Grade.ASSUMED,
    description="A cursor sent with other dates, tools, users or another order than it was made for: a 400, or the "
    "rows after its position in the list of the new query. Another limit is never an error.",
)
LongestRange = StrEnum("LongestRange", ["HISTORY", "REJECT"])
LONGEST_RANGE: Final = switch(
    "longest_range",
    LongestRange,
    grade=Grade.ASSUMED,
    description=f"A range of more than {BUCKETS_MAXIMUM:,} buckets: an answer without those before the organization's "
    "first day and after today, or a 400. No limit is documented.",
)
RepeatedParameters = StrEnum("RepeatedParameters", ["REJECT", "ACCEPT"])
REPEATED_PARAMETERS: Final = switch(
    "repeated_parameters",
    RepeatedParameters,
    grade=Grade.ASSUMED,
    description="A parameter given more than once: a 400, or lists joined and the first of any other value taken, as "
    "Spring binds them.",
)
EmptyParameters = StrEnum("EmptyParameters", ["REJECT", "IGNORE"])
EMPTY_PARAMETERS: Final = switch(
    "empty_parameters",
    EmptyParameters,
    grade=Grade.ASSUMED,
    description="A parameter with an empty value: a 400, or as if it were not there.",
)
ListBlanks = StrEnum("ListBlanks", ["TRIM", "REJECT"])
LIST_BLANKS: Final = switch(
    "list_blanks",
    ListBlanks,
    grade=Grade.ASSUMED,
    description="Spaces and tabs around an element of tool or query: trimmed, as Spring does, or a 400.",
)
CodexTool = StrEnum("CodexTool", ["ABSENT", "CODEX"])
CODEX_TOOL: Final = switch(
    "codex_tool",
    CodexTool,
    grade=Grade.ASSUMED,
    description="Codex, which release 2026.0 adds to AI activity analytics: no value of tool, as on the page, or the "
    "value codex, whose real spelling is unknown. Under release_dates=honest its data begin on "
    f"{CODEX_RELEASED}.",
)
ProfileIds = StrEnum("ProfileIds", ["UUID", "BOTH"])
PROFILE_IDS: Final = switch(
    "profile_ids",
    ProfileIds,
    grade=Grade.ASSUMED,
    description="What profileId takes: the UUID of a profile, and a 400 for anything else, or the profile's name too.",
)
UNSERVED: Final = switch(
    "unserved",
    Unserved,
    grade=Grade.ASSUMED,
    description="What the vendor has and is not simulated (changes of users, who has which profile, access analytics, "
    "and uploads of plugins): a 501, which says so, or a 404.",
)
NAMES: Final = names(
    "names",
    *RENAMABLE,
    groups=(_ANALYTICS_FIELDS, _LIST_FIELDS),
    kept=("nextCursor",),
    grade=Grade.ASSUMED,
    description="Other names for response fields: each tenant's own Swagger has the real ones, and the page names "
    "only nextCursor. Setting the mapping replaces all of it.",
)


def _unserved(method: str, path: str, description: str, page: str = "User management via REST API") -> UnservedPath:
    return UnservedPath(path, description, Grade.DOCUMENTED, f'the vendor\'s page "{page}"', methods=(method,))


NOT_SIMULATED: Final = UnservedPaths(
    UNSERVED,
    (
        _unserved("POST", USERS, "add a user"),
        _unserved("DELETE", f"{USERS}/<id>", "remove a user"),
        _unserved("GET", f"{USERS}/<userId>/profiles", "the profiles of a user"),
        _unserved("PUT", f"{USERS}/<userId>/profiles", "assign profiles to a user"),
        _unserved("DELETE", f"{USERS}/<userId>/profiles/<profileId>", "take a profile from a user"),
        _unserved("PUT", f"{PROFILES}/<profileId>/users", "assign users to a profile"),
        _unserved("GET", f"{ACCESS}/users/analytics", "who accessed which component", "User Access Analytics"),
        _unserved("POST", PLUGINS, "upload a plugin", "REST API"),
    ),
)
"""The vendor's other public operations with a known path."""

SWITCHES: Final = declared(globals())


def accepted_schemes(switches: Switches) -> tuple[str, ...]:
    """The schemes of the Authorization header that the switch `schemes` accepts."""
    option = switches[ACCEPTED_SCHEMES]
    return SCHEMES if option is Schemes.BOTH else (option.capitalize(),)


def tools(switches: Switches) -> tuple[str, ...]:
    """The values of `tool`, in alphabetical order."""
    return TOOLS_WITH_CODEX if switches[CODEX_TOOL] is CodexTool.CODEX else TOOLS


def check_scheme(context: RequestContext) -> None:
    """401 for a scheme that the switch `schemes` rules out in the token's sandbox."""
    auth.credential(context.environ.get("HTTP_AUTHORIZATION"), accepted_schemes(context.switches))


STAGES: Final = (pipeline.authenticate, check_scheme, pipeline.permit, pipeline.fault, pipeline.limit)
"""Before the view: 401, 403, and 429 where a limit was set (none is documented)."""
