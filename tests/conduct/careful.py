"""A client that follows the vendors' advice: it keeps answers, waits, paginates to the end, and stops when refused."""

from typing import Any

from tests.conduct.surfaces import DAY, FIRST, LAST, TODAY, Surfaces

RANGE = {"fromDate": FIRST, "toDate": LAST}


def read_augment(to: Surfaces) -> None:
    """Whole ranges up to yesterday, each page from the one before it, ten requests a minute at most."""
    yesterday = TODAY - DAY
    for path in ("/dau-count", "/daily-usage"):
        _paced(to, path, start_date=FIRST, end_date=yesterday)
    for path, parameters in (
        ("/dau", {"date": yesterday}),
        ("/user-activity", {"start_date": FIRST, "end_date": LAST, "page_size": 100}),
        ("/daily-user-activity-by-editor-language", {"date": yesterday, "page_size": 100}),
    ):
        cursor: dict[str, object] = {}
        while (page := _paced(to, path, **parameters, **cursor)["pagination"])["has_more"]:
            cursor = {"cursor": page["next_cursor"]}


def _paced(to: Surfaces, path: str, **parameters: object) -> Any:
    """A request six seconds after the one before; after each 429, it waits longer."""
    to.wait(6)
    status, body = to.augment(path, **parameters)
    for wait in (6, 12, 24):
        if status == 429:
            to.wait(wait)
            status, body = to.augment(path, **parameters)
    assert status == 200, body
    return body


def read_tabnine(to: Surfaces) -> None:
    """The users once, in order, and the usage of a week with one request."""
    following: dict[str, int] | None = {"offset": 0, "limit": 100}
    while following is not None:
        status, page = to.tabnine("/organization/users", **following)
        assert status == 200, page
        following = page["meta"].get("next")
    to.tabnine("/organization/account-utilizations", startDate="2025-01")
    _, organization = to.tabnine("/organization")
    parameters = {"organizationId": organization["id"], "granularity": "daily"}
    span = {"from": f"{FIRST}T00:00:00Z", "to": f"{LAST}T00:00:00Z"}
    status, _ = to.tabnine("/organization/usage", **parameters, **span)
    assert status == 200


def read_ide(to: Surfaces) -> None:
    """The metrics by day with one request, and every page of the users in large pages."""
    status, _ = to.ide("/effectiveness/metrics", groupBy="DAY", **RANGE)
    assert status == 200
    status, page = to.ide("/effectiveness/metrics/users.paged", limit=1000, **RANGE)
    while page["nextCursor"]:
        status, page = to.ide("/effectiveness/metrics/users.paged", limit=1000, **RANGE, cursor=page["nextCursor"])
    assert status == 200


def read_console(to: Surfaces) -> None:
    """One token for every report while it is valid, and another one after the first 401."""
    token = to.token()
    for report in ("v1/adoption/users-adoption", "v2/adoption/limit-hits", "v2/adoption/quota-consumption"):
        to.wait(1900)
        status, body = to.console(report, token, **RANGE)
        if status == 401:
            token = to.token()
            status, body = to.console(report, token, **RANGE)
        assert status == 200, body


def read_all(to: Surfaces) -> None:
    """Every vendor."""
    for read in (read_augment, read_tabnine, read_ide, read_console):
        read(to)
