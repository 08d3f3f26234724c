"""The oracle: it reports every difference between an answer and the file, and checks only the vendors' paths."""

import json
from collections.abc import Callable

import pytest
from flask import Flask, Response

from mockserver import resources
from mockserver.gateway.routing import DirectView
from tests.contract import oracle
from tests.contract.client import Client
from tests.contract.oracle import Oracle, Recorded
from tests.contract.watch import Watch

AUGMENT = oracle.read(resources.openapi() / "augment.yaml")
COUNT = "/analytics/v0/dau-count"
JSON = {"content-type": "application/json", "content-length": "2"}
LIMITED = b'{"error":{"code":"ResourceExhausted","message":"slow down"}}'
WRONG_METHOD = b'{"error":{"code":"MethodNotAllowed","message":"GET only"}}'
NOT_FOUND = b'{"error":{"code":"NotFound","message":"nothing here"}}'
COUNTED = json.dumps(
    {
        "daily_active_user_counts": [{"date": "2025-10-20", "user_count": 3}],
        "metadata": {
            "effective_start_date": "2025-10-20",
            "effective_end_date": "2025-10-20",
            "generated_at": "2025-10-21T10:30:00Z",
            "total_days": 1,
        },
    }
).encode()

GOOD = {
    "an answer": Recorded("GET", COUNT, 200, JSON, COUNTED),
    "HEAD, as GET without the body": Recorded("HEAD", COUNT, 200, JSON, b""),
    "an optional header that is missing": Recorded("GET", COUNT, 429, JSON, LIMITED),
    "an optional header that is present": Recorded("GET", COUNT, 429, JSON | {"retry-after": "6"}, LIMITED),
    "a wrong method": Recorded("POST", COUNT, 405, JSON | {"allow": "GET, HEAD"}, WRONG_METHOD),
    "a path that is not in the file": Recorded("GET", "/analytics/v0/users", 404, JSON, NOT_FOUND),
}

WRONG = {
    "an undescribed method": (Recorded("POST", COUNT, 200, JSON, COUNTED), "describes no such answer"),
    "an undescribed path": (
        Recorded("GET", "/analytics/v0/users", 200, JSON, COUNTED),
        "describes no such answer",
    ),
    "an undescribed status": (Recorded("GET", COUNT, 404, JSON, NOT_FOUND), "describes no such answer"),
    "a header of another type": (
        Recorded("GET", COUNT, 429, JSON | {"retry-after": "soon"}, LIMITED),
        'the header Retry-After is wrong: "soon" is not of type "integer"',
    ),
    "a header out of range": (
        Recorded("GET", COUNT, 429, JSON | {"retry-after": "0"}, LIMITED),
        "the header Retry-After is wrong: 0 is less than the minimum of 1",
    ),
    "a header that does not match its pattern": (
        Recorded("POST", COUNT, 405, JSON | {"allow": "get"}, WRONG_METHOD),
        "the header Allow is wrong",
    ),
    "a required header that is missing": (
        Recorded("POST", COUNT, 405, JSON, WRONG_METHOD),
        "the header Allow is missing",
    ),
    "an undescribed header": (
        Recorded("GET", COUNT, 200, JSON | {"x-ratelimit-limit": "10"}, COUNTED),
        "the header x-ratelimit-limit is not described",
    ),
    "another content type": (
        Recorded("GET", COUNT, 200, {"content-type": "text/html; charset=utf-8"}, COUNTED),
        "the content type 'text/html' is not described",
    ),
    "no content type": (Recorded("GET", COUNT, 200, {}, COUNTED), "the content type '' is not described"),
    "a body that is not JSON": (Recorded("GET", COUNT, 200, JSON, b"{"), "the body is no JSON"),
    "the code of another status": (
        Recorded("GET", COUNT, 429, JSON, NOT_FOUND),
        '"ResourceExhausted" was expected',
    ),
    "a missing key": (Recorded("GET", COUNT, 200, JSON, b"{}"), '"metadata" is a required property'),
    "an undescribed key": (
        Recorded("GET", COUNT, 200, JSON, COUNTED.replace(b'"user_count"', b'"users": 3, "user_count"')),
        "Additional properties are not allowed ('users' was unexpected) at /daily_active_user_counts/0",
    ),
    "a date that does not exist": (
        Recorded("GET", COUNT, 200, JSON, COUNTED.replace(b'"date": "2025-10-20"', b'"date": "2025-02-30"')),
        '"2025-02-30" is not a "date"',
    ),
    "a body in an answer to HEAD": (Recorded("HEAD", COUNT, 200, JSON, COUNTED), "an answer to HEAD has no body"),
}


