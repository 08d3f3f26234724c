"""Answers digests of what Augment serves to a list of requests.

Keeping them, and whether they may change, stays out (`tests.vendors.golden`, `test_golden`).
"""

from dataclasses import replace

from mockserver.app import create_app
from tests.conftest import SETTINGS
from tests.contract.client import Client
from tests.vendors import golden

ORGANIZATIONS = ("acme", "documented", "globex", "initech")
RECORDS = "/daily-user-activity-by-editor-language"
REQUESTS = (
    "/dau-count?start_date=2025-07-23&end_date=2025-10-20",
    "/dau-count?start_date=2023-10-20&end_date=2024-01-17",
    "/dau?date=2025-10-15&page_size=250",
    "/dau?date=2025-10-15&page_size=50",
    "/daily-usage?start_date=2025-07-23&end_date=2025-10-20",
    "/daily-usage?start_date=2024-02-26&end_date=2024-03-03",
    "/user-activity?start_date=2025-10-14&end_date=2025-10-20&page_size=100",
    "/user-activity?start_date=2025-07-23&end_date=2025-10-20&page_size=10",
    f"{RECORDS}?date=2025-10-15&page_size=100",
    f"{RECORDS}?date=2025-09-17&page_size=20",
)


def digests() -> dict[str, str]:
    """For every organisation and request, the digest of the body at the frozen clock."""
    found: dict[str, str] = {}
    for organization in ORGANIZATIONS:
        app = create_app(replace(SETTINGS, organization=organization))
        client = Client(app, "/analytics/v0", f"Bearer mock-augment-{organization}")
        found |= {f"{organization} {request}": digest for request, digest in golden.told(client, REQUESTS).items()}
    return found
