"""Requests to Tabnine: its operations, switches and defects, and rejected requests."""

from collections.abc import Iterator, Mapping

from mockserver.vendors.tabnine import policy
from tests.digests.requests import BAD_COUNTS, FORBIDDEN, Material, Read, Request, Scene, each, gets, varied
from tests.vendors.tabnine.queries import UNKNOWN

_MOUNT = "/api/v1"
_TEAMS, _MONTHS = f"{_MOUNT}/organization/teams", f"{_MOUNT}/organization/account-utilizations"
_USERS, _ROLES = f"{_MOUNT}/organization/users", f"{_MOUNT}/instance/permissions"
_TEAM, _USER = f"{_MOUNT}/team/{{teamId}}", f"{_MOUNT}/user/{{userId}}"
_ACCOUNTS = f"{_MOUNT}/team/account-utilizations"
_OF_ALL = f"{_MOUNT}/organization/usage?organizationId={{organizationId}}"
_OF_TEAM = f"{_MOUNT}/team/usage?organizationId={{organizationId}}&teamId={{teamId}}"
_OF_USER = f"{_MOUNT}/user/usage?organizationId={{organizationId}}&userId={{userId}}"
_NEWER = "/api/v2"
_OF_ALL_V2 = f"{_NEWER}/organization/usage?organizationId={{organizationId}}"
_OF_TEAM_V2 = f"{_NEWER}/team/usage?organizationId={{organizationId}}&teamId={{teamId}}"
_OF_USER_V2 = f"{_NEWER}/user/usage?organizationId={{organizationId}}&userId={{userId}}"
_AGENT_OF_ALL = f"{_MOUNT}/organization/agent-usage?organizationId={{organizationId}}"
_AGENT_OF_TEAM = f"{_MOUNT}/team/agent-usage?organizationId={{organizationId}}&teamId={{teamId}}"
_AGENT_OF_USER = f"{_MOUNT}/user/agent-usage?organizationId={{organizationId}}&userId={{userId}}"
_NEWER_USAGE = (_OF_ALL_V2, _OF_TEAM_V2, _OF_USER_V2, _AGENT_OF_ALL, _AGENT_OF_TEAM, _AGENT_OF_USER)
_WEEK = "from=2025-09-15T00:00:00Z&to=2025-09-22T00:00:00Z"
_YEAR = "from=2024-10-20T00:00:00Z&to=2025-10-21T10:30:00Z"
_ODD = "from=2025-09-16T14:00:00%2B05:45&to=2025-09-18T11:11:11.5Z"
_MONTHS_USED = "from=2025-07-01T00:00:00Z&to=2025-10-21T10:30:00Z"
_FUTURE = "from=2025-10-01T00:00:00Z&to=2026-02-01T00:00:00Z"

_TARGETS = (
    f"{_MOUNT}/organization",
    f"{_MOUNT}/license",
    _TEAMS,
    f"{_TEAMS}?offset=1&limit=1",
    f"{_TEAMS}?{{next}}",
    f"{_TEAMS}?offset=1000",
    _MONTHS,
    f"{_MONTHS}?startDate=2022-01",
    f"{_MONTHS}?startDate=2025-10",
    *(f"{_ROLES}?role={role}" for role in ("Member", "TeamLead", "Manager", "Admin")),
    _TEAM,
    f"{_MOUNT}/team/{{otherTeamId}}",
    f"{_TEAM}/users?offset=0&limit=0",
    f"{_TEAM}/users?offset=1&limit=2",
    f"{_TEAM}/users?{{next}}",
    f"{_ACCOUNTS}?teamId={{teamId}}",
    f"{_ACCOUNTS}?teamId={{otherTeamId}}",
    _USER,
    f"{_MOUNT}/user/{{otherUserId}}",
    f"{_USERS}?offset=0&limit=100",
    f"{_USERS}?offset=3&limit=2",
    f"{_USERS}?{{next}}",
    f"{_USERS}?offset=9999&limit=10",
    *(f"{_USERS}?offset=0&limit=50&teamMember={member}" for member in ("true", "false")),
    *(f"{_USERS}?offset=0&limit=50&active={active}" for active in ("true", "false")),
    f"{_USERS}?offset=0&limit=20&teamMember=true&active=false",
    *(f"{_OF_ALL}&granularity={name}&{_YEAR}" for name in ("all", "weekly", "monthly")),
    *(f"{whose}&granularity=daily&{_WEEK}" for whose in (_OF_ALL, _OF_TEAM, _OF_USER)),
    *(f"{whose}&granularity=daily&{_ODD}" for whose in (_OF_ALL, _OF_TEAM, _OF_USER)),
    *(f"{whose}&granularity=monthly&{_YEAR}" for whose in (_OF_TEAM, _OF_USER)),
    *(f"{whose}&granularity=all&{_FUTURE}" for whose in (_OF_ALL, _OF_TEAM, _OF_USER)),
    f"{_OF_ALL}&granularity=weekly&{_FUTURE}",
    *(f"{whose}&granularity={name}&{_MONTHS_USED}" for whose in _NEWER_USAGE for name in ("all", "monthly")),
    *(f"{whose}&granularity=daily&{_WEEK}" for whose in _NEWER_USAGE),
)

