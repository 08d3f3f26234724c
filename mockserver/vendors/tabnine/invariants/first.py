"""What must agree across Tabnine's answers: organization, teams, users, accounts and months."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from itertools import product
from typing import Any, Final

from mockserver.audit.cross_vendor import ListedPerson, Roles
from mockserver.audit.invariant import (
    Invariant,
    Violation,
    all_equal,
    at_most,
    equal,
    has_event,
    nothing_negative,
)
from mockserver.audit.periods import PeriodNumbers, PeriodReport, distinct_within_days, sums_of_days
from mockserver.audit.reader import USERS, NotApplicable, Reader

_MOUNT: Final = "/api/v1"
_PAGE: Final = 1000
_EITHER: Final = ("true", "false")
_ACTIVE: Final = "activeUsers"
_EVENTS: Final = {"codeCompletions": "completions", "chat": "interactions", "agent": "interactions"}
"""The sections with active users: what each active user has at least one of."""

_MADE: Final = {
    "codeCompletions": ("charsCompleted", "keystrokes", "lines"),
    "chat": ("lines", "charsCompleted"),
    "agent": ("linesAdded", "linesRemoved"),
}
"""By section: what its events make. All of it is 0 without an event."""

_PARTS: Final = (
    ("chat", "usefulChatInteractions", "interactions"),
    ("agent", "linesAddedAccepted", "linesAdded"),
    ("agent", "linesRemovedAccepted", "linesRemoved"),
)


def _get(reader: Reader, path: str, **query: object) -> Any:
    return reader.get("tabnine", f"{_MOUNT}/{path}", **query)


def _pages(reader: Reader, path: str, **query: str) -> Iterator[Any]:
    def next_query(page: Any) -> dict[str, object] | None:
        following = page["meta"].get("next")
        return None if following is None else {"offset": following["offset"]}

    return reader.pages(next_query, lambda offset=0: _get(reader, path, offset=offset, limit=_PAGE, **query))


def _listed(reader: Reader, path: str, **query: str) -> list[Any]:
    return [row for page in _pages(reader, path, **query) for row in page["data"]]


def _users(reader: Reader, members: Sequence[str] = _EITHER) -> list[Any]:
    """The users of the organization, in teams and not, those who left among them."""
    # Each kind by itself, which also works where both filters are required.
    kinds = product(members, _EITHER)
    return [
        row for kind, active in kinds for row in _listed(reader, "organization/users", teamMember=kind, active=active)
    ]


def teams(reader: Reader) -> list[Any]:
    """Every team."""
    return list(_get(reader, "organization/teams")["data"])


def _members(reader: Reader, team: Mapping[str, Any]) -> list[Any]:
    """Every user of a team, those who left among them."""
    return _listed(reader, f"team/{team['id']}/users")


def _months(reader: Reader) -> list[Any]:
    """The accounts of the last twelve months."""
    return list(_get(reader, "organization/account-utilizations"))


def _usage(
    reader: Reader, path: str = "organization", granularity: str = "all", since: date | None = None, **query: str
) -> list[Any]:
    """The buckets of a usage from a day on; from the first day of the range, unless another is given."""
    return list(_get(reader, f"{path}/usage", **range_query(reader, granularity, since), **query)["usage"]["data"])


def range_query(reader: Reader, granularity: str, since: date | None = None) -> dict[str, str]:
    """The parameters of a range from a day on; from the first day of the range, unless another is given."""
    return {
        "organizationId": _get(reader, "organization")["id"],
        "from": f"{since or reader.first}T00:00:00Z",
        "to": f"{reader.last + timedelta(days=1)}T00:00:00Z",
        "granularity": granularity,
    }


def daily(reader: Reader) -> list[Any]:
    """The days of the organization's usage."""
    return _usage(reader, granularity="daily")


def counted(buckets: list[Any], *, with_active: bool = False) -> Counter[str]:
    """The sums of the whole numbers of buckets, named as in "chat.lines"; ratios do not add up.

    Active users add up over people, but not over time: they are counted on request.
    """
    sums: Counter[str] = Counter()
    for bucket in buckets:
        sections = {name: value for name, value in bucket.items() if isinstance(value, dict)}
        for section, numbers in {"all": bucket, **sections}.items():
            for name, number in numbers.items():
                if isinstance(number, int) and (with_active or name != _ACTIVE):
                    sums[f"{section}.{name}"] += number
    return sums


