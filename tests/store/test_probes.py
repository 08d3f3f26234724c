"""Probes and the control plane while the engine is paused, gone, and back without its data."""

import time
from dataclasses import replace

import pytest
from werkzeug.test import EnvironBuilder

from mockserver.app import create_app
from tests.admin.driver import Admin
from tests.conftest import SETTINGS
from tests.store.engine import EngineProcess

pytestmark = pytest.mark.in_process("each test waits for the engine as long as it must")

LONGEST = 30.0
"""Seconds in which an answer must be there that should take 5: a busy machine makes it late, a hang has no end."""


@pytest.fixture
def admin(own_engine: EngineProcess) -> Admin:
    """A client of a server whose engine a test may stop."""
    return Admin(create_app(replace(SETTINGS, store=own_engine.url("x"))), {"Host": "127.0.0.1:8080"})


def test_paused_engine_makes_the_server_unready_and_leaves_it_healthy(own_engine: EngineProcess, admin: Admin) -> None:
    assert admin.get("/ready") == {"status": "ready"}
    own_engine.pause()
    began = time.monotonic()
    refusal = admin.refused("GET", "/ready", status=503)
    assert time.monotonic() - began < LONGEST
    assert refusal.detail.startswith("the store of the sandboxes does not answer: ")
    health = admin.get("/health")
    assert (health["status"], health["now"]) == ("ok", "2025-10-21T10:30:00Z")
    assert "acme" in health["organizations"]
    own_engine.resume()
    assert admin.get("/ready") == {"status": "ready"}


REFUSALS: dict[str, tuple[str, str, str]] = {
    "it lacks replicas": ("min-replicas-to-write", "1", "it refuses a command (NOREPLICAS "),
    "it is full": ("maxmemory", "1", "it refuses a command (command not allowed when used memory > 'maxmemory'"),
}


@pytest.mark.parametrize(("setting", "value", "reason"), REFUSALS.values(), ids=REFUSALS)
def test_engine_that_refuses_to_write_makes_the_server_unready(
    own_engine: EngineProcess, admin: Admin, setting: str, value: str, reason: str
) -> None:
    with own_engine.client() as client:
        client.config_set(setting, value)
        assert reason in admin.refused("GET", "/ready", status=503).detail
        assert admin.get("/health")["status"] == "ok"
        client.config_set(setting, "0")
    assert admin.get("/ready") == {"status": "ready"}


def test_replica_that_only_reads_makes_the_server_unready(own_engine: EngineProcess, admin: Admin) -> None:
    with own_engine.client() as client:
        client.execute_command("REPLICAOF", "127.0.0.1", "1")
        assert "read only replica" in admin.refused("GET", "/ready", status=503).detail
        client.execute_command("REPLICAOF", "NO", "ONE")
    assert admin.get("/ready") == {"status": "ready"}


def test_what_a_probe_writes_is_deleted_by_itself(own_engine: EngineProcess, admin: Admin) -> None:
    assert admin.get("/ready") == {"status": "ready"}
    with own_engine.client() as client:
        assert 0 < client.ttl("{x}:probe") <= 10


def test_health_does_not_touch_the_engine(own_engine: EngineProcess, admin: Admin) -> None:
    with own_engine.client() as client:
        client.config_resetstat()
        for path in ("/health", "/sandboxes/default/health"):
            assert admin.get(path)["status"] == "ok"
        assert {name for name in client.info("commandstats") if not name.startswith("cmdstat_config")} <= {
            "cmdstat_info"
        }


WAITING: dict[str, tuple[str, str, object]] = {
    "the clock": ("GET", "/clock", None),
    "a sandbox": ("POST", "/sandboxes", {}),
    "rules": ("PUT", "/faults", {"rules": []}),
    "the journal": ("GET", "/requests", None),
    "a sandbox that is unknown here": ("GET", "/sandboxes/other/health", None),
}


@pytest.mark.parametrize(("method", "path", "body"), WAITING.values(), ids=WAITING)
def test_control_plane_has_problem_details_while_the_engine_is_gone(
    own_engine: EngineProcess, admin: Admin, method: str, path: str, body: object
) -> None:
    own_engine.kill()
    began = time.monotonic()
    refusal = admin.refused(method, path, body, status=503)
    assert time.monotonic() - began < LONGEST
    assert "the store of the sandboxes does not answer: " in refusal.detail


def test_server_is_ready_by_itself_when_the_engine_is_back_without_data(
    own_engine: EngineProcess, admin: Admin, caplog: pytest.LogCaptureFixture
) -> None:
    made = admin.send("POST", "/sandboxes", {}).json["id"]
    own_engine.kill()
    admin.refused("GET", "/ready", status=503)
    own_engine.start()
    assert admin.get("/ready") == {"status": "ready"}
    assert [each["id"] for each in admin.get("/sandboxes")["sandboxes"]] in ([], ["default"])
    admin.refused("GET", f"/sandboxes/{made}", status=404)
    assert admin.get("/clock") == {"now": "2025-10-21T10:30:00Z", "frozen": True}
    assert [each["id"] for each in admin.get("/sandboxes")["sandboxes"]] == ["default"]
    assert len([message for message in caplog.messages if message.endswith(" is back")]) == 1


def test_whether_a_body_is_needed_does_not_wait_for_the_engine(
    own_engine: EngineProcess, admin: Admin, caplog: pytest.LogCaptureFixture
) -> None:
    """It is decided in the event loop; with a store, any sandbox may exist. Waiting would be logged."""
    own_engine.kill()
    environ = EnvironBuilder("/_mock/sandboxes/other/faults", method="PUT", base_url="http://127.0.0.1").get_environ()
    needs_body = getattr(admin.app.wsgi_app, "needs_body")  # noqa: B009 (Flask does not know it)
    assert needs_body(environ) is True
    assert caplog.messages == []
