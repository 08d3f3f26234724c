"""What the shared tests send to IDE Services."""

from collections.abc import Mapping
from typing import Any, Final

from tests.contract.client import Client
from tests.contract.probes import Probes, Queries
from tests.vendors.jetbrains_ide import asking

_YEAR: Final = "fromDate=2024-10-20&toDate=2025-10-21"
_WEEK: Final = "fromDate=2025-09-10&toDate=2025-09-16"
_METRICS: Final = "/effectiveness/metrics"


def _answered(_: Client) -> Queries:
    return asking.EVERYTHING


def _ids(client: Client) -> Mapping[str, str]:
    return {"userId": asking.page(client, "2025-09-10", "2025-09-16", tool="junie").json["items"][0]["userId"]}


def _next_page(body: Any) -> Mapping[str, str] | None:
    return {"cursor": body["nextCursor"]} if body.get("nextCursor") else None


PROBES: Final = Probes(
    answered=_answered,
    refused={asking.TOTALS: {}},
    golden=(
        f"/users-adoption?groupBy=MONTH&{_YEAR}",
        f"/users-adoption?groupBy=WEEK&{_YEAR}",
        f"/users-adoption?groupBy=DAY&profileId=Default&{_WEEK}",
        f"{_METRICS}?groupBy=MONTH&{_YEAR}",
        f"{_METRICS}?tool=junie,claude_code&{_WEEK}",
        f"{_METRICS}-by-feature?groupBy=WEEK&{_YEAR}",
        f"{_METRICS}/totals?{_YEAR}",
        f"{_METRICS}/totals?tool=nes&{_WEEK}",
        f"{_METRICS}/users.paged?{_WEEK}",
        f"{_METRICS}/users.paged?limit=1000&sortOrder=DESC&{_YEAR}",
        f"{_METRICS}/users.paged?limit=100&tool=junie&query={{userId}}&{_YEAR}",
    ),
    organizations=("acme", "globex", "initech"),
    ids=_ids,
    next_page=_next_page,
)
