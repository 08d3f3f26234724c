"""Who is let in, and in what order refusals come (contract, section 1)."""

from collections.abc import Callable

import pytest

from mockserver.gateway.limits import Allowance
from mockserver.vendors.tabnine.reports import accounts
from tests.contract.client import Client
from tests.vendors.tabnine import queries

TOKEN = "mock-tabnine-acme"
FORBIDDEN = f"Bearer {TOKEN}-forbidden"
LET_IN = {
    "as documented": f"Bearer {TOKEN}",
    "small letters": f"bearer {TOKEN}",
    "capitals": f"BEARER {TOKEN}",
    "two spaces": f"Bearer  {TOKEN}",
}
REFUSED = {
    "no header": None,
    "an empty header": "",
    "a scheme alone": "Bearer",
    "a token alone": TOKEN,
    "another scheme": f"Basic {TOKEN}",
    "two tokens": f"Bearer {TOKEN} {TOKEN}",
    "an unknown token": "Bearer mock-tabnine-nobody",
    "a token in other letters": f"Bearer {TOKEN.upper()}",
    "the token of another organization": "Bearer mock-tabnine-globex",
    "the token of another vendor": "Bearer mock-augment-acme",
    "letters beyond ASCII": "Bearer tökén",
}
DOCUMENTED_403 = (
    *("/organization/usage", "/team/usage", "/user/usage"),
    *("/organization/users", f"/user/{queries.UNKNOWN}"),
    *(f"/api/v2/{subject}/usage" for subject in ("organization", "team", "user")),
    *(f"/{subject}/agent-usage" for subject in ("organization", "team", "user")),
)
ELSEWHERE = (
    *(path for path in queries.STATIC if path != "/organization/users"),
    "/team/account-utilizations",
    "/team/x",
    "/team/x/users",
    "/nowhere",
)


@pytest.mark.parametrize("authorization", LET_IN.values(), ids=LET_IN)
def test_scheme_is_bearer_in_any_case(tabnine: Client, authorization: str) -> None:
    assert tabnine.bearing(authorization).get("/organization").status == 200


@pytest.mark.parametrize("authorization", REFUSED.values(), ids=REFUSED)
def test_unknown_token_is_401(tabnine: Client, authorization: str | None) -> None:
    answer = tabnine.bearing(authorization).get("/organization")
    assert answer.status == answer.json["error"]["status"] == 401
    assert answer.message.startswith("Unauthorized: ")


def test_unknown_token_has_the_documented_message(tabnine: Client) -> None:
    answer = tabnine.bearing("Bearer secret-of-mine").get("/organization")
    assert answer.json == {"error": {"message": "Unauthorized: Invalid token.", "status": 401}}


@pytest.mark.parametrize("path", [*DOCUMENTED_403, *ELSEWHERE])
def test_forbidden_token_is_403_everywhere(tabnine: Client, path: str) -> None:
    answer = tabnine.bearing(FORBIDDEN).get(path)
    assert answer.status == answer.json["error"]["status"] == 403


@pytest.mark.parametrize(
    ("path", "status"), [*((path, 403) for path in DOCUMENTED_403), *((path, 401) for path in ELSEWHERE)]
)
def test_forbidden_token_can_be_403_only_where_documented(tabnine: Client, path: str, status: int) -> None:
    answer = tabnine.switched(forbidden_everywhere="no").bearing(FORBIDDEN).get(path)
    assert answer.status == answer.json["error"]["status"] == status


LATER = {
    "an unknown path": ("GET", "/nowhere", 404),
    "a wrong method": ("POST", "/organization", 405),
    "a bad parameter": ("GET", "/organization/teams?limit=x", 400),
    "a future month": ("GET", "/organization/account-utilizations?startDate=2999-01", 422),
    "an unknown team": ("GET", "/team/x", 404),
}
every_later_refusal = pytest.mark.parametrize(("method", "path", "status"), LATER.values(), ids=LATER)


