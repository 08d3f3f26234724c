"""Readiness: it is what a vendor request would say."""

import pytest

from mockserver.organizations import files
from tests.admin.driver import Admin


def no_names() -> None:
    """Fail as if a file of the installation were missing."""
    raise FileNotFoundError(2, "No such file or directory", "names.json")


@pytest.mark.parametrize("path", ["/ready", "/sandboxes/default/ready"])
def test_server_is_ready_once_its_world_is_built(admin: Admin, path: str) -> None:
    assert admin.get(path) == {"status": "ready"}
    assert admin.vendor() == 200


def test_server_without_a_world_is_not_ready(
    admin: Admin, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(files, "pool", no_names)
        refusal = admin.refused("GET", "/ready", status=503)
        assert admin.vendor() == 500
        assert admin.get("/health")["status"] == "ok"
    assert "the organization cannot be loaded" in refusal.detail
    assert "names.json" not in refusal.body.decode()
    assert caplog.messages[0] == "the server is not ready"
    assert admin.get("/ready") == {"status": "ready"}
    assert admin.vendor() == 200


def test_asking_leaves_no_trace(admin: Admin) -> None:
    admin.get("/ready")
    assert list(admin.journal) == []
