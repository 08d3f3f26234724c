"""What clients of Tabnine should do: its paging and ranges, and how its months are counted."""

from collections.abc import Mapping
from typing import Final

from mockserver.conduct.advice import Advice, RangeParameters, RequestRule
from mockserver.gateway.journal import Entry


def _requests_month_zero(entry: Entry, parameters: Mapping[str, str]) -> bool:
    """Whether a request has month 00, as answers count months and requests do not."""
    months = entry.operation == "getOrganizationAccountUtilizations"
    return months and parameters.get("startDate", "").endswith("-00")


_BY_DAY: Final = "granularity=daily"

ADVICE: Final = Advice(
    offset="offset",
    page_size="limit",
    dates=RangeParameters("from", "to", exclusive=True),
    daily_operations={"getOrganizationUsage": _BY_DAY, "getTeamUsage": _BY_DAY, "getUserUsage": _BY_DAY},
    user_lists=frozenset({"getOrganizationUsers", "getTeamUsers"}),
    rules=(
        RequestRule(
            "month-index",
            "a startDate with month 00",
            "count months from 01 in startDate, and from 0 in the answer",
            _requests_month_zero,
        ),
    ),
    sources={"month-index": "Tabnine's page on usage metrics, account utilizations"},
)
