"""Tabnine's thirteen endpoints: load the query, ask for the report, cut the page, dump it."""

from collections.abc import Hashable, Sequence
from datetime import datetime
from typing import Any, Final

from mockserver.gateway import row_cache
from mockserver.gateway.response_cache import EncodedRows
from mockserver.gateway.row_cache import RowCache
from mockserver.gateway.switches import Switches
from mockserver.gateway.vendor import Body, Reply, Route, ViewRequest
from mockserver.products import tabnine
from mockserver.products.model import Visibility
from mockserver.simulation.accounts import AccountTable
from mockserver.simulation.hashing import I64
from mockserver.simulation.timestamps import DAY, format_utc, seconds
from mockserver.vendors.tabnine import errors, pagination, policy
from mockserver.vendors.tabnine.policy import EmptyBuckets, UsageSections
from mockserver.vendors.tabnine.reports import accounts, usage
from mockserver.vendors.tabnine.schemas import queries, rows

_USERS: Final = rows.ListedUsers()
_BUCKETS: Final = {
    UsageSections.FULL: rows.BucketRows(),
    UsageSections.FIRST: rows.BucketRows(exclude=("instruct", "agent")),
}
"""Schemas of long lists, made once: making one costs as much as dumping dozens of rows."""


def organization(request: ViewRequest) -> Body:
    """The organization of the token."""
    found = rows.OrganizationInfo().dump(request.world)
    return {**found, "publicKey": policy.PUBLIC_KEY, **policy.SETTINGS}


def teams(request: ViewRequest) -> Reply:
    """The teams, by name."""
    page = queries.OffsetPage(**queries.TeamsQuery.parse(request))
    found = _directory(request).teams()
    return pagination.reply(found, page.offset, page.limit, rows.TeamRow(many=True).dump, request.switches)


def account_utilizations(request: ViewRequest) -> Reply:
    """Accounts, month by month."""
    start = queries.MonthsQuery.parse(request)["start"]
    if start is not None and start > request.now.date():
        raise errors.FutureMonth(request.args["startDate"])
    return Reply(rows.MonthCounts(many=True).dump(_directory(request).months(start)))


def organization_users(request: ViewRequest) -> Reply:
    """The users, filtered."""
    page = queries.FilteredPage(**queries.FilteredUsersQuery.parse(request))
    return _users(request, page, _directory(request).users(in_team=page.team_member, active=page.active))


def team_users(request: ViewRequest) -> Reply:
    """The users of a team, including deactivated ones."""
    page = queries.OffsetPage(**queries.TeamUsersQuery.parse(request))
    team = _team(request, request.path_variables["teamId"])
    return _users(request, page, _directory(request).users(team=team))


def license_terms(request: ViewRequest) -> Body:
    """The license."""
    found = rows.License().dump(accounts.license_terms(request.world, request.now))
    return {"license": {**found, **policy.LICENSE}}


def permissions(request: ViewRequest) -> Reply:
    """The users with a role."""
    found = _directory(request).users(active=True, role=queries.PermissionsQuery.parse(request)["role"])
    return Reply(rows.Permissions().dump(_directory(request).listed(found)))


def team_accounts(request: ViewRequest) -> Reply:
    """The accounts of a team, counted now."""
    index = _team(request, queries.TeamQuery.parse(request)["team"])
    return Reply(rows.TeamCounts().dump(_directory(request).team_counts(index)))


def team(request: ViewRequest) -> Body:
    """A team's id and name."""
    identifier = request.path_variables["teamId"]
    return {"id": identifier, "name": request.world.organization.teams[_team(request, identifier)].name}


def user(request: ViewRequest) -> Body:
    """A user and the user's team."""
    account = _user(request, request.path_variables["user_id"])
    [found] = rows.UserInfo().dump(_directory(request).listed(slice(None), account))
    team = int(account.team[0])
    if team < 0:
        return {"user": found, "teams": {}}
    team_id = str(request.world.identities.team_id_of(team))
    return {"user": found, "teams": {"team_id": team_id, "team_name": request.world.organization.teams[team].name}}


def organization_usage(request: ViewRequest) -> Body:
    """The usage of everybody."""
    return _usage(request, _usage_range(request, queries.UsageQuery), None)


def team_usage(request: ViewRequest) -> Body:
    """The usage of a team."""
    query = _usage_range(request, queries.TeamUsageQuery)
    members = _directory(request).members_of(_team(request, query.subject))
    return _usage(request, query, members, teamId=query.subject)


def user_usage(request: ViewRequest) -> Body:
    """The usage of one user."""
    query = _usage_range(request, queries.UserUsageQuery)
    return _usage(request, query, _user(request, query.subject).index, userId=query.subject)


