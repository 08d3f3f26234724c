"""Helpers that make sandboxes through the control plane, and send a vendor requests with their tokens."""

from typing import Any

from mockserver.admin import admin_context
from mockserver.gateway.store.registry import SandboxRegistry
from tests.admin.driver import Admin

COUNT = "/analytics/v0/dau-count"


def made(admin: Admin, **body: Any) -> Any:
    """A new sandbox, as the control plane describes it."""
    answer = admin.send("POST", "/sandboxes", body)
    assert answer.status == 201, answer.body
    return answer.json


def send(admin: Admin, sandbox: Any, path: str = COUNT, vendor: str = "augment") -> Any:
    """A vendor's answer to a request with a sandbox's token."""
    headers = {"Authorization": f"Bearer {sandbox['tokens'][vendor]['token']}"}
    got = admin.app.test_client().get(path, headers=headers)
    return got.status_code, got.get_json()


def registry(admin: Admin) -> SandboxRegistry:
    """The sandbox registry of the app behind a client."""
    with admin.app.app_context():
        return admin_context.context().registry
