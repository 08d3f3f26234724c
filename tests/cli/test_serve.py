"""Tests of `mockserver serve`: flags and variables become settings, and every failure has its exit code."""

import gc
import json
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from mockserver import app, server
from mockserver.cli import starting, workers
from mockserver.organizations import files
from mockserver.server import LateApp
from mockserver.settings import Settings
from tests.cli.conftest import Run, make_late

Served = dict[str, Any]
DEFAULTS = {"host": "127.0.0.1", "port": 8080, "threads": 16, "grace": 5.0}


@pytest.fixture(autouse=True)
def served(monkeypatch: pytest.MonkeyPatch) -> Served:
    """The arguments of the server, which is ready at once and ends when the app is made."""
    seen: Served = {}

    def serve(
        app: LateApp, host: str, port: int, threads: int, on_ready: Callable[[str], None], grace: float, **_: object
    ) -> None:
        seen.update(host=host, port=port, threads=threads, grace=grace)
        on_ready(f"http://{host}:{port}")
        make_late(app)
        if app.error is None:
            seen["app"] = app.made.result()

    monkeypatch.setattr(server, "serve", serve)
    return seen


@pytest.fixture
def created(monkeypatch: pytest.MonkeyPatch) -> list[Settings]:
    """The settings that an app was made from."""
    settings: list[Settings] = []
    plain = app.create_app(Settings())

    def create_app(given: Settings) -> Flask:
        settings.append(given)
        return plain

    monkeypatch.setattr(app, "create_app", create_app)
    monkeypatch.setattr(workers, "serve", lambda start, _: start.make())
    return settings


def test_first_line_has_the_url(run: Run, served: Served) -> None:
    result = run("serve")
    assert (result.exit_code, result.stdout.splitlines()[0]) == (0, "Serving at http://127.0.0.1:8080; Ctrl-C stops.")
    assert {name: served[name] for name in DEFAULTS} == DEFAULTS


def test_first_line_names_the_case(run: Run, served: Served) -> None:
    result = run("serve", "--case", "C001")
    expected = "Serving at http://127.0.0.1:8080 in case C001 (see `mockserver cases C001`); Ctrl-C stops."
    assert (result.exit_code, result.stdout.splitlines()[0]) == (0, expected)
    assert "  clock         2025-10-21T01:59:00Z, frozen\n" in result.stdout
    assert served["app"].test_client().get("/_mock/clock").get_json()["now"] == "2025-10-21T01:59:00Z"


def test_first_line_names_the_profile(run: Run, served: Served) -> None:
    result = run("serve", "--profile", "slow")
    expected = "Serving at http://127.0.0.1:8080 with the profile slow (see `mockserver profiles`); Ctrl-C stops."
    assert (result.exit_code, result.stdout.splitlines()[0]) == (0, expected)
    rules = served["app"].test_client().get("/_mock/faults").get_json()["rules"]
    assert {rule["effect"]["delay_seconds"] for rule in rules} == {2, 6}


def test_unknown_case_is_a_usage_error_with_a_suggestion(run: Run, served: Served) -> None:
    result = run("serve", MOCKSERVER_CASE="C0O1")
    assert (result.exit_code, "there is no case 'C0O1' (did you mean C" in result.stderr) == (2, True)
    assert served == {}


def test_json_line_has_url_and_pid(run: Run) -> None:
    assert json.loads(run("serve", "--json").stdout) == {"url": "http://127.0.0.1:8080", "pid": os.getpid()}


def test_settings_without_flags_are_the_defaults(run: Run, created: list[Settings]) -> None:
    run("serve")
    assert created == [Settings()]


