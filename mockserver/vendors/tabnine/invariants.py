"""What must agree across Tabnine's answers: organization, teams, users, accounts and months."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from mockserver.audit.cross_vendor import ListedPerson, Roles
from mockserver.audit.invariant import Invariant, Violation, at_most, equal, nothing_negative
from mockserver.audit.periods import PeriodNumbers, PeriodReport, distinct_within_days, sums_of_days
from mockserver.audit.reader import USERS, NotApplicable, Reader

_VENDOR: Final = "tabnine"
_AT: Final = "/api/v1"
_PAGE: Final = 1000
_COUNTERS: Final = {
    "codeCompletions": ("completions", "charsCompleted", "keystrokes", "lines"),
    "chat": ("interactions", "usefulChatInteractions", "lines", "charsCompleted"),
    "instruct": ("acceptedCount",),
    "agent": ("interactions", "linesAdded", "linesAddedAccepted", "linesRemoved", "linesRemovedAccepted"),
}
"""The numbers of a bucket's sections that add up over time; a switch can leave the later sections out."""

_ACTIVE = "activeUsers"


def _users(reader: Reader) -> list[Any]:
    """Every user of the organization, those who left among them."""
    # Each kind by itself, which also works where both filters are required.
    kinds = [(member, registered) for member in ("true", "false") for registered in ("true", "false")]
    return [row for member, there in kinds for row in _listed(reader, teamMember=member, active=there)]


def _listed(reader: Reader, path: str = "organization/users", **query: str) -> list[Any]:
    return [row for page in _pages(reader, path, **query) for row in page["data"]]


def _pages(reader: Reader, path: str = "organization/users", **query: str) -> Iterator[Any]:
    def next_query(page: Any) -> dict[str, object] | None:
        following = page["meta"].get("next")
        return None if following is None else {"offset": following["offset"]}

    def fetch(offset: object = 0) -> Any:
        return reader.get(_VENDOR, f"{_AT}/{path}", offset=offset, limit=_PAGE, **query)

    return reader.pages(next_query, fetch)


def _teams(reader: Reader) -> list[Any]:
    """Every team."""
    return list(reader.get(_VENDOR, f"{_AT}/organization/teams")["data"])


def _members(reader: Reader, team: str) -> list[Any]:
    """Every user of a team, those who left among them."""
    return _listed(reader, f"team/{team}/users")


def _usage(
    reader: Reader, path: str = "organization", granularity: str = "all", since: date | None = None, **query: str
) -> list[Any]:
    """The buckets of a usage from a day on; from the first day of the range, unless another is given."""
    target, parameters = _usage_request(reader, path, granularity, since)
    return list(reader.get(_VENDOR, target, **parameters, **query)["usage"]["data"])


def _of_user(reader: Reader, user: str) -> Counter[str]:
    """What a user did in the range; zeros for a user that Tabnine does not know."""
    target, parameters = _usage_request(reader, "user", "all", None)
    body = reader.find(_VENDOR, target, **parameters, userId=user)
    return _counted([] if body is None else body["usage"]["data"])


def _usage_request(reader: Reader, path: str, granularity: str, since: date | None) -> tuple[str, dict[str, str]]:
    organization = reader.get(_VENDOR, f"{_AT}/organization")["id"]
    span = {"from": f"{since or reader.first}T00:00:00Z", "to": f"{reader.last + timedelta(days=1)}T00:00:00Z"}
    return f"{_AT}/{path}/usage", {"organizationId": organization, **span, "granularity": granularity}


def _counted(buckets: list[Any], *more: str) -> Counter[str]:
    """The sums of the counters over buckets, named as in "chat.lines", and of `more` at the top and in the sections."""
    sums: Counter[str] = Counter()
    for bucket in buckets:
        for section, names in _COUNTERS.items():
            numbers = bucket.get(section, {})
            for name in (*names, *more):
                sums[f"{section}.{name}"] += numbers.get(name, 0)
        for name in more:
            sums[name] += bucket[name]
    return sums


def _check_equal(where: str, left: Counter[str], right: Counter[str], sides: str) -> None:
    for counter in sorted({*left, *right}):
        equal(f"{where}, {counter}", left[counter], right[counter], sides)


def _teams_count_users(reader: Reader) -> None:
    for team in _teams(reader):
        listed = _listed(reader, f"team/{team['id']}/users")
        equal(f"team {team['name']}", team["usersCount"], len(listed), "usersCount and rows of the users list")


def _team_is_its_users(reader: Reader) -> None:
    team = min(_teams(reader), key=lambda each: (not each["usersCount"], each["usersCount"], each["id"]))
    members = _listed(reader, f"team/{team['id']}/users")
    if not members:
        raise NotApplicable("no team has users")
    if len(members) > USERS and not reader.full:
        raise NotApplicable(f"the smallest team has more than {USERS} users; --full reads each")
    by_user: Counter[str] = Counter()
    for row in members:
        by_user.update(_counted(_usage(reader, "user", userId=row["id"]), _ACTIVE))
    whole = _counted(_usage(reader, "team", teamId=team["id"]), _ACTIVE)
    _check_equal(f"team {team['name']}", whole, by_user, "the team's usage and the sum of its users'")


