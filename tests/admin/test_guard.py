"""The guard: own host names, no foreign origin, and the admin token."""

from dataclasses import replace

import pytest
from flask import Flask

from mockserver.app import create_app
from tests.admin.driver import Admin, Answer
from tests.conftest import SETTINGS


@pytest.fixture(scope="module")
def app() -> Flask:
    """One app for every test here: none of them leaves anything behind."""
    return create_app(SETTINGS)


TOKEN = "s3cret-ÄÖ"
"""With letters outside ASCII, which reach the server as the bytes of UTF-8, read as Latin-1."""

SENT = TOKEN.encode().decode("latin-1")


def bound_to(host: str) -> Admin:
    """A client of an app that listens elsewhere and requires a token; it sends the token."""
    app = create_app(replace(SETTINGS, host=host, admin_token=TOKEN))
    return Admin(app, {"Authorization": f"Bearer {SENT}"})


def at(admin: Admin, host: str, path: str = "/clock") -> Answer:
    """The answer to a GET that was sent to a host."""
    return admin.send("GET", path, Host=host)


OURS = [
    "localhost",
    "localhost:8080",
    "LOCALHOST:8080",
    "127.0.0.1",
    "127.0.0.1:8080",
    "127.8.9.10:1",
    "[::1]",
    "[::1]:65535",
]

FOREIGN = [
    "",
    "evil.example",
    "evil.example:8080",
    "localhost.evil.example",
    "evil.localhost",
    "127.0.0.1.evil.example",
    "127.0.0.1@evil.example",
    "evil.example#127.0.0.1",
    "128.0.0.1",
    "0.0.0.0:8080",
    "192.168.1.5:8080",
    "[::2]:8080",
    "[::]:8080",
    "::1",
    "127.1",
    "2130706433",
    "127.0.0.1:8080:8080",
    "127.0.0.1:http",
    "127.0.0.1, evil.example",
    "localhost evil.example",
    "localhost/",
    "[localhost]",
    "ⓛocalhost",
    "\N{LATIN SMALL LETTER DOTLESS I}" * 300,
    "localhost:\N{ARABIC-INDIC DIGIT ONE}",
]


@pytest.mark.parametrize("host", OURS)
def test_own_host_names_are_accepted(admin: Admin, host: str) -> None:
    assert at(admin, host).status == 200


@pytest.mark.parametrize("host", FOREIGN)
def test_foreign_host_is_refused(admin: Admin, host: str) -> None:
    refusal = at(admin, host.encode().decode("latin-1"))
    assert refusal.status == 403
    assert "which is not this server" in refusal.detail


@pytest.mark.parametrize("path", ["/", "/_mock", "/_mock/", "/_mock/health", "/_mock/nowhere", "/_mock/clock/advance"])
def test_every_control_path_is_guarded(admin: Admin, path: str) -> None:
    assert admin.sent("GET", path, b"", {"Host": "evil.example"}).status == 403


def test_vendor_accepts_any_host(admin: Admin) -> None:
    headers = {
        "Host": "api.augmentcode.com",
        "Authorization": "Bearer mock-augment-acme",
        "Origin": "http://evil.example",
    }
    assert admin.app.test_client().get("/analytics/v0/dau-count", headers=headers).status_code == 200


def test_unknown_path_is_404_for_any_host(admin: Admin) -> None:
    assert admin.sent("GET", "/nowhere", b"", {"Host": "api.augmentcode.com"}).status == 404


BOUND = {
    "the name it listens on": ("mock.test", "mock.test:8080", 200),
    "the name in capitals": ("Mock.Test", "mock.TEST", 200),
    "another name than it listens on": ("mock.test", "evil.example", 403),
    "the address it listens on": ("192.0.2.7", "192.0.2.7:8080", 200),
    "another address than it listens on": ("192.0.2.7", "192.0.2.8:8080", 403),
    "the address of version 6": ("2001:db8::7", "[2001:DB8:0::7]:8080", 200),
    "this machine, though it listens elsewhere": ("192.0.2.7", "localhost:8080", 200),
    "any address, when it listens on all": ("0.0.0.0", "192.0.2.9:8080", 200),
    "any address of version 6, when it listens on all": ("::", "[2001:db8::9]:8080", 200),
    "a name, when it listens on all addresses": ("0.0.0.0", "evil.example", 403),
}


