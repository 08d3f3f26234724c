"""Answers what must hold of Tabnine's answers: organisation, teams, users and months tell the same.

Getting the answers stays out (`reader`).
"""

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from mockserver.audit.invariant import Invariant, Violation, at_most, equal
from mockserver.audit.reader import USERS, NotApplicable, Reader

VENDOR = "tabnine"
_AT = "/api/v1"
_PAGE = 1000
COUNTERS = {
    "codeCompletions": ("completions", "charsCompleted", "keystrokes", "lines"),
    "chat": ("interactions", "usefulChatInteractions", "lines", "charsCompleted"),
    "instruct": ("acceptedCount",),
    "agent": ("interactions", "linesAdded", "linesAddedAccepted", "linesRemoved", "linesRemovedAccepted"),
}
"""The numbers of a bucket's sections that add up over time; a server may be set to leave the later sections out."""

ACTIVE = "activeUsers"


def users(reader: Reader) -> list[Any]:
    """Every user of the organisation, those who left among them."""
    # Each kind on its own, so that it works where both filters are required as well.
    kinds = [(member, registered) for member in ("true", "false") for registered in ("true", "false")]
    return [row for member, there in kinds for row in _listed(reader, teamMember=member, active=there)]


def _listed(reader: Reader, path: str = "organization/users", **query: str) -> list[Any]:
    return [row for page in _pages(reader, path, **query) for row in page["data"]]


def _pages(reader: Reader, path: str = "organization/users", **query: str) -> Iterator[Any]:
    def more(page: Any) -> dict[str, object] | None:
        following = page["meta"].get("next")
        return None if following is None else {"offset": following["offset"]}

    def ask(offset: object = 0) -> Any:
        return reader.get(VENDOR, f"{_AT}/{path}", offset=offset, limit=_PAGE, **query)

    return reader.paged(more, ask)


def teams(reader: Reader) -> list[Any]:
    """Every team."""
    found: list[Any] = reader.get(VENDOR, f"{_AT}/organization/teams")["data"]
    return found


def members(reader: Reader, team: str) -> list[Any]:
    """Every user of a team, those who left among them."""
    return _listed(reader, f"team/{team}/users")


def usage(
    reader: Reader, path: str = "organization", granularity: str = "all", since: date | None = None, **query: str
) -> list[Any]:
    """The buckets of a usage, from a day on; the range's first day, unless another is named."""
    whole, asked = _question(reader, path, granularity, since)
    found: list[Any] = reader.get(VENDOR, whole, **asked, **query)["usage"]["data"]
    return found


def of_user(reader: Reader, user: str) -> Counter[str]:
    """What somebody did in the range; nothing, where Tabnine does not know them."""
    path, asked = _question(reader, "user", "all", None)
    said = reader.found(VENDOR, path, **asked, userId=user)
    return counted([] if said is None else said["usage"]["data"])


def _question(reader: Reader, path: str, granularity: str, since: date | None) -> tuple[str, dict[str, str]]:
    organization = reader.get(VENDOR, f"{_AT}/organization")["id"]
    span = {"from": f"{since or reader.first}T00:00:00Z", "to": f"{reader.last + timedelta(days=1)}T00:00:00Z"}
    return f"{_AT}/{path}/usage", {"organizationId": organization, **span, "granularity": granularity}


def counted(buckets: list[Any], *more: str) -> Counter[str]:
    """The sums of the counters over buckets, as in "chat.lines"; and of `more`, at the top and in the sections."""
    sums: Counter[str] = Counter()
    for bucket in buckets:
        for section, names in COUNTERS.items():
            told = bucket.get(section, {})
            for name in (*names, *more):
                sums[f"{section}.{name}"] += told.get(name, 0)
        for name in more:
            sums[name] += bucket[name]
    return sums


def _agree(where: str, left: Counter[str], right: Counter[str], sides: str) -> None:
    for counter in sorted({*left, *right}):
        equal(f"{where}, {counter}", left[counter], right[counter], sides)


def _teams_count_users(reader: Reader) -> None:
    for team in teams(reader):
        listed = _listed(reader, f"team/{team['id']}/users")
        equal(f"team {team['name']}", team["usersCount"], len(listed), "usersCount and rows of the users list")


def _team_is_its_users(reader: Reader) -> None:
    team = min(teams(reader), key=lambda each: (not each["usersCount"], each["usersCount"], each["id"]))
    members = _listed(reader, f"team/{team['id']}/users")
    if not members:
        raise NotApplicable("no team has users")
    if len(members) > USERS and not reader.full:
        raise NotApplicable(f"the smallest team has more than {USERS} users; --full asks for each")
    by_user: Counter[str] = Counter()
    for row in members:
        by_user.update(counted(usage(reader, "user", userId=row["id"]), ACTIVE))
    whole = counted(usage(reader, "team", teamId=team["id"]), ACTIVE)
    _agree(f"team {team['name']}", whole, by_user, "the team's usage and the sum of its users'")


