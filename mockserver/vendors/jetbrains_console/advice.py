"""What clients of the Console should do: its ranges, its access tokens, and the version of a report."""

from collections.abc import Mapping
from typing import Final

from mockserver.conduct.advice import Advice, RangeParameters, RequestRule
from mockserver.gateway.journal import Entry


def _requests_older_version(entry: Entry, _: Mapping[str, str]) -> bool:
    """Whether it requests a report under v1 whose documented path is under v2."""
    return entry.operation == "getLimitHitsV1"


_REPORTS: Final = ("getUsersAdoption", "getLimitHits", "getQuotaConsumption")

ADVICE: Final = Advice(
    dates=RangeParameters("fromDate", "toDate"),
    daily_operations={f"{report}{version}": "groupBy=day" for report in _REPORTS for version in ("V1", "V2")},
    issuing_operation="createToken",
    rules=(
        RequestRule(
            "older-version",
            "limit-hits requested under v1, which is documented under v2",
            "request limit-hits under /metrics/api/v2",
            _requests_older_version,
        ),
    ),
    sources={"older-version": "the public path of limit-hits, which is v2"},
)
