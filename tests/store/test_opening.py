"""The start of a server with a store: the engine is awaited, and servers that differ are refused in words."""

import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from mockserver.admin.admin_context import EXTENSION
from mockserver.admin.sandbox_documents import SandboxDocuments
from mockserver.app import create_app, default_config, sources
from mockserver.gateway.limits import Allowance
from mockserver.gateway.rejection import StoreUnavailable
from mockserver.gateway.store import joining, opening
from mockserver.gateway.store.address import StoreUnusable
from mockserver.gateway.store.engine import Engine
from mockserver.gateway.store.shared_registry import SharedRegistry
from mockserver.settings import Settings, parse_store
from tests.conftest import SETTINGS
from tests.server import programs
from tests.store.engine import EngineProcess

pytestmark = pytest.mark.in_process("nothing here sends a request")


def registry(app: Flask) -> SharedRegistry:
    """The sandboxes of an app with a store."""
    found = app.extensions[EXTENSION].registry
    assert isinstance(found, SharedRegistry)
    return found


def refusal(settings: Settings) -> str:
    """Why a server does not start with these settings."""
    with pytest.raises(StoreUnusable) as caught:
        create_app(settings)
    return str(caught.value)


def shown(store: str) -> str:
    """A store as errors name it."""
    return store.partition("?")[0]


@pytest.fixture
def first(store: str) -> Settings:
    """The settings of a server that has begun a store."""
    settings = replace(SETTINGS, store=store)
    create_app(settings)
    return settings


def test_server_that_is_started_alike_joins(first: Settings) -> None:
    assert registry(create_app(first)).default.config.organization.slug == "acme"


DIFFERENCES: dict[str, tuple[dict[str, object], str]] = {
    "another organization": ({"organization": "globex"}, "--organization: here globex (seed "),
    "another time": (
        {"now": SETTINGS.now and SETTINGS.now.replace(year=2026)},
        "--now: here 2026-10-21T10:30:00Z, there 2025-10-21T10:30:00Z",
    ),
    "no time": ({"now": None}, "--now: here that of this machine, there 2025-10-21T10:30:00Z"),
    "a running clock": ({"freeze": False}, "--freeze: here no, there yes"),
    "limits": ({"limits": "documented"}, "--limits: here documented, there off"),
    "a switch": (
        {"policy": (("augment.last_cursor", "absent"),)},
        "--policy augment.last_cursor: here absent, there (default)",
    ),
    "a case": ({"case": "C001"}, "--case: here C001, there (default)"),
    "a profile": ({"profile": "slow"}, "--profile: here slow, there (default)"),
}


@pytest.mark.parametrize(("changes", "line"), DIFFERENCES.values(), ids=DIFFERENCES)
def test_server_that_is_started_otherwise_is_refused_with_each_difference(
    first: Settings, changes: dict[str, object], line: str
) -> None:
    lines = refusal(replace(first, **changes)).splitlines()  # type: ignore[arg-type]
    assert lines[0] == f"the store at {shown(str(first.store))} was begun by a server that was started otherwise:"
    assert [each for each in lines if each.strip().startswith(line)] != []
    assert "add --reset-store to begin anew" in lines[-1]


def test_switch_of_a_file_is_the_same_as_that_of_a_flag(store: str, tmp_path: Path) -> None:
    path = tmp_path / "policy.yaml"
    path.write_text("augment:\n  last_cursor: absent\n", encoding="utf-8")
    create_app(replace(SETTINGS, store=store, policy_file=path))
    create_app(replace(SETTINGS, store=store, policy=(("augment.last_cursor", "absent"),)))
    assert "--policy augment.last_cursor: here (default), there absent" in refusal(replace(SETTINGS, store=store))


