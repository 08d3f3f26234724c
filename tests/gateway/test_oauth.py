"""Promises about the exchange of credentials for tokens: who gets one, what it opens, when it expires."""

from base64 import b64encode
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from werkzeug.test import TestResponse

from mockserver.gateway import oauth, pipeline
from mockserver.gateway.rejection import Reason, Rejection
from mockserver.gateway.tokens import Grant
from mockserver.gateway.vendor import ErrorReply, Reply, RequestContext, Route, Vendor, ViewRequest
from mockserver.simulation import clock
from mockserver.simulation.clock import Clock
from tests.gateway import parrot
from tests.gateway.parrot import NOW, UNLIMITED, Aviary

LIFETIME = 60
PATH = "/parrot/token"
FORM = {"grant_type": "client_credentials"}


def _token(request: ViewRequest) -> Reply:
    return oauth.issue_token(request.grant, request.now, LIFETIME)


def _render_error(rejection: Rejection, context: RequestContext) -> ErrorReply:
    if isinstance(rejection, oauth.TokenRefused):
        return oauth.render_error(rejection, "the nest")
    return parrot.render_error(rejection, context)


GUARDED: Vendor = replace(
    UNLIMITED,
    stages=(oauth.authenticate_bearer, pipeline.permit),
    routes=(
        *UNLIMITED.routes,
        Route(PATH, "token", _token, ("POST",), stages=(oauth.authenticate_client,)),
    ),
    render_error=_render_error,
    secret="mock-secret",
    token_path=PATH,
)


def _basic(client: str = "mock-parrot-small", secret: str = "mock-secret") -> str:
    return f"Basic {b64encode(f'{client}:{secret}'.encode()).decode()}"


def _request_token(aviary: Aviary, authorization: str | None = _basic(), **more: Any) -> TestResponse:
    shown = {} if authorization is None else {"Authorization": authorization}
    return aviary.client.post(PATH, **{"data": FORM, "headers": shown, **more})


def _issued(aviary: Aviary, authorization: str = _basic()) -> str:
    answer = _request_token(aviary, authorization)
    assert answer.status_code == 200, answer.data
    token: str = answer.get_json()["access_token"]
    return token


@pytest.fixture(name="aviary")
def guarded() -> Aviary:
    return Aviary(GUARDED)


def test_client_gets_an_uncacheable_token(aviary: Aviary) -> None:
    answer = _request_token(aviary)
    body = answer.get_json()
    assert body == {"access_token": body["access_token"], "token_type": "Bearer", "expires_in": LIFETIME}
    assert (answer.headers["Cache-Control"], answer.headers["Pragma"]) == ("no-store", "no-cache")
    assert aviary.send(token=body["access_token"]).status_code == 200
    assert [(entry.operation, entry.status) for entry in aviary.registry.default.journal] == [
        ("token", 200),
        ("speak", 200),
    ]


@pytest.mark.parametrize(
    "authorization",
    [_basic().replace("Basic", "bASIC"), _basic("mock%2Dparrot-small", "mock%2dsecret")],
    ids=["the scheme in other letters", "form-encoded as the RFC has it"],
)
def test_credentials_are_read_as_in_the_rfc(aviary: Aviary, authorization: str) -> None:
    assert aviary.send(token=_issued(aviary, authorization)).status_code == 200


GOOD_FORMS: dict[str, Any] = {
    "with a scope, which is ignored": {"data": FORM | {"scope": "view analytics"}},
    "with unknown fields": {"data": FORM | {"audience": "x"}},
    "with the id of the header's client": {"data": FORM | {"client_id": "mock-parrot-small"}},
    "with an empty field": {"data": FORM | {"client_secret": ""}},
    "with a charset": {
        "data": b"grant_type=client_credentials",
        "content_type": f"{oauth.FORM}; charset=utf-8",
    },
    "with parameters in the query": {"query_string": "grant_type=password&x=1"},
}


