"""Tabnine's thirteen endpoints: load the question, ask for the report, page it, dump it.

Rules, numbers and shapes stay out; they have rooms of their own.
"""

from typing import Any

from flask import Blueprint, request

from mockserver.gateway import view
from mockserver.gateway.vendor import Call
from mockserver.gateway.view import Body
from mockserver.vendors.tabnine import errors, pagination, policy, reports, schemas


def blueprint() -> Blueprint:
    """The routes, each endpoint named by its operationId; Werkzeug lets static paths win over templates."""
    routes = Blueprint(policy.NAME, __name__, url_prefix=policy.MOUNTS[0])
    for path, operation, function in (
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
    ):
        routes.add_url_rule(path, operation, view.answers(function), methods=["GET"], provide_automatic_options=False)
    return routes


def organization(call: Call) -> Body:
    """The organisation of the token."""
    return {
        **schemas.Organization().dump(reports.organization(call.world)),
        "publicKey": policy.PUBLIC_KEY,
        **policy.SETTINGS,
    }


def teams(call: Call) -> Body:
    """The teams, by name."""
    asked = schemas.asked_page(schemas.TeamsQuery(call.values), request.args)
    found = reports.teams(call.world, call.now)
    return pagination.page(found, asked, schemas.Team(many=True).dump, call.values)


def account_utilizations(call: Call) -> Body:
    """Accounts, month by month."""
    asked = schemas.MonthsQuery(call.values).asked(request.args)["start"]
    first = reports.first_month(call.world, call.now, asked, policy.MONTHS_DEFAULT)
    if first is None:
        raise errors.FutureMonth(request.args["startDate"])
    rows: Body = schemas.MonthCounts(many=True).dump(reports.months(call.world, call.now, first))
    return rows


def organization_users(call: Call) -> Body:
    """The users, filtered."""
    asked = schemas.asked_users(request.args, call.values)
    found = reports.users(call.world, call.now, team_member=asked.team_member, active=asked.active)
    return pagination.page(found, asked, _user_rows(call), call.values)


def license_terms(call: Call) -> Body:
    """The license."""
    return {"license": {**schemas.License().dump(reports.license_terms(call.world, call.now)), **policy.LICENSE}}


def permissions(call: Call) -> Body:
    """Who has a role."""
    role = schemas.PermissionsQuery(call.values).asked(request.args)["role"]
    rows: Body = schemas.Permission(many=True).dump(reports.permissions(call.world, call.now, role))
    return rows


def team_users(call: Call) -> Body:
    """The users of a team, deactivated ones among them."""
    asked = schemas.asked_page(schemas.TeamUsersQuery(call.values), request.args)
    found = reports.team_users(call.world, call.now, _team(call, _path("teamId")))
    return pagination.page(found, asked, _user_rows(call), call.values)


def team_accounts(call: Call) -> Body:
    """The accounts of a team, counted now."""
    place = _team(call, schemas.TeamQuery(call.values).asked(request.args)["team"])
    counts: Body = schemas.TeamCounts().dump(reports.team_counts(call.world, call.now, place))
    return counts


def team(call: Call) -> Body:
    """A team's name."""
    identifier = _path("teamId")
    return {"id": identifier, "name": reports.team_name(call.world, _team(call, identifier))}


def user(call: Call) -> Body:
    """A user and the user's team."""
    found = reports.user(call.world, call.now, _user(call, _path("user_id")))
    return {"user": schemas.UserInfo().dump(found), "teams": schemas.UserTeam().dump(found.team) if found.team else {}}


def organization_usage(call: Call) -> Body:
    """What everybody did."""
    asked = schemas.asked_usage(schemas.UsageQuery(call.values), request.args)
    _own(call, asked)
    return _usage(call, asked, reports.everybody(call.world))


def team_usage(call: Call) -> Body:
    """What a team did."""
    asked = schemas.asked_usage(schemas.TeamUsageQuery(call.values), request.args)
    _own(call, asked)
    return _usage(call, asked, reports.of_team(call.world, _team(call, asked.whose)), teamId=asked.whose)


def user_usage(call: Call) -> Body:
    """What one user did."""
    asked = schemas.asked_usage(schemas.UserUsageQuery(call.values), request.args)
    _own(call, asked)
    return _usage(call, asked, reports.of_user(call.world, _user(call, asked.whose)), userId=asked.whose)


def _path(name: str) -> str:
    """A variable of the path; Flask has it for whoever was routed by it."""
    return str((request.view_args or {})[name])


def _team(call: Call, identifier: str) -> int:
    place = reports.team_place(call.world, identifier)
    if place is None:
        raise errors.unknown("team", identifier)
    return place


def _user(call: Call, identifier: str) -> int:
    place = reports.user_place(call.world, call.now, identifier)
    if place is None:
        raise errors.unknown("user", identifier)
    return place


def _own(call: Call, asked: schemas.UsageAsked) -> None:
    if asked.organization_id != str(call.world.identities.organization_id):
        raise errors.ForeignOrganization


def _user_rows(call: Call) -> Any:
    rows = schemas.User(many=True)
    return lambda places: rows.dump(reports.user_rows(call.world, call.now, places))


def _usage(call: Call, asked: schemas.UsageAsked, count: reports.Count, **whose: str) -> Body:
    buckets = reports.usage(call.world, asked.start, asked.end, asked.granularity, call.now, count)
    if call.values["empty_buckets"] == "omitted" and asked.granularity != "all":
        buckets = [bucket for bucket in buckets if not bucket.empty]
    left_out = () if call.values["usage_sections"] == "full" else ("instruct", "agent")
    return {
        "organizationId": asked.organization_id,
        **whose,
        "from": asked.start.text,
        "to": asked.end.text,
        "usage": {"granularity": asked.granularity, "data": schemas.Bucket(many=True, exclude=left_out).dump(buckets)},
    }
