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


@pytest.mark.parametrize("headers", [{"Host": "api.augmentcode.com"}, {"Origin": "http://evil.example"}], ids=str)
def test_unknown_path_is_refused_to_others_like_a_known_one(admin: Admin, headers: dict[str, str]) -> None:
    assert admin.sent("GET", "/nowhere", b"", {**admin.headers, **headers}).status == 403
    assert admin.sent("GET", "/nowhere", b"", admin.headers).status == 404


@pytest.mark.parametrize("bound", ["127.0.0.1", "mock.test", "192.0.2.7", "2001:db8::7", "0.0.0.0", "::"])
@pytest.mark.parametrize("host", ["mock.test:8080", "evil.example", "mockserver:8080", "192.0.2.9", "[::1]:8080", ""])
def test_admin_token_allows_any_host(bound: str, host: str) -> None:
    """No page can send the token, whatever name it points at the server."""
    assert at(bound_to(bound), host).status == 200


ALLOWED = {
    "its name": ("mock.test", 200),
    "its name with a port": ("mock.test:8080", 200),
    "its name in capitals": ("MOCK.test", 200),
    "another allowed name": ("host.docker.internal:8080", 200),
    "an allowed address": ("192.0.2.7:8080", 200),
    "an allowed address of version 6": ("[2001:db8::7]:8080", 200),
    "a subdomain": ("a.mock.test", 403),
    "another address": ("192.0.2.8", 403),
    "a name of this machine": ("localhost:8080", 200),
}


@pytest.mark.parametrize(("host", "status"), ALLOWED.values(), ids=ALLOWED)
def test_allowed_host_is_accepted(host: str, status: int) -> None:
    names = ("Mock.Test", "host.docker.internal", "192.0.2.7", "2001:db8::7")
    admin = Admin(create_app(replace(SETTINGS, allowed_host=names)), {})
    assert at(admin, host).status == status


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


NAVIGATION = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}

BROWSERS: dict[str, tuple[str, dict[str, str], int]] = {
    "the page itself": ("GET", {"Sec-Fetch-Site": "same-origin"}, 200),
    "the page itself, behind a proxy": ("GET", {"Sec-Fetch-Site": "same-origin", "Origin": "https://mock.test"}, 200),
    "a typed URL": ("GET", {"Sec-Fetch-Site": "none"}, 200),
    "an extension": ("GET", {"Sec-Fetch-Site": "none", "Origin": "chrome-extension://abcdef"}, 403),
    "an image of another site": ("GET", {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}, 403),
    "another port": ("GET", {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "no-cors"}, 403),
    "an unknown relation": ("GET", {"Sec-Fetch-Site": "next-door"}, 403),
    "a link": ("GET", NAVIGATION, 200),
    "a link, for the head": ("HEAD", NAVIGATION, 200),
    "a form that writes": ("POST", NAVIGATION, 403),
    "a frame": ("GET", {**NAVIGATION, "Sec-Fetch-Dest": "iframe"}, 403),
}


@pytest.mark.parametrize(("method", "headers", "status"), BROWSERS.values(), ids=BROWSERS)
@pytest.mark.parametrize("path", ["/", "/clock"])
def test_page_of_another_site_can_only_link_here(
    admin: Admin, path: str, method: str, headers: dict[str, str], status: int
) -> None:
    assert admin.send(method, path, **headers).status == status


def test_link_to_the_root_is_followed(admin: Admin) -> None:
    assert admin.sent("GET", "/", b"", {**admin.headers, **NAVIGATION}).status == 200


@pytest.mark.parametrize("allowed", [(), ("http://evil.example",)], ids=["no origin", "this origin"])
def test_preflight_is_never_granted(allowed: tuple[str, ...]) -> None:
    admin = Admin(create_app(replace(SETTINGS, cors_origin=allowed)), {"Host": "localhost"})
    preflight = {"Origin": "http://evil.example", "Access-Control-Request-Method": "PUT"}
    assert admin.send("OPTIONS", "/clock", **preflight).status == 403
    assert admin.send("GET", "/clock", Origin="http://evil.example").status == 403


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
@pytest.mark.parametrize("path", ["/limits", "/clock", "/tokens"])
def test_admin_token_is_required(headers: dict[str, str], status: int, path: str) -> None:
    admin = bound_to("192.0.2.7")
    got = replace(admin, headers=headers).send("GET", path, Host="192.0.2.7")
    assert got.status == status
    assert got.headers.get("WWW-Authenticate") == ("Bearer" if status == 401 else None)
    assert TOKEN not in got.body.decode()


def test_token_is_required_on_loopback_and_unknown_paths_too() -> None:
    admin = replace(bound_to("127.0.0.1"), headers={"Host": "127.0.0.1"})
    assert admin.send("GET", "/clock").status == 401
    assert admin.send("GET", "/nowhere").status == 401
    assert admin.sent("GET", "/", b"", admin.headers).status == 401


def test_health_needs_no_token_and_then_lists_no_organizations() -> None:
    admin = bound_to("192.0.2.7")
    with_token, without = admin.get("/health"), replace(admin, headers={}).get("/health")
    assert with_token.pop("organizations")
    assert without == with_token


def test_ready_needs_no_token() -> None:
    admin = replace(bound_to("192.0.2.7"), headers={})
    assert admin.get("/ready") == {"status": "ready"}
    assert admin.send("GET", "/sandboxes/default/ready").status == 401


def test_wrong_token_gets_no_more_than_none() -> None:
    health = replace(bound_to("192.0.2.7"), headers={"Authorization": "Bearer wrong"}).get("/health")
    assert "organizations" not in health


def test_vendor_needs_no_admin_token() -> None:
    assert bound_to("192.0.2.7").vendor() == 200
