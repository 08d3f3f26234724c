"""Flags that contradict each other are refused: the message names both, and how to resolve it."""

import pytest

from mockserver.client import HttpTransport
from tests.cli.conftest import Run

METRIC = ("metric", "ai-active-users", "--from", "2025-10-13", "--to", "2025-10-19")
FILE = ("--organization-file", "mine.yaml")
URL = ("--url", "http://127.0.0.1:1")
OF_ITS_OWN = "a running server has an organization and a clock of its own"

CONFLICTS = [
    *(
        (command, ("--organization", slug, *FILE), "--organization contradicts --organization-file")
        for command in (("serve",), ("tokens",), ("env",), ("sweep", "--list"), ("audit",), METRIC)
        for slug in ("acme", "globex")
    ),
    *(
        (command, (*flags, *URL), f"{flags[0]} contradicts --url: {OF_ITS_OWN}; leave one of them out")
        for command in (("audit",), METRIC)
        for flags in (("--organization", "acme"), FILE)
    ),
    (METRIC, ("--now", "2025-10-21T10:30:00Z", *URL), "--now contradicts --url"),
    (METRIC, ("--admin-token", "s"), "--admin-token needs --url: a server that the command starts has no admin token"),
    (("audit",), ("--admin-token", "s"), "--admin-token needs --url"),
    *(
        (("sweep", "--list"), flags, f"{flags[0]} contradicts --list: --list runs nothing")
        for flags in (("--json", "-"), ("--junit", "-"), ("--fail-fast",), ("--timeout", "5"))
    ),
    (("sweep",), ("--json", "-", "--junit", "-", "--", "true"), "--junit contradicts --json: a file takes one report"),
]


@pytest.fixture(autouse=True)
def no_request(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail a test in which a request is sent."""
    monkeypatch.setattr(HttpTransport, "__call__", lambda *_: pytest.fail("a request was sent"))


@pytest.mark.parametrize(("command", "flags", "message"), CONFLICTS)
def test_contradictory_flags_are_refused(
    run: Run, command: tuple[str, ...], flags: tuple[str, ...], message: str
) -> None:
    result = run(*command, *flags)
    assert (result.exit_code, result.stdout) == (2, "")
    assert f"Error: {message}" in result.stderr


@pytest.mark.parametrize("command", [("audit",), METRIC])
@pytest.mark.parametrize("flags", [("--organization", "globex"), FILE])
def test_flag_that_contradicts_the_url_variable_is_refused(
    run: Run, command: tuple[str, ...], flags: tuple[str, ...]
) -> None:
    result = run(*command, *flags, MOCKSERVER_URL="http://127.0.0.1:1")
    assert (result.exit_code, result.stdout) == (2, "")
    remedy = f"leave {flags[0]} out or run `unset MOCKSERVER_URL`"
    assert f"Error: {flags[0]} contradicts MOCKSERVER_URL: {OF_ITS_OWN}; {remedy}\n" in result.stderr


def test_flag_that_contradicts_another_variable_is_refused(run: Run) -> None:
    result = run("tokens", *FILE, MOCKSERVER_ORGANIZATION="globex")
    remedy = "leave --organization-file out or run `unset MOCKSERVER_ORGANIZATION`"
    message = f"MOCKSERVER_ORGANIZATION contradicts --organization-file: there is one organization; {remedy}\n"
    assert (result.exit_code, message in result.stderr) == (2, True)


@pytest.mark.parametrize("command", [("audit", "--vendor", "cross-vendor"), METRIC, ("cases", "--run", "C001")])
def test_server_that_only_a_variable_names_is_named(
    run: Run, url: str, command: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    result = run(*command, MOCKSERVER_URL=url)
    assert (result.exit_code, result.stderr) == (
        0,
        f"Note: the server at {url} is used, because MOCKSERVER_URL names it\n",
    )
    assert run(*command, "--url", url, MOCKSERVER_URL="http://a").stderr == ""
    assert run("lint", "--ignore", "pagination-abandoned", MOCKSERVER_URL=url).stderr == ""


def test_two_contradictory_variables_are_refused(run: Run) -> None:
    result = run("tokens", MOCKSERVER_ORGANIZATION="globex", MOCKSERVER_ORGANIZATION_FILE="mine.yaml")
    remedy = "run `unset MOCKSERVER_ORGANIZATION_FILE` or run `unset MOCKSERVER_ORGANIZATION`"
    assert (result.exit_code, remedy in result.stderr) == (2, True)


def test_variables_for_another_command_are_no_contradiction(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """A shell with the variables of a server may also have those by which it was started."""
    monkeypatch.undo()
    variables = {
        "MOCKSERVER_URL": "http://127.0.0.1:1",
        "MOCKSERVER_ORGANIZATION": "globex",
        "MOCKSERVER_NOW": "2025-10-21T10:30:00Z",
        "MOCKSERVER_ADMIN_TOKEN": "s",
    }
    for command in (("audit",), METRIC):
        assert "no server can be reached at http://127.0.0.1:1: " in run(*command, **variables).stderr
    variables["MOCKSERVER_URL"] = ""
    result = run("audit", "--vendor", "cross-vendor", **variables | {"MOCKSERVER_ORGANIZATION": "documented"})
    assert result.exit_code == 0
