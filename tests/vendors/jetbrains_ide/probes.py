"""Probes: what the shared tests send to IDE Services."""

from collections.abc import Mapping
from typing import Any, Final

from tests.contract.client import Client
from tests.contract.probes import Probes, Queries
from tests.vendors.jetbrains_ide import queries

_YEAR: Final = "fromDate=2024-10-20&toDate=2025-10-21"
_WEEK: Final = "fromDate=2025-09-10&toDate=2025-09-16"
_METRICS: Final = "/effectiveness/metrics"


def _answered(_: Client) -> Queries:
    return {**queries.EVERYTHING, **queries.LISTS}


def _next_page(body: Any) -> Mapping[str, str] | None:
    return {"cursor": body["nextCursor"]} if body.get("nextCursor") else None


PROBES: Final = Probes(
    answered=_answered,
    refused={queries.TOTALS: {}, f"{queries.LISTED_USERS}/x/profiles": {}},
    next_page=_next_page,
    caught={
        "feature-gap": {"ide-features-are-metrics", "ide-rows-are-features", "ide-tools-are-features"},
        "totals-off-by-one": {"ide-totals-are-metrics", "ide-totals-are-people"},
        "acceptances-above-suggestions": {
            "ide-accepted-within-suggested",
            "ide-buckets-are-their-days",
            "ide-features-are-metrics",
            "ide-tools-are-features",
            "ide-totals-are-metrics",
        },
        "active-above-enabled": {"ide-active-within-enabled", "ide-profiles-are-everybody"},
        "rows-swapped": {"ide-descending-is-reversed", "ide-pages-are-the-whole", "ide-rows-are-in-order"},
        "email-mismatch": {"cross-vendor-addresses-agree", "ide-pages-are-the-whole", "ide-users-are-listed"},
        "row-without-anything": {
            "ide-pages-are-the-whole",
            "ide-rows-are-features",
            "ide-rows-are-not-empty",
            "ide-totals-are-people",
        },
        "active-users-lost": {"cross-vendor-spenders-are-active", "ide-rows-within-active"},
        "month-without-users": {"ide-buckets-are-distinct"},
        "week-begins-on-tuesday": {"ide-buckets-are-their-days"},
        "first-user-missing": {"ide-pages-are-the-whole", "ide-users-are-listed"},
        "last-profile-missing": {"ide-profiles-are-everybody"},
        "row-lost-between-pages": {"ide-pages-are-the-whole"},
        "cursor-leads-back": {"ide-pages-are-the-whole"},
        "negative-suggestions": {
            "ide-accepted-within-suggested",
            "ide-features-are-metrics",
            "ide-nothing-negative",
            "ide-rows-are-features",
            "ide-tools-are-features",
        },
    },
)