def _usage_of_each(reader: Reader, path: str, rows: list[Any]) -> list[Any]:
    """The buckets of some teams or users (`path` is "team" or "user")."""
    return [bucket for row in rows for bucket in _usage(reader, path, **{f"{path}Id": row["id"]})]


def _teams_count_users(reader: Reader) -> None:
    for team in teams(reader):
        sides = "usersCount and rows of the users list"
        equal(f"team {team['name']}", team["usersCount"], len(_members(reader, team)), sides)


def _smallest_team(reader: Reader) -> tuple[Any, list[Any]]:
    """The team with the fewest users, but at least one, and its users."""
    team = min(teams(reader), key=lambda each: (not each["usersCount"], each["usersCount"], each["id"]))
    members = _members(reader, team)
    if not members:
        raise NotApplicable("no team has users")
    return team, members


def _team_is_its_users(reader: Reader) -> None:
    team, members = _smallest_team(reader)
    if len(members) > USERS and not reader.full:
        raise NotApplicable(f"the smallest team has more than {USERS} users; --full reads each")
    by_user = counted(_usage_of_each(reader, "user", members), with_active=True)
    whole = counted(_usage_of_each(reader, "team", [team]), with_active=True)
    all_equal(f"team {team['name']}", whole, by_user, "the team's usage and the sum of its users'")


def _organization_is_its_teams(reader: Reader) -> None:
    alone = _users(reader, ("false",))
    if len(alone) > USERS and not reader.full:
        raise NotApplicable(f"more than {USERS} users are in no team; --full reads each")
    parts = _usage_of_each(reader, "team", teams(reader)) + _usage_of_each(reader, "user", alone)
    whole = counted(_usage(reader), with_active=True)
    all_equal(
        "the organization",
        whole,
        counted(parts, with_active=True),
        "its usage and the sum over teams and users without one",
    )


def _buckets_are_the_range(reader: Reader) -> None:
    whole = counted(_usage(reader))
    all_equal("the organization", whole, counted(_usage(reader, granularity="weekly")), "the range and its weeks")
    all_equal("the organization", whole, counted(daily(reader)), "the range and its days")


def _utilization_is_the_list(reader: Reader) -> None:
    month = _months(reader)[-1]
    _check_accounts(_year_and_month(month), month, "active", _users(reader))


def _team_accounts_are_the_list(reader: Reader) -> None:
    for team in teams(reader):
        accounts = _get(reader, "team/account-utilizations", teamId=team["id"])
        _check_accounts(f"team {team['name']}", accounts, "registered", _members(reader, team))


def _check_accounts(where: str, accounts: Mapping[str, int], there: str, rows: list[Any]) -> None:
    """Check the numbers of accounts against a users list; `there` names the number of those not deactivated."""
    left = sum(row["deactivatedAt"] is not None for row in rows)
    equal(where, accounts["deactivated"], left, "deactivated accounts and users who left")
    equal(where, accounts[there], len(rows) - left, f"{there} accounts and users who are there")


def _totals_count_rows(reader: Reader) -> None:
    lists = [("organization/users", {"teamMember": "true", "active": "true"})]
    lists += [(f"team/{team['id']}/users", {}) for team in teams(reader)]
    for path, query in lists:
        pages = list(_pages(reader, path, **query))
        for page in pages:
            equal(path, page["meta"]["count"], len(page["data"]), "count and rows of a page")
            equal(path, page["meta"]["total"], sum(len(each["data"]) for each in pages), "total and rows of all pages")


def _members_are_the_teams(reader: Reader) -> None:
    members = {row["id"] for team in teams(reader) for row in _members(reader, team)}
    listed = {row["id"] for row in _users(reader, ("true",))}
    for user in sorted(members ^ listed):
        where = "in a team, but not" if user in members else "in no team, but"
        raise Violation(f"user {user}: {where} listed as a member")


def _year_and_month(row: Mapping[str, Any]) -> str:
    """The month of a row, whose months are counted from 0."""
    return f"{row['year']}-{row['month'] + 1:02}"


def _active_within_registered(reader: Reader) -> None:
    for month in _months(reader):
        at_most(_year_and_month(month), month["active"], month["registered"], "active and registered accounts")


