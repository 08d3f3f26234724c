"""Tabnine's endpoints, each named by its operationId, and what the gateway knows of their answers."""

from collections.abc import Hashable
from datetime import datetime
from typing import Final

from mockserver.gateway.switches import Switches
from mockserver.gateway.vendor import Route
from mockserver.products import tabnine
from mockserver.products.model import Visibility
from mockserver.simulation.timestamps import DAY, seconds
from mockserver.vendors.tabnine import policy
from mockserver.vendors.tabnine.routes import accounts, agent_usage, usage
from mockserver.vendors.tabnine.schemas import rows


def visibility(now: datetime, switches: Switches) -> Visibility:
    """What is shown of each person and day: the sections in the answers, up to the present second."""
    fields = usage.BUCKETS[switches[policy.USAGE_SECTIONS]].fields
    shown = {field.data_key or name for name, field in fields.items()}
    named = {counter: name for counter, name in rows.COUNTERS.items() if name.partition(".")[0] in shown}
    today = tabnine.until(seconds(now) % DAY + 1)
    return Visibility(tabnine.PRODUCT, now.toordinal(), named, last_variant=today)


def cache_epoch(now: datetime, _: Switches) -> Hashable:
    """On what of the moment an answer depends: the second, since today's data come in as the day goes."""
    return seconds(now)


ROUTES: Final = tuple(
    Route(path, operation, view)
    for path, operation, view in (
        (f"{policy.V1}/organization", "getOrganization", accounts.organization),
        (f"{policy.V1}/organization/teams", "getTeams", accounts.teams),
        (
            f"{policy.V1}/organization/account-utilizations",
            "getOrganizationAccountUtilizations",
            accounts.account_utilizations,
        ),
        (f"{policy.V1}/organization/usage", "getOrganizationUsage", usage.organization_usage),
        (f"{policy.V1}/organization/users", "getOrganizationUsers", accounts.organization_users),
        (f"{policy.V1}/license", "getLicense", accounts.license_terms),
        (f"{policy.V1}/instance/permissions", "getInstancePermissions", accounts.permissions),
        (f"{policy.V1}/team/<teamId>/users", "getTeamUsers", accounts.team_users),
        (f"{policy.V1}/team/account-utilizations", "getTeamAccountUtilizations", accounts.team_accounts),
        (f"{policy.V1}/team/<teamId>", "getTeam", accounts.team),
        (f"{policy.V1}/team/usage", "getTeamUsage", usage.team_usage),
        (f"{policy.V1}/user/<user_id>", "getUser", accounts.user),
        (f"{policy.V1}/user/usage", "getUserUsage", usage.user_usage),
        (f"{policy.V2}/organization/usage", "getOrganizationUsageV2", usage.organization_usage_v2),
        (f"{policy.V2}/team/usage", "getTeamUsageV2", usage.team_usage_v2),
        (f"{policy.V2}/user/usage", "getUserUsageV2", usage.user_usage_v2),
        (f"{policy.V1}/organization/agent-usage", "getOrganizationAgentUsage", agent_usage.organization_usage),
        (f"{policy.V1}/team/agent-usage", "getTeamAgentUsage", agent_usage.team_usage),
        (f"{policy.V1}/user/agent-usage", "getUserAgentUsage", agent_usage.user_usage),
    )
)
"""Werkzeug lets static paths win over templates."""
