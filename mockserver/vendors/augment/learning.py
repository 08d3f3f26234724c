"""What of Augment's switches an OpenAPI file or captured answers show. `mockserver learn` reads them.

A header that a file makes optional may never be sent. Whether a value is refused, who shares a limit, and when data
arrive are in neither.
"""

from typing import Final

from mockserver.learning.observation import (
    Observation,
    Seen,
    Source,
    always,
    field,
    has_format,
    header,
    kind,
    kinds,
    not_always,
    not_nullable,
    nullable,
    sometimes,
    whole_number,
)
from mockserver.learning.shape import DIGITS, EMPTY, LARGE, NUMERIC, Kind
from mockserver.vendors.augment import policy
from mockserver.vendors.augment.policy import LargeNumbers, LastCursor, RetryAfter

_PAGED: Final = (
    *("getDau", "getUserActivity", "getDailyUserActivityByEditorLanguage"),
    *("getCreditUsageByUser", "queryCostAnalytics"),
)
_ALL: Final = ("getDauCount", "getDailyUsage", *_PAGED)
_CURSOR: Final = "pagination.next_cursor"
_GENERATED_AT: Final = "metadata.generated_at"
_TOKENS: Final = "data_points[].cost_metrics.input_tokens"


def _has_several_lengths_or_three_digits(seen: Seen) -> bool:
    lengths = {each for each in seen.shape.formats if each.startswith(DIGITS)}
    return len(lengths) > 1 or f"{DIGITS}3" in lengths


OBSERVATIONS: Final = (
    Observation(policy.LAST_CURSOR, LastCursor.NULL, field(_PAGED, _CURSOR, nullable)),
    Observation(policy.LAST_CURSOR, LastCursor.ABSENT, field(_PAGED, _CURSOR, sometimes), Source.FILE),
    Observation(policy.LAST_CURSOR, LastCursor.ABSENT, field(_PAGED, _CURSOR, not_always), Source.SAMPLE),
    Observation(
        policy.LAST_CURSOR,
        LastCursor.EMPTY,
        field(_PAGED, _CURSOR, always, kinds(Kind.STRING), not_nullable),
        Source.FILE,
    ),
    Observation(policy.LAST_CURSOR, LastCursor.EMPTY, field(_PAGED, _CURSOR, has_format(EMPTY)), Source.SAMPLE),
    # One length alone would also fit the option that always writes so many digits.
    Observation(
        policy.GENERATED_AT_DIGITS,
        "as_needed",
        field(_ALL, _GENERATED_AT, _has_several_lengths_or_three_digits),
        Source.SAMPLE,
    ),
    Observation(
        policy.LARGE_NUMBERS,
        LargeNumbers.TEXT,
        field(("queryCostAnalytics",), _TOKENS, kinds(Kind.NUMBER, Kind.STRING)),
        Source.FILE,
    ),
    Observation(
        policy.LARGE_NUMBERS,
        LargeNumbers.NUMBER,
        field(("queryCostAnalytics",), _TOKENS, kinds(Kind.NUMBER)),
        Source.FILE,
    ),
    Observation(
        policy.LARGE_NUMBERS,
        LargeNumbers.TEXT,
        field(("queryCostAnalytics",), _TOKENS, kind(Kind.STRING), has_format(NUMERIC)),
        Source.SAMPLE,
    ),
    Observation(
        policy.LARGE_NUMBERS,
        LargeNumbers.NUMBER,
        field(("queryCostAnalytics",), _TOKENS, has_format(LARGE)),
        Source.SAMPLE,
    ),
    Observation(policy.RETRY_AFTER, RetryAfter.SECONDS, header("429", "Retry-After", always, whole_number)),
)
"""The options that are seen when their conditions hold."""