EMPTY: dict[str, str] = {}
RESPONSES = {
    "200": {"description": "", "content": {"application/json": {"schema": {"type": "integer"}}}},
    "204": {"description": ""},
    "302": {"description": "", "headers": {"Location": {"required": True, "schema": {"type": "string"}}}},
}
TEMPLATED = Oracle(
    {
        "paths": {
            "/things/fixed": {"get": {"operationId": "getFixed", "responses": {"204": {"description": ""}}}},
            "/things/{id}": {"get": {"operationId": "getThing", "responses": RESPONSES}},
        },
        "components": {"responses": {}},
    }
)
TEMPLATED_ANSWERS = {
    "a template": (Recorded("GET", "/things/7", 200, JSON, b"1"), None),
    "a template's schema": (Recorded("GET", "/things/7", 200, JSON, b'"1"'), '"1" is not of type "integer"'),
    "no content": (Recorded("GET", "/things/7", 204, EMPTY, b""), None),
    "content where there is none": (
        Recorded("GET", "/things/7", 204, JSON, b"1"),
        "'application/json' is not described",
    ),
    "a redirect": (Recorded("GET", "/things/7", 302, {"location": "/"}, b""), None),
    "a redirect without a target": (Recorded("GET", "/things/7", 302, EMPTY, b""), "the header Location is missing"),
    "a fixed path before the template": (Recorded("GET", "/things/fixed", 200, JSON, b"1"), "describes no such answer"),
    "a path below the template": (Recorded("GET", "/things/7/8", 200, JSON, b"1"), "describes no such answer"),
}


@pytest.mark.parametrize(("answer", "error"), TEMPLATED_ANSWERS.values(), ids=TEMPLATED_ANSWERS)
def test_templated_paths_and_empty_answers_are_checked(answer: Recorded, error: str | None) -> None:
    found = TEMPLATED.faults(answer)
    assert bool(found) is (error is not None)
    assert error is None or error in found[0]


@pytest.mark.parametrize("answer", GOOD.values(), ids=GOOD)
def test_described_answer_has_no_errors(answer: Recorded) -> None:
    assert AUGMENT.faults(answer) == []


@pytest.mark.parametrize(("answer", "error"), WRONG.values(), ids=WRONG)
def test_undescribed_answer_is_reported(answer: Recorded, error: str) -> None:
    found = AUGMENT.faults(answer)
    assert any(error in each for each in found), found
    assert all(each.startswith(f"{answer.method} {answer.path} → {answer.status}: ") for each in found)


def _incomplete() -> Response:
    return Response('{"daily_active_user_counts": []}', mimetype="application/json")


def _html() -> Response:
    return Response("<h1>Oops</h1>", 502, mimetype="text/html")


Direct = Callable[[str, Callable[[], Response]], dict[str, DirectView]]
WRONG_VIEWS: dict[str, tuple[Callable[[], Response], str]] = {
    "a body": (_incomplete, '"metadata" is a required property'),
    "a gateway's page": (_html, "→ 502: the file describes no such answer"),
}


@pytest.mark.parametrize("direct", [lambda path, view: {path: DirectView("augment", lambda _: view())}, lambda *_: {}])
@pytest.mark.parametrize(("view", "message"), WRONG_VIEWS.values(), ids=WRONG_VIEWS)
def test_wrong_answer_of_an_app_is_reported(
    augment_of: Callable[..., Client], watch: Watch, view: Callable[[], Response], message: str, direct: Direct
) -> None:
    augment = augment_of()
    augment.app.wsgi_app._direct = direct("/analytics/v0/dau-count", view)  # type: ignore[attr-defined]  # noqa: SLF001
    augment.app.view_functions["augment:getDauCount"] = view
    augment.get("/dau-count")
    [error] = [each for each in watch.take() if message in each]
    assert error.startswith("GET /analytics/v0/dau-count")


def test_each_answer_is_checked_once(augment: Client, watch: Watch) -> None:
    before = watch.checked
    augment.get("/dau-count")
    augment.get("/nowhere")
    assert (watch.checked - before, watch.take()) == (2, [])


def test_paths_outside_the_vendors_are_not_checked(app: Flask, watch: Watch) -> None:
    before = watch.checked
    app.test_client().get("/nowhere")
    app.test_client().get("/analytics/v01")
    assert watch.checked == before
