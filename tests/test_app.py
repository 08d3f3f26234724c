"""The application: its settings take effect, and two apps share no state."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from freezegun import freeze_time
from werkzeug.test import EnvironBuilder, run_wsgi_app

from mockserver import vendors
from mockserver.admin import admin_context
from mockserver.app import create_app, new_world
from mockserver.gateway import pipeline
from mockserver.gateway.limits import LimitMode
from mockserver.gateway.world_cache import WorldCache
from mockserver.organizations import files
from mockserver.organizations.files import OrganizationError
from mockserver.products.world import World
from mockserver.settings import Settings, SettingsError
from mockserver.simulation.clock import LATEST

NOW = datetime(2025, 10, 21, 10, 30, tzinfo=UTC)
SETTINGS = Settings(now=NOW, freeze=True, limits="off")
COUNT = "/analytics/v0/dau-count"


def _client(**changes: object) -> FlaskClient:
    return create_app(replace(SETTINGS, **changes)).test_client()  # type: ignore[arg-type]


def _get(client: FlaskClient, organization: str = "acme") -> dict[str, object]:
    answer = client.get(COUNT, headers={"Authorization": f"Bearer mock-augment-{organization}"})
    assert answer.status_code == 200, answer.get_data(as_text=True)
    found: dict[str, object] = answer.get_json()
    return found


def test_all_vendors_and_mock_are_served_at_the_root() -> None:
    client = _client()
    for vendor in vendors.discover():
        assert client.get(vendor.sample_path).status_code == 401
    assert client.get("/_mock/health").status_code == 200
    assert client.get("/nowhere").mimetype == "application/problem+json"


@pytest.mark.parametrize("path", [*(vendor.sample_path for vendor in vendors.discover()), "/_mock/clock", "/nowhere"])
def test_raw_bytes_of_a_query_are_read_as_if_quoted(path: str) -> None:
    client = _client()
    quoted, raw = (client.get(path, environ_overrides={"QUERY_STRING": f"x={each}"}) for each in ("%e9%20", "\xe9%20"))
    assert raw.status_code < 500
    assert (raw.status, raw.data) == (quoted.status, quoted.data)


@pytest.mark.parametrize("path", ["/_mock/clock", COUNT, "/nowhere"])
def test_offer_of_a_websocket_is_passed_over(path: str) -> None:
    client, headers = _client(), {"Authorization": "Bearer mock-augment-acme"}
    offering = client.get(path, headers=headers | {"Upgrade": "websocket", "Connection": "Upgrade"})
    plain = client.get(path, headers=headers)
    assert (offering.status, offering.data) == (plain.status, plain.data)


@pytest.mark.in_process("the test leaves out what a server may leave out")
def test_environ_without_path_and_query_is_the_root() -> None:
    environ = EnvironBuilder(method="GET").get_environ()
    del environ["PATH_INFO"], environ["QUERY_STRING"]
    body, status, _ = run_wsgi_app(create_app(SETTINGS), environ)
    assert (status, b'"/_mock/health"' in b"".join(body)) == ("200 OK", True)


@pytest.mark.parametrize("organization", ["acme", "initech", "empty"])
def test_the_organization_of_the_settings_is_served(organization: str) -> None:
    client = _client(organization=organization)
    answer = _get(client, organization=organization)
    assert answer["metadata"]
    assert client.get(COUNT, headers={"Authorization": "Bearer mock-augment-globex"}).status_code == 401


CLOCKS = {
    "that of the organization": ({}, "2025-10-21T10:30:00Z", True),
    "--now": ({"now": NOW.replace(day=22)}, "2025-10-22T10:30:00Z", False),
    "--now and --freeze": ({"now": NOW.replace(day=22), "freeze": True}, "2025-10-22T10:30:00Z", True),
}


@pytest.mark.parametrize(("changes", "now", "frozen"), CLOCKS.values(), ids=CLOCKS)
@freeze_time("2026-01-01", real_asyncio=True)
def test_clock_starts_where_the_organization_does_unless_a_time_is_given(
    changes: dict[str, object], now: str, *, frozen: bool
) -> None:
    client = create_app(Settings(organization="documented", **changes)).test_client()  # type: ignore[arg-type]
    assert client.get("/_mock/clock").get_json() == {"now": now, "frozen": frozen}
    client.put("/_mock/clock", json={"now": "2024-01-01T00:00:00Z", "frozen": True})
    client.post("/_mock/reset")
    assert client.get("/_mock/clock").get_json() == {"now": now, "frozen": frozen}


@pytest.mark.parametrize("freeze", [True, False])
@freeze_time("2026-01-01", real_asyncio=True)
def test_running_clock_of_an_organization_can_be_frozen(tmp_path: Path, *, freeze: bool) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("slug: mine\nname: Mine\npeople: 9\nclock: {now: 2025-10-21T12:30:00+02:00}\n", encoding="utf-8")
    client = create_app(Settings(organization_file=path, freeze=freeze)).test_client()
    assert client.get("/_mock/clock").get_json() == {"now": "2025-10-21T10:30:00Z", "frozen": freeze}


def test_an_organization_file_replaces_the_bundled_organization(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("slug: mine\nname: Mine\npeople: 5\n", encoding="utf-8")
    answer = _get(_client(organization_file=path), organization="mine")
    counts = answer["daily_active_user_counts"]
    assert isinstance(counts, list)
    assert all(day["user_count"] <= 5 for day in counts)


@pytest.mark.parametrize(
    "changes",
    [{"organization": "nobody"}, {"organization_file": Path("/nowhere/mine.yaml")}],
    ids=["unknown", "no file"],
)
def test_an_unknown_organization_is_rejected(changes: dict[str, object]) -> None:
    with pytest.raises(OrganizationError):
        _client(**changes)


def test_every_bundled_organization_has_a_description() -> None:
    client = _client(organization="empty")
    for slug in files.bundled():
        assert client.get(f"/_mock/organizations/{slug}").status_code == 200, slug


def _now(client: FlaskClient) -> datetime:
    return datetime.fromisoformat(client.get("/_mock/clock").get_json()["now"])


@pytest.mark.parametrize(
    ("now", "freeze", "first", "passed"),
    [
        (None, False, "2030-01-01T00:00:00+00:00", 60),
        (None, True, "2030-01-01T00:00:00+00:00", 0),
        (NOW, False, "2025-10-21T10:30:00+00:00", 60),
        (NOW, True, "2025-10-21T10:30:00+00:00", 0),
    ],
    ids=["wall clock", "wall clock, frozen", "set, running", "set, frozen"],
)
def test_the_clock_starts_as_set_and_runs_or_is_frozen(
    now: datetime | None, first: str, passed: int, *, freeze: bool
) -> None:
    with freeze_time("2030-01-01") as wall_clock:
        client = _client(now=now, freeze=freeze)
        assert _now(client) == datetime.fromisoformat(first)
        wall_clock.tick(60)
        assert _now(client) == datetime.fromisoformat(first) + timedelta(seconds=passed)


@pytest.mark.parametrize("now", [datetime(1970, 12, 31, tzinfo=UTC), LATEST + timedelta(microseconds=1)])
def test_a_start_time_out_of_bounds_is_rejected(now: datetime) -> None:
    with pytest.raises(SettingsError, match=r"now cannot be .* between 1971-01-01 and 2199-12-31"):
        _client(now=now)


@pytest.mark.parametrize("mode", LimitMode)
def test_limits_are_documented_or_off_for_all_vendors(mode: LimitMode) -> None:
    client = _client(limits=mode.value)
    statuses = {client.get(COUNT, headers={"Authorization": "Bearer mock-augment-acme"}).status_code for _ in range(30)}
    assert statuses == ({200} if mode is LimitMode.OFF else {200, 429})
    limits = client.get("/_mock/limits").get_json()
    assert {limit["setting"] for limit in limits.values()} == {mode.value}


def test_a_reset_restores_the_switches_of_the_settings() -> None:
    client = _client(policy=(("augment.publication_hour", "11"), ("augment.last_cursor", "null")))
    for _ in range(2):
        switches = client.get("/_mock/policy").get_json()["augment"]
        assert (switches["publication_hour"]["value"], switches["last_cursor"]["value"]) == (11, "null")
        client.post("/_mock/reset", json={})


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("augmnt.last_cursor", "null", "there is no vendor 'augmnt' \\(did you mean 'augment'\\?\\)"),
        ("augment.lastcursor", "null", "there is no switch 'lastcursor' \\(did you mean 'last_cursor'\\?\\)"),
        ("augment.last_cursor", "none", "last_cursor cannot be 'none'; it takes one of: empty, null, absent"),
    ],
)
def test_an_unknown_switch_or_option_is_rejected(name: str, value: str, message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        _client(policy=((name, value),))


def test_two_apps_in_a_process_share_no_state() -> None:
    first, second = _client(), _client()
    first.put("/_mock/clock", json={"now": "2024-01-01T00:00:00Z", "frozen": True})
    first.put("/_mock/policy", json={"augment": {"last_cursor": "null"}})
    _get(first)
    assert _now(second) == NOW
    assert second.get("/_mock/policy").get_json()["augment"]["last_cursor"]["value"] == "empty"
    assert second.get("/_mock/requests").get_json() == {"requests": []}


def test_apps_can_share_their_worlds() -> None:
    worlds = WorldCache(new_world)
    for app in (create_app(SETTINGS, worlds.get), create_app(SETTINGS, worlds.get)):
        with app.app_context():
            sandbox = admin_context.context().registry.default
        assert sandbox.world is worlds.get(sandbox.config.organization, sandbox.config.seed)


def test_the_journal_keeps_journal_size_requests() -> None:
    client = _client(journal_size=3)
    for _ in range(5):
        _get(client)
    assert [entry["id"] for entry in client.get("/_mock/requests").get_json()["requests"]] == [3, 4, 5]


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> Flask:
    """An app in which computing any report fails."""

    def fail(_: World, __: object) -> None:
        raise ZeroDivisionError("a secret detail")

    app = create_app(SETTINGS)
    monkeypatch.setattr(World, "of", fail)
    return app


def test_a_bug_becomes_a_500_of_the_vendor_and_one_logged_traceback(
    failing: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    answer = failing.test_client().get(COUNT, headers={"Authorization": "Bearer mock-augment-acme"})
    assert (answer.status_code, answer.get_json()["error"]["code"]) == (500, "Internal")
    assert "secret" not in answer.get_data(as_text=True)
    assert [record.name for record in caplog.records] == [pipeline.__name__]
    assert caplog.text.count("Traceback") == 1


@pytest.mark.parametrize(
    "path",
    [
        "//analytics/v0/dau-count",
        "/analytics//v0/dau-count",
        "/analytics/v0//dau-count",
        "/analytics/v0/dau-count/",
        "/analytics/v0/dau-count/..",
        "/analytics/v0/%00",
        "/analytics/v0/%ff%fe",
        f"/analytics/v0/{'x' * 20_000}",
    ],
    ids=lambda path: path[:30],
)
@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "POST", "TRACE", "PROPFIND"])
def test_odd_paths_and_methods_are_never_redirected(method: str, path: str) -> None:
    client = _client()
    headers = {"Host": "localhost", "Authorization": "Bearer mock-augment-acme"}
    answer = client.open(path, method=method, headers=headers)
    assert answer.status_code in {200, 404, 405}
    assert answer.mimetype in {"application/json", "application/problem+json"}
