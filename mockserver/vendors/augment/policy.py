"""Augment's mount, door, limits and page sizes, and every choice that its documentation leaves open, as named switches.

Data, and the order of the stages; acting on any of it stays out. D, O, I and A grade the evidence: documented,
observed, inferred, assumed.
"""

from typing import Final

from mockserver.gateway import pipeline
from mockserver.gateway.limits import Allowance
from mockserver.gateway.switches import Grade, Switch, switch

NAME: Final = "augment"
TITLE: Final = "Augment Code Analytics API"
MOUNTS: Final = ("/analytics/v0",)
SCHEMES: Final = ("Bearer",)
TRY_PATH: Final = "/analytics/v0/dau-count"

STAGES: Final = (pipeline.authenticate, pipeline.permit, pipeline.fault, pipeline.limit)
"""Before the view: 401, 403, 429; then 404 and 405 by routing, and 400 by the view (assumed)."""

ALLOWANCE: Final = Allowance(per_minute=10, burst=20)
"""Documented: 10 requests a minute, a burst of 20."""

RANGE_DAYS_DEFAULT: Final = 7
RANGE_DAYS_MAXIMUM: Final = 90
LOOKBACK_YEARS: Final = 2

DAU_PAGE: Final = (100, 250)
ACTIVITY_PAGE: Final = (50, 100)
"""Page sizes, default and maximum (documented)."""

SWITCHES: Final[tuple[Switch, ...]] = (
    switch(
        "lookback_exceeded",
        "reject",
        "clamp",
        grade=Grade.ASSUMED,
        description="A start date before the oldest allowed one: a 400, or moved up to it. "
        "The page gives two years and names no consequence.",
    ),
    switch(
        "before_publication",
        "empty",
        "reject",
        grade=Grade.ASSUMED,
        description="Yesterday asked for before its data arrived: an answer without data, or a 400 as if it "
        "were today. "
        "The page says only when data arrive.",
    ),
    Switch(
        "publication_hour",
        tuple(range(24)),
        2,
        Grade.DOCUMENTED,
        "The hour (UTC) at which the data of the day before arrive: approximately 02:00 by the page. "
        "Set another to test a late day.",
    ),
    switch(
        "unknown_parameters",
        "reject",
        "ignore",
        grade=Grade.OBSERVED,
        description="A query parameter that the endpoint does not have: a 400, or ignored. "
        "The live service was seen refusing `limit`.",
    ),
    switch(
        "empty_parameters",
        "reject",
        "ignore",
        grade=Grade.ASSUMED,
        description="A date, cursor or size with an empty value: a 400, or as if it were not there.",
    ),
    switch(
        "page_size_over_maximum",
        "reject",
        "clamp",
        grade=Grade.ASSUMED,
        description="A page_size above the documented maximum: a 400, or the maximum.",
    ),
    switch(
        "last_cursor",
        "empty",
        "null",
        "absent",
        grade=Grade.OBSERVED,
        description="next_cursor on the last page: an empty string (documented), null, or no key at all; "
        "clients have met all three.",
    ),
    switch(
        "rate_limit_scope",
        "organization",
        "token",
        grade=Grade.ASSUMED,
        description="What one bucket is for: the organisation, or each token. The page does not say who shares "
        "the allowance.",
    ),
    switch(
        "rate_limit_block",
        "refill",
        "minute",
        grade=Grade.ASSUMED,
        description="After a 429: open again when a request is back (6 s), or closed for 60 s. "
        "The page's 'duration specified above' names none.",
    ),
    switch(
        "retry_after",
        "off",
        "seconds",
        grade=Grade.ASSUMED,
        description="A Retry-After header on a 429: none (the page knows none), or whole seconds until a "
        "request would pass.",
    ),
)