@pytest.mark.parametrize("more", GOOD_FORMS.values(), ids=GOOD_FORMS)
def test_unrelated_fields_are_ignored(aviary: Aviary, more: dict[str, Any]) -> None:
    assert _request_token(aviary, **more).status_code == 200


NO_CLIENT = {
    "none": (None, "the request carries no credentials"),
    "another scheme": ("Bearer abc", "has another scheme"),
    "nothing behind it": ("Basic", "holds no single pair of client id and secret"),
    "no base64": ("Basic §§§", "no base64 of UTF-8 text"),
    "base64 of no text": ("Basic /w==", "no base64 of UTF-8 text"),
    "no colon": (f"Basic {b64encode(b'mock-parrot-small').decode()}", "no colon between client id and secret"),
    "an unknown client": (_basic("mock-parrot-big"), "no client with this id"),
    "another's secret": (_basic(secret="mock-secrets"), "the secret is not this client's"),
    "no secret": (_basic(secret=""), "the secret is not this client's"),
    "nothing at all": (_basic("", ""), "no client with this id"),
}


@pytest.mark.parametrize(("authorization", "result"), NO_CLIENT.values(), ids=NO_CLIENT)
def test_unknown_client_is_refused_before_the_form(aviary: Aviary, authorization: str | None, result: str) -> None:
    for data in (FORM, {}):
        answer = _request_token(aviary, authorization, data=data)
        assert (answer.status_code, answer.get_json()["error"]) == (401, "invalid_client")
        assert result in answer.get_json()["error_description"]
        assert answer.headers["WWW-Authenticate"] == 'Basic realm="the nest"'
        assert answer.headers["Cache-Control"] == "no-store"


def test_credentials_in_the_body_are_refused_with_a_hint(aviary: Aviary) -> None:
    shown = FORM | {"client_id": "mock-parrot-small", "client_secret": "mock-secret"}
    answer = _request_token(aviary, None, data=shown)
    assert answer.status_code == 401
    assert "credentials in the body are not read; send 'Authorization: Basic" in answer.get_json()["error_description"]
    assert (
        "in the body"
        not in _request_token(aviary, None, json={"client_id": "x"}, data=None).get_json()["error_description"]
    )


BAD_FORMS: dict[str, tuple[dict[str, Any], str, str]] = {
    "no grant type": ({"data": {"scope": "x"}}, "invalid_request", "grant_type is missing"),
    "nothing": ({"data": {}}, "invalid_request", "the request has none"),
    "an empty grant type": ({"data": {"grant_type": ""}}, "invalid_request", "grant_type is missing"),
    "a grant type in the query": (
        {"data": {"a": "b"}, "query_string": "grant_type=client_credentials"},
        "invalid_request",
        "missing from the body",
    ),
    "twice": (
        {"data": {"grant_type": ["client_credentials", "client_credentials"]}},
        "invalid_request",
        "'grant_type' is there 2 times",
    ),
    "a scope twice": ({"data": FORM | {"scope": ["a", "b"]}}, "invalid_request", "'scope' is there 2 times"),
    "another grant": ({"data": {"grant_type": "password"}}, "unsupported_grant_type", "cannot be 'password'"),
    "in other letters": (
        {"data": {"grant_type": "Client_Credentials"}},
        "unsupported_grant_type",
        "it must be client_credentials",
    ),
    "a secret in header and body": (
        {"data": FORM | {"client_secret": "mock-secret"}},
        "invalid_request",
        "not in both",
    ),
    "another client than the header's": (
        {"data": FORM | {"client_id": "mock-parrot-small-forbidden"}},
        "invalid_request",
        "client_id is another client's than the header's",
    ),
    "JSON": ({"json": FORM, "data": None}, "invalid_request", "the request has 'application/json'"),
    "a form of another type": (
        {"data": b"grant_type=client_credentials", "content_type": "text/plain"},
        "invalid_request",
        f"must come as Content-Type: {oauth.FORM}",
    ),
    "no text": (
        {"data": b"grant_type=\xff", "content_type": oauth.FORM},
        "invalid_request",
        "no form of UTF-8 text",
    ),
    "no text behind the percent signs": (
        {"data": b"grant_type=%ff", "content_type": oauth.FORM},
        "invalid_request",
        "no form of UTF-8 text",
    ),
    "too many fields": (
        {"data": b"a=b&" * 101, "content_type": oauth.FORM},
        "invalid_request",
        "more than 100 fields",
    ),
    "too large": (
        {"data": b"a" * 65_537, "content_type": oauth.FORM},
        "invalid_request",
        "at most 65536 bytes are read",
    ),
    "too large, and of unknown length": (
        {
            "data": b"a" * 70_000,
            "content_type": oauth.FORM,
            "environ_overrides": {"CONTENT_LENGTH": "", "wsgi.input_terminated": True},
        },
        "invalid_request",
        "at most 65536 bytes are read",
    ),
}