_LONG = "from=2005-01-01T00:00:00Z&to=2025-10-21T00:00:00Z"
_BATTERY = gets(
    (
        f"{_TEAMS}?limit=2",
        f"{_USERS}?offset=0&limit=0",
        f"{_USERS}?offset=50&limit=50&teamMember=true&active=true",
        f"{_USERS}?offset=x&limit=-1",
        f"{_OF_ALL}&granularity=daily&{_WEEK}",
        f"{_OF_ALL}&granularity=daily&{_ODD}",
        f"{_OF_ALL}&granularity=daily&{_FUTURE}",
        f"{_OF_ALL}&granularity=daily&{_LONG}",
        f"{_OF_USER}&granularity=daily&{_WEEK}",
        f"{_MOUNT}/team/usage?organizationId=another&teamId={{teamId}}&granularity=all&{_WEEK}",
        f"{_MOUNT}/team/nobody",
        *(f"{whose}&granularity=all&{_MONTHS_USED}" for whose in _NEWER_USAGE),
        *(f"{whose}&granularity=day&{_WEEK}" for whose in (_OF_ALL, _OF_USER_V2, _AGENT_OF_ALL)),
        *(f"{whose}&granularity=daily&{_ODD}" for whose in (_OF_USER_V2, _AGENT_OF_ALL)),
        f"{_MOUNT}/organization/agent-usage?{_WEEK}",
        f"{_AGENT_OF_ALL}&{_WEEK}",
        f"{_AGENT_OF_ALL}&granularity=all",
        f"{_NEWER}/user/usage?organizationId={{organizationId}}&userId=nobody&granularity=all&{_WEEK}",
        f"{_OF_ALL_V2}&granularity=monthly&{_FUTURE}",
        f"{_OF_ALL}&granularity=all&from=2025-09-15&to=2025-09-14T00:00:00Z",
        f"{_ROLES}?role=Owner",
        f"{_MONTHS}",
        f"{_TEAMS}",
        f"{_TEAM}/users?offset=0&limit=2",
        f"{_MOUNT}/organization",
        f"{_MOUNT}/organization/audit-logs",
    )
)
_BATTERY.append(Request(f"{_MOUNT}/license", token=FORBIDDEN))
_CLOSED = (f"{_MOUNT}/organization", f"{_USERS}?offset=0&limit=1", _USER, f"{_OF_TEAM}&granularity=all&{_WEEK}")


_ON_ALL = (
    *(f"{_OF_ALL}&granularity={name}&{_YEAR}" for name in ("all", "weekly", "monthly")),
    f"{_OF_ALL}&granularity=daily&{_WEEK}",
)
_ON_ALL_V2 = tuple(f"{_OF_ALL_V2}&granularity={name}&{_WEEK}" for name in ("all", "daily"))
_ON_AGENT = tuple(f"{_AGENT_OF_ALL}&granularity={name}&{_WEEK}" for name in ("all", "daily"))
_ON_TEAM = tuple(f"{_OF_TEAM}&granularity={name}&{_WEEK}" for name in ("all", "daily"))
_ON_USERS = (f"{_USERS}?offset=0&limit=0", f"{_USERS}?offset=0&limit=5", f"{_USERS}?{{next}}")

