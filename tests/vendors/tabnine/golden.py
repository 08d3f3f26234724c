"""Answers digests of what Tabnine serves to a list of requests.

Keeping them, and whether they may change, stays out (`tests.vendors.golden`, `test_golden`).
"""

from dataclasses import replace

from mockserver.app import create_app
from tests.conftest import SETTINGS
from tests.contract.client import Client
from tests.vendors import golden
from tests.vendors.tabnine import asking

ORGANIZATIONS = ("acme", "documented", "globex", "initech")
YEAR = "from=2024-10-20T00:00:00Z&to=2025-10-21T10:30:00Z"
ODD = "from=2025-09-16T14:00:00%2B05:45&to=2025-09-18T11:11:11.5Z"
REQUESTS = (
    "/organization",
    "/organization/teams",
    "/organization/account-utilizations?startDate=2022-01",
    "/organization/users?offset=0&limit=100",
    "/organization/users?offset=0&limit=0&teamMember=false",
    "/organization/users?offset=10&limit=20&active=false",
    "/license",
    "/instance/permissions?role=Manager",
    "/team/{teamId}",
    "/team/{teamId}/users?offset=5&limit=10",
    "/team/account-utilizations?teamId={teamId}",
    "/user/{userId}",
    f"/organization/usage?organizationId={{organizationId}}&granularity=weekly&{YEAR}",
    f"/organization/usage?organizationId={{organizationId}}&granularity=all&{YEAR}",
    f"/organization/usage?organizationId={{organizationId}}&granularity=daily&{ODD}",
    f"/team/usage?organizationId={{organizationId}}&teamId={{teamId}}&granularity=monthly&{YEAR}",
    f"/user/usage?organizationId={{organizationId}}&userId={{userId}}&granularity=daily&{YEAR}",
)


def digests() -> dict[str, str]:
    """For every organisation and request, the digest of the body at the frozen clock."""
    found: dict[str, str] = {}
    for organization in ORGANIZATIONS:
        app = create_app(replace(SETTINGS, organization=organization))
        client = Client(app, "/api/v1", f"Bearer mock-tabnine-{organization}")
        ids = {
            "organizationId": asking.organization(client),
            "teamId": asking.teams(client)[0]["id"],
            "userId": asking.users(client)[0]["id"],
        }
        told = golden.told(client, REQUESTS, ids)
        found |= {f"{organization} {request}": digest for request, digest in told.items()}
    return found
