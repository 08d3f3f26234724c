"""What `mockserver compare` asks the Console: requests that only read, and the switches that none can show.

The first request gets the access token; it needs the id and the secret of a client.
"""

from typing import Any, Final

from mockserver.comparison.question import Plan, Question, Values, at
from mockserver.vendors.jetbrains_console import policy

_REPORTS: Final = tuple(
    f"get{report}{version}" for version in ("V1", "V2") for report in ("UsersAdoption", "LimitHits", "QuotaConsumption")
)
_MONTH: Final = "fromDate={month_ago}&toDate={yesterday}"
_ADOPTION: Final = _REPORTS[0]


def _lifetime(body: Any, _: Values) -> str | None:
    return next((f"{each} s" for each in policy.EXPIRES_IN.options if body["expires_in"] == each), "another time")


def _bad(about: str, query: str, operation: str = _ADOPTION) -> Question:
    return Question(operation, about, query, is_bad=True)


PLAN: Final = Plan(
    (
        Question(
            policy.TOKEN_OPERATION,
            body="grant_type=client_credentials",
            authorization="Basic {basic}",
            keeps={"access": at("access_token")},
            marks={"the lifetime of a token": _lifetime},
        ),
        *(Question(each, "by day", f"{_MONTH}&groupBy=day", counted=("data",)) for each in _REPORTS),
        *(Question(each, "by month", f"{_MONTH}&groupBy=month") for each in _REPORTS),
        *(
            Question(each, "days in the future", "fromDate={future_from}&toDate={future_to}", counted=("data",))
            for each in _REPORTS[:3]
        ),
        Question(_ADOPTION, "today", "fromDate={today}&toDate={today}"),
        Question(_ADOPTION, "products by comma", f"{_MONTH}&ide=IU,PY"),
        Question(_ADOPTION, "products by repetition", f"{_MONTH}&ide=IU&ide=PY"),
        Question(_ADOPTION, "an unknown user", f"{_MONTH}&userIds={{made_up_id}}"),
        _bad("a parameter that does not exist", f"{_MONTH}&unknown=1"),
        _bad("an empty element", f"{_MONTH}&ide=IU,,PY"),
        _bad("an empty list", f"{_MONTH}&ide="),
        _bad("an id in another form", f"{_MONTH}&userIds=nobody"),
        _bad("groupBy in another case", f"{_MONTH}&groupBy=MONTH"),
        _bad("a product in another case", f"{_MONTH}&ide=iu"),
        _bad("an unknown product", f"{_MONTH}&ide=XX"),
        _bad("a range that is too long", "fromDate={years_ago_40}&toDate={yesterday}&groupBy=day"),
        _bad("a reversed range", "fromDate={yesterday}&toDate={week_ago}"),
        _bad("a date in another form", "fromDate=01/02/2025&toDate={yesterday}"),
        _bad("no dates", ""),
        _bad("an unknown groupBy", f"{_MONTH}&groupBy=hour"),
        Question(_ADOPTION, "a wrong token", _MONTH, authorization="Bearer wrong", is_bad=True),
        Question(_ADOPTION, "no path", target="/metrics/api/v1/adoption/no-such-report", is_bad=True),
        Question(
            _REPORTS[3],
            "another group of reports",
            _MONTH,
            target="/metrics/api/v2/other/report",
            is_bad=True,
            is_weak=True,
        ),
    ),
    authorization="Bearer {access}",
    ordered=("data[].date",),
    unseen={
        policy.V2_PRINCIPALS.name: "only numbers change, by what service accounts did",
        policy.QUOTA_PERIOD.name: "only numbers change",
    },
)
"""The questions, and the switches that no answer shows."""
