"""Probes: what the shared tests send to the Console."""

from typing import Final

from tests.contract.client import Client
from tests.contract.probes import Probes, Queries
from tests.vendors.jetbrains_console import queries
from tests.vendors.jetbrains_console.queries import ADOPTION

_YEAR: Final = "fromDate=2024-10-20&toDate=2025-10-21"


def _answered(_: Client) -> Queries:
    return {path: {**queries.AUTUMN, "groupBy": "month"} for path in queries.EVERY}


PROBES: Final = Probes(
    answered=_answered,
    refused={ADOPTION: {}},
    caught={
        "credits-gap": {"console-buckets-are-their-days", "console-credits-add-up", "cross-vendor-people-add-up"},
        "peak-above-unique": {"console-peak-within-range"},
        "versions-differ": {"console-versions-agree"},
        "console-active-above-enabled": {
            "console-active-spent",
            "console-active-within-enabled",
            "cross-vendor-spenders-are-active",
        },
        "everyone-active": {
            "console-active-spent",
            "console-buckets-are-distinct",
            "cross-vendor-spenders-are-active",
        },
        "month-of-credits-gap": {"console-buckets-are-their-days"},
        "credit-too-many": {"cross-vendor-people-add-up"},
        "month-without-spenders": {"console-buckets-are-distinct"},
        "credits-hidden": {"console-active-spent"},
        "negative-credits": {"console-buckets-are-their-days", "console-credits-add-up", "console-nothing-negative"},
    },
)
