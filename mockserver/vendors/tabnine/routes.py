"""Tabnine's thirteen endpoints: load the question, ask for the report, page it, dump it.

Rules, numbers and shapes stay out; they have rooms of their own.
"""

from datetime import datetime
from typing import Any, Final

from flask import request

from mockserver.gateway.switches import Values
from mockserver.gateway.vendor import Body, RequestContext, Route
from mockserver.products import tabnine
from mockserver.products.visibility import Visibility
from mockserver.simulation.accounts import AccountTable
from mockserver.simulation.instants import DAY, seconds
from mockserver.vendors.tabnine import errors, pagination, policy
from mockserver.vendors.tabnine.reports import accounts, usage
from mockserver.vendors.tabnine.schemas import queries, rows

_USERS: Final = rows.Users()
_BUCKETS: Final = {"full": rows.Buckets(), "first": rows.Buckets(exclude=("instruct", "agent"))}
"""Shapes of long lists, made once: making one costs as much as telling dozens of rows."""


def organization(call: RequestContext) -> Body:
    """The organisation of the token."""
    return {
        **rows.Organization().dump(accounts.organization(call.world)),
        "publicKey": policy.PUBLIC_KEY,
        **policy.SETTINGS,
    }


def teams(call: RequestContext) -> Body:
    """The teams, by name."""
    asked = queries.asked_page(queries.TeamsQuery(call.values), request.args)
    found = accounts.teams(call.world, call.now)
    return pagination.page(found, asked, rows.Team(many=True).dump, call.values)


def account_utilizations(call: RequestContext) -> Body:
    """Accounts, month by month."""
    asked = queries.MonthsQuery(call.values).asked(request.args)["start"]
    first = accounts.first_month(call.world, call.now, asked, policy.MONTHS_DEFAULT)
    if first is None:
        raise errors.FutureMonth(request.args["startDate"])
    told: Body = rows.MonthCounts(many=True).dump(accounts.months(call.world, call.now, first))
    return told


def organization_users(call: RequestContext) -> Body:
    """The users, filtered."""
    asked = queries.asked_users(request.args, call.values)
    found = accounts.users(call.world, call.now, team_member=asked.team_member, active=asked.active)
    return pagination.page(found, asked, _user_rows(call), call.values)


def license_terms(call: RequestContext) -> Body:
    """The license."""
    return {"license": {**rows.License().dump(accounts.license_terms(call.world, call.now)), **policy.LICENSE}}


def permissions(call: RequestContext) -> Body:
    """Who has a role."""
    role = queries.PermissionsQuery(call.values).asked(request.args)["role"]
    told: Body = rows.Permissions().dump(accounts.permissions(call.world, call.now, role))
    return told


def team_users(call: RequestContext) -> Body:
    """The users of a team, deactivated ones among them."""
    asked = queries.asked_page(queries.TeamUsersQuery(call.values), request.args)
    found = accounts.team_users(call.world, call.now, _team(call, _path("teamId")))
    return pagination.page(found, asked, _user_rows(call), call.values)


def team_accounts(call: RequestContext) -> Body:
    """The accounts of a team, counted now."""
    place = _team(call, queries.TeamQuery(call.values).asked(request.args)["team"])
    told: Body = rows.TeamCounts().dump(accounts.team_counts(call.world, call.now, place))
    return told


def team(call: RequestContext) -> Body:
    """A team's name."""
    identifier = _path("teamId")
    return {"id": identifier, "name": accounts.team_name(call.world, _team(call, identifier))}


def user(call: RequestContext) -> Body:
    """A user and the user's team."""
    found = accounts.user(call.world, call.now, _user(call, _path("user_id")))
    return {"user": rows.UserInfo().dump(found), "teams": rows.UserTeam().dump(found.team) if found.team else {}}


def organization_usage(call: RequestContext) -> Body:
    """What everybody did."""
    asked = queries.asked_usage(queries.UsageQuery(call.values), request.args)
    _own(call, asked)
    return _usage(call, asked, usage.everybody(call.world))


def team_usage(call: RequestContext) -> Body:
    """What a team did."""
    asked = queries.asked_usage(queries.TeamUsageQuery(call.values), request.args)
    _own(call, asked)
    return _usage(call, asked, usage.of_team(call.world, _team(call, asked.whose)), teamId=asked.whose)


def user_usage(call: RequestContext) -> Body:
    """What one user did."""
    asked = queries.asked_usage(queries.UserUsageQuery(call.values), request.args)
    _own(call, asked)
    return _usage(call, asked, usage.of_user(call.world, _user(call, asked.whose)), userId=asked.whose)


def seen(now: datetime, values: Values) -> Visibility:
    """What is shown of each person and day: the sections that are told, up to the present second."""
    shape = _BUCKETS[str(values["usage_sections"])]
    told = {field.data_key or name for name, field in shape.fields.items()}
    named = {counter: name for counter, name in rows.COUNTERS.items() if name.partition(".")[0] in told}
    today = tabnine.until(seconds(now) % DAY + 1)
    return Visibility(tabnine.PRODUCT, now.toordinal(), named, last_variant=today)


def _path(name: str) -> str:
    """A variable of the path; Flask has it for whoever was routed by it."""
    return str((request.view_args or {})[name])


def _team(call: RequestContext, identifier: str) -> int:
    place = accounts.team_place(call.world, identifier)
    if place is None:
        raise errors.unknown("team", identifier)
    return place


def _user(call: RequestContext, identifier: str) -> AccountTable:
    account = accounts.user_account(call.world, call.now, identifier)
    if account is None:
        raise errors.unknown("user", identifier)
    return account


def _own(call: RequestContext, asked: queries.UsageAsked) -> None:
    if asked.organization_id != str(call.world.identities.organization_id):
        raise errors.ForeignOrganization


def _user_rows(call: RequestContext) -> Any:
    return lambda places: _USERS.dump(accounts.listed(call.world, call.now, places))


def _usage(call: RequestContext, asked: queries.UsageAsked, count: usage.Count, **whose: str) -> Body:
    over = (asked.start, asked.end, asked.granularity)
    buckets = usage.buckets(call.world, *over, call.now, count, omit_empty=call.values["empty_buckets"] == "omitted")
    return {
        "organizationId": asked.organization_id,
        **whose,
        "from": asked.start.text,
        "to": asked.end.text,
        "usage": {"granularity": asked.granularity, "data": _BUCKETS[str(call.values["usage_sections"])].dump(buckets)},
    }


ROUTES: Final = tuple(
    Route(policy.MOUNTS[0] + path, operation, answered)
    for path, operation, answered in (
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
