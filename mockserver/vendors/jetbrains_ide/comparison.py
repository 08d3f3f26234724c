"""What `mockserver compare` asks IDE Services: requests that only read, and the switches that none can show."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

from mockserver.comparison import pages
from mockserver.comparison.question import Plan, Question, Values, at
from mockserver.vendors.jetbrains_ide import policy

_CURSOR: Final = at("nextCursor")
_WEEK: Final = "fromDate={week_ago}&toDate={yesterday}"
_MONTH: Final = "fromDate={month_ago}&toDate={yesterday}"
_FUTURE: Final = "fromDate={future_from}&toDate={future_to}"
_ADOPTION, _METRICS, _TOTALS = "getUsersAdoption", "getMetrics", "getMetricsTotals"
_FEATURES, _PAGED, _USERS = "getMetricsByFeature", "getUsersPaged", "getUsers"


def _numbers(value: Any) -> Iterator[int]:
    if isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _numbers(each)
    elif isinstance(value, int):
        yield value


def _before_release(body: Any, values: Values) -> str | None:
    """Whether a quarter before the release in which people were active has any numbers."""
    # Somebody was active in a row without a zero.
    if not any([*_numbers(row)] and all(_numbers(row)) for row in _rows(values["active_before"])):
        return None
    return "has numbers" if any(_numbers(body)) else "is all zeros"


def _by_cursor(first: Question, cursor: str) -> Question:
    return replace(first, query=f"{first.query}&cursor={cursor}")


def _rows(body: Any) -> Any:
    lists = [value for value in body.values() if isinstance(value, list)]
    return lists[0]


def _bad(operation: str, about: str, query: str) -> Question:
    return Question(operation, about, query, is_bad=True)


_BEFORE: Final = "fromDate=2025-09-01&toDate=2025-11-30"

PLAN: Final = Plan(
    (
        *(Question("getProfiles", f"with the scheme {each}", scheme=each) for each in policy.SCHEMES),
        Question(_ADOPTION, "by day", f"{_MONTH}&groupBy=DAY", counted=("items",)),
        Question(_ADOPTION, "by month", f"{_MONTH}&groupBy=MONTH"),
        Question(_METRICS, "", _WEEK, counted=("items",)),
        Question(_METRICS, "by week", f"{_MONTH}&groupBy=WEEK"),
        Question(_METRICS, "days in the future", f"{_FUTURE}&groupBy=DAY", counted=("items",)),
        Question(_ADOPTION, "days in the future", f"{_FUTURE}&groupBy=DAY", counted=("items",)),
        Question(_METRICS, "today", "fromDate={today}&toDate={today}&groupBy=DAY"),
        Question(_FEATURES, "", _WEEK, counted=("items",)),
        Question(_FEATURES, "by month", f"{_MONTH}&groupBy=MONTH"),
        Question(_TOTALS, "", _MONTH),
        Question(_TOTALS, "one tool", f"{_MONTH}&tool=junie"),
        Question(
            _ADOPTION, "before the release", f"{_BEFORE}&groupBy=MONTH", keeps={"active_before": lambda body: body}
        ),
        Question(
            _TOTALS,
            "before the release",
            _BEFORE,
            uses=("active_before",),
            marks={"the quarter before the release": _before_release},
        ),
        Question(_PAGED, "", _WEEK),
        *pages.two(Question(_PAGED, "a small page", f"{_MONTH}&limit=2"), _rows, _CURSOR, _by_cursor),
        Question(_PAGED, "descending", f"{_WEEK}&sortOrder=DESC"),
        Question(_PAGED, "an empty page", _FUTURE),
        Question(_USERS, "", ""),
        *pages.two(Question(_USERS, "a small page", "limit=2"), _rows, _CURSOR, _by_cursor),
        Question(_USERS, "a large page", "limit=1000"),
        Question("getProfiles"),
        _bad(_PAGED, "a cursor with other dates", f"{_WEEK}&limit=2&cursor={{position_{_PAGED}}}"),
        _bad(_PAGED, "a cursor that means nothing", f"{_WEEK}&cursor=!"),
        _bad(_PAGED, "a page above the maximum", f"{_WEEK}&limit=1001"),
        _bad(_PAGED, "a page of no rows", f"{_WEEK}&limit=0"),
        _bad(_PAGED, "an id in another form", f"{_WEEK}&query=nobody"),
        _bad(_METRICS, "a range that is too long", "fromDate={years_ago_40}&toDate={yesterday}&groupBy=DAY"),
        _bad(_METRICS, "a parameter twice", f"{_WEEK}&groupBy=DAY&groupBy=DAY"),
        _bad(_METRICS, "an empty parameter", f"{_WEEK}&groupBy="),
        _bad(_METRICS, "blanks in a list", f"{_WEEK}&tool=junie,%20aia"),
        _bad(_METRICS, "a newer tool", f"{_WEEK}&tool=codex"),
        _bad(_METRICS, "an unknown tool", f"{_WEEK}&tool=none"),
        _bad(_METRICS, "an unknown groupBy", f"{_WEEK}&groupBy=HOUR"),
        _bad(_METRICS, "a reversed range", "fromDate={yesterday}&toDate={week_ago}"),
        _bad(_METRICS, "a date in another form", "fromDate=01/02/2025&toDate={yesterday}"),
        _bad(_TOTALS, "no dates", ""),
        _bad(_ADOPTION, "a profile by name", f"{_MONTH}&groupBy=MONTH&profileId=nobody"),
        Question(_ADOPTION, "an unknown profile", f"{_MONTH}&groupBy=MONTH&profileId={{made_up_id}}"),
        Question(_TOTALS, "a wrong token", _MONTH, authorization="{scheme} wrong", is_bad=True),
        Question(_TOTALS, "no path", target="/api/analytics/ai/no-such-report", is_bad=True),
        Question(
            _TOTALS,
            "access analytics",
            _MONTH,
            target="/api/usage-analytics/users/analytics",
            is_bad=True,
            is_weak=True,
        ),
    ),
    paging=("nextCursor",),
    ordered=("items[].date",),
    unseen={
        policy.OLD_ASSISTANT.name: "only numbers change, by the versions that people have",
    },
)
"""The questions, and the switches that no answer shows."""
