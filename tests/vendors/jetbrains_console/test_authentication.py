"""Authentication: credentials for a token, a token for the reports, and the order of refusals (contract, 1)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from mockserver.gateway.limits import Allowance
from mockserver.simulation.clock import Clock
from mockserver.vendors.jetbrains_console import reports
from tests.contract.client import Client, basic
from tests.vendors.jetbrains_console import queries
from tests.vendors.jetbrains_console.queries import ADOPTION, AUTUMN, EVERY

CLIENT = "mock-jetbrains-console-acme"
GOOD = basic(CLIENT, queries.SECRET)
DOOR = 'Bearer realm="JetBrains Console"'
INVALID = f'{DOOR}, error="invalid_token"'


def test_client_credentials_give_a_token_for_every_report(jetbrains_console: Client) -> None:
    answer = queries.token(jetbrains_console, GOOD)
    assert answer.status == 200
    assert answer.json == {"access_token": answer.json["access_token"], "token_type": "Bearer", "expires_in": 3600}
    assert (answer.headers["Cache-Control"], answer.headers["Pragma"]) == ("no-store", "no-cache")
    bearing = jetbrains_console.bearing(f"Bearer {answer.json['access_token']}")
    assert {bearing.get(path, AUTUMN).status for path in EVERY} == {200}


def test_scope_is_accepted_and_changes_nothing(jetbrains_console: Client) -> None:
    plain, scoped = (
        queries.token(jetbrains_console, GOOD, body)
        for body in (queries.GRANT, queries.GRANT + b"&scope=analytics%3Aread")
    )
    assert plain.json == scoped.json


@pytest.mark.parametrize("seconds", [3600, 600, 60])
def test_token_expires_on_the_sandbox_clock(jetbrains_console: Client, seconds: int) -> None:
    held = jetbrains_console.switched(expires_in=seconds)
    start = held.sandbox.clock.now()
    answer = queries.token(held, GOOD)
    assert answer.json["expires_in"] == seconds
    bearing = held.bearing(f"Bearer {answer.json['access_token']}")
    held.sandbox.set_clock(Clock.at(start + timedelta(seconds=seconds - 1), frozen=True))
    assert bearing.get(ADOPTION, AUTUMN).status == 200
    held.sandbox.set_clock(Clock.at(start + timedelta(seconds=seconds), frozen=True))
    refused = bearing.get(ADOPTION, AUTUMN)
    assert (refused.status, refused.code, "expired" in refused.message) == (401, "unauthorized", True)
    assert refused.headers["WWW-Authenticate"] == INVALID
    assert bearing.signed_in().get(ADOPTION, AUTUMN).status == 200


REFUSED = {
    "no header": (None, DOOR),
    "an empty header": ("", DOOR),
    "a scheme alone": ("Bearer", DOOR),
    "credentials instead of a token": (GOOD, DOOR),
    "a client's id": (f"Bearer {CLIENT}", INVALID),
    "a client's secret": ("Bearer mock-secret", INVALID),
    "two tokens": ("Bearer a b", DOOR),
    "another vendor's token": ("Bearer mock-jetbrains-ide-acme", INVALID),
    "letters beyond ASCII": ("Bearer tökén", INVALID),
    "a token that was never issued": (f"Bearer {CLIENT}.1761046200.0bJ5ioYk8R1jXkZ7oSWYH1BUlsSLZcKm", INVALID),
    "no token's form": ("Bearer a.b.c", INVALID),
}


@pytest.mark.parametrize(("authorization", "door"), REFUSED.values(), ids=REFUSED)
def test_missing_or_invalid_access_token_is_401(
    jetbrains_console: Client, authorization: str | None, door: str
) -> None:
    """RFC 6750, section 3.1: a request without a token gets no error code."""
    answer = jetbrains_console.bearing(authorization).get(ADOPTION, AUTUMN)
    assert (answer.status, answer.code, answer.headers["WWW-Authenticate"]) == (401, "unauthorized", door)
    assert answer.message


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_scheme_is_bearer_in_any_case(jetbrains_console: Client, scheme: str) -> None:
    token = str(jetbrains_console.authorization).split()[1]
    assert jetbrains_console.bearing(f"{scheme} {token}").get(ADOPTION, AUTUMN).status == 200


def test_token_of_another_organization_is_refused(jetbrains_console: Client, opened: Callable[[str], Client]) -> None:
    foreign = opened("globex")
    assert foreign.get(ADOPTION, AUTUMN).status == 200
    assert jetbrains_console.bearing(foreign.authorization).get(ADOPTION, AUTUMN).status == 401


def test_forbidden_client_gets_a_token_and_then_403(
    jetbrains_console: Client,
) -> None:
    """The metrics require the permission View AI analytics."""
    forbidden = queries.role(jetbrains_console, "-forbidden")
    for path in (*EVERY, "/nowhere", "/v1"):
        answer = forbidden.get(path)
        assert (answer.status, answer.code) == (403, "forbidden")


NO_CLIENT = {
    "nothing": None,
    "a token's scheme": "Bearer abc",
    "credentials without a colon": "Basic bW9jay1zZWNyZXQ=",
    "no base64": "Basic mock:secret",
    "base64 of no text": "Basic /////w==",
    "an unknown client": basic("mock-jetbrains-console-globex", queries.SECRET),
    "a wrong secret": basic(CLIENT, "mock-Secret"),
    "no secret": basic(CLIENT, ""),
    "another vendor's token": basic("mock-augment-acme", queries.SECRET),
    "letters beyond ASCII": "Basic §",
}


@pytest.mark.parametrize("authorization", NO_CLIENT.values(), ids=NO_CLIENT)
def test_unknown_client_is_refused_as_in_the_rfc(jetbrains_console: Client, authorization: str | None) -> None:
    answer = queries.token(jetbrains_console, authorization)
    assert (answer.status, answer.json["error"]) == (401, "invalid_client")
    assert answer.json["error_description"]
    assert answer.headers["WWW-Authenticate"] == 'Basic realm="JetBrains Console"'


def test_credentials_in_the_body_get_a_hint(jetbrains_console: Client) -> None:
    body = queries.GRANT + f"&client_id={CLIENT}&client_secret=mock-secret".encode()
    answer = queries.token(jetbrains_console, None, body)
    assert (answer.status, answer.json["error"]) == (401, "invalid_client")
    assert "in the body" in answer.json["error_description"]


BAD_FORMS = {
    "no grant type": (b"scope=x", {}, "invalid_request"),
    "nothing": (b"", {}, "invalid_request"),
    "twice": (queries.GRANT + b"&" + queries.GRANT, {}, "invalid_request"),
    "JSON": (b'{"grant_type": "client_credentials"}', {"Content-Type": "application/json"}, "invalid_request"),
    "JSON as a form": (b'{"grant_type": "client_credentials"}', {}, "invalid_request"),
    "a form as JSON": (queries.GRANT, {"Content-Type": "application/json"}, "invalid_request"),
    "no text": (b"grant_type=\xff\xfe", {}, "invalid_request"),
    "too large": (queries.GRANT + b"&x=" + b"y" * 70_000, {}, "invalid_request"),
    "another grant": (b"grant_type=authorization_code", {}, "unsupported_grant_type"),
    "a grant with a NUL": (b"grant_type=client_credentials%00", {}, "unsupported_grant_type"),
}


@pytest.mark.parametrize(("body", "headers", "code"), BAD_FORMS.values(), ids=BAD_FORMS)
def test_invalid_form_is_400_as_in_the_rfc(
    jetbrains_console: Client, body: bytes, headers: dict[str, str], code: str
) -> None:
    answer = queries.token(jetbrains_console, GOOD, body, **headers)
    assert (answer.status, answer.json["error"]) == (400, code)
    assert answer.json["error_description"]


def test_too_long_query_of_a_token_is_an_invalid_request(jetbrains_console: Client) -> None:
    held = jetbrains_console.bearing(GOOD)
    endpoint = replace(held, mount="")
    answer = endpoint.send("POST", queries.TOKEN, "x" * 20_000, headers=queries.FORM, body=queries.GRANT)
    assert (answer.status, answer.json["error"]) == (400, "invalid_request")


LATER = {
    "an unknown path": ("GET", "/v3/adoption", 404, "not_found"),
    "a wrong method": ("POST", ADOPTION, 405, "method_not_allowed"),
    "a bad parameter": ("GET", f"{ADOPTION}?fromDate=x", 400, "invalid_parameter"),
}
every_later_refusal = pytest.mark.parametrize(("method", "path", "status", "code"), LATER.values(), ids=LATER)


@every_later_refusal
def test_authentication_comes_first_and_then_the_limit(
    jetbrains_console: Client, method: str, path: str, status: int, code: str
) -> None:
    path, _, query = path.partition("?")
    answer = jetbrains_console.send(method, path, query)
    assert (answer.status, answer.code) == (status, code)
    assert jetbrains_console.bearing(None).send(method, path, query).status == 401
    forbidden = queries.role(jetbrains_console, "-forbidden")
    assert forbidden.send(method, path, query).status == 403
    jetbrains_console.limited(Allowance(per_minute=1, burst=1))
    assert jetbrains_console.get(ADOPTION, AUTUMN).status == 200
    answer = jetbrains_console.send(method, path, query)
    assert (answer.status, answer.code) == (429, "too_many_requests")
    assert set(answer.headers.keys()) == {"Content-Type", "Content-Length", "Date"}
    assert jetbrains_console.signed_in() == jetbrains_console, "a token costs nothing"


def test_no_limit_is_documented(jetbrains_console_of: Callable[..., Client]) -> None:
    client = jetbrains_console_of(limits="documented")
    assert {client.get(ADOPTION, AUTUMN).status for _ in range(100)} == {200}


NOWHERE = {
    "another version": f"/v3{ADOPTION[3:]}",
    "no version": ADOPTION[3:],
    "nothing": "",
    "a slash": "/",
    "a trailing slash": f"{ADOPTION}/",
    "other letters": ADOPTION.upper(),
    "a report without its grouping": "/v1/adoption/users-adoption",
}


@pytest.mark.parametrize("path", NOWHERE.values(), ids=NOWHERE)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_unknown_path_is_404_with_any_method(jetbrains_console: Client, path: str, method: str) -> None:
    answer = jetbrains_console.send(method, path)
    assert (answer.status, answer.code) == (404, "not_found")


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW"])
def test_other_method_is_405_with_allow(jetbrains_console: Client, method: str) -> None:
    for path in EVERY:
        answer = jetbrains_console.send(method, path)
        assert (answer.status, answer.code, answer.headers["Allow"]) == (405, "method_not_allowed", "GET, HEAD")


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "OPTIONS"])
def test_token_endpoint_accepts_only_post(jetbrains_console: Client, method: str) -> None:
    for authorization in (None, GOOD, jetbrains_console.authorization):
        endpoint = replace(jetbrains_console, mount="", authorization=authorization)
        answer = endpoint.send(method, queries.TOKEN)
        assert (answer.status, answer.headers["Allow"]) == (405, "POST")
        assert method == "HEAD" or answer.code == "method_not_allowed"


def test_other_oauth_path_is_404(jetbrains_console: Client) -> None:
    root = replace(jetbrains_console, mount="")
    for path in ("/api/rest/oauth2", "/api/rest/oauth2/", "/api/rest/oauth2/token/", "/api/rest/oauth2/authorize"):
        answer = root.send("POST", path)
        assert (answer.status, answer.code) == (404, "not_found")
        assert root.bearing(None).send("POST", path).status == 401


def test_head_is_get_without_the_body(jetbrains_console: Client) -> None:
    for path in EVERY:
        got, headed = jetbrains_console.get(path, AUTUMN), jetbrains_console.send("HEAD", path, AUTUMN)
        assert (headed.status, headed.body) == (200, b"")
        assert dict(headed.headers) == dict(got.headers)
        assert set(got.headers.keys()) == {"Content-Type", "Content-Length", "Date"}


def test_both_versions_of_a_report_count_people_alike(jetbrains_console: Client) -> None:
    """The people are those who work in any IDE; service accounts do not."""
    for path in queries.REPORTS:
        first, second = (f"/{version}{path[3:]}" for version in ("v1", "v2"))
        people = jetbrains_console.get(first, AUTUMN).body
        assert jetbrains_console.get(second, AUTUMN | {"ide": ",".join(queries.IDES)}).body == people
        if path != queries.HITS:
            assert jetbrains_console.get(second, AUTUMN).body != people


def test_tokens_and_reports_are_journaled_without_credentials(jetbrains_console: Client) -> None:
    token = str(jetbrains_console.authorization).split()[1]
    root = replace(jetbrains_console, mount="", authorization=GOOD)
    root.send(
        "POST", queries.TOKEN, "client_secret=mock-secret&x=mock-secret", headers=queries.FORM, body=queries.GRANT
    )
    jetbrains_console.get(ADOPTION, f"fromDate=2025-01-01&toDate=2025-01-01&x={token}&access_token={token}")
    result = [(entry.operation, entry.status) for entry in jetbrains_console.sandbox.journal]
    assert result == [("createToken", 200), ("getUsersAdoptionV1", 400)]
    kept = "".join(f"{entry.path}?{entry.query}" for entry in jetbrains_console.sandbox.journal)
    assert queries.SECRET not in kept
    assert token not in kept


def test_unexpected_error_is_500_and_logged_once(
    jetbrains_console: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("the wheel came off")

    monkeypatch.setattr(reports, "members", broken)
    answer = jetbrains_console.get(ADOPTION, AUTUMN)
    assert (answer.status, answer.code) == (500, "internal_error")
    assert b"wheel" not in answer.body
    assert [record.exc_info is not None for record in caplog.records] == [True]
