"""The admin token of every command that takes one: given as it is, or in a file."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from flask import Flask

from mockserver import app as apps
from mockserver import server
from mockserver.app import create_app
from mockserver.settings import Settings
from tests.cli.conftest import Run, make_late
from tests.conftest import SETTINGS

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

TOKEN = "let-me-in-ÄÖ€"


@pytest.fixture
def guarded() -> Iterator[str]:
    """The URL of a server that requires the token."""
    with server.in_thread(create_app(replace(SETTINGS, admin_token=TOKEN))) as running:
        yield running.url


def named(app: Flask) -> Callable[["WSGIEnvironment", "StartResponse"], Iterable[bytes]]:
    """An app whose requests name the server as those to a container or a service do."""

    def application(environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        return app({**environ, "HTTP_HOST": "mockserver:8080"}, start)

    return application


@pytest.fixture
def file(tmp_path: Path) -> str:
    """A file with the token."""
    path = tmp_path / "token"
    path.write_text(f"{TOKEN}\n", encoding="utf-8")
    return str(path)


COMMANDS = {
    "lint": ("lint",),
    "audit": ("audit",),
    "cases": ("cases", "--run", "C001"),
    "metric": ("metric", "ai-active-users", "--from", "2025-10-13", "--to", "2025-10-19"),
}
every_command = pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)


@every_command
def test_command_sends_the_token_in_a_file(run: Run, guarded: str, file: str, command: tuple[str, ...]) -> None:
    refused = run(*command, "--url", guarded)
    assert (refused.exit_code > 0, "the request carries no credentials" in " ".join(refused.output.split())) == (
        True,
        True,
    )
    assert run(*command, "--url", guarded, "--admin-token-file", file).exit_code == 0
    assert run(*command, "--url", guarded, MOCKSERVER_ADMIN_TOKEN_FILE=file).exit_code == 0
    assert run(*command, "--url", guarded, "--admin-token", TOKEN).exit_code == 0


@every_command
def test_command_reaches_a_container_by_its_name(run: Run, command: tuple[str, ...]) -> None:
    settings = replace(SETTINGS, host="0.0.0.0", admin_token=TOKEN)
    with server.in_thread(named(create_app(settings))) as running:
        assert run(*command, "--url", running.url, "--admin-token", TOKEN).exit_code == 0


@every_command
def test_unknown_name_without_a_token_is_an_error_with_advice(run: Run, command: tuple[str, ...]) -> None:
    with server.in_thread(named(create_app(SETTINGS))) as running:
        result = run(*command, "--url", running.url)
    printed = " ".join(result.output.split())
    assert (result.exit_code > 0, "which is not this server" in printed, "--allowed-host" in printed) == (True,) * 3


@every_command
def test_token_that_cannot_be_sent_is_a_usage_error(run: Run, guarded: str, command: tuple[str, ...]) -> None:
    result = run(*command, "--url", guarded, "--admin-token", "let me in\r\n")
    assert (result.exit_code, "it must be one word" in " ".join(result.stderr.split())) == (2, True)


@pytest.fixture
def created(monkeypatch: pytest.MonkeyPatch) -> list[Settings]:
    """The settings that an app was made from; nothing is served."""
    settings: list[Settings] = []
    monkeypatch.setattr(apps, "create_app", settings.append)
    monkeypatch.setattr(server, "serve", lambda app, *_, **__: make_late(app))
    return settings


def test_server_takes_the_token_from_a_file(run: Run, created: list[Settings], file: str) -> None:
    run("serve", "--admin-token-file", file, "--host", "0.0.0.0")
    run("serve", MOCKSERVER_ADMIN_TOKEN_FILE=file)
    run("serve", MOCKSERVER_ADMIN_TOKEN=TOKEN)
    assert [each.admin_token for each in created] == [TOKEN, TOKEN, TOKEN]


@pytest.mark.parametrize("flags", [("--admin-token", "a", "--admin-token-file"), ("--admin-token-file",)])
@pytest.mark.parametrize("command", [("serve",), *COMMANDS.values()], ids=["serve", *COMMANDS])
def test_two_tokens_are_a_usage_error(
    run: Run, created: list[Settings], file: str, command: tuple[str, ...], flags: tuple[str, ...]
) -> None:
    result = run(*command, *flags, file, MOCKSERVER_ADMIN_TOKEN="b")
    assert (result.exit_code, "there are two admin tokens" in " ".join(result.stderr.split())) == (2, True)
    assert created == []


def test_file_without_a_token_is_a_usage_error(run: Run, created: list[Settings], tmp_path: Path) -> None:
    result = run("serve", "--admin-token-file", str(tmp_path / "missing"))
    assert (result.exit_code, result.stdout, created) == (2, "", [])
    assert "missing: No such file or directory" in " ".join(result.stderr.split())
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize("command", ["serve", *COMMANDS])
def test_help_says_that_a_token_in_the_arguments_is_visible(run: Run, command: str) -> None:
    printed = "".join(run(command, "--help").output.split())  # Lines may break after a hyphen.
    assert "Otherusersofthemachinecanseeit:--admin-token-fileandvariableshideit." in printed
