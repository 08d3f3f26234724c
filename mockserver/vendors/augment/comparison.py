"""What `mockserver compare` asks an API of Augment's: requests that only read, and the switches that none can show."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any, Final

from mockserver.comparison import pages
from mockserver.comparison.question import Plan, Question, Values, at, everything
from mockserver.vendors.augment import policy

_CURSOR: Final = at("pagination.next_cursor")
_DAILY: Final = "COST_ANALYTICS_TIME_GRANULARITY_DAY"
_BY_RESOURCE: Final = "COST_ANALYTICS_GROUP_BY_RESOURCE"
_BY_USER: Final = "COST_ANALYTICS_GROUP_BY_USER"
_MONTH: Final = "start_date={month_ago}&end_date={yesterday}"
_MONTH_OF_COSTS: Final = {"start_date": "{month_ago}", "end_date": "{yesterday}"}


def billed_adds_up(body: Any, _: Values) -> str | None:
    """Whether every billed amount is the sum of base and surcharge, where all three are there."""
    found = [each["cost_metrics"] for each in body["data_points"]]
    whole = [each for each in found if {"base_cost_usd", "surcharge_usd", "billed_amount_usd"} <= each.keys()]
    if not whole:
        return None
    return "adds up" if all(map(_adds_up, whole)) else "does not add up"


def _adds_up(costs: Mapping[str, str]) -> bool:
    return Decimal(costs["base_cost_usd"]) + Decimal(costs["surcharge_usd"]) == Decimal(costs["billed_amount_usd"])


def _by_cursor(first: Question, cursor: str) -> Question:
    if isinstance(first.body, Mapping):
        return replace(first, body={**first.body, "cursor": cursor})
    return replace(first, query=f"{first.query}&cursor={cursor}")


def _pages(operation: str, rows: str, query: str) -> Iterator[Question]:
    first = Question(operation, "a small page", f"{query}&page_size=2")
    return pages.two(first, everything(rows), _CURSOR, _by_cursor)


def _cost(about: str = "", **body: Any) -> Question:
    return Question(
        "queryCostAnalytics",
        about,
        body={**_MONTH_OF_COSTS, **body},
        marks={"the billed amount": billed_adds_up},
        is_bad=about.startswith("a "),
    )


def _bad(operation: str, about: str, query: str) -> Question:
    return Question(operation, about, query, is_bad=True)


_MANY_MESSAGES: Final = {
    "tool_calls": 10**9,
    **{f"{each}_messages": 10**9 for each in ("chat", "remote", "ide", "cli_interactive", "cli_non_interactive")},
}
_MANY_TOKENS: Final = {
    "generated": False,
    "facts": [
        {
            "member": "ada@acme.example",
            "day": day,
            "augment": [
                {"language": language, "editor": editor, **_MANY_MESSAGES}
                for language in ("Python", "TypeScript", "Java", "Kotlin", "Go", "C++", "Rust", "SQL")
                for editor in ("VSCode", "JetBrains")
            ],
        }
        for day in ("{month_ago}", "{week_ago}", "{two_days_ago}", "{yesterday}")
    ],
}
"""An organization with rows of more than 2^53 tokens."""

PLAN: Final = Plan(
    (
        Question("getDauCount"),
        Question("getDauCount", "a month", _MONTH),
        Question("getDailyUsage"),
        Question("getDailyUsage", "a month", _MONTH),
        Question("getDau"),
        Question("getDau", "the largest page", "date={two_days_ago}&page_size=250"),
        *_pages("getDau", "users[]", "date={two_days_ago}"),
        Question("getDau", "the oldest day", "date={years_ago_1}&page_size=250"),
        *_pages("getUserActivity", "users[]", _MONTH),
        Question("getUserActivity", "the largest page", f"{_MONTH}&page_size=100"),
        Question(
            "getUserActivity",
            "the cursor with other dates",
            "page_size=2&cursor={position_getUserActivity}",
            is_bad=True,
        ),
        Question("getDailyUserActivityByEditorLanguage", "", "date={two_days_ago}"),
        *_pages("getDailyUserActivityByEditorLanguage", "records[]", "date={two_days_ago}"),
        Question("getDailyUserActivityByEditorLanguage", "the largest page", "date={week_ago}&page_size=100"),
        Question("getCreditUsageByUser"),
        Question("getCreditUsageByUser", "by date and model", f"{_MONTH}&by_date=true&by_model=true&page_size=100"),
        *_pages("getCreditUsageByUser", "records[]", _MONTH),
        Question("getCreditUsageByUser", "today", "start_date={today}&end_date={today}&page_size=100"),
        _cost(),
        _cost("by resource", group_by_keys=[_BY_RESOURCE], page_size=100),
        _cost("by user", group_by_keys=[_BY_USER], page_size=100),
        *pages.two(
            _cost("small pages", group_by_keys=[_BY_USER], page_size=2),
            everything("data_points[]"),
            _CURSOR,
            _by_cursor,
        ),
        _cost("by day and resource", granularity=_DAILY, group_by_keys=[_BY_RESOURCE], page_size=100),
        _cost("today", start_date="{today}", end_date="{today}"),
        Question(
            "getUserBudgetOverrides",
            body={"resource": "BUDGET_RESOURCE_CREDITS_CONSUMED", "period": "BUDGET_PERIOD_MONTHLY"},
        ),
        Question(
            "getUserBudgetOverrides",
            "in dollars",
            body={"resource": "BUDGET_RESOURCE_USD_COST", "period": "BUDGET_PERIOD_MONTHLY"},
        ),
        _bad("getDauCount", "a start before the oldest day", "start_date={years_ago_3}"),
        _bad("getDauCount", "a parameter that does not exist", "unknown=1"),
        _bad("getDauCount", "an empty date", "start_date="),
        _bad("getDauCount", "today", "start_date={today}&end_date={today}"),
        _bad("getDauCount", "a day in the future", "start_date={future_from}&end_date={future_to}"),
        _bad("getDauCount", "a reversed range", "start_date={yesterday}&end_date={week_ago}"),
        _bad("getDauCount", "a range that is too long", "start_date={years_ago_1}&end_date={yesterday}"),
        _bad("getDauCount", "a date in another form", "start_date=01/02/2025"),
        _bad("getDau", "a page above the maximum", "page_size=251"),
        _bad("getDau", "a page of no rows", "page_size=0"),
        _bad("getDau", "an empty cursor", "cursor="),
        _bad("getDau", "a cursor that means nothing", "cursor=!"),
        _bad("getUserActivity", "a page above the maximum", "page_size=101"),
        _bad("getCreditUsageByUser", "a page above the maximum", "page_size=501"),
        _cost("a page above the maximum", page_size=1001),
        _cost("a field that does not exist", unknown=1),
        Question("getDauCount", "a wrong token", authorization="Bearer wrong", is_bad=True),
        Question("getDauCount", "no path", target="/analytics/v0/no-such-report", is_bad=True),
    ),
    paging=("pagination",),
    organizations=({"billing": "usd"}, _MANY_TOKENS),
    ordered=("daily_active_user_counts[].date", "daily_usage[].date"),
    unseen={
        policy.PUBLICATION_HOUR.name: "an answer shows only whether the hour is over",
        policy.RESTATEMENT.name: "only numbers change, and only from day to day",
        policy.RESTATED_DAYS.name: "only numbers change, and only from day to day",
        policy.RATE_LIMIT_SCOPE.name: "only a client that exceeds the limit sees it",
        policy.RATE_LIMIT_BLOCK.name: "only a client that exceeds the limit sees it",
        policy.RETRY_AFTER.name: "only a client that exceeds the limit sees it",
        policy.CREDIT_DELAY_MINUTES.name: "only numbers change",
    },
    seldom={
        policy.GENERATED_AT_DIGITS.name: "seen only where the clock runs, or stands at a time with fewer digits",
        policy.BEFORE_PUBLICATION.name: "seen only between midnight (UTC) and the publication",
        policy.LARGE_NUMBERS.name: "seen only with 2^53 tokens or more in one row",
    },
    beside={policy.BEFORE_PUBLICATION.name: policy.PUBLICATION_HOUR.name},
)
"""The questions, and the switches that no answer shows."""