def _seats_cover_active(reader: Reader) -> None:
    seats = _get(reader, "license")["license"]["seats"]
    at_most("the license", _months(reader)[-1]["active"], seats, "active accounts and seats")


def _parts_within_wholes(reader: Reader) -> None:
    for bucket, (section, part, whole) in product(daily(reader), _PARTS):
        if section in bucket:
            at_most(bucket["from"], bucket[section][part], bucket[section][whole], f"{part} and {whole}")


def _active_have_events(reader: Reader) -> None:
    for bucket, (section, events) in product(daily(reader), _EVENTS.items()):
        numbers = bucket.get(section, {_ACTIVE: 0, events: 0})
        active, count = numbers[_ACTIVE], numbers[events]
        at_most(f"{bucket['from']}, {section}", active, count, f"active users and {events}")
        sides = f"whether anybody is active in {section}, and whether there are {events},"
        equal(bucket["from"], active > 0, count > 0, sides)


def _counters_have_events(reader: Reader) -> None:
    team, members = _smallest_team(reader)
    buckets = [("the organization", bucket) for bucket in daily(reader)]
    for path, row in [("team", team), *(("user", each) for each in members[: None if reader.full else USERS])]:
        query = {f"{path}Id": row["id"]}
        buckets += [(f"{path} {row['id']}", each) for each in _usage(reader, path, "daily", **query)]
    for (where, bucket), (section, made) in product(buckets, _MADE.items()):
        for name in made if section in bucket else ():
            has_event(f"{where}, {bucket['from']}, {section}", bucket[section], name, _EVENTS[section])


def _active_between_sections(reader: Reader) -> None:
    for bucket in daily(reader):
        sections = [bucket[section][_ACTIVE] for section in _EVENTS if section in bucket]
        # A section that a switch leaves out counts at the top level all the same.
        most = sum(sections) if len(sections) == len(_EVENTS) else bucket[_ACTIVE]
        if not max(sections) <= bucket[_ACTIVE] <= most:
            raise Violation(f"{bucket['from']}: active users are {bucket[_ACTIVE]}, in the sections {sections}")


def _ratios_are_quotients(reader: Reader) -> None:
    for bucket in daily(reader):
        completed, chat = bucket["codeCompletions"], bucket["chat"]
        chars, typed = completed["charsCompleted"], completed["keystrokes"]
        brought = chars + chat["charsCompleted"]
        for holder, name, part, whole in (
            (completed, "automationFactor", chars, chars + typed),
            (chat, "chatConsumptionRate", chat["usefulChatInteractions"], chat["interactions"]),
            (bucket, "productivityFactor", brought, brought + typed),
        ):
            # The vendor leaves out a ratio that would divide by 0.
            expected = float((Decimal(part) / whole).quantize(Decimal("0.001"), ROUND_HALF_UP)) if whole else None
            equal(f"{bucket['from']}, {name}", holder.get(name), expected, "the ratio and the quotient of its parts")


def _user_matches_the_list(reader: Reader) -> None:
    some = [(team, row) for team in teams(reader) for row in _members(reader, team)[: None if reader.full else 1]]
    if not some:
        raise NotApplicable("no team has users")
    for team, row in some:
        where, alone = f"user {row['id']}", _get(reader, f"user/{row['id']}")
        for name, other in (("id", "user_id"), ("email", "email"), ("role", "role")):
            equal(where, alone["user"][other], row[name], f"{name} alone and in the list")
        sides = "the user's team and the team with the user in its list"
        equal(where, alone["teams"].get("team_id"), team["id"], sides)


def _permissions_are_the_list(reader: Reader) -> None:
    there = [row for row in _users(reader) if row["deactivatedAt"] is None]
    for role in ("Admin", "Manager", "TeamLead", "Member"):
        permitted = Counter(row["username"] for row in _get(reader, "instance/permissions", role=role))
        listed = Counter(row["username"] for row in there if row["role"] == role)
        for name in sorted((permitted - listed) | (listed - permitted)):
            raise Violation(
                f"{name}: {permitted[name]} times {role} in the permissions, {listed[name]} times in the users list"
            )


