"""A client that was written in a hurry: it trusts every answer, and counts a request that failed as nothing."""

from collections.abc import Iterator
from typing import Any
from urllib.error import URLError

from tests.cli.torture_clients.reading import (
    BY_DAY,
    DATES,
    RANGE,
    USAGE,
    YESTERDAY,
    basic,
    bearer,
    report,
    send,
)


def get(path: str, authorization: str, form: bytes | None = None, **parameters: Any) -> Any:
    """An answer, or nothing."""
    try:
        return send(path, authorization, form, 5, parameters)
    except (URLError, OSError, ValueError):
        return {}


def augment() -> dict[str, Any]:
    """People of a day, page by page, and the messages of a week."""
    people, more = 0, True
    cursor: dict[str, Any] = {}
    while more:
        page = get("/analytics/v0/dau", bearer("AUGMENT"), date=YESTERDAY, page_size=20, **cursor)
        people += sum("user_email" in user for user in page.get("users", []))
        pagination = page.get("pagination", {})
        more, cursor = pagination.get("has_more"), {"cursor": pagination.get("next_cursor")}
    usage = get("/analytics/v0/daily-usage", bearer("AUGMENT"), **RANGE).get("daily_usage", [])
    counts = get("/analytics/v0/dau-count", bearer("AUGMENT"), **RANGE).get("daily_active_user_counts", [])
    return {
        f"ai-active-users?from={YESTERDAY}&to={YESTERDAY}&vendor=augment": people,
        "messages": sum(row["metrics"]["total_messages"] for row in usage),
        "accepted completions": sum(row["metrics"]["completions_accepted"] for row in usage),
        "users by day": [row["user_count"] for row in counts],
    }


def tabnine() -> dict[str, Any]:
    """Users, page by page, and the chat of a week."""
    users: list[Any] = []
    following: dict[str, Any] | None = {"offset": 0, "limit": 25}
    while following:
        page = get("/api/v1/organization/users", bearer("TABNINE"), **following)
        users += page.get("data", [])
        following = page.get("meta", {}).get("next")
    organization = get("/api/v1/organization", bearer("TABNINE")).get("id")
    found = get("/api/v1/organization/usage", bearer("TABNINE"), organizationId=organization, **USAGE)
    days = found.get("usage", {}).get("data", [])
    return {
        "users": len(users),
        "chat": sum(day["chat"]["interactions"] for day in days),
        "active users by day": [day["activeUsers"] for day in days],
    }


def ide_rows() -> Iterator[Any]:
    """The rows of all pages."""
    cursor: dict[str, Any] = {}
    while True:
        path = "/api/analytics/ai/effectiveness/metrics/users.paged"
        page = get(path, bearer("JETBRAINS_IDE"), limit=100, **DATES, **cursor)
        yield from page.get("items", [])
        if not page.get("nextCursor"):
            return
        cursor = {"cursor": page["nextCursor"]}


def ide() -> dict[str, Any]:
    """What people did, by day."""
    days: dict[str, int] = {}
    for row in ide_rows():
        days[row["date"]] = days.get(row["date"], 0) + row["invocations"]
    return {f"total-ai-actions?{BY_DAY}&vendor=jetbrains-ide": [days[day] for day in sorted(days)]}


def console() -> dict[str, Any]:
    """Credits and active people."""
    token = get("/api/rest/oauth2/token", basic(), b"grant_type=client_credentials").get("access_token")
    quota = get("/metrics/api/v2/adoption/quota-consumption/group-by/date", f"Bearer {token}", **DATES)
    adoption = get("/metrics/api/v1/adoption/users-adoption/group-by/date", f"Bearer {token}", **DATES)
    return {
        "credits": quota.get("total", {}).get("totalCredits", 0),
        "adoption": [day["activeUsers"] for day in adoption.get("data", [])],
    }


if __name__ == "__main__":
    report({**augment(), **tabnine(), **ide(), **console()})
