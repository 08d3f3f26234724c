"""Promises about `mockserver serve`: flags and variables become settings, and each way to fail has its code."""

import json
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from mockserver import app, server
from mockserver.server import PortTaken
from mockserver.settings import Settings
from tests.cli.conftest import Run

Served = dict[str, Any]
DEFAULTS = {"host": "127.0.0.1", "port": 8080, "kind": "granian", "threads": 16}


@pytest.fixture(autouse=True)
def served(monkeypatch: pytest.MonkeyPatch) -> Served:
    """What the server was given: it is ready at once, and ends at once."""
    seen: Served = {}

    def serve(app: Flask, host: str, port: int, kind: str, threads: int, on_ready: Callable[[str], None]) -> None:
        seen.update(app=app, host=host, port=port, kind=kind, threads=threads)
        on_ready(f"http://{host}:{port}")

    monkeypatch.setattr(server, "serve", serve)
    return seen


@pytest.fixture
def stated(monkeypatch: pytest.MonkeyPatch) -> list[Settings]:
    """The settings that an app was made from."""
    made: list[Settings] = []
    monkeypatch.setattr(app, "create_app", made.append)
    return made


def test_one_line_says_where_it_serves(run: Run, served: Served) -> None:
    result = run("serve")
    assert (result.exit_code, result.stdout) == (0, "Serving at http://127.0.0.1:8080; Ctrl-C stops.\n")
    assert {name: served[name] for name in DEFAULTS} == DEFAULTS


def test_the_line_says_which_case_it_is_in_and_where_that_is_told(run: Run, served: Served) -> None:
    result = run("serve", "--case", "C001")
    told = "Serving at http://127.0.0.1:8080 in C001 (`mockserver cases C001` tells how it goes on); Ctrl-C stops.\n"
    assert (result.exit_code, result.stdout) == (0, told)
    assert served["app"].test_client().get("/_mock/clock").get_json()["now"] == "2025-10-21T01:59:00Z"


def test_a_case_that_nobody_knows_is_a_usage_error_with_what_is_near(run: Run, served: Served) -> None:
    result = run("serve", MOCKSERVER_CASE="C0O1")
    assert (result.exit_code, "there is no case 'C0O1' (did you mean C" in result.stderr) == (2, True)
    assert served == {}


def test_with_json_the_line_is_data(run: Run) -> None:
    assert json.loads(run("serve", "--json").stdout) == {"url": "http://127.0.0.1:8080", "pid": os.getpid()}


def test_without_flags_the_settings_are_the_defaults(run: Run, stated: list[Settings]) -> None:
    run("serve")
    assert stated == [Settings()]


STATED = [
    ("--host ::1", Settings(host="::1")),
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
    ("--sandboxes-maximum 0", Settings(sandboxes_maximum=0)),
    ("--journal-size 5", Settings(journal_size=5)),
    ("--server threaded", Settings(server="threaded")),
    ("--threads 3", Settings(threads=3)),
    ("--case C001", Settings(case="C001", over_case=frozenset({"case"}))),
    ("--case C001 --limits documented", Settings(case="C001", over_case=frozenset({"case", "limits"}))),
]


@pytest.mark.parametrize(("flags", "settings"), STATED)
def test_a_flag_is_a_setting(run: Run, stated: list[Settings], flags: str, settings: Settings) -> None:
    run("serve", *flags.split())
    assert stated == [settings]


@pytest.mark.parametrize(
    ("variables", "settings"),
    [
        ({"MOCKSERVER_PORT": "0"}, Settings(port=0)),
        ({"MOCKSERVER_FREEZE": "1"}, Settings(freeze=True)),
        ({"MOCKSERVER_POLICY": "a.b=c d.e=f"}, Settings(policy=(("a.b", "c"), ("d.e", "f")))),
        ({"MOCKSERVER_POLICY_FILE": "mine.yaml"}, Settings(policy_file=Path("mine.yaml"))),
        ({"MOCKSERVER_HOST": "0.0.0.0", "MOCKSERVER_ADMIN_TOKEN": "s"}, Settings(host="0.0.0.0", admin_token="s")),
    ],
)
def test_a_variable_is_a_setting_too(
    run: Run, stated: list[Settings], variables: dict[str, str], settings: Settings
) -> None:
    run("serve", **variables)
    assert stated == [settings]


