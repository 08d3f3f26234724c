"""Probes: what the shared tests send to Augment."""

from collections.abc import Mapping
from typing import Any, Final

from tests.contract.client import Client
from tests.contract.probes import Probes, Queries

_RECORDS: Final = "/daily-user-activity-by-editor-language"
_RANGE: Final = {"start_date": "2025-10-13", "end_date": "2025-10-20"}
_SUNDAY: Final = {"date": "2025-10-19"}
"""On a Sunday there are so few people that service accounts, which come last, are on the first page."""


def _answered(_: Client) -> Queries:
    return {
        "/dau-count": _RANGE,
        "/dau": _SUNDAY,
        "/daily-usage": _RANGE,
        "/user-activity": {**_RANGE, "page_size": 100},
        _RECORDS: _SUNDAY,
        "/credit-usage-by-user": {**_RANGE, "by_date": "true", "by_model": "true", "page_size": 500},
    }


_RESOURCE: Final = {"group_by_keys": ["COST_ANALYTICS_GROUP_BY_RESOURCE"]}
_BUDGETS: Final = {"resource": "BUDGET_RESOURCE_CREDITS_CONSUMED", "period": "BUDGET_PERIOD_MONTHLY"}
_BUDGET: Final = {"user_email": "ada@acme.example", **_BUDGETS, "config": {"limit": "5000"}}


def _next_page(body: Any) -> Mapping[str, str] | None:
    links = body["pagination"]
    return {"cursor": links["next_cursor"]} if links["has_more"] else None


PROBES: Final = Probes(
    answered=_answered,
    refused={"/dau": {"page_size": 0}},
    posted=(
        ("/cost-analytics", {}),
        ("/cost-analytics", _RESOURCE),
        ("/cost-analytics", {"group_by_keys": ["COST_ANALYTICS_GROUP_BY_USER"]}),
        ("/set-user-budget-overrides", {"overrides": [_BUDGET]}),
        ("/get-user-budget-overrides", _BUDGETS),
    ),
    next_page=_next_page,
    caught={
        "dau-count-off-by-one": {"augment-counts-are-lists"},
        "duplicate-row": {
            "augment-counts-are-lists",
            "augment-metadata-counts-rows",
            "augment-nobody-twice",
            "augment-pages-are-the-whole",
        },
        "lost-row": {
            "augment-active-days-are-lists",
            "augment-active-have-events",
            "augment-counts-are-lists",
            "augment-metadata-counts-rows",
            "augment-pages-are-the-whole",
            "augment-spenders-are-active",
        },
        "users-sum-gap": {
            "augment-pages-are-the-whole",
            "augment-lines-have-events",  # The user had only this completion on a day.
            "augment-records-are-users",
            "augment-users-are-days",
        },
        "records-gap": {"augment-pages-are-the-whole", "augment-records-are-users"},
        "lines-without-messages": {"augment-lines-have-events", "augment-records-are-users"},
        "total-off-by-one": {"augment-totals-are-parts", "augment-users-are-days"},
        "active-days-off-by-one": {"augment-active-days-are-lists", "augment-pages-are-the-whole"},
        "accepted-above-suggested": {"augment-accepted-within-suggested", "augment-users-are-days"},
        "active-without-events": {
            "augment-active-have-events",
            "augment-pages-are-the-whole",
            "augment-records-are-users",
            "augment-users-are-days",
        },
        "day-left-out": {"augment-days-are-counted", "augment-metadata-counts-rows", "augment-users-are-days"},
        "thin-pages": {
            "augment-active-days-are-lists",
            "augment-metadata-counts-rows",
            "augment-records-are-users",
            "augment-users-are-days",
            "augment-users-are-distinct",
        },
        "returned-count-off-by-one": {"augment-metadata-counts-rows"},
        "effective-start-lost": {"augment-effective-days-are-requested"},
        "user-credits-gap": {"augment-costs-are-credits", "augment-pages-are-the-whole"},
        "model-credits-gap": {"augment-credits-are-parts"},
        "cost-point-twice": {"augment-cost-points-add-up", "augment-costs-are-credits", "augment-pages-are-the-whole"},
        "billed-off-by-a-dollar": {"augment-billed-is-base-and-surcharge", "augment-pages-are-the-whole"},
        "negative-lines": {"augment-nothing-negative", "augment-totals-are-parts", "augment-users-are-days"},
    },
)
