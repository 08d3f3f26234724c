"""Authentication: tokens, schemes, and the order of refusals (contract, section 1)."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from mockserver.gateway.limits import Allowance
from mockserver.gateway.tokens import Grant
from mockserver.vendors.jetbrains_ide import reports
from tests.contract.client import Client
from tests.vendors.jetbrains_ide import queries

TOKEN = "mock-jetbrains-ide-acme"
FORBIDDEN = f"Bearer {TOKEN}-forbidden"
LET_IN = {
    "as documented": f"Bearer {TOKEN}",
    "as a public client does": f"Automation {TOKEN}",
    "small letters": f"bearer {TOKEN}",
    "capitals": f"AUTOMATION {TOKEN}",
    "two spaces": f"Bearer  {TOKEN}",
}
REFUSED = {
    "no header": None,
    "an empty header": "",
    "a scheme alone": "Bearer",
    "the other scheme alone": "Automation",
    "a token alone": TOKEN,
    "another scheme": f"Basic {TOKEN}",
    "both schemes": f"Bearer Automation {TOKEN}",
    "two tokens": f"Bearer {TOKEN} {TOKEN}",
    "an unknown token": "Bearer mock-jetbrains-ide-nobody",
    "a token in other letters": f"Bearer {TOKEN.upper()}",
    "the token of another organization": "Bearer mock-jetbrains-ide-globex",
    "the token of another vendor": "Bearer mock-tabnine-acme",
    "letters beyond ASCII": "Bearer tökén",
}


@pytest.mark.parametrize("authorization", LET_IN.values(), ids=LET_IN)
def test_both_schemes_are_accepted_in_any_case(jetbrains_ide: Client, authorization: str) -> None:
    client = jetbrains_ide.bearing(authorization)
    for path, query in queries.EVERYTHING.items():
        assert client.get(path, query).status == 200


@pytest.mark.parametrize("authorization", REFUSED.values(), ids=REFUSED)
def test_unknown_token_is_401_with_the_scheme(jetbrains_ide: Client, authorization: str | None) -> None:
    for path in [*queries.EVERYTHING, "/nowhere"]:
        answer = jetbrains_ide.bearing(authorization).get(path)
        assert (answer.status, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
        assert answer.json["error"] == "Unauthorized"


@pytest.mark.parametrize(
    ("option", "accepted", "refused"), [("bearer", "Bearer", "Automation"), ("automation", "Automation", "Bearer")]
)
def test_one_scheme_alone_can_be_accepted(jetbrains_ide: Client, option: str, accepted: str, refused: str) -> None:
    jetbrains_ide.switched(schemes=option)
    for spelled in (accepted, accepted.lower(), accepted.upper()):
        assert jetbrains_ide.bearing(f"{spelled} {TOKEN}").get(queries.TOTALS, queries.SEPTEMBER).status == 200
    for token in (TOKEN, f"{TOKEN}-forbidden", "nobody"):
        answer = jetbrains_ide.bearing(f"{refused} {token}").get(queries.TOTALS, queries.SEPTEMBER)
        assert (answer.status, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
    message = jetbrains_ide.bearing(f"{refused} {TOKEN}").get(queries.TOTALS).message
    assert message == f"the Authorization header has another scheme; send 'Authorization: {accepted} <token>'"


def test_scheme_is_checked_by_the_sandbox_of_the_token(jetbrains_ide_of: Callable[..., Client]) -> None:
    """The default sandbox, in which a request starts, does not decide."""
    client = jetbrains_ide_of()
    strict = replace(client.sandbox.config, policy={"jetbrains-ide": {"schemes": "automation"}})
    client.state.make("strict", strict, [Grant("strict", "jetbrains-ide", "strict", permitted=True)])
    assert client.bearing("Bearer strict").get(queries.TOTALS, queries.SEPTEMBER).status == 401
    assert client.bearing("Automation strict").get(queries.TOTALS, queries.SEPTEMBER).status == 200
    client.switched(schemes="bearer")
    assert client.bearing("Automation strict").get(queries.TOTALS, queries.SEPTEMBER).status == 200


@pytest.mark.parametrize("path", [*queries.EVERYTHING, "/nowhere"])
def test_forbidden_token_is_403(jetbrains_ide: Client, path: str) -> None:
    answer = jetbrains_ide.bearing(FORBIDDEN).get(path, queries.EVERYTHING.get(path, ""))
    assert (answer.status, answer.json["error"]) == (403, "Forbidden")
    assert "WWW-Authenticate" not in answer.headers


LATER = {
    "an unknown path": ("GET", "/nowhere", 404),
    "a wrong method": ("POST", queries.TOTALS, 405),
    "a bad parameter": ("GET", queries.TOTALS, 400),
}
every_later_refusal = pytest.mark.parametrize(("method", "path", "status"), LATER.values(), ids=LATER)


@every_later_refusal
@pytest.mark.parametrize(("authorization", "refused"), [(None, 401), (FORBIDDEN, 403)], ids=["unknown", "forbidden"])
def test_authentication_comes_before_everything_else(
    jetbrains_ide: Client, authorization: str | None, refused: int, method: str, path: str, status: int
) -> None:
    assert jetbrains_ide.send(method, path).status == status
    assert jetbrains_ide.bearing(authorization).send(method, path).status == refused


@every_later_refusal
def test_limit_comes_after_authentication_and_before_the_rest(
    jetbrains_ide: Client, method: str, path: str, status: int
) -> None:
    jetbrains_ide.limited(Allowance(per_minute=1, burst=1))
    assert jetbrains_ide.send(method, path).status == status
    answer = jetbrains_ide.send(method, path)
    assert (answer.status, answer.json["error"]) == (429, "Too Many Requests")
    assert set(answer.headers.keys()) == {"Content-Type", "Content-Length", "Date"}
    assert jetbrains_ide.bearing(None).send(method, path).status == 401
    assert jetbrains_ide.bearing(FORBIDDEN).send(method, path).status == 403


def test_no_limit_is_documented(jetbrains_ide_of: Callable[..., Client]) -> None:
    client = jetbrains_ide_of(limits="documented")
    assert {client.get(queries.TOTALS, queries.SEPTEMBER).status for _ in range(200)} == {200}


NOWHERE = {
    "a name that is not there": "/users",
    "nothing": "",
    "a slash": "/",
    "other letters": "/Users-Adoption",
    "a trailing slash": "/effectiveness/metrics/",
    "half a path": "/effectiveness",
    "another page": "/effectiveness/metrics/users",
    "deeper": "/effectiveness/metrics/totals/all",
}


@pytest.mark.parametrize("path", NOWHERE.values(), ids=NOWHERE)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_unknown_path_is_404_with_any_method(jetbrains_ide: Client, path: str, method: str) -> None:
    answer = jetbrains_ide.send(method, path)
    assert (answer.status, answer.json["error"]) == (404, "Not Found")


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW"])
def test_other_method_is_405_with_allow(jetbrains_ide: Client, method: str) -> None:
    for path in queries.EVERYTHING:
        answer = jetbrains_ide.send(method, path)
        assert (answer.status, answer.headers["Allow"]) == (405, "GET, HEAD")


def test_head_is_get_without_the_body(jetbrains_ide: Client) -> None:
    for path, query in queries.EVERYTHING.items():
        got, headed = jetbrains_ide.get(path, query), jetbrains_ide.send("HEAD", path, query)
        assert (headed.status, headed.body) == (200, b"")
        assert dict(headed.headers) == dict(got.headers)


def test_answers_are_json_without_other_headers(jetbrains_ide: Client) -> None:
    for path, query in queries.EVERYTHING.items():
        answer = jetbrains_ide.send("GET", path, query, headers={"Content-Type": "application/json"})
        assert (answer.status, answer.headers["Content-Type"]) == (200, "application/json")
        assert set(answer.headers.keys()) == {"Content-Type", "Content-Length", "Date"}


def test_unexpected_error_is_500_and_logged_once(
    jetbrains_ide: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("the wheel came off")

    monkeypatch.setattr(reports, "metrics", broken)
    answer = jetbrains_ide.get(queries.TOTALS, queries.SEPTEMBER)
    assert (answer.status, answer.json["error"]) == (500, "Internal Server Error")
    assert b"wheel" not in answer.body
    assert [record.exc_info is not None for record in caplog.records] == [True]