def _usage_by_period(numbers: Callable[[Any], Mapping[str, Any]]) -> PeriodReport:
    lengths = {"day": "daily", "week": "weekly", "month": "monthly"}

    def read(reader: Reader, length: str) -> list[PeriodNumbers]:
        buckets = _usage(reader, granularity=lengths[length], since=reader.since)
        return [PeriodNumbers(date.fromisoformat(each["from"][:10]), numbers(each)) for each in buckets]

    return PeriodReport(read, lambda reader: numbers(_usage(reader, since=reader.since)[0]))


def _active_users(bucket: Any) -> dict[str, int]:
    return {"all": bucket[_ACTIVE], **{name: bucket[name][_ACTIVE] for name in _EVENTS if name in bucket}}


def _numbers(reader: Reader) -> Iterator[Any]:
    yield daily(reader)
    yield teams(reader)
    yield _months(reader)


INVARIANTS: Final = (
    Invariant("tabnine-teams-count-users", "A team's usersCount is the length of its users list.",
              "across endpoints", "I", _teams_count_users),
    Invariant("tabnine-team-is-its-users", "The usage of the smallest team is the sum of its users'.",
              "across endpoints", "I", _team_is_its_users),
    Invariant("tabnine-organization-is-its-teams", "The organization's usage is that of teams and users without one.",
              "across endpoints", "I", _organization_is_its_teams),
    Invariant("tabnine-buckets-are-the-range", "Days, and weeks, add up to the range.",
              "4", "I", _buckets_are_the_range),
    Invariant("tabnine-utilization-is-the-list", "The latest month's accounts are those of the users list.",
              "across endpoints", "I", _utilization_is_the_list),
    Invariant("tabnine-totals-count-rows", "A users list's total is its rows, and a page's count the page's.",
              "3", "D", _totals_count_rows),
    Invariant("tabnine-members-are-the-teams", "Users in a team are those of the teams; the rest are without one.",
              "across endpoints", "I", _members_are_the_teams),
    Invariant("tabnine-active-within-registered", "A month's active accounts are at most the registered ones.",
              "6", "A", _active_within_registered),
    Invariant("tabnine-seats-cover-active", "There is a seat for every active account.",
              "across endpoints", "I", _seats_cover_active),
    Invariant("tabnine-parts-within-wholes", "Useful interactions and accepted lines are at most all of them.",
              "5", "I", _parts_within_wholes),
    Invariant("tabnine-active-have-events", "Each active user of a section has at least one event in it.",
              "5, metrics, identities", "I", _active_have_events),
    Invariant("tabnine-counters-have-events", "Without an event, a section has no lines, characters or keystrokes.",
              "5", "I", _counters_have_events),
    Invariant("tabnine-active-between-sections", "Active users are at least any section's, and at most all sections'.",
              "5", "I", _active_between_sections),
    Invariant("tabnine-ratios-are-quotients", "Each ratio is that of its parts, to three decimals.",
              "5", "I", _ratios_are_quotients),
    Invariant("tabnine-user-matches-the-list", "A user alone has the same address, role and team as in the lists.",
              "6", "I", _user_matches_the_list),
    Invariant("tabnine-team-accounts-are-the-list", "A team's accounts are those of its users list.",
              "6", "I", _team_accounts_are_the_list),
    Invariant("tabnine-permissions-are-the-list", "Each role belongs to exactly the users who are listed with it.",
              "6", "I", _permissions_are_the_list),
    Invariant("tabnine-buckets-are-their-days", "Weeks and months begin with the calendar's, and sum up their days.",
              "4", "D", sums_of_days(_usage_by_period(lambda bucket: counted([bucket])))),
    Invariant("tabnine-buckets-are-distinct", "Active users are at most the sum of the days, at least the highest.",
              "5", "I", distinct_within_days(_usage_by_period(_active_users))),
    Invariant("tabnine-nothing-negative", "No number is negative.", "5", "I", nothing_negative(_numbers)),
)  # fmt: skip


def _people_listed(reader: Reader) -> list[ListedPerson]:
    return [ListedPerson(row["id"], row["email"], (row["deactivatedAt"] or "")[:10] or None) for row in _users(reader)]


def _usage_of(reader: Reader, user: str) -> Counter[str]:
    """What a user did in the range; zeros for a user that Tabnine does not know."""
    body = reader.find("tabnine", f"{_MOUNT}/user/usage", **range_query(reader, "all"), userId=user)
    return counted(body["usage"]["data"] if body else [])


ROLES: Final = Roles(product="tabnine", people_listed=_people_listed, usage_of=_usage_of)