@pytest.mark.parametrize(("bound", "host", "status"), BOUND.values(), ids=BOUND)
def test_bound_host_is_accepted(bound: str, host: str, status: int) -> None:
    assert at(bound_to(bound), host).status == status


ORIGINS = {
    "its own": ("127.0.0.1:8080", "http://127.0.0.1:8080", 200),
    "its own by name": ("localhost:8080", "http://LocalHost:8080", 200),
    "its own, without the port": ("localhost", "http://localhost", 200),
    "opaque": ("127.0.0.1:8080", "null", 403),
    "an empty one": ("127.0.0.1:8080", "", 403),
    "a foreign one": ("127.0.0.1:8080", "http://evil.example", 403),
    "another port": ("127.0.0.1:8080", "http://127.0.0.1:3000", 403),
    "another name of this machine": ("127.0.0.1:8080", "http://localhost:8080", 403),
    "another scheme": ("127.0.0.1:8080", "https://127.0.0.1:8080", 403),
    "a page of an extension": ("127.0.0.1:8080", "chrome-extension://abcdef", 403),
    "its own as part of another": ("localhost", "http://localhost.evil.example", 403),
    "its own and another": ("localhost", "http://localhost, http://evil.example", 403),
    "its own with a path": ("localhost", "http://localhost/", 403),
}


@pytest.mark.parametrize(("host", "origin", "status"), ORIGINS.values(), ids=ORIGINS)
@pytest.mark.parametrize(("method", "path"), [("GET", "/clock"), ("POST", "/reset"), ("DELETE", "/requests")])
def test_only_its_own_origin_is_accepted(
    admin: Admin, method: str, path: str, host: str, origin: str, status: int
) -> None:
    got = admin.send(method, path, Host=host, Origin=origin).status
    assert got == status or (status == 200 and got == 204)


def test_preflight_is_never_granted(admin: Admin) -> None:
    preflight = {"Origin": "http://evil.example", "Access-Control-Request-Method": "PUT"}
    assert admin.send("OPTIONS", "/clock", **preflight).status == 403


CREDENTIALS: dict[str, tuple[dict[str, str], int]] = {
    "the token": ({"Authorization": f"Bearer {SENT}"}, 200),
    "the scheme in lowercase": ({"Authorization": f"bearer {SENT}"}, 200),
    "nothing": ({}, 401),
    "another token": ({"Authorization": "Bearer s3cret"}, 401),
    "the token and more": ({"Authorization": f"Bearer {SENT}x"}, 401),
    "another scheme": ({"Authorization": f"Basic {SENT}"}, 401),
    "the token alone": ({"Authorization": SENT}, 401),
    "the scheme alone": ({"Authorization": "Bearer"}, 401),
    "two tokens": ({"Authorization": f"Bearer {SENT} {SENT}"}, 401),
    "a vendor's token": ({"Authorization": "Bearer mock-augment-acme"}, 401),
}


@pytest.mark.parametrize(("headers", "status"), CREDENTIALS.values(), ids=CREDENTIALS)
@pytest.mark.parametrize("path", ["/health", "/clock", "/tokens"])
def test_admin_token_is_required(headers: dict[str, str], status: int, path: str) -> None:
    admin = bound_to("192.0.2.7")
    got = replace(admin, headers=headers).send("GET", path, Host="192.0.2.7")
    assert got.status == status
    assert got.headers.get("WWW-Authenticate") == ("Bearer" if status == 401 else None)
    assert TOKEN not in got.body.decode()


def test_token_is_required_on_loopback_and_unknown_paths_too() -> None:
    admin = replace(bound_to("127.0.0.1"), headers={"Host": "127.0.0.1"})
    assert admin.send("GET", "/health").status == 401
    assert admin.send("GET", "/nowhere").status == 401
    assert admin.sent("GET", "/", b"", admin.headers).status == 401


def test_host_is_checked_before_the_token() -> None:
    assert at(bound_to("192.0.2.7"), "evil.example").status == 403


def test_vendor_needs_no_admin_token() -> None:
    assert bound_to("192.0.2.7").vendor() == 200
