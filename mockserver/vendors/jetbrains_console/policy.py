"""The Console's mounts, authentication and names, and a switch for every choice that its documentation leaves open.

Data only.
"""

from enum import StrEnum
from typing import Final

from mockserver.gateway import oauth, pipeline
from mockserver.gateway.switches import Grade, Switch, declared, names, switch
from mockserver.gateway.unserved import Unserved, UnservedPath, UnservedPaths
from mockserver.products.jetbrains.credits import QuotaPeriod

NAME: Final = "jetbrains-console"
TITLE: Final = "JetBrains Console Analytics API"
REPORTS: Final = "/metrics/api"
OAUTH: Final = "/api/rest/oauth2"
TOKEN_PATH: Final = f"{OAUTH}/token"
TOKEN_OPERATION: Final = "createToken"  # noqa: S105 (an operationId)
VERSIONS: Final = ("v1", "v2")
SCHEMES: Final = ("Bearer",)
SECRET: Final = "mock-secret"  # noqa: S105 (public, and the same for everybody)
REALM: Final = "JetBrains Console"
SAMPLE_PATH: Final = (
    f"{REPORTS}/v1/adoption/users-adoption/group-by/date?fromDate=2025-09-01&toDate=2025-10-20&groupBy=month"
)

STAGES: Final = (oauth.authenticate_bearer, pipeline.permit, pipeline.fault, pipeline.limit)
TOKEN_STAGES: Final = (oauth.authenticate_client, pipeline.fault)
"""Before a report: 401, 403, and 429 where a limit was set (none is documented); before a token, the client's 401."""

GROUPINGS: Final = ("day", "week", "month", "year")
"""The options of groupBy, the default first; only month was observed."""

BUCKETS_MAXIMUM: Final = 10_000
"""Buckets of one answer; the switch `longest_range` decides about a range with more."""

RENAMABLE: Final = (
    *("data", "date", "enabledUsers", "activeUsers", "total"),
    *("usersHitLimit", "peakDailyUsers"),
    *("builtInQuota", "topUpCredits", "totalCredits"),
)
"""Every response field: none is public."""


EXPIRES_IN: Final = Switch(
    "expires_in",
    (3600, 600, 60),
    default=3600,
    grade=Grade.INFERRED,
    description="How many seconds an access token lives, on the sandbox's clock. An hour is what RFC 6749 shows and "
    "what such services grant; shorter ones are for testing a client that must get new tokens.",
)
UnknownParameters = StrEnum("UnknownParameters", ["REJECT", "IGNORE"])
UNKNOWN_PARAMETERS: Final = switch(
    "unknown_parameters",
    UnknownParameters,
    grade=Grade.ASSUMED,
    description="A query parameter that a report does not have: a 400, or ignored.",
)
EmptyElements = StrEnum("EmptyElements", ["REJECT", "IGNORE"])
EMPTY_ELEMENTS: Final = switch(
    "empty_elements",
    EmptyElements,
    grade=Grade.ASSUMED,
    description="An empty element in a filter's list, or an empty list: a 400, or ignored.",
)
MalformedIds = StrEnum("MalformedIds", ["NOBODY", "REJECT"])
MALFORMED_IDS: Final = switch(
    "malformed_ids",
    MalformedIds,
    grade=Grade.ASSUMED,
    description="An element of userIds or principalIds that is not a UUID: an unknown id like any other, or a 400.",
)
ListForm = StrEnum("ListForm", ["BOTH", "COMMA", "REPEATED"])
LIST_FORM: Final = switch(
    "list_form",
    ListForm,
    grade=Grade.ASSUMED,
    description="How a filter holds several values: separated by commas or as a repeated parameter, or only one of "
    "the two: then a repeated parameter is a 400, or a comma belongs to the value.",
)
LetterCase = StrEnum("LetterCase", ["EXACT", "ANY"])
LETTER_CASE: Final = switch(
    "letter_case",
    LetterCase,
    grade=Grade.ASSUMED,
    description="groupBy and ide in another letter case, as in MONTH or iu: a 400, or the same as in the right one.",
)
LongestRange = StrEnum("LongestRange", ["HISTORY", "REJECT"])
LONGEST_RANGE: Final = switch(
    "longest_range",
    LongestRange,
    grade=Grade.ASSUMED,
    description=f"A range of more than {BUCKETS_MAXIMUM:,} buckets: an answer without those before the organization's "
    "first day and after today, or a 400. No limit is documented.",
)
BucketLabel = StrEnum("BucketLabel", ["CALENDAR", "CLIPPED"])
BUCKET_LABEL: Final = switch(
    "bucket_label",
    BucketLabel,
    grade=Grade.ASSUMED,
    description="The date of a bucket that begins before fromDate: its first day in the calendar, as in IDE Services, "
    "or fromDate.",
)
EmptyBuckets = StrEnum("EmptyBuckets", ["ZEROS", "OMITTED"])
EMPTY_BUCKETS: Final = switch(
    "empty_buckets",
    EmptyBuckets,
    grade=Grade.ASSUMED,
    description="A bucket in which nothing happened: a row of zeros, or no row. Of adoption, one in which somebody "
    "had AI is a row, whether or not anybody was active.",
)
V2Principals = StrEnum("V2Principals", ["PEOPLE_AND_SERVICE_ACCOUNTS", "PEOPLE"])
V2_PRINCIPALS: Final = switch(
    "v2_principals",
    V2Principals,
    grade=Grade.INFERRED,
    description="Whom the reports of v2 count: people and service accounts, which spend from the organization's pool, "
    "or people alone, as v1 does.",
)
QUOTA_PERIOD: Final = switch(
    "quota_period",
    QuotaPeriod,
    grade=Grade.ASSUMED,
    description="When credits are renewed: with the calendar month of UTC, since the page speaks of a monthly limit, "
    "or every 30 days of 24 hours from the licence's start. A period of 30 days was observed, in an answer of a "
    "neighboring service (PT720H). IDE Services' numbers do not change with it.",
)
UNSERVED: Final = switch(
    "unserved",
    Unserved,
    grade=Grade.ASSUMED,
    description="A report of v2 that is known to exist and is not simulated: a 501 that says so, or the 404 of an "
    "unknown path.",
)
CreditsForm = StrEnum("CreditsForm", ["NUMBER", "STRING"])
CREDITS_FORM: Final = switch(
    "credits_form",
    CreditsForm,
    grade=Grade.ASSUMED,
    description="AI credits with their two decimals: a JSON number, or text, as in 12.50.",
)
NAMES: Final = names(
    "names",
    *RENAMABLE,
    grade=Grade.ASSUMED,
    description="Other names for response fields; no response of this API is public. Setting the mapping replaces all "
    "of it.",
)

NOT_SIMULATED: Final = UnservedPaths(
    UNSERVED,
    (
        UnservedPath(
            f"{REPORTS}/v2/<group>/<path:report>",
            "of the groups of reports in v2 only adoption is public; seven others exist, and neither their names nor "
            "their contents are known here",
            Grade.ASSUMED,
            "no page at hand names the groups",
            below=(f"{REPORTS}/v2/adoption",),
        ),
    ),
)
"""Any group of v2 but adoption: their names are unknown, so that a misspelt group is one of them."""

SWITCHES: Final = declared(globals())
