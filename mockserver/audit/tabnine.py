"""Answers what must hold of Tabnine's answers: organisation, teams, users and months tell the same.

Getting the answers stays out (`reader`).
"""

from collections import Counter
from datetime import timedelta
from typing import Any

from mockserver.audit.identity import Identity, same, within
from mockserver.audit.reader import USERS, Absent, Reader, summed

VENDOR = "tabnine"
_AT = "/api/v1"
_PAGE = 1000
_COUNTERS = {
    "codeCompletions": ("completions", "charsCompleted", "keystrokes", "lines"),
    "chat": ("interactions", "usefulChatInteractions", "lines", "charsCompleted"),
}


def users(reader: Reader) -> list[Any]:
    """Every user of the organisation, those who left among them."""
    # Each kind on its own, so that it works where both filters are required as well.
    kinds = [(member, registered) for member in ("true", "false") for registered in ("true", "false")]
    return [row for member, there in kinds for row in _listed(reader, teamMember=member, active=there)]


def _listed(reader: Reader, path: str = "organization/users", **query: str) -> list[Any]:
    def more(page: Any) -> dict[str, object] | None:
        following = page["meta"].get("next")
        return None if following is None else {"offset": following["offset"]}

    def ask(offset: object = 0) -> Any:
        return reader.get(VENDOR, f"{_AT}/{path}", offset=offset, limit=_PAGE, **query)

    return [row for page in reader.paged(more, ask) for row in page["data"]]


def _teams(reader: Reader) -> list[Any]:
    found: list[Any] = reader.get(VENDOR, f"{_AT}/organization/teams")["data"]
    return found


def _usage(reader: Reader, path: str, granularity: str = "all", **query: str) -> list[Any]:
    organization = reader.get(VENDOR, f"{_AT}/organization")["id"]
    span = {"from": f"{reader.first}T00:00:00Z", "to": f"{reader.last + timedelta(days=1)}T00:00:00Z"}
    asked = {"organizationId": organization, **span, "granularity": granularity, **query}
    found: list[Any] = reader.get(VENDOR, f"{_AT}/{path}/usage", **asked)["usage"]["data"]
    return found


def _counted(buckets: list[Any]) -> Counter[str]:
    sums: Counter[str] = Counter()
    for section, names in _COUNTERS.items():
        for counter, number in summed([bucket[section] for bucket in buckets], *names).items():
            sums[f"{section}.{counter}"] += number
    return sums


def _agree(where: str, left: Counter[str], right: Counter[str], sides: str) -> None:
    for counter in sorted({*left, *right}):
        same(f"{where}, {counter}", left[counter], right[counter], sides)


def _teams_count_users(reader: Reader) -> None:
    for team in _teams(reader):
        listed = _listed(reader, f"team/{team['id']}/users")
        same(f"team {team['name']}", team["usersCount"], len(listed), "usersCount and rows of the users list")


def _team_is_its_users(reader: Reader) -> None:
    team = min(_teams(reader), key=lambda each: (not each["usersCount"], each["usersCount"], each["id"]))
    members = _listed(reader, f"team/{team['id']}/users")
    if not members:
        raise Absent("no team has users")
    if len(members) > USERS and not reader.full:
        raise Absent(f"the smallest team has more than {USERS} users; --full asks for each")
    by_user: Counter[str] = Counter()
    for row in members:
        by_user.update(_counted(_usage(reader, "user", userId=row["id"])))
    whole = _counted(_usage(reader, "team", teamId=team["id"]))
    _agree(f"team {team['name']}", whole, by_user, "the team's usage and the sum of its users'")


def _organization_is_its_teams(reader: Reader) -> None:
    alone = [row for there in ("true", "false") for row in _listed(reader, teamMember="false", active=there)]
    if len(alone) > USERS and not reader.full:
        raise Absent(f"more than {USERS} users are in no team; --full asks for each")
    parts: Counter[str] = Counter()
    for team in _teams(reader):
        parts.update(_counted(_usage(reader, "team", teamId=team["id"])))
    for row in alone:
        parts.update(_counted(_usage(reader, "user", userId=row["id"])))
    whole = _counted(_usage(reader, "organization"))
    _agree("the organisation", whole, parts, "its usage and the sum over teams and users without one")


def _buckets_are_the_range(reader: Reader) -> None:
    whole = _counted(_usage(reader, "organization"))
    weeks = _counted(_usage(reader, "organization", "weekly"))
    days = _usage(reader, "organization", "daily")
    _agree("the organisation", whole, weeks, "the range and its weeks")
    _agree("the organisation", whole, _counted(days), "the range and its days")


def _useful_within_interactions(reader: Reader) -> None:
    for bucket in _usage(reader, "organization", "daily"):
        chat = bucket["chat"]
        within(bucket["from"], chat["usefulChatInteractions"], chat["interactions"], "useful and all interactions")


def _utilization_is_the_list(reader: Reader) -> None:
    month = reader.get(VENDOR, f"{_AT}/organization/account-utilizations")[-1]
    left = sum(row["deactivatedAt"] is not None for row in users(reader))
    told = f"{month['year']}-{month['month'] + 1:02}"
    same(told, month["deactivated"], left, "deactivated accounts and users who left")
    same(told, month["active"], len(users(reader)) - left, "active accounts and users who are there")


IDENTITIES = (
    Identity("tabnine-teams-count-users", "A team's usersCount is the length of its users list.",
             "tabnine: across endpoints", "I", _teams_count_users),
    Identity("tabnine-team-is-its-users", "The usage of the smallest team is the sum of its users'.",
             "tabnine: across endpoints", "I", _team_is_its_users),
    Identity("tabnine-organization-is-its-teams", "The organisation's usage is that of teams and users without one.",
             "tabnine: across endpoints", "I", _organization_is_its_teams),
    Identity("tabnine-buckets-are-the-range", "Days, and weeks, add up to the range.",
             "tabnine: 4", "I", _buckets_are_the_range),
    Identity("tabnine-useful-within-interactions", "Useful chat interactions are at most the interactions.",
             "tabnine: 5", "I", _useful_within_interactions),
    Identity("tabnine-utilization-is-the-list", "The latest month's accounts are those of the users list.",
             "tabnine: across endpoints", "I", _utilization_is_the_list),
)  # fmt: skip
