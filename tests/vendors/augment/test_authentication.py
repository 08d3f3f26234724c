"""Authentication, the order of refusals, and their bodies (contract, sections 1 and 2)."""

import pytest

from mockserver.gateway import view
from tests.contract.client import Client

PATHS = ("/dau-count", "/dau", "/daily-usage", "/user-activity", "/daily-user-activity-by-editor-language")
TOKEN = "mock-augment-acme"

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
    "a scheme and a space": "Bearer ",
    "a token alone": TOKEN,
    "another scheme": f"Basic {TOKEN}",
    "a scheme that begins alike": f"Bearers {TOKEN}",
    "two tokens": f"Bearer {TOKEN} {TOKEN}",
    "an unknown token": "Bearer mock-augment-nobody",
    "a token in other letters": f"Bearer {TOKEN.upper()}",
    "the token of another organization": "Bearer mock-augment-globex",
    "the token of another vendor": "Bearer mock-tabnine-acme",
    "a token that is longer": f"Bearer {TOKEN}x",
    "letters beyond ASCII": "Bearer tökén",
}

FORBIDDEN = f"Bearer {TOKEN}-forbidden"
LIMITED = (("POST", "/dau-count", 405), ("GET", "/nowhere", 404), ("GET", "/dau-count?limit=5", 400))


@pytest.mark.parametrize("authorization", LET_IN.values(), ids=LET_IN)
def test_scheme_is_bearer_in_any_case(augment: Client, authorization: str) -> None:
    assert augment.bearing(authorization).get("/dau-count").status == 200


@pytest.mark.parametrize("authorization", REFUSED.values(), ids=REFUSED)
def test_unknown_token_is_401(augment: Client, authorization: str | None) -> None:
    answer = augment.bearing(authorization).get("/dau-count")
    assert (answer.status, answer.code) == (401, "Unauthenticated")


def test_unauthenticated_answer_never_repeats_the_credentials(augment: Client) -> None:
    assert b"secret-of-mine" not in augment.bearing("Bearer secret-of-mine").get("/dau-count").body


@pytest.mark.parametrize("path", PATHS)
def test_token_without_permission_is_403(augment: Client, path: str) -> None:
    answer = augment.bearing(FORBIDDEN).get(path)
    assert (answer.status, answer.code) == (403, "PermissionDenied")


@pytest.mark.parametrize(("authorization", "status"), [(None, 401), (FORBIDDEN, 403)], ids=["unknown", "forbidden"])
@pytest.mark.parametrize(("method", "path", "_"), LIMITED)
def test_authentication_comes_before_path_method_and_parameters(
    augment: Client, authorization: str | None, status: int, method: str, path: str, _: int
) -> None:
    path, _mark, query = path.partition("?")
    assert augment.bearing(authorization).send(method, path, query).status == status


@pytest.mark.parametrize(("method", "path", "status"), LIMITED)
def test_limit_comes_before_path_method_and_parameters(augment: Client, method: str, path: str, status: int) -> None:
    path, _mark, query = path.partition("?")
    assert augment.send(method, path, query).status == status
    augment.limited()
    for _ in range(20):
        augment.get("/dau-count")
    answer = augment.send(method, path, query)
    assert (answer.status, answer.code) == (429, "ResourceExhausted")


@pytest.mark.parametrize(("authorization", "status"), [(None, 401), (FORBIDDEN, 403)], ids=["unknown", "forbidden"])
def test_authentication_comes_before_the_limit(augment: Client, authorization: str | None, status: int) -> None:
    augment.limited()
    for _ in range(21):
        augment.get("/dau-count")
    assert augment.bearing(authorization).get("/dau-count").status == status


@pytest.mark.parametrize(
    ("method", "path", "status"), [("POST", "/nowhere?limit=5", 404), ("POST", "/dau?limit=5", 405)]
)
def test_path_comes_before_method_and_both_before_parameters(
    augment: Client, method: str, path: str, status: int
) -> None:
    path, _mark, query = path.partition("?")
    assert augment.send(method, path, query).status == status


NOWHERE = {
    "a name that is not there": "/users",
    "nothing": "",
    "a slash": "/",
    "deeper": "/dau/2025-10-20",
    "another version's letters": "/DAU",
    "with an organization": "/acme/dau",
}


@pytest.mark.parametrize("path", NOWHERE.values(), ids=NOWHERE)
def test_unknown_path_is_404(augment: Client, path: str) -> None:
    answer = augment.get(path)
    assert (answer.status, answer.code) == (404, "NotFound")


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW"])
def test_other_method_is_405_with_allow(augment: Client, method: str, path: str) -> None:
    answer = augment.send(method, path)
    assert (answer.status, answer.code, answer.headers["Allow"]) == (405, "MethodNotAllowed", "GET, HEAD")


@pytest.mark.parametrize("path", PATHS)
def test_head_is_get_without_the_body(augment: Client, path: str) -> None:
    got, headed = augment.get(path), augment.send("HEAD", path)
    assert (headed.status, headed.body) == (200, b"")
    assert dict(headed.headers) == dict(got.headers)


def test_refused_head_has_no_body(augment: Client) -> None:
    answer = augment.send("HEAD", "/dau", "page_size=0")
    assert (answer.status, answer.body) == (400, b"")


@pytest.mark.parametrize("path", PATHS)
def test_answers_are_json_without_rate_limit_headers(augment: Client, path: str) -> None:
    headers = augment.get(path).headers
    assert headers["Content-Type"] == "application/json"
    assert set(headers.keys()) == {"Content-Type", "Content-Length", "Date"}


def test_unexpected_error_is_500_and_logged_once(
    augment: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> str:
        raise RuntimeError("the wheel came off")

    monkeypatch.setattr(view, "respond", broken)
    answer = augment.get("/dau-count")
    assert (answer.status, answer.code) == (500, "Internal")
    assert b"wheel" not in answer.body
    assert [record.exc_info is not None for record in caplog.records] == [True]
