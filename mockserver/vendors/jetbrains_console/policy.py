"""The Console's mounts, door and names, and every choice that its documentation leaves open, as named switches.

Data, and the order of the stages; acting on any of it stays out. D, O, I and A grade the evidence: documented,
observed, inferred, assumed.
"""

from typing import Final

from mockserver.gateway import oauth, pipeline
from mockserver.gateway.switches import Grade, Switch, names, switch

NAME: Final = "jetbrains-console"
TITLE: Final = "JetBrains Console Analytics API"
REPORTS: Final = "/metrics/api"
DOOR: Final = "/api/rest/oauth2"
TOKEN_PATH: Final = f"{DOOR}/token"
ISSUING: Final = "createToken"
VERSIONS: Final = ("v1", "v2")
SCHEMES: Final = ("Bearer",)
SECRET: Final = "mock-secret"  # noqa: S105 (public, and the same for everybody)
REALM: Final = "JetBrains Console"
TRY_PATH: Final = (
    f"{REPORTS}/v1/adoption/users-adoption/group-by/date?fromDate=2025-09-01&toDate=2025-10-20&groupBy=month"
)

STAGES: Final = (oauth.authenticate_bearer, pipeline.permit, pipeline.fault, pipeline.limit)
ISSUING_STAGES: Final = (oauth.authenticate_client, pipeline.fault)
"""Before a report: 401, 403, and 429 where a limit was set (no limit is documented); before a token, who asks."""

GROUPINGS: Final = ("day", "week", "month", "year")
"""The readings of groupBy, the default one first; only month was seen."""

BUCKETS_MAXIMUM: Final = 10_000
"""Buckets of one answer; the switch `longest_range` says what happens to a range that has more."""

RENAMABLE: Final = (
    "data",
    "date",
    "enabledUsers",
    "activeUsers",
    "total",
    "usersHitLimit",
    "peakDailyUsers",
    "builtInQuota",
    "topUpCredits",
    "totalCredits",
)
"""Every response name: none is public."""

SWITCHES: Final[tuple[Switch, ...]] = (
    switch(
        "expires_in",
        3600,
        600,
        60,
        grade=Grade.INFERRED,
        description="How many seconds an access token lives, on the sandbox's clock. An hour is what RFC 6749 "
        "shows and such "
        "services give; shorter ones are for testing a client that must get new tokens.",
    ),
    switch(
        "unknown_parameters",
        "reject",
        "ignore",
        grade=Grade.ASSUMED,
        description="A query parameter that a report does not have: a 400, or ignored.",
    ),
    switch(
        "empty_elements",
        "reject",
        "ignore",
        grade=Grade.ASSUMED,
        description="An empty element in a filter's list, or an empty list: a 400, or passed over.",
    ),
    switch(
        "malformed_ids",
        "nobody",
        "reject",
        grade=Grade.ASSUMED,
        description="An element of userIds that is no UUID: nobody's id like any unknown one, or a 400.",
    ),
    switch(
        "list_form",
        "both",
        "comma",
        "repeated",
        grade=Grade.ASSUMED,
        description="How a filter holds several values: separated by commas or as a repeated parameter, or one "
        "way alone: "
        "then a repeated parameter is a 400, or a comma belongs to the value.",
    ),
    switch(
        "letter_case",
        "exact",
        "any",
        grade=Grade.ASSUMED,
        description="groupBy and ide in other letters, as in MONTH or iu: a 400, or the same as in the right ones.",
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
        "bucket_label",
        "calendar",
        "clipped",
        grade=Grade.ASSUMED,
        description="The date of a bucket that begins before fromDate: its first day of the calendar, as in IDE "
        "Services, or "
        "fromDate.",
    ),
    switch(
        "empty_buckets",
        "zeros",
        "omitted",
        grade=Grade.ASSUMED,
        description="A bucket in which nothing happened: a row of zeros, or no row. Of adoption, one in which "
        "somebody had AI "
        "is a row, whether or not anybody was active.",
    ),
    switch(
        "credits_form",
        "number",
        "string",
        grade=Grade.ASSUMED,
        description="AI credits with their two decimals: a JSON number, or text, as in 12.50.",
    ),
    names(
        "names",
        *RENAMABLE,
        grade=Grade.ASSUMED,
        description="What response names are called instead; no response of this API is public. Whoever states "
        "the mapping "
        "anew states the whole of it.",
    ),
)
