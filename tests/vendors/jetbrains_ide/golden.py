"""Answers digests of what IDE Services serves to a list of requests.

Keeping them, and whether they may change, stays out (`tests.vendors.golden`, `test_golden`).
"""

from dataclasses import replace

from mockserver.app import create_app
from tests.conftest import SETTINGS
from tests.contract.client import Client
from tests.vendors import golden
from tests.vendors.jetbrains_ide import asking

ORGANIZATIONS = ("acme", "globex", "initech")
YEAR = "fromDate=2024-10-20&toDate=2025-10-21"
WEEK = "fromDate=2025-09-10&toDate=2025-09-16"
METRICS = "/effectiveness/metrics"
REQUESTS = (
    f"/users-adoption?groupBy=MONTH&{YEAR}",
    f"/users-adoption?groupBy=WEEK&{YEAR}",
    f"/users-adoption?groupBy=DAY&profileId=Default&{WEEK}",
    f"{METRICS}?groupBy=MONTH&{YEAR}",
    f"{METRICS}?tool=junie,claude_code&{WEEK}",
    f"{METRICS}-by-feature?groupBy=WEEK&{YEAR}",
    f"{METRICS}/totals?{YEAR}",
    f"{METRICS}/totals?tool=nes&{WEEK}",
    f"{METRICS}/users.paged?{WEEK}",
    f"{METRICS}/users.paged?limit=1000&sortOrder=DESC&{YEAR}",
    f"{METRICS}/users.paged?limit=100&tool=junie&query={{userId}}&{YEAR}",
)


def digests() -> dict[str, str]:
    """For every organisation and request, the digest of the body at the frozen clock."""
    found: dict[str, str] = {}
    for organization in ORGANIZATIONS:
        app = create_app(replace(SETTINGS, organization=organization))
        client = Client(app, "/api/analytics/ai", f"Bearer mock-jetbrains-ide-{organization}")
        ids = {"userId": asking.page(client, "2025-09-10", "2025-09-16", tool="junie").json["items"][0]["userId"]}
        told = golden.told(client, REQUESTS, ids)
        found |= {f"{organization} {request}": digest for request, digest in told.items()}
    return found
