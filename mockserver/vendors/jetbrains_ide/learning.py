"""What of IDE Services' switches an OpenAPI file or captured answers show. `mockserver learn` reads them.

A file that documents one scheme does not say that the other is refused. The names of fields are compared by
`mockserver.learning` itself.
"""

from typing import Final

from mockserver.learning.observation import (
    Observation,
    Seen,
    Source,
    always,
    defaults_to,
    enum_within,
    error_field,
    field,
    has_format,
    in_enum,
    never,
    not_always,
    nullable,
    parameter,
    schemes,
    sometimes,
)
from mockserver.learning.shape import EMPTY, Kind
from mockserver.vendors.jetbrains_ide import policy
from mockserver.vendors.jetbrains_ide.policy import (
    CodexTool,
    DefaultGroupBy,
    ErrorMessage,
    LastCursor,
    ProfileIds,
    Schemes,
)

_METRICS: Final = ("getMetrics", "getMetricsByFeature")
_WITH_TOOLS: Final = (*_METRICS, "getMetricsTotals", "getUsersPaged")
_WITH_ROWS_BY_TOOL: Final = ("getMetricsByFeature", "getUsersPaged")
_PAGED: Final = ("getUsersPaged", "getUsers")
_CURSOR: Final = "nextCursor"


def _has_text(seen: Seen) -> bool:
    """Not only an empty text, which Spring Boot can have in place of a message that it hides."""
    return Kind.STRING in seen.shape.types and seen.shape.formats != {EMPTY}


OBSERVATIONS: Final = (
    Observation(
        policy.ERROR_MESSAGE, ErrorMessage.SHOWN, error_field("message", always, _has_text, beside="timestamp")
    ),
    Observation(policy.ERROR_MESSAGE, ErrorMessage.HIDDEN, error_field("message", never, beside="timestamp")),
    Observation(policy.ACCEPTED_SCHEMES, Schemes.BOTH, schemes(*policy.SCHEMES)),
    Observation(policy.DEFAULT_GROUP_BY, DefaultGroupBy.DAY, parameter(_METRICS, "groupBy", defaults_to("DAY"))),
    Observation(policy.LAST_CURSOR, LastCursor.NULL, field(_PAGED, _CURSOR, nullable)),
    Observation(policy.LAST_CURSOR, LastCursor.ABSENT, field(_PAGED, _CURSOR, sometimes), Source.FILE),
    Observation(policy.LAST_CURSOR, LastCursor.ABSENT, field(_PAGED, _CURSOR, not_always), Source.SAMPLE),
    Observation(policy.CODEX_TOOL, CodexTool.CODEX, parameter(_WITH_TOOLS, "tool", in_enum("codex"))),
    Observation(policy.CODEX_TOOL, CodexTool.ABSENT, parameter(_WITH_TOOLS, "tool", enum_within(*policy.TOOLS))),
    Observation(
        policy.CODEX_TOOL, CodexTool.CODEX, field(_WITH_ROWS_BY_TOOL, "items[].tool", in_enum("codex")), Source.FILE
    ),
    Observation(
        policy.CODEX_TOOL,
        CodexTool.ABSENT,
        field(_WITH_ROWS_BY_TOOL, "items[].tool", enum_within(*policy.TOOLS)),
        Source.FILE,
    ),
    Observation(policy.PROFILE_IDS, ProfileIds.UUID, parameter(("getUsersAdoption",), "profileId", has_format("uuid"))),
)
"""The options that are seen when their conditions hold."""
