"""What `mockserver compare` asks Tabnine's API: requests that only read, and the switches that none can show."""

from dataclasses import replace
from decimal import Decimal
from typing import Any, Final

from mockserver.comparison import pages
from mockserver.comparison.question import Mark, Plan, Question, Values, at, everything
from mockserver.vendors.tabnine import policy

_RANGE: Final = "from={month_ago}T00:00:00Z&to={today}T00:00:00Z"
_OLD: Final = "from=2025-09-01T00:00:00Z&to=2025-10-01T00:00:00Z"
_ORGANIZATION: Final = f"organizationId={{organization}}&{_RANGE}"
_TEAM: Final = f"{_ORGANIZATION}&teamId={{teamId}}"
_USER: Final = f"{_ORGANIZATION}&userId={{user_id}}"
_USAGE, _USAGE_V2, _AGENT = "getOrganizationUsage", "getOrganizationUsageV2", "getOrganizationAgentUsage"
_USERS: Final = "getOrganizationUsers"
_ROWS: Final = everything("data[]")
_NEXT: Final = at("meta.next.offset")
_COSTS_LEAST: Final = 20
_MONTHS: Final = 12


def _decimals(body: Any, _: Values) -> str | None:
    """The most decimals of a cost, where there are many costs."""
    costs = [each for each in everything("usage.data[].modelBreakdown[].cost")(body) or () if each]
    most = max((-int(Decimal(str(each)).as_tuple().exponent) for each in costs), default=0)
    return f"{most} decimals" if len(costs) >= _COSTS_LEAST else None


def _types_add_up(body: Any, _: Values) -> str | None:
    bucket = body["usage"]["data"][0]
    types = sum(each["tokensConsumed"] for each in bucket["agentTypeBreakdown"])
    if not types:
        return None
    return "have all tokens" if types == bucket["totalTokensConsumed"] else "have some of the tokens"


def _messages(body: Any, values: Values) -> str | None:
    """What the agent's messages of v2 are in agent usage."""
    types = body["usage"]["data"][0]["agentTypeBreakdown"]
    counted = {each: sum(row[each] for row in types) for each in ("interactions", "userInitiatedMessages")}
    return next(
        (name for name, number in counted.items() if number and number == values["v2"]["agent"]["messages"]), None
    )


def _as_in_v1(section: str, of_v1: str, kept: str) -> Mark:
    """How a number of v2 is beside that of v1."""

    def mark(body: Any, values: Values) -> str | None:
        new, old = body["usage"]["data"][0][section]["messages"], values[kept][section][of_v1]
        if new == old:
            return "as in v1" if new else None
        return "none in v1" if not old else "none in v2" if not new else "other than in v1"

    return mark


def _dimensions(body: Any, _: Values) -> str | None:
    """What an active user has; the fields are left out where nobody was active."""
    buckets = [each for each in body["usage"]["data"] if each["codeCompletions"]["completions"]]
    found = {"missing" if "ides" not in each else "null" if each["ides"] is None else "text" for each in buckets}
    return found.pop() if len(found) == 1 else None


def _teams(body: Any, _: Values) -> str | None:
    """How many teams there are without a limit, where there are more than the smaller of the defaults."""
    most = int(policy.TeamsDefaultLimit.FIFTY)
    if body["meta"]["total"] <= most:
        return None
    return "has all teams" if len(body["data"]) > most else "has the teams of one page"


def _months(body: Any, _: Values) -> str | None:
    return "more than a year" if len(body) > _MONTHS + 1 else "a year or less"


def _second_page(first: Question, offset: str) -> Question:
    return replace(first, query=first.query.replace("offset=0", f"offset={offset}"))


def _upper(body: Any) -> str:
    return str(body["id"]).upper()


def _section(body: Any) -> Any:
    return body["usage"]["data"][0]


_MANY_TEAMS: Final = {
    "teams": [{"name": f"Team {number}"} for number in range(1, int(policy.TeamsDefaultLimit.FIFTY) + 3)],
    "special": [],
    "budgets": [],
    "console_groups": ["Team 1"],
}


def _bad(operation: str, about: str, query: str) -> Question:
    return Question(operation, about, query, is_bad=True)


def _plain(operation: str, query: str, about: str = "") -> Question:
    return Question(operation, about, query)


def _beside(kept: str) -> dict[str, Mark]:
    return {f"the {each}'s messages": _as_in_v1(each, "interactions", kept) for each in ("chat", "agent")}


