"""Tabnine's thirteen endpoints: load the query, ask for the report, cut the page, dump it."""

from collections.abc import Hashable
from datetime import datetime
from typing import Any, Final

from mockserver.gateway.switches import Switches
from mockserver.gateway.vendor import Body, Reply, Route, ViewRequest
from mockserver.products import tabnine
from mockserver.products.model import Visibility
from mockserver.simulation.accounts import AccountTable
from mockserver.simulation.timestamps import DAY, seconds
from mockserver.vendors.tabnine import errors, pagination, policy
from mockserver.vendors.tabnine.policy import EmptyBuckets, UsageSections
from mockserver.vendors.tabnine.reports import accounts, usage
from mockserver.vendors.tabnine.schemas import queries, rows

_USERS: Final = rows.Users()
_BUCKETS: Final = {
    UsageSections.FULL: rows.Buckets(),
    UsageSections.FIRST: rows.Buckets(exclude=("instruct", "agent")),
}
"""Schemas of long lists, made once: making one costs as much as dumping dozens of rows."""


def organization(request: ViewRequest) -> Body:
    """The organization of the token."""
    found = rows.Organization().dump(accounts.organization(request.world))
    return {**found, "publicKey": policy.PUBLIC_KEY, **policy.SETTINGS}


def teams(request: ViewRequest) -> Reply:
    """The teams, by name."""
    query = queries.load_page(queries.TeamsQuery(request.switches), request.args)
    found = accounts.teams(request.world, request.now)
    page = pagination.cut(found, query.offset, query.limit, request.switches)
    return _page(page, rows.Team(many=True).dump(page.items))


def account_utilizations(request: ViewRequest) -> Body:
    """Accounts, month by month."""
    start = queries.MonthsQuery(request.switches).load_args(request.args)["start"]
    first = accounts.first_month(request.world, request.now, start, policy.MONTHS_DEFAULT)
    if first is None:
        raise errors.FutureMonth(request.args["startDate"])
    body: Body = rows.MonthCounts(many=True).dump(accounts.months(request.world, request.now, first))
    return body


def organization_users(request: ViewRequest) -> Reply:
    """The users, filtered."""
    query = queries.load_users(request.args, request.switches)
    found = accounts.users(request.world, request.now, team_member=query.team_member, active=query.active)
    page = pagination.cut(found, query.offset, query.limit, request.switches)
    return _page(page, _USERS.dump(accounts.listed(request.world, request.now, page.items)))


def license_terms(request: ViewRequest) -> Body:
    """The license."""
    found = rows.License().dump(accounts.license_terms(request.world, request.now))
    return {"license": {**found, **policy.LICENSE}}


def permissions(request: ViewRequest) -> Body:
    """The users with a role."""
    role = queries.PermissionsQuery(request.switches).load_args(request.args)["role"]
    body: Body = rows.Permissions().dump(accounts.permissions(request.world, request.now, role))
    return body


def team_users(request: ViewRequest) -> Reply:
    """The users of a team, including deactivated ones."""
    query = queries.load_page(queries.TeamUsersQuery(request.switches), request.args)
    found = accounts.team_users(request.world, request.now, _team(request, request.path_variables["teamId"]))
    page = pagination.cut(found, query.offset, query.limit, request.switches)
    return _page(page, _USERS.dump(accounts.listed(request.world, request.now, page.items)))


def team_accounts(request: ViewRequest) -> Body:
    """The accounts of a team, counted now."""
    index = _team(request, queries.TeamQuery(request.switches).load_args(request.args)["team"])
    body: Body = rows.TeamCounts().dump(accounts.team_counts(request.world, request.now, index))
    return body


def team(request: ViewRequest) -> Body:
    """A team's name."""
    identifier = request.path_variables["teamId"]
    return {"id": identifier, "name": accounts.team_name(request.world, _team(request, identifier))}


def user(request: ViewRequest) -> Body:
    """A user and the user's team."""
    found = accounts.user(request.world, request.now, _user(request, request.path_variables["user_id"]))
    return {"user": rows.UserInfo().dump(found), "teams": rows.UserTeam().dump(found.team) if found.team else {}}


def organization_usage(request: ViewRequest) -> Body:
    """The usage of everybody."""
    query = _usage_query(request, queries.UsageQuery)
    return _usage(request, query, usage.everybody(request.world))


def team_usage(request: ViewRequest) -> Body:
    """The usage of a team."""
    query = _usage_query(request, queries.TeamUsageQuery)
    count = usage.of_team(request.world, _team(request, query.subject))
    return _usage(request, query, count, teamId=query.subject)


def user_usage(request: ViewRequest) -> Body:
    """The usage of one user."""
    query = _usage_query(request, queries.UserUsageQuery)
    count = usage.of_user(request.world, _user(request, query.subject))
    return _usage(request, query, count, userId=query.subject)


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


def _page(page: pagination.Page, data: list[dict[str, Any]]) -> Reply:
    return Reply({"data": data, "meta": page.meta}, next_page=page.next_page)


def _team(request: ViewRequest, identifier: str) -> int:
    index = accounts.team_index(request.world, identifier)
    if index is None:
        raise errors.unknown("team", identifier)
    return index


def _user(request: ViewRequest, identifier: str) -> AccountTable:
    account = accounts.user_account(request.world, request.now, identifier)
    if account is None:
        raise errors.unknown("user", identifier)
    return account


def _usage_query(request: ViewRequest, schema: type[queries.UsageQuery]) -> queries.UsageParameters:
    query = queries.load_usage(schema(request.switches), request.args)
    if query.organization_id != str(request.world.identities.organization_id):
        raise errors.OrganizationMismatch
    return query


def _usage(request: ViewRequest, query: queries.UsageParameters, count: usage.Count, **subject: str) -> Body:
    omit_empty = request.switches[policy.EMPTY_BUCKETS] is EmptyBuckets.OMITTED
    span = (query.start, query.end, query.granularity)
    buckets = usage.buckets(request.world, *span, request.now, count, omit_empty=omit_empty)
    data = _BUCKETS[request.switches[policy.USAGE_SECTIONS]].dump(buckets)
    return {
        "organizationId": query.organization_id,
        **subject,
        "from": query.start.text,
        "to": query.end.text,
        "usage": {"granularity": query.granularity, "data": data},
    }


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
