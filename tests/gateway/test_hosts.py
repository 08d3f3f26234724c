"""Host names: those of the server are accepted and remembered, up to a number; any other may be DNS rebinding.

The many ways to write a foreign name are in `admin/test_guard`.
"""

import pytest

from mockserver.gateway.hosts import Hosts

LIVE = {"parrot": frozenset(("api.parrot.example",))}


def live_names(vendor: str) -> frozenset[str]:
    return LIVE.get(vendor, frozenset())


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:1", "127.0.0.1:8080", "127.3.2.1", "[::1]:8080"])
def test_loopback_is_accepted(host: str) -> None:
    assert Hosts("192.0.2.7").accept(host)


@pytest.mark.parametrize(
    ("bound", "host"),
    [
        ("192.0.2.7", "192.0.2.7:8080"),
        ("Mock.Test", "mock.test:8080"),
        ("2001:DB8:0::7", "[2001:db8::7]:8080"),
    ],
)
def test_bound_name_is_accepted(bound: str, host: str) -> None:
    assert Hosts(bound).accept(host)
    assert not Hosts("127.0.0.1").accept(host)


@pytest.mark.parametrize("host", ["MOCK.test:1", "[2001:db8:0:0::7]"])
def test_allowed_name_is_accepted(host: str) -> None:
    assert Hosts("127.0.0.1", ("mock.TEST", "2001:db8::7")).accept(host)


@pytest.mark.parametrize("host", ["mockserver:8080", "", "no host at all"])
def test_any_name_is_accepted_where_a_token_protects_the_server(host: str) -> None:
    assert Hosts("0.0.0.0", any_name=True).accept(host)


def test_live_name_opens_only_its_vendors_paths() -> None:
    hosts = Hosts("127.0.0.1", live_names=live_names)
    accepted = [hosts.accept("API.parrot.example:443", vendor) for vendor in ("parrot", "parrot", "lark", None)]
    assert accepted == [True, True, False, False]


def test_live_names_are_read_only_for_a_foreign_name() -> None:
    read: list[str] = []

    def note(vendor: str) -> frozenset[str]:
        read.append(vendor)
        return frozenset()

    hosts = Hosts("127.0.0.1", live_names=note)
    assert hosts.accept("localhost", "parrot")
    assert not hosts.accept("evil.example")
    assert read == []
    assert not hosts.accept("evil.example", "parrot")
    assert read == ["parrot"]


def test_accepted_header_is_checked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    hosts = Hosts("127.0.0.1", live_names=live_names)
    first = [hosts.accept("127.0.0.1:8080"), hosts.accept("api.parrot.example", "parrot")]
    monkeypatch.setattr("mockserver.gateway.hosts._HOST", None)
    assert first == [hosts.accept("127.0.0.1:8080"), hosts.accept("api.parrot.example", "parrot")] == [True, True]


def test_number_of_remembered_headers_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mockserver.gateway.hosts._REMEMBERED_MAXIMUM", 10)
    hosts = Hosts("127.0.0.1")
    assert all(hosts.accept(f"127.0.0.1:{port}") for port in range(1, 100))
    assert len(hosts._remembered) <= 10  # noqa: SLF001 (its size has no other effect)
    assert hosts.accept("127.0.0.1:1")
