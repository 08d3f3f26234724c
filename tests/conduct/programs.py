"""Programs as users write them: a nightly job, one that looks up details, and one that retries at once."""

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

from tests.conduct.surfaces import DAY, FIRST, LAST, Surfaces


def nightly(to: Surfaces, today: date) -> None:
    """Yesterday, and its month so far, at every vendor; the users and a token once."""
    yesterday = today - DAY
    month = yesterday.replace(day=1)
    for path in ("/dau-count", "/daily-usage"):
        _body(to.augment(path, start_date=yesterday, end_date=yesterday))
    _augment(to, "/dau", date=yesterday)
    _augment(to, "/user-activity", start_date=month, end_date=yesterday, page_size=100)
    _users(to)
    _body(to.tabnine("/organization/account-utilizations", startDate=f"{month:%Y-%m}"))
    span = {"from": f"{month}T00:00:00Z", "to": f"{today}T00:00:00Z"}
    _body(to.tabnine("/organization/usage", organizationId=_organization(to), granularity="daily", **span))
    days = {"fromDate": month, "toDate": yesterday}
    _body(to.ide("/effectiveness/metrics-by-feature", groupBy="DAY", **days))
    _body(to.ide("/users-adoption", groupBy="MONTH", fromDate=month, toDate=today))
    token = to.token()
    for report in ("v1/adoption/users-adoption", "v2/adoption/limit-hits", "v2/adoption/quota-consumption"):
        _body(to.console(report, token, groupBy="day", **days))


def with_details(to: Surfaces) -> None:
    """The total, then page by page; each user of a page is looked up before the next page."""
    assert _body(to.tabnine("/organization/users", offset=0, limit=1))["meta"]["total"] > 20
    following: dict[str, int] | None = {"offset": 0, "limit": 20}
    while following is not None:
        page = _body(to.tabnine("/organization/users", **following))
        for user in page["data"]:
            _body(to.tabnine(f"/user/{user['id']}"))
        following = page["meta"].get("next")
    days = {"fromDate": FIRST, "toDate": FIRST}
    rows = _body(to.ide("/effectiveness/metrics/users.paged", limit=1000, **days))["items"]
    for user in sorted({row["userId"] for row in rows}):
        _body(to.ide("/effectiveness/metrics/users.paged", limit=1000, query=user, fromDate=FIRST, toDate=LAST))


def retry_at_once(to: Surfaces) -> None:
    """The same request again without a wait, until it succeeds."""
    requests: list[Callable[[], tuple[int, Any]]] = [
        partial(to.augment, "/dau-count"),
        partial(to.tabnine, "/organization"),
        partial(to.ide, "/effectiveness/metrics/totals", fromDate=FIRST, toDate=LAST),
    ]
    for send in requests:
        while not _succeeds(send):
            pass


def _succeeds(send: Callable[[], tuple[int, Any]]) -> bool:
    try:
        return send()[0] == 200
    except ValueError:  # The body is not JSON.
        return False


def _body(answer: tuple[int, Any]) -> Any:
    status, body = answer
    assert status == 200, body
    return body


def _organization(to: Surfaces) -> str:
    return str(_body(to.tabnine("/organization"))["id"])


def _users(to: Surfaces) -> None:
    following: dict[str, int] | None = {"offset": 0, "limit": 100}
    while following is not None:
        following = _body(to.tabnine("/organization/users", **following))["meta"].get("next")


def _augment(to: Surfaces, path: str, **parameters: object) -> None:
    cursor: dict[str, object] = {}
    while (page := _body(to.augment(path, **parameters, **cursor))["pagination"])["has_more"]:
        cursor = {"cursor": page["next_cursor"]}
