"""Augment's mount, authentication, limits and page sizes, and a switch for every choice its documentation leaves open.

Data only; the other rooms act on it. Where a comment names no other evidence, a value is documented.
"""

from enum import StrEnum
from typing import Final

from mockserver.gateway import pipeline
from mockserver.gateway.limits import Allowance, LimitBlock, LimitScope
from mockserver.gateway.switches import Grade, Switch, declared, switch
from mockserver.simulation.restatement import Restatement

NAME: Final = "augment"
TITLE: Final = "Augment Code Analytics API"
MOUNTS: Final = ("/analytics/v0",)
SCHEMES: Final = ("Bearer",)
SAMPLE_PATH: Final = "/analytics/v0/dau-count"

STAGES: Final = (pipeline.authenticate, pipeline.permit, pipeline.fault, pipeline.limit)
"""The order of refusals (assumed): 401, 403, 429 before the view, then 404, 405 and 400."""

ALLOWANCE: Final = Allowance(per_minute=10, burst=20)
"""Documented: 10 requests a minute, a burst of 20."""

RANGE_DAYS_DEFAULT: Final = 7
RANGE_DAYS_MAXIMUM: Final = 90
LOOKBACK_YEARS: Final = 2

LIMIT_CLASSES: Final = (("cost", Allowance(per_minute=30, burst=30)),)
"""Credits and costs share 30 requests a minute (observed); the burst is assumed, the strict reading."""

DAU_PAGE: Final = (100, 250)
ACTIVITY_PAGE: Final = (50, 100)
"""Page sizes, default and maximum (documented)."""

CREDIT_PAGE: Final = (100, 500)
COST_PAGE: Final = (100, 1000)
"""The same; the maximum is observed, the default assumed."""

BUDGETS_MAXIMUM: Final = 1000
BUDGETS_BODY: Final = 256 * 1024
"""Budgets that are set at once, and bytes of such a body (assumed)."""


