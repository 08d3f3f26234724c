"""What clients of IDE Services should do: its pages and ranges, and the source of its rule for cursors."""

from typing import Final

from mockserver.conduct.advice import Advice, RangeParameters
from mockserver.vendors.jetbrains_ide import policy

_BY_DAY: Final = "groupBy=DAY"

ADVICE: Final = Advice(
    cursor="cursor",
    page_size="limit",
    default_page_sizes={"getUsersPaged": policy.LIMIT_DEFAULT, "getUsers": policy.LIMIT_DEFAULT},
    dates=RangeParameters("fromDate", "toDate"),
    user_lists=frozenset({"getUsers"}),
    daily_operations={
        "getUsersAdoption": _BY_DAY,
        "getMetrics": _BY_DAY,
        "getMetricsByFeature": _BY_DAY,
        "getMetricsTotals": f"{_BY_DAY} at /effectiveness/metrics",
        "getUsersPaged": "",
    },
    sources={"cursor-with-other-filters": "IDE Services' page on AI analytics: a cursor continues its own list"},
)
