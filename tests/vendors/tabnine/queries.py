"""Requests to Tabnine for its tests: ids, users, and the usage of an organization, a team or a user."""

from bisect import bisect_right
from collections.abc import Mapping
from typing import Any

from mockserver.simulation.timestamps import format_utc
from tests.contract.client import Answer, Client

NOW = "2025-10-21T10:30:00Z"
"""The time unless a test changes it: a Tuesday."""

UNKNOWN = "00000000-0000-4000-8000-000000000000"
"""Nobody's id."""

STATIC = {
    "/organization": {},
    "/organization/teams": {},
    "/organization/account-utilizations": {},
    "/organization/users": {"offset": "0", "limit": "2"},
    "/license": {},
    "/instance/permissions": {"role": "Admin"},
}
"""Paths that need no id, each with a query that is answered."""


def organization(client: Client) -> str:
    """The id of the organization."""
    return str(client.got("/organization")["id"])


def teams(client: Client) -> list[Any]:
    """Every team."""
    return client.paginate("/organization/teams")


def users(client: Client, **filters: str) -> list[Any]:
    """Every user that passes some filters."""
    return client.paginate("/organization/users", offset=0, limit=0, **filters)


def team_users(client: Client, team: str) -> list[Any]:
    """Every user of a team."""
    return client.paginate(f"/team/{team}/users", offset=0, limit=0)


def everything(client: Client) -> dict[str, Mapping[str, str]]:
    """Every path with a query that is answered, ids filled in."""
    own, team, user = organization(client), teams(client)[0]["id"], users(client)[0]["id"]
    ranged = span("2025-09-01T00:00:00Z", "2025-10-01T00:00:00Z") | {"organizationId": own}
    return {
        **STATIC,
        "/organization/usage": ranged,
        f"/team/{team}": {},
        f"/team/{team}/users": {"offset": "0", "limit": "2"},
        "/team/account-utilizations": {"teamId": team},
        "/team/usage": {**ranged, "teamId": team},
        f"/user/{user}": {},
        "/user/usage": {**ranged, "userId": user},
        **newer(ranged, team, user),
    }


def newer(ranged: Mapping[str, str], team: str, user: str) -> dict[str, Mapping[str, str]]:
    """The newer endpoints with a range."""
    return {
        path: {**ranged, **subject}
        for usage in ("/api/v2/{}/usage", "/{}/agent-usage")
        for path, subject in (
            (usage.format("organization"), {}),
            (usage.format("team"), {"teamId": team}),
            (usage.format("user"), {"userId": user}),
        )
    }


def span(start: str, end: str, granularity: str = "all") -> dict[str, str]:
    """The parameters of a range."""
    return {"from": start, "to": end, "granularity": granularity}


def get_report(client: Client, start: str, end: str, granularity: str = "all", **whose: str) -> Answer:
    """The answer to a usage query: a team's with `teamId`, a user's with `userId`, or else everybody's."""
    path = {"teamId": "/team/usage", "userId": "/user/usage"}[next(iter(whose))] if whose else "/organization/usage"
    return client.get(path, {"organizationId": organization(client), **whose, **span(start, end, granularity)})


def buckets(client: Client, start: str, end: str, granularity: str = "all", **whose: str) -> list[Any]:
    """The buckets of usage."""
    answer = get_report(client, start, end, granularity, **whose)
    assert answer.status == 200, answer.body
    result: list[Any] = answer.json["usage"]["data"]
    return result


def bucket(client: Client, start: str, end: str, **whose: str) -> Any:
    """The one bucket of a whole range."""
    [result] = buckets(client, start, end, **whose)
    return result


def moment(client: Client, user: str, midnight: int) -> int:
    """The second of a day at which a user's facts happen, found by cutting the day; the user is active on it."""

    def active(second: int) -> int:
        return int(bucket(client, format_utc(midnight), format_utc(midnight + second), userId=user)["activeUsers"])

    return midnight + bisect_right(range(1, 86_400), 0, key=active)


def counters(result: Any) -> dict[str, int]:
    """What of a bucket is added up: every whole number but distinct users."""
    return {
        f"{section} {name}": number
        for section, numbers in result.items()
        if isinstance(numbers, dict)
        for name, number in numbers.items()
        if name != "activeUsers" and isinstance(number, int)
    }


def added(result: list[Any]) -> dict[str, int]:
    """The counters of some buckets, added up; zeros are left out."""
    totals: dict[str, int] = {}
    for each in result:
        for name, number in counters(each).items():
            totals[name] = totals.get(name, 0) + number
    return {name: total for name, total in sorted(totals.items()) if total}


def active(result: Any) -> dict[str, int]:
    """The distinct users of a bucket, at all and by section."""
    sections = {name: numbers["activeUsers"] for name, numbers in result.items() if _has_users(numbers)}
    return {"any": result["activeUsers"], **sections}


def _has_users(numbers: Any) -> bool:
    return isinstance(numbers, dict) and "activeUsers" in numbers