LookbackExceeded = StrEnum("LookbackExceeded", ["REJECT", "CLAMP"])
LOOKBACK_EXCEEDED: Final = switch(
    "lookback_exceeded",
    LookbackExceeded,
    grade=Grade.ASSUMED,
    description="A start date before the oldest allowed one: a 400, or moved up to it. The page gives two years and "
    "names no consequence.",
)
BeforePublication = StrEnum("BeforePublication", ["EMPTY", "REJECT"])
BEFORE_PUBLICATION: Final = switch(
    "before_publication",
    BeforePublication,
    grade=Grade.ASSUMED,
    description="A query for yesterday before its data have arrived: an answer without data, or a 400 as for today. "
    "The page states only when data arrive.",
)
PUBLICATION_HOUR: Final = Switch(
    "publication_hour",
    tuple(range(24)),
    default=2,
    grade=Grade.DOCUMENTED,
    description="The hour (UTC) at which the data of the day before arrive: approximately 02:00 by the page. Set "
    "another to test a late day.",
)
RESTATEMENT: Final = switch(
    "restatement",
    Restatement,
    grade=Grade.ASSUMED,
    description="Whether published days change: never, or their first figures lack the days of some people "
    "(late_rows) or a part of what some people did (corrections), and each of the next publications brings them closer "
    "to the final figures, which are those of `off`. The page does not say whether data are restated.",
)
RESTATED_DAYS: Final = Switch(
    "restated_days",
    (1, 2, 3, 7, 14),
    default=3,
    grade=Grade.ASSUMED,
    description="In how many publications after its first one a day is restated; with the last of them it is final. "
    "Nothing changes with it while `restatement` is off.",
)
UnknownParameters = StrEnum("UnknownParameters", ["REJECT", "IGNORE"])
UNKNOWN_PARAMETERS: Final = switch(
    "unknown_parameters",
    UnknownParameters,
    grade=Grade.OBSERVED,
    description="A query parameter that the endpoint does not have: a 400, or ignored. The live service was seen "
    "refusing `limit`.",
)
EmptyParameters = StrEnum("EmptyParameters", ["REJECT", "IGNORE"])
EMPTY_PARAMETERS: Final = switch(
    "empty_parameters",
    EmptyParameters,
    grade=Grade.ASSUMED,
    description="A date, cursor or size with an empty value: a 400, or as if it were not there.",
)
PageSizeOverMaximum = StrEnum("PageSizeOverMaximum", ["REJECT", "CLAMP"])
PAGE_SIZE_OVER_MAXIMUM: Final = switch(
    "page_size_over_maximum",
    PageSizeOverMaximum,
    grade=Grade.ASSUMED,
    description="A page_size above the documented maximum: a 400, or the maximum.",
)
LastCursor = StrEnum("LastCursor", ["EMPTY", "NULL", "ABSENT"])
LAST_CURSOR: Final = switch(
    "last_cursor",
    LastCursor,
    grade=Grade.OBSERVED,
    description="next_cursor on the last page: an empty string (documented), null (in the only captured answers), or "
    "no key at all; clients have met all three.",
)
GENERATED_AT_DIGITS: Final[Switch[str | int]] = Switch(
    "generated_at_digits",
    ("as_needed", 9, 6, 0),
    default="as_needed",
    grade=Grade.OBSERVED,
    description="Digits after the decimal point of generated_at: 0, 3, 6 or 9 as needed, as protobuf writes "
    "timestamps, or always so many. The captured answer has nine, the page's examples, at whole seconds, none.",
)
RATE_LIMIT_SCOPE: Final = switch(
    "rate_limit_scope",
    LimitScope,
    grade=Grade.ASSUMED,
    description="What one bucket is for: the organization, or each token. The page does not say who shares the "
    "allowance.",
)
RATE_LIMIT_BLOCK: Final = switch(
    "rate_limit_block",
    LimitBlock,
    grade=Grade.ASSUMED,
    description="After a 429: open again when a request is back (6 s), or closed for 60 s. The page's 'duration "
    "specified above' names none.",
)
RetryAfter = StrEnum("RetryAfter", ["OFF", "SECONDS"])
RETRY_AFTER: Final = switch(
    "retry_after",
    RetryAfter,
    grade=Grade.ASSUMED,
    description="A Retry-After header on a 429: none (the page knows none), or whole seconds until a request would "
    "pass.",
)

CREDIT_DELAY_MINUTES: Final = Switch(
    "credit_delay_minutes",
    (0, 15, 30, 60, 90, 120, 180, 1440),
    default=90,
    grade=Grade.OBSERVED,
    description="How many minutes consumed credits are behind: about 90, by a written reading of the vendor's page.",
)
CostToday = StrEnum("CostToday", ["REJECT", "PARTIAL"])
COST_TODAY: Final = switch(
    "cost_today",
    CostToday,
    grade=Grade.ASSUMED,
    description="Costs of today: a 400, as for metrics, or what is known so far, as for credits. Then "
    "yesterday's costs are known as early as credits, too.",
)
LargeNumbers = StrEnum("LargeNumbers", ["TEXT", "NUMBER"])
LARGE_NUMBERS: Final = switch(
    "large_numbers",
    LargeNumbers,
    grade=Grade.OBSERVED,
    description="Numbers of tokens from 2^53 on: decimal text, as public clients expect, or a JSON number.",
)
ComputeRows = StrEnum("ComputeRows", ["BILLED_ONLY", "FULL"])
COMPUTE_ROWS: Final = switch(
    "compute_rows",
    ComputeRows,
    grade=Grade.ASSUMED,
    description="Costs of compute: the billed amount alone, as in a public fixture, or every amount of money and no "
    "credits.",
)
BilledIdentity = StrEnum("BilledIdentity", ["EXACT", "LOOSE"])
BILLED_IDENTITY: Final = switch(
    "billed_identity",
    BilledIdentity,
    grade=Grade.INFERRED,
    description="The billed amount of models: base and surcharge, as in one public fixture, or rounded up for each "
    "person, day and model, so that the two differ, as in another.",
)

SWITCHES: Final = declared(globals())
