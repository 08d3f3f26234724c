"""Settings: invalid ones are rejected with the reason and the solution."""

import sys
from datetime import UTC, datetime

import pytest

from mockserver import settings
from mockserver.gateway.store.address import StoreAddress
from mockserver.settings import Settings, SettingsError


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.9.1", "::1", "[::1]", "localhost", "LOCALHOST"])
def test_loopback_needs_no_token(host: str) -> None:
    assert Settings(host=host).admin_token is None


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7", "[::2", "mock.example", ""])
def test_other_host_needs_a_token(host: str) -> None:
    with pytest.raises(SettingsError, match="choose a token with --admin-token-file"):
        Settings(host=host)
    assert Settings(host=host, admin_token="secret").host == host


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0"])
def test_empty_token_is_not_a_token(host: str) -> None:
    with pytest.raises(SettingsError, match="the admin token is empty; it must be one word"):
        Settings(host=host, admin_token="")


def test_address_may_have_the_brackets_of_a_url() -> None:
    assert Settings(host="[::1]").host == "::1"


ALLOWED_HOSTS = {"a.test": "a.test", "My_Host-2": "My_Host-2", "192.0.2.7": "192.0.2.7", "[2001:db8::7]": "2001:db8::7"}


@pytest.mark.parametrize(("text", "host"), ALLOWED_HOSTS.items())
def test_name_or_address_can_be_allowed(text: str, host: str) -> None:
    assert Settings(allowed_host=(text,)).allowed_host == (host,)


@pytest.mark.parametrize("text", ["", "*", "*.test", "a.test:80", "http://a.test", "a b", "a/b", "ä.test", "a..test"])
def test_anything_else_is_no_host_that_can_be_allowed(text: str) -> None:
    with pytest.raises(SettingsError, match="without scheme, port and wildcards, as in"):
        Settings(allowed_host=("a.test", text))


ORIGINS = {
    "http://localhost:3000": "http://localhost:3000",
    "HTTPS://Dash.Example": "https://dash.example",
    "http://[::1]:5173": "http://[::1]:5173",
    "http://a:80": "http://a",
    "https://a:443": "https://a",
    "https://a:80": "https://a:80",
    "http://a:8080": "http://a:8080",
    "vscode-webview://abc": "vscode-webview://abc",
}


@pytest.mark.parametrize(("text", "origin"), ORIGINS.items())
def test_origin_is_kept_as_browsers_write_it(text: str, origin: str) -> None:
    assert Settings(cors_origin=(text,)).cors_origin == (origin,)


NO_ORIGINS = {
    "*": "every page that somebody visits could read this server",
    "null": "every page in a file or a sandboxed frame has it",
    "": "it must be scheme://host",
    "localhost:3000": "it must be scheme://host",
    "http://a/": "without a path or a slash at the end",
    "http://a/b": "without a path",
    "http://a?b": "without a path",
    "http://u@a": "it must be scheme://host",
    "http://a:b": "it must be scheme://host",
    "http://*.a": "it must be scheme://host",
    "http://ä.test": "names outside ASCII",
    "http://a http://b": "it must be scheme://host",
    "http://a\n": "it must be scheme://host",
}


@pytest.mark.parametrize(("text", "rule"), NO_ORIGINS.items())
def test_anything_else_is_no_origin_that_can_be_allowed(text: str, rule: str) -> None:
    with pytest.raises(SettingsError, match="is no origin that can be allowed: ") as refusal:
        Settings(cors_origin=("http://a", text))
    assert rule in str(refusal.value)


def test_time_without_a_time_zone_is_rejected() -> None:
    with pytest.raises(SettingsError, match="give one that ends in Z"):
        Settings(now=datetime(2025, 10, 21, 10, 30))  # noqa: DTZ001 (the value to reject)


def test_flag_has_an_environment_variable() -> None:
    assert settings.variable("journal-size") == "MOCKSERVER_JOURNAL_SIZE"


@pytest.mark.parametrize(
    "text",
    ["2025-10-21T10:30:00Z", "2025-10-21T10:30:00+00:00", "2025-10-21T12:30:00+02:00", "2025-10-21 10:30Z"],
)
def test_timestamp_is_parsed_in_utc(text: str) -> None:
    timestamp = settings.parse_timestamp(text)
    assert (timestamp, timestamp.tzinfo) == (datetime(2025, 10, 21, 10, 30, tzinfo=UTC), UTC)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("yesterday", id="a word"),
        pytest.param("2025-10-21", id="a day"),
        pytest.param("2025-10-21T10:30:00", id="no zone"),
        pytest.param("2025-02-30T10:30:00Z", id="no such day"),
        pytest.param("0001-01-01T00:00:00+01:00", id="before the first year in UTC"),
        pytest.param("", id="empty"),
    ],
)
def test_invalid_timestamp_is_rejected_with_an_example(text: str) -> None:
    with pytest.raises(SettingsError, match="2025-10-21T10:30:00Z"):
        settings.parse_timestamp(text)


@pytest.mark.parametrize(
    ("text", "parsed"),
    [
        ("augment.last_cursor=null", ("augment.last_cursor", "null")),
        ("jetbrains-ide.switch=a=b", ("jetbrains-ide.switch", "a=b")),
    ],
)
def test_switch_is_parsed_into_name_and_option(text: str, parsed: tuple[str, str]) -> None:
    assert settings.parse_switch(text) == parsed


@pytest.mark.parametrize("text", ["", "augment", "augment.last_cursor", "last_cursor=null", "augment.=null", "a.b="])
def test_invalid_switch_is_rejected_with_the_format(text: str) -> None:
    with pytest.raises(SettingsError, match=r"vendor\.switch=value"):
        settings.parse_switch(text)


def test_store_is_not_shown_with_the_settings() -> None:
    assert "secret" not in repr(Settings(store="redis://:secret@h"))
    assert "secret" not in repr(StoreAddress.parse("redis://:secret@h"))


def test_store_without_its_client_is_refused_with_the_command_that_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "find_spec", lambda _: None)
    with pytest.raises(
        SettingsError,
        match=r"run `pip install 'analytics-mockserver\[redis\]'`, or in a checkout `pip install '.\[redis\]'`",
    ):
        Settings(store="redis://h")


def test_there_is_at_least_one_worker() -> None:
    with pytest.raises(SettingsError, match="there cannot be 0 workers: there must be at least 1"):
        Settings(workers=0)


@pytest.mark.parametrize("platform", ["win32", "darwin"])
def test_several_workers_need_linux(monkeypatch: pytest.MonkeyPatch, platform: str) -> None:
    monkeypatch.setattr(sys, "platform", platform)
    with pytest.raises(SettingsError, match="2 workers need Linux, which spreads the connections"):
        Settings(workers=2, store="redis://h")