NO_LENGTH = pytest.mark.in_process("the test sets a body of unknown length in the server's place")


@pytest.mark.parametrize(
    ("more", "code", "result"),
    [
        pytest.param(*case, id=name, marks=NO_LENGTH if "environ_overrides" in case[0] else ())
        for name, case in BAD_FORMS.items()
    ],
)
def test_invalid_form_is_refused_as_in_the_rfc(aviary: Aviary, more: dict[str, Any], code: str, result: str) -> None:
    answer = _request_token(aviary, **more)
    assert (answer.status_code, answer.get_json()["error"]) == (400, code)
    assert result in answer.get_json()["error_description"]
    assert "WWW-Authenticate" not in answer.headers


def test_description_has_only_characters_of_the_rfc(aviary: Aviary) -> None:
    answer = _request_token(aviary, data={"grant_type": 'pä"ss\\w\n'})
    assert answer.get_json()["error_description"] == (
        "grant_type cannot be 'p?'ss??w?n'; it must be client_credentials"
    )


def test_refusal_without_a_code_is_an_invalid_request() -> None:
    reply = oauth.render_error(Rejection(Reason.INVALID, "too long"), "here")
    assert (reply.status, reply.body["error"], reply.body["error_description"]) == (
        400,
        "invalid_request",
        "too long",
    )


def test_wrong_method_comes_before_credentials(aviary: Aviary) -> None:
    for method in ("GET", "HEAD", "PUT", "OPTIONS"):
        answer = aviary.client.open(PATH, method=method)
        assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")
    assert aviary.client.delete("/parrot/speak").status_code == 401, "elsewhere authentication comes first"


@pytest.mark.parametrize("late", [timedelta(0), timedelta(microseconds=1), timedelta(microseconds=999_999)])
def test_token_expires_on_the_sandboxs_clock(aviary: Aviary, late: timedelta) -> None:
    aviary.advance(Clock.at(NOW + late, frozen=True))
    token = _issued(aviary)
    aviary.advance(Clock.at(NOW + late + timedelta(seconds=LIFETIME, microseconds=-1), frozen=True))
    assert aviary.send(token=token).status_code == 200
    aviary.advance(Clock.at(NOW + timedelta(seconds=LIFETIME + bool(late)), frozen=True))
    answer = aviary.send(token=token)
    assert (answer.status_code, "has expired" in answer.get_json()["squawk"]) == (401, True)
    assert aviary.send(token=_issued(aviary)).status_code == 200


def test_token_is_issued_on_the_last_possible_day(aviary: Aviary) -> None:
    aviary.advance(Clock.at(clock.LATEST, frozen=True))
    assert aviary.send(token=_issued(aviary)).status_code == 200


def test_any_server_issues_the_same_token_at_the_same_second() -> None:
    first, second = Aviary(GUARDED), Aviary(GUARDED)
    assert _issued(first) == _issued(second)
    second.advance(Clock.at(NOW + timedelta(seconds=1), frozen=True))
    assert _issued(first) != _issued(second)
    assert _issued(first) != _issued(first, _basic("mock-parrot-small-forbidden"))