def visibility(now: datetime, switches: Switches) -> Visibility:
    """What is shown of each person and day: the sections in the answers, up to the present second."""
    fields = _BUCKETS[switches[policy.USAGE_SECTIONS]].fields
    shown = {field.data_key or name for name, field in fields.items()}
    named = {counter: name for counter, name in rows.COUNTERS.items() if name.partition(".")[0] in shown}
    today = tabnine.until(seconds(now) % DAY + 1)
    return Visibility(tabnine.PRODUCT, now.toordinal(), named, last_variant=today)


def cache_epoch(now: datetime, _: Switches) -> Hashable:
    """On what of the moment an answer depends: the second, since today's data come in as the day goes."""
    return seconds(now)


def format_timestamp(moment: datetime, _: Switches) -> str:
    """A moment as this vendor would write it."""
    return format_utc(seconds(moment))


def _directory(request: ViewRequest) -> accounts.Directory:
    return accounts.Directory(request.world, request.now)


def _users(request: ViewRequest, page: queries.OffsetPage, positions: I64) -> Reply:
    directory = _directory(request)
    return pagination.reply(
        positions, page.offset, page.limit, lambda chosen: _USERS.dump(directory.listed(chosen)), request.switches
    )


def _team(request: ViewRequest, identifier: str) -> int:
    index = accounts.team_index(request.world, identifier)
    if index is None:
        raise errors.unknown("team", identifier)
    return index


def _user(request: ViewRequest, identifier: str) -> AccountTable:
    account = _directory(request).account(identifier)
    if account is None:
        raise errors.unknown("user", identifier)
    return account


def _usage_range(request: ViewRequest, schema: type[queries.UsageQuery]) -> queries.UsageRange:
    query = queries.UsageRange(**schema.parse(request))
    if query.organization_id != str(request.world.identities.organization_id):
        raise errors.OrganizationMismatch
    return query


def _usage(request: ViewRequest, query: queries.UsageRange, members: I64 | None, **subject: str) -> Body:
    buckets = usage.buckets(request.world, seconds(request.now), query.start, query.end, query.granularity)
    return {
        "organizationId": query.organization_id,
        **subject,
        "from": query.start.text,
        "to": query.end.text,
        "usage": {"granularity": query.granularity, "data": _data(request, query.granularity, buckets, members)},
    }


def _data(
    request: ViewRequest, granularity: str, buckets: Sequence[usage.Bucket], members: I64 | None
) -> list[dict[str, Any]] | EncodedRows:
    """The rows of the buckets; those of everybody in the past, which no longer change, are cached.

    The switch `empty_buckets` leaves out those without usage, unless the range is one bucket (`all`).
    """
    now, sections = seconds(request.now), request.switches[policy.USAGE_SECTIONS]
    omit_empty = granularity != "all" and request.switches[policy.EMPTY_BUCKETS] is EmptyBuckets.OMITTED

    def compute(chosen: Sequence[usage.Bucket]) -> list[dict[str, Any]]:
        columns = usage.columns(request.world, members, now, chosen, omit_empty=omit_empty)
        return _BUCKETS[sections].dump(columns)

    if members is not None or omit_empty:
        return compute(buckets)
    past = [bucket for bucket in buckets if usage.is_past(bucket, now)]
    rows = request.world.of(RowCache).chosen((organization_usage, sections), past, compute)
    if others := buckets[len(past) :]:
        rows += row_cache.encode(zip(others, compute(others), strict=True))
    return row_cache.joined(rows)


ROUTES: Final = tuple(
    Route(policy.MOUNTS[0] + path, operation, view)
    for path, operation, view in (
        ("/organization", "getOrganization", organization),
        ("/organization/teams", "getTeams", teams),
        ("/organization/account-utilizations", "getOrganizationAccountUtilizations", account_utilizations),
        ("/organization/usage", "getOrganizationUsage", organization_usage),
        ("/organization/users", "getOrganizationUsers", organization_users),
        ("/license", "getLicense", license_terms),
        ("/instance/permissions", "getInstancePermissions", permissions),
        ("/team/<teamId>/users", "getTeamUsers", team_users),
        ("/team/account-utilizations", "getTeamAccountUtilizations", team_accounts),
        ("/team/<teamId>", "getTeam", team),
        ("/team/usage", "getTeamUsage", team_usage),
        ("/user/<user_id>", "getUser", user),
        ("/user/usage", "getUserUsage", user_usage),
    )
)
"""The endpoints, each named by its operationId; Werkzeug lets static paths win over templates."""