_DEFECTS = {
    "team-too-large": (_TEAMS, f"{_TEAMS}?limit=2"),
    "user-usage-gap": tuple(f"{_OF_USER}&granularity={name}&{_WEEK}" for name in ("all", "daily")),
    "user-without-completions": tuple(f"{_OF_USER}&granularity={name}&{_WEEK}" for name in ("all", "daily")),
    "team-usage-gap": _ON_TEAM,
    "buckets-gap": _ON_ALL,
    "useful-above-interactions": _ON_ALL,
    "utilization-off-by-one": (_MONTHS, f"{_MONTHS}?startDate=2022-01"),
    "ghost": _ON_USERS,
    "total-off-by-one-row": (*_ON_USERS, f"{_TEAM}/users?offset=0&limit=3"),
    "user-left-out": _ON_USERS,
    "registered-below-active": (_MONTHS, f"{_MONTHS}?startDate=2022-01"),
    "user-of-other-role": (_USER, f"{_MOUNT}/user/{{otherUserId}}"),
    "team-accounts-off-by-one": (f"{_ACCOUNTS}?teamId={{teamId}}",),
    "permission-left-out": (f"{_ROLES}?role=Member", f"{_ROLES}?role=Admin"),
    "seats-too-few": (f"{_MOUNT}/license",),
    "agents-idle": _ON_ALL,
    "active-below-section": _ON_ALL,
    "distinct-users-lost": _ON_ALL,
    "team-active-off-by-one": _ON_TEAM,
    "ratio-off": _ON_ALL,
    "week-shifted": _ON_ALL,
    "negative-keystrokes": _ON_ALL,
    "newer-usage-gap": _ON_ALL_V2,
    "newer-team-gap": (f"{_OF_TEAM_V2}&granularity=all&{_WEEK}",),
    "newer-active-below-section": _ON_ALL_V2,
    "model-message-lost": _ON_ALL_V2,
    "tokens-lost": _ON_AGENT,
    "total-tokens-gap": _ON_AGENT,
    "tokens-of-type-moved": _ON_AGENT,
    "cost-off": _ON_AGENT,
    "agent-user-too-many": _ON_AGENT,
    "messages-above-interactions": _ON_AGENT,
    "negative-tokens": _ON_AGENT,
}

_BAD_TIMESTAMPS = (
    "",
    "2025-09-15",
    "2025-09-15T00:00:00",
    "2025-09-15T24:00:00Z",
    "2025-02-30T00:00:00Z",
    "2025-09-15T00:00:00+02:00",
    "2025-09-15t00:00:00z",
    "0001-01-01T00:00:00%2B23:59",
    "9999-12-31T23:59:59-23:59",
    "1758000000",
    "x" * 300,
)
_IDS = ("", "nobody", "%00", "{userId}", "x" * 300)
_DAILY = f"{_OF_ALL}&granularity=daily&{_WEEK}"
_FAULTY = [
    *each(
        *(varied(_TEAMS, name, BAD_COUNTS) for name in ("offset", "limit")),
        *(varied(f"{_USERS}?offset=0&limit=2", name, BAD_COUNTS) for name in ("offset", "limit")),
        *(varied(f"{_TEAM}/users?offset=0&limit=2", name, BAD_COUNTS) for name in ("offset", "limit")),
        *(
            varied(f"{_USERS}?offset=0&limit=2", name, ("", "TRUE", "1", "yes", "null"))
            for name in ("teamMember", "active")
        ),
        varied(_MONTHS, "startDate", ("", "2025", "2025-13", "2025-1", "2025-10-01", "2025-11", "0001-01", "x" * 300)),
        varied(_ROLES, "role", ("", "member", "Owner", "x" * 300)),
        *(varied(_DAILY, name, _BAD_TIMESTAMPS) for name in ("from", "to")),
        varied(_DAILY, "granularity", ("", "hourly", "DAILY", "x" * 300)),
        varied(_DAILY, "organizationId", _IDS),
        varied(f"{_OF_TEAM}&granularity=all&{_WEEK}", "teamId", _IDS),
        varied(f"{_OF_USER}&granularity=all&{_WEEK}", "userId", ("", "nobody", "%00", "{teamId}", "x" * 300)),
        varied(f"{_ACCOUNTS}?teamId={{teamId}}", "teamId", _IDS),
        *(
            varied(f"{whose}&granularity=daily&{_WEEK}", name, _BAD_TIMESTAMPS)
            for whose in (_OF_ALL_V2, _AGENT_OF_ALL)
            for name in ("from", "to")
        ),
        *(
            varied(f"{whose}&granularity=all&{_WEEK}", name, _IDS)
            for whose, name in ((_OF_TEAM_V2, "teamId"), (_AGENT_OF_ALL, "organizationId"), (_AGENT_OF_TEAM, "teamId"))
        ),
    ),
    *gets(
        (
            _USERS,
            f"{_USERS}?offset=x&limit=x&teamMember=x&active=x",
            f"{_MOUNT}/organization/usage",
            f"{_MOUNT}/team/usage",
            f"{_MOUNT}/user/usage",
            f"{_OF_ALL}&granularity=daily&from=2025-09-22T00:00:00Z&to=2025-09-15T00:00:00Z",
            f"{_OF_ALL}&granularity=daily&from=2025-09-22T00:00:00Z&to=2025-09-22T00:00:00Z",
            *(f"{_OF_ALL}&granularity={name}&{_LONG}" for name in ("daily", "weekly", "all")),
            f"{_TEAMS}?odd=1&limit=1",
            f"{_MOUNT}/license?odd",
        )
    ),
]