PLAN: Final = Plan(
    (
        Question("getOrganization", keeps={"organization": at("id"), "organization_upper": _upper}),
        Question("getTeams", keeps={"teamId": at("data[0].id")}, marks={"the list of teams": _teams}),
        *pages.two(Question("getTeams", "two teams", "offset=0&limit=2"), _ROWS, _NEXT, _second_page),
        Question("getLicense"),
        Question("getInstancePermissions", "", "role=Admin"),
        Question("getOrganizationAccountUtilizations", marks={"the list of months": _months}),
        Question("getTeamAccountUtilizations", "", "teamId={teamId}"),
        *pages.two(
            Question(
                _USERS, "two users", "offset=0&limit=2&teamMember=true&active=true", keeps={"user_id": at("data[0].id")}
            ),
            _ROWS,
            _NEXT,
            _second_page,
        ),
        _plain(_USERS, "offset=0&limit=2", "without filters"),
        _plain(_USERS, "offset=0&limit=100&teamMember=true&active=false", "who has left"),
        _plain(_USERS, "offset=1000000&limit=2&teamMember=true&active=true", "beyond the end"),
        _plain("getTeamUsers", "offset=0&limit=100"),
        *pages.two(Question("getTeamUsers", "two users", "offset=0&limit=2"), _ROWS, _NEXT, _second_page),
        _plain("getTeam", ""),
        _plain("getUser", ""),
        Question(_USAGE, "", f"{_ORGANIZATION}&granularity=all", keeps={"v1": _section}),
        _plain(_USAGE, f"{_ORGANIZATION}&granularity=weekly", "by week"),
        Question(
            _USAGE,
            "days in the future",
            "organizationId={organization}&from={future_from}T00:00:00Z&to={future_to}T00:00:00Z&granularity=daily",
            counted=("usage.data",),
        ),
        Question(
            _USAGE,
            "before the cut-off",
            f"organizationId={{organization}}&{_OLD}&granularity=all",
            keeps={"v1_old": _section},
        ),
        _plain("getTeamUsage", f"{_TEAM}&granularity=all"),
        _plain("getUserUsage", f"{_USER}&granularity=weekly"),
        Question(
            _USAGE_V2,
            "",
            f"{_ORGANIZATION}&granularity=all",
            uses=("v1",),
            marks=_beside("v1"),
            keeps={"v2": _section},
        ),
        _plain(_USAGE_V2, f"{_ORGANIZATION}&granularity=weekly", "by week"),
        Question(
            _USAGE_V2,
            "before the cut-off",
            f"organizationId={{organization}}&{_OLD}&granularity=all",
            uses=("v1_old",),
            marks=_beside("v1_old"),
        ),
        _plain("getTeamUsageV2", f"{_TEAM}&granularity=all"),
        Question("getUserUsageV2", "", f"{_USER}&granularity=daily", marks={"ides of an active user": _dimensions}),
        Question(
            _AGENT,
            "",
            f"{_ORGANIZATION}&granularity=all",
            uses=("v2",),
            marks={"agent types": _types_add_up, "the agent's messages in v2": _messages},
        ),
        Question(_AGENT, "by day", f"{_ORGANIZATION}&granularity=daily", marks={"costs": _decimals}),
        _plain("getTeamAgentUsage", f"{_TEAM}&granularity=all"),
        _plain("getUserAgentUsage", f"{_USER}&granularity=all"),
        _bad(_USERS, "a page of no rows", "offset=0&limit=0&teamMember=true&active=true"),
        _bad(_USERS, "no offset", "limit=2&teamMember=true&active=true"),
        _bad(_USAGE, "another organization", f"organizationId={{made_up_id}}&{_RANGE}&granularity=all"),
        _bad(
            _USAGE,
            "the organization's id in upper case",
            f"organizationId={{organization_upper}}&{_RANGE}&granularity=all",
        ),
        _bad(_USAGE, "a fraction of a second", f"{_ORGANIZATION.replace('00Z', '00.5Z')}&granularity=all"),
        _bad(
            _USAGE, "a date without a time", "organizationId={organization}&from={month_ago}&to={today}&granularity=all"
        ),
        _bad(
            _USAGE,
            "an empty range",
            "organizationId={organization}&from={today}T00:00:00Z&to={today}T00:00:00Z&granularity=all",
        ),
        _bad(
            _USAGE,
            "a range that is too long",
            "organizationId={organization}&from={years_ago_40}T00:00:00Z&to={today}T00:00:00Z&granularity=daily",
        ),
        _bad(_USAGE, "a short granularity", f"{_ORGANIZATION}&granularity=week"),
        _bad(_USAGE, "an unknown granularity", f"{_ORGANIZATION}&granularity=hourly"),
        _bad(_USAGE, "no range", "organizationId={organization}&granularity=all"),
        _bad("getTeamUsage", "an unknown team", f"{_ORGANIZATION}&teamId={{made_up_id}}&granularity=all"),
        _bad("getTeamUsageV2", "an unknown team", f"{_ORGANIZATION}&teamId={{made_up_id}}&granularity=all"),
        _bad(_AGENT, "no granularity", _ORGANIZATION),
        _bad(_AGENT, "no organization", f"{_RANGE}&granularity=all"),
        _bad(_AGENT, "no range", "organizationId={organization}&granularity=all"),
        _bad(_AGENT, "a time with an offset", f"{_ORGANIZATION.replace('00Z', '00%2B00:00')}&granularity=all"),
        _bad("getInstancePermissions", "an unknown role", "role=Nobody"),
        _bad("getOrganizationAccountUtilizations", "a month in the future", "startDate=2190-01"),
        _bad("getOrganizationAccountUtilizations", "a month that does not exist", "startDate=2025-13"),
        Question("getOrganization", "a wrong token", authorization="Bearer wrong", is_bad=True),
        Question("getOrganization", "no path", target="/api/v1/organization/no-such-report", is_bad=True),
        Question(
            "getOrganization",
            "audit logs",
            "limit=1",
            target="/api/v1/organization/audit-logs",
            is_bad=True,
            is_weak=True,
        ),
    ),
    paging=("meta",),
    organizations=({"tabnine_agent": False}, _MANY_TEAMS),
    ordered=(
        "data[].name",
        *(f"usage.data[].modelBreakdown[].{each}" for each in ("tokensConsumed", "model")),
    ),
    unseen={
        policy.FORBIDDEN_EVERYWHERE.name: "it needs a second token, of somebody who is no Admin",
        policy.LEGACY_CUTOFF.name: "only numbers change, and no answer has the date",
    },
    seldom={
        policy.AGENT_UNLICENSED.name: "seen only where the license does not include the agent",
        policy.TEAMS_DEFAULT_LIMIT.name: "seen only with more than fifty teams",
    },
)
"""The questions, and the switches that no answer shows."""
