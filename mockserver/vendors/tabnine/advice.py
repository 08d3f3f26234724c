"""What clients of Tabnine should do: its paging and ranges, and how its months are counted."""

from collections.abc import Mapping
from typing import Final

from mockserver.conduct.advice import Advice, RangeParameters, RequestRule
from mockserver.gateway.journal import Entry


def _requests_month_zero(entry: Entry, parameters: Mapping[str, str]) -> bool:
    """Whether a request has month 00, as answers count months and requests do not."""
    months = entry.operation == "getOrganizationAccountUtilizations"
    return months and parameters.get("startDate", "").endswith("-00")


def _lacks_agent_range(entry: Entry, parameters: Mapping[str, str]) -> bool:
    """Whether agent usage is requested without from or to, which the live service answers with a 500."""
    is_agent_usage = (entry.operation or "").endswith("AgentUsage")
    return is_agent_usage and not {"from", "to"} <= parameters.keys()


_BY_DAY: Final = "granularity=daily"
_USAGE: Final = tuple(
    f"get{subject}{usage}"
    for subject in ("Organization", "Team", "User")
    for usage in ("Usage", "UsageV2", "AgentUsage")
)

ADVICE: Final = Advice(
    offset="offset",
    page_size="limit",
    dates=RangeParameters("from", "to", exclusive=True),
    daily_operations=dict.fromkeys(_USAGE, _BY_DAY),
    user_lists=frozenset({"getOrganizationUsers", "getTeamUsers"}),
    rules=(
        RequestRule(
            "month-index",
            "a startDate with month 00",
            "count months from 01 in startDate, and from 0 in the answer",
            _requests_month_zero,
        ),
        RequestRule(
            "agent-range",
            "agent usage without from or to",
            "send both; without them the answer is a 500, which sending again does not cure",
            _lacks_agent_range,
        ),
    ),
    sources={
        "month-index": "Tabnine's page on usage metrics, account utilizations",
        "agent-range": "observed at the live service: startDate and endDate are no parameters of agent usage",
    },
)
