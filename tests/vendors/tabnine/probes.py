"""Probes: what the shared tests send to Tabnine."""

from collections.abc import Mapping
from typing import Any, Final

from tests.contract.client import Client
from tests.contract.probes import Probes, Queries
from tests.vendors.tabnine import queries

_YEAR: Final = "from=2024-10-20T00:00:00Z&to=2025-10-21T10:30:00Z"
_ODD: Final = "from=2025-09-16T14:00:00%2B05:45&to=2025-09-18T11:11:11.5Z"


def _answered(client: Client) -> Queries:
    """With the usage of a user with chat and the agent, and a year of everybody's; and teams on more than one page."""
    span = ("2025-01-01T00:00:00Z", "2025-10-01T00:00:00Z")
    chatting = next(
        user["id"]
        for user in queries.users(client)
        if all(queries.buckets(client, *span, userId=user["id"])[0][name]["interactions"] for name in ("chat", "agent"))
    )
    ranged = {**queries.span(*span), "organizationId": queries.organization(client)}
    team = queries.teams(client)[0]["id"]
    all_queries = queries.everything(client)
    return {
        **all_queries,
        "/user/usage": {**all_queries["/user/usage"], **queries.span(*span), "userId": chatting},
        **queries.newer(ranged, team, chatting),
        "/organization/teams": {"limit": 2},
    }


def _next_page(body: Any) -> Mapping[str, int] | None:
    found: Mapping[str, int] | None = body["meta"].get("next")
    return found


PROBES: Final = Probes(
    answered=_answered,
    refused={
        "/organization/teams": {"offset": "x"},
        "/organization/account-utilizations": {"startDate": "2099-01"},
        "/organization/audit-logs": {},
    },
    next_page=_next_page,
    caught={
        "team-too-large": {"tabnine-pages-are-the-whole", "tabnine-teams-count-users"},
        "user-usage-gap": {
            "cross-vendor-no-usage-after-leaving",
            "tabnine-organization-is-its-teams",
            "tabnine-team-is-its-users",
        },
        "user-without-completions": {
            "tabnine-counters-have-events",
            "tabnine-organization-is-its-teams",
            "tabnine-team-is-its-users",
        },
        "team-usage-gap": {"tabnine-organization-is-its-teams", "tabnine-team-is-its-users"},
        "buckets-gap": {"tabnine-organization-is-its-teams", "tabnine-v2-is-v1"},
        "useful-above-interactions": {
            "tabnine-buckets-are-the-range",
            "tabnine-buckets-are-their-days",
            "tabnine-organization-is-its-teams",
            "tabnine-parts-within-wholes",
            "tabnine-ratios-are-quotients",
        },
        "utilization-off-by-one": {"tabnine-utilization-is-the-list"},
        "ghost": {
            "cross-vendor-no-rows-after-leaving",
            "cross-vendor-no-usage-after-leaving",
            "cross-vendor-nobody-after-leaving",
            "tabnine-permissions-are-the-list",
            "tabnine-utilization-is-the-list",
        },
        "total-off-by-one-row": {"tabnine-totals-count-rows"},
        "user-left-out": {
            "cross-vendor-no-usage-without-licence",
            "tabnine-members-are-the-teams",
            "tabnine-organization-is-its-teams",
            "tabnine-pages-are-the-whole",
            "tabnine-permissions-are-the-list",
            "tabnine-totals-count-rows",
            "tabnine-utilization-is-the-list",
            "tabnine-v2-organization-is-its-teams",
        },
        "registered-below-active": {"tabnine-active-within-registered"},
        "user-of-other-role": {"tabnine-user-matches-the-list"},
        "team-accounts-off-by-one": {"tabnine-team-accounts-are-the-list"},
        "permission-left-out": {"tabnine-permissions-are-the-list"},
        "seats-too-few": {"tabnine-seats-cover-active"},
        "agents-idle": {
            "tabnine-active-have-events",
            "tabnine-counters-have-events",
            "tabnine-organization-is-its-teams",
            "tabnine-v2-is-v1",
        },
        "active-below-section": {"tabnine-active-between-sections", "tabnine-organization-is-its-teams"},
        "distinct-users-lost": {"tabnine-buckets-are-distinct", "tabnine-organization-is-its-teams"},
        "team-active-off-by-one": {"tabnine-organization-is-its-teams", "tabnine-team-is-its-users"},
        "ratio-off": {"tabnine-ratios-are-quotients"},
        "week-shifted": {"tabnine-buckets-are-distinct", "tabnine-buckets-are-their-days"},
        "negative-keystrokes": {
            "tabnine-nothing-negative",
            "tabnine-organization-is-its-teams",
            "tabnine-ratios-are-quotients",
            "tabnine-v2-is-v1",
        },
        "newer-usage-gap": {
            "tabnine-models-are-their-section",
            "tabnine-v2-days-are-the-range",
            "tabnine-v2-is-v1",
            "tabnine-v2-organization-is-its-teams",
        },
        "newer-team-gap": {"tabnine-v2-organization-is-its-teams"},
        "newer-active-below-section": {"tabnine-v2-organization-is-its-teams", "tabnine-v2-sections"},
        "model-message-lost": {"tabnine-models-are-their-section"},
        "tokens-lost": {"tabnine-tokens-add-up"},
        "total-tokens-gap": {"tabnine-agent-days-are-the-range", "tabnine-tokens-add-up"},
        "tokens-of-type-moved": {"tabnine-tokens-add-up", "tabnine-types-are-the-agents-models"},
        "cost-off": {"tabnine-costs-add-up"},
        "agent-user-too-many": {"tabnine-agent-usage-is-v2s", "tabnine-types-within-bounds"},
        "messages-above-interactions": {"tabnine-types-within-bounds"},
        "negative-tokens": {"tabnine-agent-nothing-negative", "tabnine-tokens-add-up"},
    },
)