def _organization_is_its_teams(reader: Reader) -> None:
    alone = [row for there in ("true", "false") for row in _listed(reader, teamMember="false", active=there)]
    if len(alone) > USERS and not reader.full:
        raise NotApplicable(f"more than {USERS} users are in no team; --full reads each")
    parts: Counter[str] = Counter()
    for team in _teams(reader):
        parts.update(_counted(_usage(reader, "team", teamId=team["id"]), _ACTIVE))
    for row in alone:
        parts.update(_counted(_usage(reader, "user", userId=row["id"]), _ACTIVE))
    whole = _counted(_usage(reader, "organization"), _ACTIVE)
    _check_equal("the organization", whole, parts, "its usage and the sum over teams and users without one")


def _buckets_are_the_range(reader: Reader) -> None:
    whole = _counted(_usage(reader, "organization"))
    weeks = _counted(_usage(reader, "organization", "weekly"))
    days = _usage(reader, "organization", "daily")
    _check_equal("the organization", whole, weeks, "the range and its weeks")
    _check_equal("the organization", whole, _counted(days), "the range and its days")


def _utilization_is_the_list(reader: Reader) -> None:
    month = _months(reader)[-1]
    left = sum(row["deactivatedAt"] is not None for row in _users(reader))
    where = _year_and_month(month)
    equal(where, month["deactivated"], left, "deactivated accounts and users who left")
    equal(where, month["active"], len(_users(reader)) - left, "active accounts and users who are there")


def _totals_count_rows(reader: Reader) -> None:
    lists = [("organization/users", {"teamMember": "true", "active": "true"})]
    lists += [(f"team/{team['id']}/users", {}) for team in _teams(reader)]
    for path, query in lists:
        pages = list(_pages(reader, path, **query))
        for page in pages:
            equal(path, page["meta"]["count"], len(page["data"]), "count and rows of a page")
            equal(path, page["meta"]["total"], sum(len(each["data"]) for each in pages), "total and rows of all pages")


def _members_are_the_teams(reader: Reader) -> None:
    members = {row["id"] for team in _teams(reader) for row in _listed(reader, f"team/{team['id']}/users")}
    listed = {row["id"] for there in ("true", "false") for row in _listed(reader, teamMember="true", active=there)}
    for user in sorted(members ^ listed):
        raise Violation(
            f"user {user}: in {'a team, but not' if user in members else 'no team, but'} listed as a member"
        )


def _months(reader: Reader) -> list[Any]:
    """The accounts of the last twelve months."""
    return list(reader.get(_VENDOR, f"{_AT}/organization/account-utilizations"))


def _year_and_month(row: Mapping[str, Any]) -> str:
    """The month of a row, whose months are counted from 0."""
    return f"{row['year']}-{row['month'] + 1:02}"


def _active_within_registered(reader: Reader) -> None:
    for month in _months(reader):
        at_most(_year_and_month(month), month["active"], month["registered"], "active and registered accounts")


def _seats_cover_active(reader: Reader) -> None:
    seats = reader.get(_VENDOR, f"{_AT}/license")["license"]["seats"]
    at_most("the license", _months(reader)[-1]["active"], seats, "active accounts and seats")


_EVENTS = {"codeCompletions": "completions", "chat": "interactions", "agent": "interactions"}
"""The sections with active users: what each active user has at least one of."""

_PARTS = (
    ("chat", "usefulChatInteractions", "interactions"),
    ("agent", "linesAddedAccepted", "linesAdded"),
    ("agent", "linesRemovedAccepted", "linesRemoved"),
)


def _daily(reader: Reader) -> list[Any]:
    return _usage(reader, "organization", "daily")


def _parts_within_wholes(reader: Reader) -> None:
    for bucket in _daily(reader):
        for section, part, whole in _PARTS:
            if section in bucket:
                at_most(bucket["from"], bucket[section][part], bucket[section][whole], f"{part} and {whole}")


def _active_have_events(reader: Reader) -> None:
    for bucket in _daily(reader):
        for section, events in _EVENTS.items():
            numbers = bucket.get(section, {_ACTIVE: 0, events: 0})
            active, count = numbers[_ACTIVE], numbers[events]
            at_most(f"{bucket['from']}, {section}", active, count, f"active users and {events}")
            sides = f"whether anybody is active in {section}, and whether there are {events},"
            equal(bucket["from"], active > 0, count > 0, sides)