def _organization_is_its_teams(reader: Reader) -> None:
    alone = [row for there in ("true", "false") for row in _listed(reader, teamMember="false", active=there)]
    if len(alone) > USERS and not reader.full:
        raise NotApplicable(f"more than {USERS} users are in no team; --full asks for each")
    parts: Counter[str] = Counter()
    for team in teams(reader):
        parts.update(counted(usage(reader, "team", teamId=team["id"]), ACTIVE))
    for row in alone:
        parts.update(counted(usage(reader, "user", userId=row["id"]), ACTIVE))
    whole = counted(usage(reader, "organization"), ACTIVE)
    _agree("the organisation", whole, parts, "its usage and the sum over teams and users without one")


def _buckets_are_the_range(reader: Reader) -> None:
    whole = counted(usage(reader, "organization"))
    weeks = counted(usage(reader, "organization", "weekly"))
    days = usage(reader, "organization", "daily")
    _agree("the organisation", whole, weeks, "the range and its weeks")
    _agree("the organisation", whole, counted(days), "the range and its days")


def _utilization_is_the_list(reader: Reader) -> None:
    month = months(reader)[-1]
    left = sum(row["deactivatedAt"] is not None for row in users(reader))
    told = f"{month['year']}-{month['month'] + 1:02}"
    equal(told, month["deactivated"], left, "deactivated accounts and users who left")
    equal(told, month["active"], len(users(reader)) - left, "active accounts and users who are there")


def _totals_count_rows(reader: Reader) -> None:
    lists = [("organization/users", {"teamMember": "true", "active": "true"})]
    lists += [(f"team/{team['id']}/users", {}) for team in teams(reader)]
    for path, query in lists:
        pages = list(_pages(reader, path, **query))
        for page in pages:
            equal(path, page["meta"]["count"], len(page["data"]), "count and rows of a page")
            equal(path, page["meta"]["total"], sum(len(each["data"]) for each in pages), "total and rows of all pages")


def _members_are_the_teams(reader: Reader) -> None:
    members = {row["id"] for team in teams(reader) for row in _listed(reader, f"team/{team['id']}/users")}
    listed = {row["id"] for there in ("true", "false") for row in _listed(reader, teamMember="true", active=there)}
    for user in sorted(members ^ listed):
        raise Violation(
            f"user {user}: in {'a team, but not' if user in members else 'no team, but'} listed as a member"
        )


def months(reader: Reader) -> list[Any]:
    """The accounts of the last twelve months."""
    found: list[Any] = reader.get(VENDOR, f"{_AT}/organization/account-utilizations")
    return found


def _active_within_registered(reader: Reader) -> None:
    for month in months(reader):
        told = f"{month['year']}-{month['month'] + 1:02}"
        at_most(told, month["active"], month["registered"], "active and registered accounts")


def _seats_cover_active(reader: Reader) -> None:
    seats = reader.get(VENDOR, f"{_AT}/license")["license"]["seats"]
    at_most("the license", months(reader)[-1]["active"], seats, "active accounts and seats")


INVARIANTS = (
    Invariant("tabnine-teams-count-users", "A team's usersCount is the length of its users list.",
             "tabnine: across endpoints", "I", _teams_count_users),
    Invariant("tabnine-team-is-its-users", "The usage of the smallest team is the sum of its users'.",
             "tabnine: across endpoints", "I", _team_is_its_users),
    Invariant("tabnine-organization-is-its-teams", "The organisation's usage is that of teams and users without one.",
             "tabnine: across endpoints", "I", _organization_is_its_teams),
    Invariant("tabnine-buckets-are-the-range", "Days, and weeks, add up to the range.",
             "tabnine: 4", "I", _buckets_are_the_range),
    Invariant("tabnine-utilization-is-the-list", "The latest month's accounts are those of the users list.",
             "tabnine: across endpoints", "I", _utilization_is_the_list),
    Invariant("tabnine-totals-count-rows", "A users list's total is its rows, and a page's count the page's.",
             "tabnine: 3", "D", _totals_count_rows),
    Invariant("tabnine-members-are-the-teams", "Users in a team are those of the teams; the rest are without one.",
             "tabnine: across endpoints", "I", _members_are_the_teams),
    Invariant("tabnine-active-within-registered", "A month's active accounts are at most the registered ones.",
             "tabnine: 6", "A", _active_within_registered),
    Invariant("tabnine-seats-cover-active", "There is a seat for every active account.",
             "tabnine: across endpoints", "I", _seats_cover_active),
)  # fmt: skip
