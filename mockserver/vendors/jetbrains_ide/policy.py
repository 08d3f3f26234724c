"""IDE Services' mount, door and sizes, and every choice that its documentation leaves open, as named switches.

Data, and the one stage of the door that is this vendor's own; acting on all the rest stays out. D, O, I and A grade the
evidence: documented, observed, inferred, assumed.
"""

from datetime import date
from typing import Final

from mockserver.gateway import auth, pipeline
from mockserver.gateway.switches import Grade, Switch, names, switch
from mockserver.gateway.vendor import RequestContext

NAME: Final = "jetbrains-ide"
TITLE: Final = "JetBrains IDE Services, AI analytics"
MOUNTS: Final = ("/api/analytics/ai",)
SCHEMES: Final = ("Bearer", "Automation")
TRY_PATH: Final = "/api/analytics/ai/effectiveness/metrics/totals?fromDate=2025-10-01&toDate=2025-10-31"

_ADMITTED: Final = {"bearer": ("Bearer",), "automation": ("Automation",)}


def admit(call: RequestContext) -> None:
    """401 for a scheme that the switch `schemes` shuts out, in whichever sandbox the token has opened."""
    schemes = _ADMITTED.get(str(call.values["schemes"]))
    if schemes:
        auth.credential(call.request.environ.get("HTTP_AUTHORIZATION"), schemes)


STAGES: Final = (pipeline.authenticate, admit, pipeline.permit, pipeline.fault, pipeline.limit)
"""Before the view: 401, 403, and 429 where a limit was set; no limit is documented."""

GROUPS: Final = ("DAY", "WEEK", "MONTH", "YEAR")
ORDERS: Final = ("ASC", "DESC")

LIMIT_DEFAULT: Final = 50
LIMIT_MAXIMUM: Final = 1000
"""Rows of a page of users.paged (documented)."""

BUCKETS_MAXIMUM: Final = 10_000
"""Buckets of one answer; the switch `longest_range` says what happens to a range that has more."""

RENAMABLE: Final = (
    *("items", "date", "enabledUsers", "activeUsers"),
    *("tool", "suggestions", "acceptances", "invocations"),
    *("userId", "userName", "userEmail"),
)
"""The response names that nobody documents."""

RELEASED: Final = date(2025, 12, 8)
"""When version 2025.3 came out, below which nothing is sent (assumed; for the switch `release_dates` alone)."""

SWITCHES: Final[tuple[Switch, ...]] = (
    switch(
        "schemes",
        "both",
        "bearer",
        "automation",
        grade=Grade.OBSERVED,
        description="The scheme of the Authorization header: Bearer is documented, a public client sends Automation. "
        "Both, or one alone and a 401 for the other.",
    ),
    switch(
        "default_group_by",
        "DAY",
        "NONE",
        grade=Grade.ASSUMED,
        description="groupBy left out where it is optional: a bucket for each day, or one for the whole range, dated "
        "fromDate. The page names no default.",
    ),
    switch(
        "last_cursor",
        "null",
        "absent",
        grade=Grade.ASSUMED,
        description="nextCursor on the last page: null, or no key.",
    ),
    switch(
        "empty_buckets",
        "zeros",
        "omitted",
        grade=Grade.ASSUMED,
        description="A bucket in which nothing happened (by feature: a tool in a bucket): a row of zeros, or no "
        "row. Of "
        "adoption, one in which somebody had AI is a row, whether or not anybody was active.",
    ),
    switch(
        "release_dates",
        "ignored",
        "honest",
        grade=Grade.ASSUMED,
        description="The versions that send data count as if they had always been there, so that every date has "
        "data, or "
        f"nothing was sent before {RELEASED}, when 2025.3 came out.",
    ),
    switch(
        "old_assistant",
        "all_but_junie",
        "everything",
        grade=Grade.ASSUMED,
        description="What a client with an AI Assistant below its version does not send: all but Junie's data, "
        "or everything. "
        "The page tells the case of an old Junie alone.",
    ),
    switch(
        "foreign_cursor",
        "reject",
        "continue",
        grade=Grade.ASSUMED,
        description="A cursor sent with other dates, tools, users or another order than it was made for: a 400, "
        "or the rows "
        "behind its place in the list now asked for. Another limit is never a fault.",
    ),
    switch(
        "longest_range",
        "history",
        "reject",
        grade=Grade.ASSUMED,
        description=f"A range of more than {BUCKETS_MAXIMUM:,} buckets: told without those before the "
        "organisation's first "
        "day and after today, or a 400. No limit is documented.",
    ),
    switch(
        "repeated_parameters",
        "reject",
        "accept",
        grade=Grade.ASSUMED,
        description="A parameter given more than once: a 400, or lists joined and the first of any other value "
        "taken, as "
        "Spring binds them.",
    ),
    switch(
        "empty_parameters",
        "reject",
        "ignore",
        grade=Grade.ASSUMED,
        description="A parameter with an empty value: a 400, or as if it were not there.",
    ),
    names(
        "names",
        *RENAMABLE,
        kept=("nextCursor",),
        grade=Grade.ASSUMED,
        description="What response names are called instead: each tenant's own Swagger has the real ones, and "
        "of all of them "
        "the page tells nextCursor alone. Whoever states the mapping anew states the whole of it.",
    ),
)