def test_a_flag_goes_before_a_variable(run: Run, stated: list[Settings]) -> None:
    run("serve", "--port", "1", MOCKSERVER_PORT="2")
    assert stated == [Settings(port=1)]


@pytest.mark.parametrize(
    ("flags", "taught"),
    [
        ("--host 0.0.0.0", "choose a token with --admin-token"),
        ("--now yesterday", "as in 2025-10-21T10:30:00Z"),
        ("--now 1815-12-10T00:00:00Z", "now cannot be 1815-12-10"),
        ("--policy last_cursor=null", "it must be vendor.switch=value"),
        ("--policy augment.last_curser=null", "did you mean 'last_cursor'?"),
        ("--policy augment.last_cursor=none", "it takes one of: empty, null, absent"),
        ("--policy argument.last_cursor=null", "did you mean 'augment'?"),
        ("--policy-file /nowhere/mine.yaml", "/nowhere/mine.yaml: cannot be read: No such file or directory"),
        ("--limits none", "'documented', 'off'"),
        ("--port 65536", "0<=x<=65535"),
        ("--journal-size 0", "x>=1"),
        ("--organization acm", "there are: acme, "),
        ("--organization-file /nowhere/mine.yaml", "/nowhere/mine.yaml: cannot be read"),
    ],
)
def test_what_cannot_be_is_refused_with_what_can(run: Run, served: Served, flags: str, taught: str) -> None:
    result = run("serve", *flags.split())
    assert (result.exit_code, result.stdout, served) == (2, "", {})
    assert taught in result.stderr
    assert "Traceback" not in result.stderr


def test_a_bad_organisation_file_is_refused_with_all_its_problems(run: Run, served: Served, tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("slug: mine\nname: 3\npeople: many\ncolour: red\n", encoding="utf-8")
    result = run("serve", "--organization-file", str(path))
    assert (result.exit_code, served) == (2, {})
    places = [line.split(": ")[1] for line in result.stderr.splitlines() if line.startswith(f"{path}: ")]
    assert sorted(places) == ["colour", "name", "people"]


def test_a_bad_policy_file_is_refused_with_all_its_faults(run: Run, served: Served, tmp_path: Path) -> None:
    path = tmp_path / "policy.yaml"
    path.write_text("augment: {last_cursor: none, retry_after: never}\nargument: {}\n", encoding="utf-8")
    result = run("serve", "--policy-file", str(path))
    assert (result.exit_code, result.stdout, served) == (2, "", {})
    assert [key for key in ("augment.last_cursor", "augment.retry_after", "argument") if key not in result.stderr] == []
    assert result.stderr.count(f"{path}: ") == 3


def test_a_policy_file_is_in_force_and_a_flag_wins_over_it(run: Run, served: Served, tmp_path: Path) -> None:
    path = tmp_path / "policy.yaml"
    path.write_text("augment: {last_cursor: null, retry_after: seconds}\n", encoding="utf-8")
    run("serve", "--policy-file", str(path), "--policy", "augment.last_cursor=absent")
    shown = served["app"].test_client().get("/_mock/policy", headers={"Host": "localhost"}).get_json()["augment"]
    assert (shown["last_cursor"]["value"], shown["retry_after"]["value"]) == ("absent", "seconds")


def test_a_taken_port_is_one_line_and_its_own_code(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "serve", _raises(PortTaken("port 8080 on 127.0.0.1 is taken")))
    result = run("serve")
    assert (result.exit_code, result.stdout, result.stderr) == (3, "", "port 8080 on 127.0.0.1 is taken\n")


def test_an_address_of_another_machine_is_a_mistake_in_the_flags(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "serve", _raises(OSError(99, "Cannot assign requested address")))
    result = run("serve", "--host", "192.0.2.7", "--admin-token", "secret")
    assert result.exit_code == 2
    assert "cannot listen on 192.0.2.7: Cannot assign requested address; choose another --host" in result.stderr


def _raises(error: Exception) -> Callable[..., None]:
    def serve(*_: object) -> None:
        raise error

    return serve
