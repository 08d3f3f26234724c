"""Answers digests of what the Console serves to a list of requests.

Keeping them, and whether they may change, stays out (`tests.vendors.golden`, `test_golden`).
"""

from dataclasses import replace

from mockserver.app import create_app
from tests.conftest import SETTINGS
from tests.contract import client as clients
from tests.vendors import golden
from tests.vendors.jetbrains_console import asking
from tests.vendors.jetbrains_console.asking import ADOPTION, CREDITS, HITS

ORGANIZATIONS = ("acme", "documented", "globex", "initech")
YEAR = "fromDate=2024-10-20&toDate=2025-10-21"
REQUESTS = (
    f"{ADOPTION}?{YEAR}&groupBy=week",
    f"{ADOPTION}?{YEAR}&groupBy=month&ide=IU,PY",
    f"{ADOPTION}?fromDate=2022-12-20&toDate=2026-01-31&groupBy=year",
    f"{HITS}?{YEAR}",
    f"{HITS}?{YEAR}&groupBy=month&ide=GO",
    f"{CREDITS}?{YEAR}",
    f"{CREDITS}?{YEAR}&groupBy=month",
)


def digests() -> dict[str, str]:
    """For every organisation, role and request, the digest of the body at the frozen clock; and acme's token."""
    found: dict[str, str] = {}
    for organization in ORGANIZATIONS:
        app = create_app(replace(SETTINGS, organization=organization))
        client = clients.opened(app, asking.VENDOR, f"mock-jetbrains-console-{organization}", "/metrics/api")
        found[f"{organization} token"] = golden.digest(str(client.authorization).encode())
        found |= {f"{organization} {request}": digest for request, digest in golden.told(client, REQUESTS).items()}
        if organization == "acme":
            bound = asking.role(client, "-groups")
            told = golden.told(bound, REQUESTS)
            found |= {f"{organization} groups {request}": digest for request, digest in told.items()}
    return found