def _placeholders(read: Read) -> Mapping[str, str]:
    """Return the first and the last id of teams and users."""
    teams = read(f"{_MOUNT}/organization/teams")["data"] or [{}]
    users = read(f"{_USERS}?offset=0&limit=20")["data"] or [{}]
    return {
        "organizationId": read(f"{_MOUNT}/organization")["id"],
        "teamId": teams[0].get("id", UNKNOWN),
        "otherTeamId": teams[-1].get("id", UNKNOWN),
        "userId": users[0].get("id", UNKNOWN),
        "otherUserId": users[-1].get("id", UNKNOWN),
    }


MATERIAL = Material(
    name="tabnine",
    operations={
        "getOrganization": f"{_MOUNT}/organization",
        "getTeams": f"{_TEAMS}?limit=2",
        "getOrganizationAccountUtilizations": f"{_MONTHS}?startDate=2025-03",
        "getOrganizationUsage": f"{_OF_ALL}&granularity=weekly&{_WEEK}",
        "getOrganizationUsers": f"{_USERS}?offset=0&limit=3",
        "getLicense": f"{_MOUNT}/license",
        "getInstancePermissions": f"{_ROLES}?role=Manager",
        "getTeamAccountUtilizations": f"{_ACCOUNTS}?teamId={{teamId}}",
        "getTeamUsage": f"{_OF_TEAM}&granularity=all&{_WEEK}",
        "getTeamUsers": f"{_TEAM}/users?offset=0&limit=3",
        "getTeam": _TEAM,
        "getUserUsage": f"{_OF_USER}&granularity=daily&{_WEEK}",
        "getUser": _USER,
        "getOrganizationUsageV2": f"{_OF_ALL_V2}&granularity=weekly&{_WEEK}",
        "getTeamUsageV2": f"{_OF_TEAM_V2}&granularity=all&{_WEEK}",
        "getUserUsageV2": f"{_OF_USER_V2}&granularity=daily&{_WEEK}",
        "getOrganizationAgentUsage": f"{_AGENT_OF_ALL}&granularity=weekly&{_WEEK}",
        "getTeamAgentUsage": f"{_AGENT_OF_TEAM}&granularity=all&{_WEEK}",
        "getUserAgentUsage": f"{_AGENT_OF_USER}&granularity=daily&{_WEEK}",
    },
    targets=_TARGETS,
    cheap=(f"{_MOUNT}/organization", f"{_MOUNT}/license", f"{_USERS}?offset=0&limit=2", f"{_USERS}?{{next}}"),
    battery=_BATTERY,
    defects=_DEFECTS,
    faulty=_FAULTY,
    placeholders=_placeholders,
    strange=(
        _MOUNT,
        f"{_MOUNT}/",
        f"{_MOUNT}/nowhere",
        f"{_MOUNT}/organization/",
        f"{_MOUNT}//organization",
        f"{_MOUNT}/organization//teams",
        f"{_MOUNT}/Organization",
        f"{_MOUNT}/team/",
        f"{_MOUNT}/team/nobody",
        f"{_MOUNT}/team/nobody/users?offset=0&limit=1",
        f"{_MOUNT}/user/nobody",
        f"{_MOUNT}/user/{{teamId}}",
        f"{_MOUNT}/user/Gr%C3%B6%C3%9Fe%ff",
        f"{_MOUNT}/team/a%2Fb",
        f"{_MOUNT}/user/{'x' * 500}",
        f"{_MOUNT}/{'deep/' * 20}",
        _NEWER,
        f"{_NEWER}/",
        f"{_NEWER}/organization",
        f"{_NEWER}/organization/usage/",
        f"{_MOUNT}/organization/audit-logs",
    ),
)


def scenes() -> Iterator[Scene]:
    """Yield scenes with the token of a non-Admin, for each option of the switches that affect its answers."""
    for everywhere in policy.FORBIDDEN_EVERYWHERE.options:
        for shape in policy.ERROR_SHAPE.options:
            chosen = {"tabnine": {"forbidden_everywhere": everywhere, "error_shape": shape}}
            items = [Request(target, token=token) for target in _CLOSED for token in (FORBIDDEN, None)]
            yield Scene(f"tabnine closed {everywhere} {shape}", "tabnine", items, policy=chosen)
