"""Answers what other people's programs do: a job at night, one that looks up details, one restarted, a stubborn one.

What the rules are stays out; `naive` and `careful` read everything once.
"""

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

from tests.conduct.surfaces import DAY, FIRST, LAST, Surfaces


def at_night(to: Surfaces, today: date) -> None:
    """Yesterday, and its month as far as it has got, at every vendor; the users and a token once."""
    yesterday = today - DAY
    month = yesterday.replace(day=1)
    for path in ("/dau-count", "/daily-usage"):
        _told(to.augment(path, start_date=yesterday, end_date=yesterday))
    _augment(to, "/dau", date=yesterday)
    _augment(to, "/user-activity", start_date=month, end_date=yesterday, page_size=100)
    _users(to)
    _told(to.tabnine("/organization/account-utilizations", startDate=f"{month:%Y-%m}"))
    span = {"from": f"{month}T00:00:00Z", "to": f"{today}T00:00:00Z"}
    _told(to.tabnine("/organization/usage", organizationId=_organization(to), granularity="daily", **span))
    days = {"fromDate": month, "toDate": yesterday}
    _told(to.ide("/effectiveness/metrics-by-feature", groupBy="DAY", **days))
    _told(to.ide("/users-adoption", groupBy="MONTH", fromDate=month, toDate=today))
    token = to.token()
    for report in ("v1/adoption/users-adoption", "v2/adoption/limit-hits", "v2/adoption/quota-consumption"):
        _told(to.console(report, token, groupBy="day", **days))


def with_details(to: Surfaces) -> None:
    """How many there are, then page by page; each user of a page is looked up before the next page is asked for."""
    assert _told(to.tabnine("/organization/users", offset=0, limit=1))["meta"]["total"] > 20
    following: dict[str, int] | None = {"offset": 0, "limit": 20}
    while following is not None:
        page = _told(to.tabnine("/organization/users", **following))
        for user in page["data"]:
            _told(to.tabnine(f"/user/{user['id']}"))
        following = page["meta"].get("next")
    days = {"fromDate": FIRST, "toDate": FIRST}
    rows = _told(to.ide("/effectiveness/metrics/users.paged", limit=1000, **days))["items"]
    for user in sorted({row["userId"] for row in rows}):
        _told(to.ide("/effectiveness/metrics/users.paged", limit=1000, query=user, fromDate=FIRST, toDate=LAST))


def stubborn(to: Surfaces) -> None:
    """The same question at once, as often as it takes."""
    asking: list[Callable[[], tuple[int, Any]]] = [
        partial(to.augment, "/dau-count"),
        partial(to.tabnine, "/organization"),
        partial(to.ide, "/effectiveness/metrics/totals", fromDate=FIRST, toDate=LAST),
    ]
    for ask in asking:
        while not _good(ask):
            pass


def _good(ask: Callable[[], tuple[int, Any]]) -> bool:
    try:
        return ask()[0] == 200
    except ValueError:  # What comes is no JSON.
        return False


def _told(answer: tuple[int, Any]) -> Any:
    status, body = answer
    assert status == 200, body
    return body


def _organization(to: Surfaces) -> str:
    return str(_told(to.tabnine("/organization"))["id"])


def _users(to: Surfaces) -> None:
    following: dict[str, int] | None = {"offset": 0, "limit": 100}
    while following is not None:
        following = _told(to.tabnine("/organization/users", **following))["meta"].get("next")


def _augment(to: Surfaces, path: str, **asked: object) -> None:
    cursor: dict[str, object] = {}
    while (page := _told(to.augment(path, **asked, **cursor))["pagination"])["has_more"]:
        cursor = {"cursor": page["next_cursor"]}
