"""What the shared tests send to the Console."""

from typing import Final

from tests.contract.client import Client
from tests.contract.probes import Probes, Queries
from tests.vendors.jetbrains_console import asking
from tests.vendors.jetbrains_console.asking import ADOPTION, CREDITS, HITS

_YEAR: Final = "fromDate=2024-10-20&toDate=2025-10-21"


def _answered(_: Client) -> Queries:
    return {path: {**asking.AUTUMN, "groupBy": "month"} for path in asking.EVERY}


PROBES: Final = Probes(
    answered=_answered,
    refused={ADOPTION: {}},
    golden=(
        f"{ADOPTION}?{_YEAR}&groupBy=week",
        f"{ADOPTION}?{_YEAR}&groupBy=month&ide=IU,PY",
        f"{ADOPTION}?fromDate=2022-12-20&toDate=2026-01-31&groupBy=year",
        f"{HITS}?{_YEAR}",
        f"{HITS}?{_YEAR}&groupBy=month&ide=GO",
        f"{CREDITS}?{_YEAR}",
        f"{CREDITS}?{_YEAR}&groupBy=month",
    ),
)