FLAGS = [
    ("--host ::1", Settings(host="::1")),
    ("--host [::1]", Settings(host="::1")),
    ("--port 0", Settings(port=0)),
    ("--organization globex", Settings(organization="globex")),
    ("--organization-file mine.yaml", Settings(organization_file=Path("mine.yaml"))),
    ("--now 2025-10-21T12:30:00+02:00", Settings(now=datetime(2025, 10, 21, 10, 30, tzinfo=UTC))),
    ("--freeze", Settings(freeze=True)),
    ("--limits off", Settings(limits="off")),
    ("--policy a.b=c --policy d.e=f", Settings(policy=(("a.b", "c"), ("d.e", "f")))),
    ("--policy a.names=b=c,d=e", Settings(policy=(("a.names", "b=c,d=e"),))),
    ("--policy-file mine.yaml", Settings(policy_file=Path("mine.yaml"))),
    ("--host 0.0.0.0 --admin-token secret", Settings(host="0.0.0.0", admin_token="secret")),
    ("--allowed-host a.test --allowed-host [::2]", Settings(allowed_host=("a.test", "::2"))),
    ("--cors-origin http://a:3000 --cors-origin https://B", Settings(cors_origin=("http://a:3000", "https://b"))),
    ("--sandboxes-maximum 0", Settings(sandboxes_maximum=0)),
    ("--journal-size 5", Settings(journal_size=5)),
    ("--server threaded", Settings()),
    (
        "--store valkey://h/1?prefix=a --reset-store --workers 2",
        Settings(store="valkey://h/1?prefix=a", reset_store=True, workers=2),
    ),
    ("--workers 1", Settings()),
    ("--threads 1", Settings(threads=1)),
    ("--case C001", Settings(case="C001", over_case=frozenset({"case"}))),
    ("--profile slow", Settings(profile="slow")),
    ("--case C001 --limits documented", Settings(case="C001", over_case=frozenset({"case", "limits"}))),
]


@pytest.mark.parametrize(("flags", "settings"), FLAGS)
def test_each_flag_sets_its_setting(run: Run, created: list[Settings], flags: str, settings: Settings) -> None:
    run("serve", *flags.split())
    assert created == [settings]


@pytest.mark.parametrize(
    ("variables", "settings"),
    [
        ({"MOCKSERVER_PORT": "0"}, Settings(port=0)),
        ({"MOCKSERVER_FREEZE": "1"}, Settings(freeze=True)),
        ({"MOCKSERVER_POLICY": "a.b=c d.e=f"}, Settings(policy=(("a.b", "c"), ("d.e", "f")))),
        ({"MOCKSERVER_CORS_ORIGIN": "http://a http://b"}, Settings(cors_origin=("http://a", "http://b"))),
        ({"MOCKSERVER_POLICY_FILE": "mine.yaml"}, Settings(policy_file=Path("mine.yaml"))),
        ({"MOCKSERVER_HOST": "0.0.0.0", "MOCKSERVER_ADMIN_TOKEN": "s"}, Settings(host="0.0.0.0", admin_token="s")),
    ],
)
def test_each_variable_sets_its_setting(
    run: Run, created: list[Settings], variables: dict[str, str], settings: Settings
) -> None:
    run("serve", **variables)
    assert created == [settings]


def test_flag_overrides_a_variable(run: Run, created: list[Settings]) -> None:
    run("serve", "--port", "1", MOCKSERVER_PORT="2")
    assert created == [Settings(port=1)]


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        ("--host 0.0.0.0", "choose a token with --admin-token"),
        ("--now yesterday", "as in 2025-10-21T10:30:00Z"),
        ("--now 1815-12-10T00:00:00Z", "now cannot be 1815-12-10"),
        ("--policy last_cursor=null", "it must be vendor.switch=value"),
        ("--policy augment.last_curser=null", "did you mean 'last_cursor'?"),
        ("--policy augment.last_cursor=none", "it takes one of: empty, null, absent"),
        ("--policy argument.last_cursor=null", "did you mean 'augment'?"),
        ("--policy-file /nowhere/mine.yaml", "/nowhere/mine.yaml: cannot be read: No such file or directory"),
        ("--allowed-host a.test:80", "'a.test:80' is no host that can be allowed: it must be one name or address"),
        ("--cors-origin http://a/b", "'http://a/b' is no origin that can be allowed: it must be scheme://host"),
        ("--limits none", "'documented', 'off'"),
        ("--port 65536", "0<=x<=65535"),
        ("--journal-size 0", "x>=1"),
        ("--store http://h", "the store cannot be http://: it must be a URL as in redis://host:6379/0"),
        ("--reset-store", "there is no store to reset: --reset-store needs --store"),
        ("--workers 2", "2 workers need a store: each is a process with a memory of its own"),
        ("--workers 0", "x>=1"),
        ("--organization acm", "there are: acme, "),
        ("--organization-file /nowhere/mine.yaml", "/nowhere/mine.yaml: cannot be read"),
    ],
)
def test_invalid_values_are_rejected_with_the_rule(run: Run, served: Served, flags: str, message: str) -> None:
    result = run("serve", *flags.split())
    assert (result.exit_code, result.stdout, served) == (2, "", {})
    assert message in result.stderr
    assert "Traceback" not in result.stderr


