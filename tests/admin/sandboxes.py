"""Makes sandboxes over the control plane, and asks a vendor with their tokens.

What must come of it stays out (the tests say).
"""

from typing import Any

from mockserver.admin import admin_context
from mockserver.gateway.sandbox import SandboxRegistry
from tests.admin.driver import Admin

COUNT = "/analytics/v0/dau-count"


def made(admin: Admin, **body: Any) -> Any:
    """A new sandbox, as the control plane tells it."""
    answer = admin.ask("POST", "/sandboxes", body)
    assert answer.status == 201, answer.body
    return answer.json


def asked(admin: Admin, sandbox: Any, path: str = COUNT, vendor: str = "augment") -> Any:
    """What a vendor answers to a sandbox's token."""
    headers = {"Authorization": f"Bearer {sandbox['tokens'][vendor]['token']}"}
    got = admin.app.test_client().get(path, headers=headers)
    return got.status_code, got.get_json()


def state(admin: Admin) -> SandboxRegistry:
    """The state of the app behind a client."""
    with admin.app.app_context():
        return admin_context.context().registry