def test_file_of_an_organization_that_was_edited_is_another_organization(store: str, tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("slug: mine\nname: Mine\npeople: 3\n", encoding="utf-8")
    settings = replace(SETTINGS, store=store, organization_file=path)
    create_app(settings)
    path.write_text("slug: mine\nname: Mine\npeople: 4\n", encoding="utf-8")
    assert "--organization: here mine (seed " in refusal(settings)


def test_reset_begins_anew_and_leaves_other_prefixes_alone(first: Settings, engine: EngineProcess) -> None:
    other = create_app(replace(first, store=engine.url("another")))
    made = registry(create_app(first)).make_sandbox(registry(other).default.config)
    again = registry(create_app(replace(first, limits="documented", reset_store=True)))
    assert [each.id for each in again.sandboxes] == ["default"]
    assert again.find(made.id) is None
    assert registry(other).find("default") is not None


def test_reset_deletes_some_keys_at_a_time(first: Settings, engine: EngineProcess) -> None:
    prefix = parse_store(str(first.store)).prefix
    with engine.client() as client:
        client.mset({f"{{{prefix}}}:more-{number}": "" for number in range(5000)})
        before = client.info("commandstats")
        Engine(parse_store(str(first.store))).delete_all()
        after = client.info("commandstats")
        assert list(client.scan_iter(f"{{{prefix}}}:*")) == []
    assert "cmdstat_keys" not in after
    assert after["cmdstat_unlink"]["calls"] - before.get("cmdstat_unlink", {"calls": 0})["calls"] >= 5


@pytest.mark.parametrize(
    ("found", "remedy"), [("2", "upgrade this server"), ("0", "begin anew with --reset-store, once all servers are")]
)
def test_data_of_another_schema_are_refused_in_words(
    first: Settings, engine: EngineProcess, found: str, remedy: str
) -> None:
    prefix = parse_store(str(first.store)).prefix
    with engine.client() as client:
        assert client.get(f"{{{prefix}}}:schema") == str(joining.SCHEMA)
        client.set(f"{{{prefix}}}:schema", found)
    text = refusal(first)
    assert f"has data of schema version {found}, and this server has version {joining.SCHEMA}: {remedy}" in text
    assert "or choose another prefix with ?prefix=NAME in --store" in text
    create_app(replace(first, reset_store=True))


def test_server_waits_for_an_engine_that_starts(own_engine: EngineProcess, caplog: pytest.LogCaptureFixture) -> None:
    own_engine.pause()
    threading.Timer(1.5, own_engine.resume).start()
    create_app(replace(SETTINGS, store=own_engine.url("x")))
    address = f"redis://127.0.0.1:{own_engine.port}/0"
    assert f"waiting for the store at {address}, at most 30 s" in caplog.messages
    assert f"the store at {address} is back" in caplog.messages


def test_engine_that_does_not_answer_is_named_with_the_reason(
    own_engine: EngineProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "START_SECONDS", 0.2)
    own_engine.kill()
    store = own_engine.url("x").replace("redis://", "redis://me:let-me-in@")
    text = refusal(replace(SETTINGS, store=store))
    assert text.startswith(f"the store at redis://127.0.0.1:{own_engine.port}/0 cannot be used: ")
    assert "Connection refused" in text
    assert "let-me-in" not in text


@pytest.mark.parametrize(
    ("scheme", "cause", "hint"),
    [
        ("rediss", "Timeout connecting to server", " (a port without TLS looks like this; it needs redis://)"),
        ("rediss", "Error 111 connecting to h:6379. Connection refused.", ""),
        ("redis", "(104, 'Connection reset by peer')", " (a port with TLS looks like this; it needs rediss://)"),
        ("redis", "Connection closed by server.", " (a port with TLS looks like this; it needs rediss://)"),
        ("redis", "Timeout connecting to server", ""),
    ],
)
def test_error_says_that_only_one_side_may_have_tls(
    monkeypatch: pytest.MonkeyPatch, scheme: str, cause: str, hint: str
) -> None:
    def fail(*_: object) -> None:
        raise StoreUnavailable(cause)

    monkeypatch.setattr(Engine, "wait", fail)
    text = refusal(replace(SETTINGS, store=f"{scheme}://h"))
    assert text == f"the store at {scheme}://h cannot be used: {cause}{hint}"


def test_engine_that_is_full_is_named_with_the_reason(own_engine: EngineProcess) -> None:
    with own_engine.client() as client:
        client.config_set("maxmemory", "1")
        assert "used memory > 'maxmemory'" in refusal(replace(SETTINGS, store=own_engine.url("x")))


@pytest.fixture
def guarded(own_engine: EngineProcess) -> Callable[[str], str]:
    """The URL of an engine with a password, for a user and a password as in a URL."""
    with own_engine.client() as client:
        client.execute_command("ACL", "SETUSER", "me", "on", ">let-me-in", "~*", "&*", "+@all")
        client.execute_command("ACL", "SETUSER", "default", "resetpass")
    return lambda login: own_engine.url("x").replace("redis://", f"redis://{login}")


@pytest.mark.parametrize("login", ["", ":wrong@", "nobody:let-me-in@"])
def test_engine_that_refuses_the_password_is_not_waited_for(
    guarded: Callable[[str], str], login: str, caplog: pytest.LogCaptureFixture
) -> None:
    text = refusal(replace(SETTINGS, store=guarded(login)))
    assert "cannot be used: it refuses this server" in text
    assert "let-me-in" not in text + caplog.text
    assert caplog.messages == []


def test_user_and_password_are_taken_from_the_url_or_a_file(guarded: Callable[[str], str], tmp_path: Path) -> None:
    path = tmp_path / "password"
    path.write_text("let-me-in\n", encoding="utf-8")
    create_app(replace(SETTINGS, store=guarded("me:let-me-in@")))
    create_app(replace(SETTINGS, store=f"{guarded('me@')}&password_file={path}"))


def test_store_without_its_data_takes_the_server_that_began_it_again(own_engine: EngineProcess) -> None:
    settings = replace(SETTINGS, store=own_engine.url("x"))
    old = registry(create_app(settings))
    own_engine.restart()
    assert old.find("default") is not None
    with own_engine.client() as client:
        assert client.get("{x}:schema") == str(joining.SCHEMA)
    assert "--limits: here documented, there off" in refusal(replace(settings, limits="documented"))


def test_server_that_differs_from_the_one_that_began_anew_has_no_store(own_engine: EngineProcess) -> None:
    settings = replace(SETTINGS, store=own_engine.url("x"))
    old = registry(create_app(settings))
    own_engine.restart()
    create_app(replace(settings, limits="documented"))
    own_engine.client().delete("{x}:s:default")
    with pytest.raises(StoreUnavailable, match="--limits: here off, there documented"):
        old.find("default")


@pytest.mark.unix("Windows ends a process instead of sending it a signal")
def test_command_ends_with_one_line_for_a_store_that_refuses_it(store: str, first: Settings) -> None:
    with programs.started("-m", "mockserver", "serve", "--port", "0", "--store", store) as program:
        code, out, err = programs.ended(program)
    assert (code, out) == (1, "")
    # An engine that takes a second to answer is waited for, which the log says first.
    assert f"Error: the store at {shown(store)} was begun by a server that was started otherwise:\n" in err
    assert "Traceback" not in err
    assert first.store == store


@pytest.mark.unix("Windows ends a process instead of sending it a signal")
def test_command_that_waits_for_a_store_can_be_stopped(own_engine: EngineProcess) -> None:
    own_engine.pause()
    store = own_engine.url("x")
    with programs.started("-m", "mockserver", "serve", "--port", "0", "--store", store) as program:
        assert program.stderr is not None
        while "waiting for the store" not in program.stderr.readline():
            assert program.poll() is None
        program.terminate()
        assert programs.ended(program)[0] == 0


def test_allowance_is_compared_as_text() -> None:
    known = sources()
    config = default_config(SETTINGS, known)
    changed = replace(config, limits={**config.limits, "augment": Allowance(5, 7)})
    flags = SandboxDocuments(known, config.organization).flags(changed)
    assert flags["limits"].startswith('off, {"per_minute":5,"burst":7')