def test_forbidden_client_gets_a_token_and_then_403(aviary: Aviary) -> None:
    assert aviary.send(token=_issued(aviary, _basic("mock-parrot-small-forbidden"))).status_code == 403


def _forgeries(token: str) -> dict[str, str]:
    client, end, signed = token.rsplit(".", 2)
    return {
        "the client's id": client,
        "the secret": "mock-secret",
        "another vendor's": "mock-finch-small",
        "no signature": f"{client}.{end}",
        "another signature": f"{client}.{end}.{signed[:-1]}{'A' if signed[-1] != 'A' else 'B'}",
        "a later end": f"{client}.{int(end) + 1}.{signed}",
        "the same end, written otherwise": f"{client}.0{end}.{signed}",
        "an end beyond all time": f"{client}.{'9' * 15}.{signed}",
        "another client": f"{client}-forbidden.{end}.{signed}",
        "nobody": f"nobody.{end}.{signed}",
        "more of it": f"{token}A",
    }


@pytest.mark.parametrize("name", _forgeries("a.0.b"))
def test_forged_token_opens_nothing(aviary: Aviary, name: str) -> None:
    answer = aviary.send(token=_forgeries(_issued(aviary))[name])
    assert (answer.status_code, answer.get_json()["squawk"]) == (401, "the token is unknown or was revoked")


def test_refusal_without_a_token_has_a_hint(aviary: Aviary) -> None:
    assert "'Authorization: Bearer <token>'" in aviary.send(token=None).get_json()["squawk"]


def test_token_is_revoked_with_its_client(aviary: Aviary) -> None:
    mine = Grant("mine", "parrot", "my-client", permitted=True, secret="my-secret")
    config = parrot.config(clock=Clock.at(NOW + timedelta(days=400), frozen=True))
    other = aviary.registry.make("other", config, [mine])
    token = _issued(aviary, _basic("my-client", "my-secret"))
    assert aviary.send(token=token).status_code == 200
    assert [entry.operation for entry in other.journal] == ["token", "speak"]
    assert list(aviary.registry.default.journal) == []
    assert Aviary(GUARDED).send(token=token).status_code == 401, "where the client is unknown"


def test_changed_secret_invalidates_tokens(aviary: Aviary) -> None:
    token = _issued(aviary)
    changed = Aviary(replace(GUARDED, secret="mock-secret-2"))
    assert changed.send(token=token).status_code == 401


def test_plain_token_is_no_client(aviary: Aviary) -> None:
    aviary.registry.make("other", parrot.config(), [Grant("g", "parrot", "plain", permitted=True)])
    for secret in ("", "plain", "None"):
        assert _request_token(aviary, _basic("plain", secret)).status_code == 401
    _, end, signed = _issued(aviary).rsplit(".", 2)
    assert aviary.send(token=f"plain.{end}.{signed}").status_code == 401


@pytest.mark.parametrize("grant", [None, Grant("g", "parrot", "plain", permitted=True)], ids=["nobody", "no client"])
def test_only_a_client_gets_a_token(grant: Grant | None) -> None:
    with pytest.raises(oauth.TokenRefused, match="no credentials"):
        oauth.issue_token(grant, NOW, LIFETIME)


def test_journal_has_no_credentials(aviary: Aviary) -> None:
    token = _issued(aviary)
    for query in ("x=mock-secret", "x=my-own-secret", "client_secret=abc", f"x={token}", "x=mock-parrot-small"):
        _request_token(aviary, _basic(secret="my-own-secret"), query_string=query)
        aviary.send(f"/parrot/speak?{query}", token)
    aviary.client.post(f"{PATH}/my-own-secret", headers={"Authorization": _basic(secret="my-own-secret")})
    aviary.client.get("/parrot/mock-secret")
    result = [f"{entry.path}?{entry.query}" for entry in aviary.registry.default.journal]
    assert len(result) == 13
    kept = "\n".join(result)
    for secret in ("mock-secret", "abc", token, "mock-parrot-small"):
        assert secret not in kept
    assert "/parrot/token/my-own-secret" not in kept