def _active_between_sections(reader: Reader) -> None:
    for bucket in _daily(reader):
        sections = [bucket[section][_ACTIVE] for section in _EVENTS if section in bucket]
        # A section that a switch leaves out counts at the top level all the same.
        most = sum(sections) if len(sections) == len(_EVENTS) else bucket[_ACTIVE]
        if not max(sections) <= bucket[_ACTIVE] <= most:
            raise Violation(f"{bucket['from']}: active users are {bucket[_ACTIVE]}, in the sections {sections}")


def _ratios_are_quotients(reader: Reader) -> None:
    for bucket in _daily(reader):
        completed, chat = bucket["codeCompletions"], bucket["chat"]
        chars, typed = completed["charsCompleted"], completed["keystrokes"]
        brought = chars + chat["charsCompleted"]
        for holder, name, part, whole in (
            (completed, "automationFactor", chars, chars + typed),
            (chat, "chatConsumptionRate", chat["usefulChatInteractions"], chat["interactions"]),
            (bucket, "productivityFactor", brought, brought + typed),
        ):
            expected = _ratio(part, whole)
            equal(f"{bucket['from']}, {name}", holder.get(name), expected, "the ratio and the quotient of its parts")


def _ratio(part: int, whole: int) -> float | None:
    """The quotient to three decimals; None where it would divide by 0, as the vendor leaves it out."""
    if not whole:
        return None
    return float((Decimal(part) / whole).quantize(Decimal("0.001"), ROUND_HALF_UP))


_ROLE_NAMES = ("Admin", "Manager", "TeamLead", "Member")
_LISTED, _DETAIL = ("id", "email", "role"), ("user_id", "email", "role")


def _user_matches_the_list(reader: Reader) -> None:
    some = [
        (team, row) for team in _teams(reader) for row in _members(reader, team["id"])[: None if reader.full else 1]
    ]
    if not some:
        raise NotApplicable("no team has users")
    for team, row in some:
        alone = reader.get(_VENDOR, f"{_AT}/user/{row['id']}")
        for name, other in zip(_LISTED, _DETAIL, strict=True):
            equal(f"user {row['id']}", alone["user"][other], row[name], f"{name} alone and in the list")
        equal(
            f"user {row['id']}",
            alone["teams"].get("team_id"),
            team["id"],
            "the user's team and the team with the user in its list",
        )


def _team_accounts_are_the_list(reader: Reader) -> None:
    for team in _teams(reader):
        accounts = reader.get(_VENDOR, f"{_AT}/team/account-utilizations", teamId=team["id"])
        rows = _members(reader, team["id"])
        left = sum(row["deactivatedAt"] is not None for row in rows)
        equal(f"team {team['name']}", accounts["deactivated"], left, "deactivated accounts and users who left")
        equal(
            f"team {team['name']}",
            accounts["registered"],
            len(rows) - left,
            "registered accounts and users who are there",
        )


def _permissions_are_the_list(reader: Reader) -> None:
    there = [row for row in _users(reader) if row["deactivatedAt"] is None]
    for role in _ROLE_NAMES:
        permitted = Counter(row["username"] for row in reader.get(_VENDOR, f"{_AT}/instance/permissions", role=role))
        listed = Counter(row["username"] for row in there if row["role"] == role)
        for name in sorted((permitted - listed) | (listed - permitted)):
            raise Violation(
                f"{name}: {permitted[name]} times {role} in the permissions, {listed[name]} times in the users list"
            )


def _usage_by_period(numbers: Callable[[Any], Mapping[str, Any]]) -> PeriodReport:
    lengths = {"day": "daily", "week": "weekly", "month": "monthly"}

    def read(reader: Reader, length: str) -> list[PeriodNumbers]:
        buckets = _usage(reader, "organization", lengths[length], reader.since)
        return [PeriodNumbers(date.fromisoformat(each["from"][:10]), numbers(each)) for each in buckets]

    return PeriodReport(read, lambda reader: numbers(_usage(reader, "organization", "all", reader.since)[0]))


def _active_users(bucket: Any) -> dict[str, int]:
    sections = {name: bucket[name] for name in _EVENTS if name in bucket}
    return {name: each[_ACTIVE] for name, each in {"all": bucket, **sections}.items()}


def _numbers(reader: Reader) -> Iterator[Any]:
    yield _daily(reader)
    yield _teams(reader)
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
              "4", "D", sums_of_days(_usage_by_period(lambda bucket: _counted([bucket])))),
    Invariant("tabnine-buckets-are-distinct", "Active users are at most the sum of the days, at least the highest.",
              "5", "I", distinct_within_days(_usage_by_period(_active_users))),
    Invariant("tabnine-nothing-negative", "No number is negative.", "5", "I", nothing_negative(_numbers)),
)  # fmt: skip


def _people_listed(reader: Reader) -> list[ListedPerson]:
    return [ListedPerson(row["id"], row["email"], (row["deactivatedAt"] or "")[:10] or None) for row in _users(reader)]


ROLES: Final = Roles(product="tabnine", people_listed=_people_listed, usage_of=_of_user)
