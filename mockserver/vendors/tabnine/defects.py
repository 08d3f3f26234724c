"""Defects that can be armed in Tabnine's answers; `gateway.defects` has the changes that every vendor uses."""

from datetime import date
from typing import Any

from mockserver.gateway.defects import (
    WEEKS,
    Defect,
    drop_first,
    each,
    exceed,
    increment,
    negative,
    set_to,
    shift_days,
    when_spaced,
)

_BUCKETS = "usage.data"


def _increment_last_month(body: Any) -> None:
    for month in body[-1:]:
        month["active"] += 1


def _deactivate(row: Any) -> None:
    row["deactivatedAt"] = row["deactivatedAt"] or "2020-01-01T00:00:00Z"


def _register_too_few(row: Any) -> None:
    row["registered"] = row["active"] - 1


def _clear_active_users(row: Any) -> None:
    begins, ends = (date.fromisoformat(row[name][:10]) for name in ("from", "to"))
    if (ends - begins).days > 1:
        row["activeUsers"] = 0


def _swap_role(row: Any) -> None:
    row["role"] = "Member" if row["role"] == "Admin" else "Admin"


def _lose_message(bucket: Any) -> None:
    for row in bucket["agent"].get("models", ())[:1]:
        row["messages"] -= 1


def _add_message(bucket: Any) -> None:
    bucket["chat"]["messages"] += 1


def _add_tokens(bucket: Any) -> None:
    for name in ("totalInputTokens", "totalTokensConsumed"):
        increment(name)(bucket)


def _move_tokens(bucket: Any) -> None:
    for kind in bucket.get("agentTypeBreakdown", ())[:1]:
        for row in kind["modelBreakdown"][:1]:
            increment("inputTokens")(row)
            increment("outputTokens", by=-1)(row)


def _raise_cost(bucket: Any) -> None:
    for row in bucket.get("agentTypeBreakdown", ())[:1]:
        increment("cost")(row)


def _send_more_than_all(bucket: Any) -> None:
    for row in bucket.get("agentTypeBreakdown", ()):
        row["userInitiatedMessages"] = row["interactions"] + 1


DEFECTS = (
    Defect("team-too-large", ("getTeams",), "A team counts one user more than it lists.", increment("usersCount",
           "data")),
    Defect("user-usage-gap", ("getUserUsage",), "A user has one completion more than counted elsewhere.",
           increment("codeCompletions.completions", _BUCKETS)),
    Defect("user-without-completions", ("getUserUsage",), "A user has lines of completions, but no completion.",
           set_to(0, _BUCKETS, "codeCompletions.completions")),
    Defect("team-usage-gap", ("getTeamUsage",), "A team has one interaction more than its users.",
           increment("chat.interactions", _BUCKETS)),
    Defect("buckets-gap", ("getOrganizationUsage",), "One bucket of an answer has one line too many.",
           increment("chat.lines", _BUCKETS)),
    Defect("useful-above-interactions", ("getOrganizationUsage",), "More answers were of use than given.",
           exceed("chat.usefulChatInteractions", "chat.interactions", _BUCKETS)),
    Defect("utilization-off-by-one", ("getOrganizationAccountUtilizations",),
           "The latest month has one active account too many.", _increment_last_month),
    Defect("ghost", ("getOrganizationUsers",), "People who are at work left long ago.", each("data", _deactivate)),
    Defect("total-off-by-one-row", ("getOrganizationUsers", "getTeamUsers"), "A list's total has one row too many.",
           increment("total", "meta")),
    Defect("user-left-out", ("getOrganizationUsers",), "Each page leaves out its first user.", drop_first("data")),
    Defect("registered-below-active", ("getOrganizationAccountUtilizations",),
           "More accounts were active in a month than registered.", each("", _register_too_few)),
    Defect("user-of-other-role", ("getUser",), "A user has another role than in the lists.", each("user", _swap_role)),
    Defect("team-accounts-off-by-one", ("getTeamAccountUtilizations",), "A team has one account more than users.",
           increment("registered")),
    Defect("permission-left-out", ("getInstancePermissions",), "The first user of a role is left out.", drop_first("")),
    Defect("seats-too-few", ("getLicense",), "There is one seat for everybody.", set_to(1, "license", "seats")),
    Defect("agents-idle", ("getOrganizationUsage",), "People used the agent, without any interaction.",
           set_to(0, _BUCKETS, "agent.interactions")),
    Defect("active-below-section", ("getOrganizationUsage",), "Nobody is active, though somebody is in a section.",
           set_to(0, _BUCKETS, "activeUsers")),
    Defect("distinct-users-lost", ("getOrganizationUsage",), "In what is longer than a day, nobody is active.",
           each(_BUCKETS, _clear_active_users)),
    Defect("team-active-off-by-one", ("getTeamUsage",), "A team has an active user more than are in it.",
           increment("codeCompletions.activeUsers", _BUCKETS)),
    Defect("ratio-off", ("getOrganizationUsage",), "All that was written came from completions.",
           set_to(1, _BUCKETS, "codeCompletions.automationFactor")),
    Defect("week-shifted", ("getOrganizationUsage",), "Weeks begin on Tuesday.",
           when_spaced(_BUCKETS, "from", *WEEKS, shift_days(_BUCKETS, "from", "to"))),
    Defect("negative-keystrokes", ("getOrganizationUsage",), "Keystrokes are below 0.",
           negative("codeCompletions.keystrokes", _BUCKETS)),
    Defect("newer-usage-gap", ("getOrganizationUsageV2",), "Every bucket of v2 has a message too many.",
           each(_BUCKETS, _add_message)),
    Defect("newer-team-gap", ("getTeamUsageV2",), "A team has one completion too many in v2.",
           increment("codeCompletions.completions", _BUCKETS)),
    Defect("newer-active-below-section", ("getOrganizationUsageV2",), "Nobody is active in v2, except in a section.",
           set_to(0, _BUCKETS, "activeUsers")),
    Defect("model-message-lost", ("getOrganizationUsageV2",), "A model of the agent has one message too few.",
           each(_BUCKETS, _lose_message)),
    Defect("tokens-lost", ("getOrganizationAgentUsage",), "A model has one token too few.",
           each(_BUCKETS, increment("outputTokens", "modelBreakdown", by=-1))),
    Defect("total-tokens-gap", ("getOrganizationAgentUsage",), "Every bucket has a token more than its models.",
           each(_BUCKETS, _add_tokens)),
    Defect("tokens-of-type-moved", ("getOrganizationAgentUsage",), "A type of agent read a token that it wrote.",
           each(_BUCKETS, _move_tokens)),
    Defect("cost-off", ("getOrganizationAgentUsage",), "A type of agent costs a dollar too much.",
           each(_BUCKETS, _raise_cost)),
    Defect("agent-user-too-many", ("getOrganizationAgentUsage",), "One bucket of agent usage has a user too many.",
           increment("activeUsers", _BUCKETS)),
    Defect("messages-above-interactions", ("getOrganizationAgentUsage",), "People sent more messages than there were.",
           each(_BUCKETS, _send_more_than_all)),
    Defect("negative-tokens", ("getOrganizationAgentUsage",), "Tokens are below 0.",
           negative("totalInputTokens", _BUCKETS)),
)  # fmt: skip
