"""No answer of the control plane and no log line contains what was sent as a credential, however it was sent."""

import logging
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from mockserver.app import create_app
from tests.admin.driver import Admin
from tests.conftest import SETTINGS

ADMIN_TOKEN = "the-admin-of-this-server"
KNOWN = (
    ADMIN_TOKEN,
    "mock-augment-acme",
    "mock-tabnine-acme-forbidden",
    "mock-jetbrains-console-acme",
    "mock-secret",
)
ENCODINGS: dict[str, Callable[[str], str]] = {
    "as it is": lambda text: text,
    "in upper case": str.upper,
    "percent-encoded": lambda text: "".join(f"%{byte:02x}" for byte in text.encode()),
    "percent-encoded twice": lambda text: "".join(f"%25{byte:02X}" for byte in text.encode()),
    "in base64": lambda text: quote(b64encode(text.encode()).decode(), safe=""),
    "in base64 for URLs": lambda text: urlsafe_b64encode(text.encode()).decode().rstrip("="),
    "as a client's secret": lambda text: b64encode(f"client:{text}".encode()).decode(),
    "behind Bearer": lambda text: f"Bearer%20{text}",
}
VENDOR_PATHS = ("/analytics/v0/{}", "/analytics/v0/dau?{}=1", "/api/v1/x?a=1;b={}", "/metrics/api/x?y={}&z=1")
ADMIN_PATHS = (
    *("/sandboxes/{}", "/sandboxes/{}/clock", "/{}", "/cases/{}", "/organizations/{}", "/tokens/{}", "/metrics/{}"),
    *("/requests?{}=1", "/requests?vendor={}", "/requests?operation={}", "/requests?path={}", "/requests?status={}"),
    *("/lint?ignore={}", "/openapi/{}.yaml", "/metrics/ai-active-users?from={}", "/faults/{}"),
)


@pytest.fixture(scope="module")
def guarded() -> Admin:
    """A client of an app with an admin token."""
    app = create_app(replace(SETTINGS, admin_token=ADMIN_TOKEN))
    return Admin(app, {"Authorization": f"Bearer {ADMIN_TOKEN}"})


def is_in(credential: str, sent: str, shown: bytes) -> bool:
    """Whether something shown contains a credential, or the form in which it was sent."""
    lowered = shown.decode(errors="replace").lower()
    return credential.lower() in lowered or sent.lower() in lowered


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    some.sampled_from(KNOWN),
    some.sampled_from(tuple(ENCODINGS.values())),
    some.sampled_from(VENDOR_PATHS),
    some.sampled_from(("mock-augment-acme", "nobody's")),
)
def test_journal_and_lint_contain_no_known_credential(
    guarded: Admin, credential: str, encode: Callable[[str], str], path: str, token: str
) -> None:
    sent = encode(credential)
    guarded.journal.clear()
    guarded.vendor(path.format(sent), token)
    for resource in ("/requests", "/requests?include=body,headers", "/lint"):
        answer = guarded.send("GET", resource)
        assert answer.status == 200
        assert not is_in(credential, sent, answer.body)
    assert b"[redacted]" in guarded.send("GET", "/requests").body


@pytest.mark.parametrize("name", ["token", "jwt", "sig", "signature", "pwd", "passwd", "sessionToken", "token%5B%5D"])
@pytest.mark.parametrize("form", ["{}={}", "a=1;{}={}", "a=%7B%22{}%22:%22{}%22%7D", "{}={}&b=2"])
def test_unknown_credential_is_recognized_by_the_name_of_its_parameter(admin: Admin, name: str, form: str) -> None:
    admin.vendor(f"/analytics/v0/dau?{form.format(name, 'a-value-of-theirs')}")
    assert b"a-value-of-theirs" not in admin.send("GET", "/requests").body


@pytest.mark.parametrize("path", ADMIN_PATHS)
@pytest.mark.parametrize("method", ["GET", "DELETE", "PUT"])
@pytest.mark.parametrize("encode", ENCODINGS.values(), ids=ENCODINGS)
def test_problem_details_contain_no_credential(
    guarded: Admin, path: str, method: str, encode: Callable[[str], str]
) -> None:
    sent = encode(ADMIN_TOKEN)
    answer = guarded.send(method, path.format(sent))
    assert answer.status >= 400
    assert not is_in(ADMIN_TOKEN, sent, answer.body)
    assert not is_in(ADMIN_TOKEN, sent, str(answer.headers).encode())


def test_long_credential_is_redacted_before_it_is_cut() -> None:
    token = "a-long-admin-token-" * 20
    admin = Admin(create_app(replace(SETTINGS, admin_token=token)), {"Authorization": f"Bearer {token}"})
    assert "a-long-admin" not in admin.refused("GET", f"/sandboxes/{token}", status=404).detail


def test_short_admin_token_is_redacted_where_it_is_whole() -> None:
    admin = Admin(create_app(replace(SETTINGS, admin_token="s")), {"Authorization": "Bearer s"})
    detail = admin.refused("GET", "/sandboxes/s", status=404).detail
    assert detail.startswith("there is no sandbox '[redacted]': it never existed, was deleted")
    admin.vendor("/analytics/v0/dau?page=s&limit=sss")
    assert admin.get("/requests")["requests"][0]["query"] == "page=[redacted]&limit=sss"


def test_ids_of_sandboxes_are_no_credentials(admin: Admin) -> None:
    made = admin.send("POST", "/sandboxes", {}).json
    token = made["tokens"]["augment"]["token"]
    for _ in range(2):
        admin.send("DELETE", f"/sandboxes/{made['id']}")
        detail = admin.refused("GET", f"/sandboxes/{made['id']}", status=404).detail
        assert made["id"] in detail
    assert token not in admin.refused("GET", f"/sandboxes/{token}", status=404).detail


def test_bug_with_a_credential_in_the_path_is_logged_without_it(
    admin: Admin, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: Any) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr("mockserver.gateway.view.respond", fail)
    with caplog.at_level(logging.DEBUG):
        assert admin.vendor("/analytics/v0/dau?x=mock-tabnine-acme") == 500
    assert "mock-tabnine-acme" not in caplog.text
