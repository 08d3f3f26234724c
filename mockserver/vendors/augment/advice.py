"""What clients of Augment should do: its paging and dates, and the advice on its page about the Analytics API."""

from collections.abc import Mapping
from typing import Final

from mockserver.conduct.advice import Advice, RangeParameters, RequestRule
from mockserver.gateway.journal import Entry
from mockserver.validation.schemas import parse_date
from mockserver.vendors.augment import policy

_PAGE: Final = "Augment's page on its Analytics API"
_BEST: Final = f"{_PAGE}, best practices"


def _requests_today(entry: Entry, parameters: Mapping[str, str]) -> bool:
    """Whether a request was refused that asks for today or later."""
    days = [parse_date(parameters.get(name)) for name in ("date", "start_date", "end_date")]
    is_refused = entry.status == 400 and entry.operation != "getCreditUsageByUser"  # Credits of today can be requested.
    return is_refused and any(day is not None and day >= entry.at.date() for day in days)


ADVICE: Final = Advice(
    cursor="cursor",
    page_size="page_size",
    default_page_sizes={
        "getDau": policy.DAU_PAGE[0],
        "getUserActivity": policy.ACTIVITY_PAGE[0],
        "getDailyUserActivityByEditorLanguage": policy.ACTIVITY_PAGE[0],
        "getCreditUsageByUser": policy.CREDIT_PAGE[0],
    },
    dates=RangeParameters("start_date", "end_date"),
    longest_range=policy.RANGE_DAYS_MAXIMUM,
    day="date",
    published_days={
        **dict.fromkeys(("getDauCount", "getDailyUsage", "getUserActivity"), policy.RANGE_DAYS_DEFAULT),
        **dict.fromkeys(("getDau", "getDailyUserActivityByEditorLanguage"), 1),
    },
    daily_operations={"getDauCount": "", "getDailyUsage": "", "getCreditUsageByUser": "by_date=true"},
    live_operations=frozenset(("getCreditUsageByUser", "getUserBudgetOverrides", "setUserBudgetOverrides")),
    rules=(
        RequestRule(
            "today-requested",
            "a date of today or later, where yesterday (UTC) is the newest day",
            "end ranges yesterday, by the calendar of UTC",
            _requests_today,
        ),
    ),
    sources={
        "no-backoff-after-429": f"{_BEST}: exponential backoff",
        "hammering": f"{_BEST}: spread requests over time",
        "same-question-again": f"{_BEST}: cache responses",
        "day-by-day": f"{_BEST}: batch requests",
        "today-requested": f"{_PAGE}: the most recent date that can be asked for is yesterday",
        "pages-out-of-order": f"{_BEST}: use pagination efficiently",
        "page-size-below-default": f"{_BEST}: batch requests",
    },
)
