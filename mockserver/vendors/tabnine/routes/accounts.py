"""Views of the organization, its teams, its users and its license: load the query, ask for the report, dump it."""

from typing import Final

from mockserver.gateway.vendor import Body, Reply, ViewRequest
from mockserver.products.tabnine import options
from mockserver.simulation.hashing import I64
from mockserver.vendors.tabnine import errors, pagination, policy
from mockserver.vendors.tabnine.policy import LaterFields, TeamOrder, UserRows, UtilizationDefault
from mockserver.vendors.tabnine.reports import accounts
from mockserver.vendors.tabnine.routes import lookup
from mockserver.vendors.tabnine.schemas import queries, rows

_USERS: Final = rows.ListedUsers()
_USERS_WITH_TEAM: Final = rows.ListedUsersWithTeam()
_MEMBERS: Final = rows.ListedUsers(exclude=("deactivated_at", "updated_at"))
_ORGANIZATION: Final = rows.OrganizationInfo()
_TEAMS: Final = rows.TeamRow(many=True)
_LATER_TEAMS: Final = rows.LaterTeamRow(many=True)
_MONTHS: Final = rows.MonthCounts(many=True)
_LICENSE: Final = rows.License()
_PERMISSIONS: Final = rows.Permissions()
_TEAM_COUNTS: Final = rows.TeamCounts()
_USER: Final = rows.UserInfo()
"""Schemas, made once: making one costs as much as dumping dozens of rows."""


def organization(request: ViewRequest) -> Body:
    """The organization of the token."""
    found = _ORGANIZATION.dump(request.world)
    own = options.of(request.world.organization).settings
    later = {"oauthEnabled": policy.OAUTH_ENABLED} if _shows_later_fields(request) else {}
    return {**found, "publicKey": policy.PUBLIC_KEY, **policy.SETTINGS, **own, **later}


def teams(request: ViewRequest) -> Reply:
    """The teams, by name or in the order of the file."""
    page = queries.OffsetPage(**queries.TeamsQuery.parse(request))
    found = lookup.directory(request).teams(by_name=request.switches[policy.TEAM_ORDER] is TeamOrder.NAME)
    schema = _LATER_TEAMS if _shows_later_fields(request) else _TEAMS
    return pagination.reply(found, page.offset, page.limit, schema.dump, request.switches)


def account_utilizations(request: ViewRequest) -> Reply:
    """Accounts, month by month."""
    start = queries.MonthsQuery.parse(request)["start"]
    if start is not None and start > request.now.date():
        raise errors.FutureMonth(request.args["startDate"])
    if start is None and request.switches[policy.UTILIZATION_DEFAULT] is UtilizationDefault.HISTORY:
        start = request.world.organization.first_day
    return Reply(_MONTHS.dump(lookup.directory(request).months(start)))


def organization_users(request: ViewRequest) -> Reply:
    """The users, filtered."""
    page = queries.FilteredPage(**queries.FilteredUsersQuery.parse(request))
    found = lookup.directory(request).users(in_team=page.team_member, active=page.active)
    return _users(request, page, found, _USERS if _has_first_rows(request) else _USERS_WITH_TEAM)


def team_users(request: ViewRequest) -> Reply:
    """The users of a team, including deactivated ones."""
    page = queries.OffsetPage(**queries.TeamUsersQuery.parse(request))
    team = lookup.team(request, request.path_variables["teamId"])
    found = lookup.directory(request).users(team=team)
    return _users(request, page, found, _USERS if _has_first_rows(request) else _MEMBERS)


def license_terms(request: ViewRequest) -> Body:
    """The license."""
    found = _LICENSE.dump(accounts.license_terms(request.world, request.now))
    return {"license": {**found, **policy.LICENSE, **options.of(request.world.organization).license}}


def permissions(request: ViewRequest) -> Reply:
    """The users with a role."""
    role = queries.PermissionsQuery.parse(request)["role"]
    found = lookup.directory(request).users(active=True, role=role)
    return Reply(_PERMISSIONS.dump(lookup.directory(request).listed(found)))


def team_accounts(request: ViewRequest) -> Reply:
    """The accounts of a team, counted now."""
    index = lookup.team(request, queries.TeamQuery.parse(request)["team"])
    return Reply(_TEAM_COUNTS.dump(lookup.directory(request).team_counts(index)))


def team(request: ViewRequest) -> Body:
    """A team's id and name."""
    identifier = request.path_variables["teamId"]
    return {"id": identifier, "name": request.world.organization.teams[lookup.team(request, identifier)].name}


def user(request: ViewRequest) -> Body:
    """A user and the user's team."""
    account = lookup.user(request, request.path_variables["user_id"])
    [found] = _USER.dump(lookup.directory(request).listed(slice(None), account))
    team = int(account.team[0])
    if team < 0:
        return {"user": found, "teams": {}}
    team_id = str(request.world.identities.team_id_of(team))
    return {"user": found, "teams": {"team_id": team_id, "team_name": request.world.organization.teams[team].name}}


def _shows_later_fields(request: ViewRequest) -> bool:
    return request.switches[policy.LATER_FIELDS] is LaterFields.PRESENT


def _has_first_rows(request: ViewRequest) -> bool:
    return request.switches[policy.USER_ROWS] is UserRows.FIRST


def _users(request: ViewRequest, page: queries.OffsetPage, positions: I64, schema: rows.ListedUsers) -> Reply:
    directory = lookup.directory(request)
    return pagination.reply(
        positions, page.offset, page.limit, lambda chosen: schema.dump(directory.listed(chosen)), request.switches
    )