@pytest.mark.parametrize(("authorization", "status"), [(None, 401), (FORBIDDEN, 403)], ids=["unknown", "forbidden"])
@pytest.mark.parametrize(("method", "path", "_"), LATER.values(), ids=LATER)
def test_authentication_comes_before_everything_else(
    tabnine: Client, authorization: str | None, status: int, method: str, path: str, _: int
) -> None:
    path, _mark, query = path.partition("?")
    assert tabnine.bearing(authorization).send(method, path, query).status == status


@every_later_refusal
def test_limit_comes_after_authentication_and_before_the_rest(
    tabnine: Client, method: str, path: str, status: int
) -> None:
    path, _mark, query = path.partition("?")
    assert tabnine.send(method, path, query).status == status
    tabnine.limited(Allowance(per_minute=1, burst=1))
    assert tabnine.get("/organization").status == 200
    answer = tabnine.send(method, path, query)
    assert answer.status == answer.json["error"]["status"] == 429
    assert set(answer.headers.keys()) == {"Content-Type", "Content-Length", "Date"}
    assert tabnine.bearing(None).send(method, path, query).status == 401
    assert tabnine.bearing(FORBIDDEN).send(method, path, query).status == 403


def test_no_limit_is_documented(tabnine_of: Callable[..., Client]) -> None:
    client = tabnine_of(limits="documented")
    assert {client.get("/license").status for _ in range(100)} == {200}


NOWHERE = {
    "a name that is not there": "/people",
    "nothing": "",
    "a slash": "/",
    "other letters": "/Organization",
    "a trailing slash": "/organization/",
    "a team without an id": "/team/",
    "a user without an id": "/user",
    "deeper than a user": f"/user/{queries.UNKNOWN}/usage",
}


@pytest.mark.parametrize("path", NOWHERE.values(), ids=NOWHERE)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_unknown_path_is_404_with_any_method(tabnine: Client, path: str, method: str) -> None:
    answer = tabnine.send(method, path)
    assert answer.status == answer.json["error"]["status"] == 404
    assert answer.message.startswith("Not Found: ")


METHODS = ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW"]


@pytest.mark.parametrize("method", METHODS)
def test_other_method_is_405_with_allow(tabnine: Client, method: str) -> None:
    for path in queries.everything(tabnine):
        answer = tabnine.send(method, path)
        assert (answer.status, answer.headers["Allow"]) == (405, "GET, HEAD")
        assert answer.json["error"]["status"] == 405


def test_head_is_get_without_the_body(tabnine: Client) -> None:
    for path, query in queries.everything(tabnine).items():
        got, headed = tabnine.get(path, query), tabnine.send("HEAD", path, query)
        assert (headed.status, headed.body) == (200, b"")
        assert dict(headed.headers) == dict(got.headers)


def test_answers_are_json_without_rate_limit_headers(tabnine: Client) -> None:
    for path, query in queries.everything(tabnine).items():
        answer = tabnine.send("GET", path, query, headers={"Content-Type": "application/json"})
        assert (answer.status, answer.headers["Content-Type"]) == (200, "application/json")
        assert set(answer.headers.keys()) == {"Content-Type", "Content-Length", "Date"}


FIXED = {
    "/team/usage": "organizationId: Required",
    "/team/account-utilizations": "teamId: Required",
    "/user/usage": "organizationId: Required",
}


@pytest.mark.parametrize(("path", "fault"), FIXED.items())
def test_fixed_path_is_never_an_id(tabnine: Client, path: str, fault: str) -> None:
    answer = tabnine.get(path)
    assert (answer.status, answer.faults[0]) == (400, fault)


def test_unknown_parameters_are_ignored(tabnine: Client) -> None:
    for path, query in queries.everything(tabnine).items():
        plain = tabnine.get(path, query)
        assert tabnine.get(path, {**query, "unknown": "1", "": "2", "Offset": "x"}).body == plain.body


def test_unexpected_error_is_500_and_logged_once(
    tabnine: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("the wheel came off")

    monkeypatch.setattr(accounts, "license_terms", broken)
    for shape in ("nested", "flat"):
        answer = tabnine.switched(error_shape=shape).get("/license")
        assert answer.status == 500
        assert b"wheel" not in answer.body
    assert [record.exc_info is not None for record in caplog.records] == [True, True]