def test_invalid_organization_file_lists_every_problem(run: Run, served: Served, tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("slug: mine\nname: 3\npeople: many\ncolour: red\n", encoding="utf-8")
    result = run("serve", "--organization-file", str(path))
    assert (result.exit_code, served) == (2, {})
    locations = [line.split(": ")[2] for line in result.stderr.splitlines() if line.startswith(f"Error: {path}: ")]
    assert sorted(locations) == ["colour", "name", "people"]


def test_invalid_policy_file_lists_every_problem(run: Run, served: Served, tmp_path: Path) -> None:
    path = tmp_path / "policy.yaml"
    path.write_text("augment: {last_cursor: none, retry_after: never}\nargument: {}\n", encoding="utf-8")
    result = run("serve", "--policy-file", str(path))
    assert (result.exit_code, result.stdout, served) == (2, "", {})
    assert [key for key in ("augment.last_cursor", "augment.retry_after", "argument") if key not in result.stderr] == []
    assert result.stderr.count(f"{path}: ") == 3


def test_policy_flag_overrides_the_policy_file(run: Run, served: Served, tmp_path: Path) -> None:
    path = tmp_path / "policy.yaml"
    path.write_text("augment: {last_cursor: null, retry_after: seconds}\n", encoding="utf-8")
    run("serve", "--policy-file", str(path), "--policy", "augment.last_cursor=absent")
    policy = served["app"].test_client().get("/_mock/policy", headers={"Host": "localhost"}).get_json()["augment"]
    assert (policy["last_cursor"]["value"], policy["retry_after"]["value"]) == ("absent", "seconds")


def test_app_that_cannot_be_made_after_the_ready_line_ends_the_server(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As it does before the line: here, a bundled file that somebody has spoilt."""

    def create_app(_: Settings) -> Flask:
        raise files.OrganizationError("acme.yaml", "people: found nothing; it is required")

    monkeypatch.setattr(app, "create_app", create_app)
    result = run("serve", "--json")
    assert (result.exit_code, result.stdout.count("\n")) == (2, 1)
    assert result.stderr == "Error: acme.yaml: people: found nothing; it is required\n"


def test_error_that_is_no_setting_is_not_hidden(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app, "create_app", _raises(ValueError("a mistake in the product")))
    assert str(run("serve", "--json").exception) == "a mistake in the product"


@pytest.mark.parametrize(
    ("settings", "sound"),
    [
        (Settings(), True),
        (Settings(host="::1", port=0, freeze=True, limits="off", threads=1, journal_size=5), True),
        (Settings(organization="hooli", sandboxes_maximum=0, admin_token="a", allowed_host=("b",)), True),
        (Settings(organization="hool"), False),
        (Settings(organization="../organizations/hooli"), False),
        (Settings(organization_file=Path("mine.yaml")), False),
        (Settings(case="C001"), False),
        (Settings(profile="slow"), False),
        (Settings(now=datetime(2025, 10, 21, tzinfo=UTC), freeze=True), True),
        (Settings(now=datetime(1970, 12, 31, tzinfo=UTC)), False),
        (Settings(now=datetime(2200, 1, 1, tzinfo=UTC)), False),
        (Settings(policy=(("augment.last_cursor", "null"),)), False),
        (Settings(policy_file=Path("policy.yaml")), False),
    ],
)
def test_settings_that_may_be_wrong_are_checked_before_the_ready_line(settings: Settings, *, sound: bool) -> None:
    assert starting.is_sound(settings) is sound


def test_foreign_address_is_a_usage_error(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "serve", _raises(OSError(99, "Cannot assign requested address")))
    result = run("serve", "--host", "192.0.2.7", "--admin-token", "secret")
    assert result.exit_code == 2
    assert "cannot listen on 192.0.2.7: Cannot assign requested address; choose another --host" in result.stderr


def _raises(error: Exception) -> Callable[..., None]:
    def serve(*_: object, **__: object) -> None:
        raise error

    return serve


@pytest.mark.parametrize("organization", ["acme", "nowhere"], ids=["served", "refused"])
def test_garbage_is_collected_again_after_the_start(run: Run, organization: str) -> None:
    result = run("serve", "--organization", organization)
    assert (result.exit_code == 0) == (organization == "acme")
    assert gc.isenabled()
