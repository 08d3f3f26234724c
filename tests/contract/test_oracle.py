"""The oracle finds whatever is not as the file describes it; what no file describes is not its business."""

import json
from collections.abc import Callable

import pytest
from flask import Flask, Response

from mockserver import resources
from tests.contract import oracle
from tests.contract.client import Client
from tests.contract.oracle import Oracle, Recorded
from tests.contract.watch import Watch

AUGMENT = oracle.read(resources.openapi() / "augment.yaml")
COUNT = "/analytics/v0/dau-count"
JSON = {"content-type": "application/json", "content-length": "2"}
LIMITED = b'{"error":{"code":"ResourceExhausted","message":"slow down"}}'
WRONG_METHOD = b'{"error":{"code":"MethodNotAllowed","message":"GET only"}}'
NOWHERE = b'{"error":{"code":"NotFound","message":"nothing here"}}'
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
    "a described header that need not be there": Recorded("GET", COUNT, 429, JSON, LIMITED),
    "the same header, there": Recorded("GET", COUNT, 429, JSON | {"retry-after": "6"}, LIMITED),
    "a wrong method": Recorded("POST", COUNT, 405, JSON | {"allow": "GET, HEAD"}, WRONG_METHOD),
    "a path that is not in the file": Recorded("GET", "/analytics/v0/users", 404, JSON, NOWHERE),
}

WRONG = {
    "an operation that is not described": (Recorded("POST", COUNT, 200, JSON, COUNTED), "describes no such answer"),
    "a path that is not described": (
        Recorded("GET", "/analytics/v0/users", 200, JSON, COUNTED),
        "describes no such answer",
    ),
    "a status that is not described": (Recorded("GET", COUNT, 404, JSON, NOWHERE), "describes no such answer"),
    "a header of another type": (
        Recorded("GET", COUNT, 429, JSON | {"retry-after": "soon"}, LIMITED),
        'the header Retry-After is wrong: "soon" is not of type "integer"',
    ),
    "a header out of range": (
        Recorded("GET", COUNT, 429, JSON | {"retry-after": "0"}, LIMITED),
        "the header Retry-After is wrong: 0 is less than the minimum of 1",
    ),
    "a header that does not match": (
        Recorded("POST", COUNT, 405, JSON | {"allow": "get"}, WRONG_METHOD),
        "the header Allow is wrong",
    ),
    "a header that must be there": (Recorded("POST", COUNT, 405, JSON, WRONG_METHOD), "the header Allow is missing"),
    "a header that is not described": (
        Recorded("GET", COUNT, 200, JSON | {"x-ratelimit-limit": "10"}, COUNTED),
        "the header x-ratelimit-limit is not described",
    ),
    "another content type": (
        Recorded("GET", COUNT, 200, {"content-type": "text/html; charset=utf-8"}, COUNTED),
        "the content type 'text/html' is not described",
    ),
    "no content type": (Recorded("GET", COUNT, 200, {}, COUNTED), "the content type '' is not described"),
    "no JSON": (Recorded("GET", COUNT, 200, JSON, b"{"), "the body is no JSON"),
    "another code than the status has": (
        Recorded("GET", COUNT, 429, JSON, NOWHERE),
        '"ResourceExhausted" was expected',
    ),
    "a key that is missing": (Recorded("GET", COUNT, 200, JSON, b"{}"), '"metadata" is a required property'),
    "a key that is not described": (
        Recorded("GET", COUNT, 200, JSON, COUNTED.replace(b'"user_count"', b'"users": 3, "user_count"')),
        "Additional properties are not allowed ('users' was unexpected) at /daily_active_user_counts/0",
    ),
    "a date that does not exist": (
        Recorded("GET", COUNT, 200, JSON, COUNTED.replace(b'"date": "2025-10-20"', b'"date": "2025-02-30"')),
        '"2025-02-30" is not a "date"',
    ),
    "a body behind HEAD": (Recorded("HEAD", COUNT, 200, JSON, COUNTED), "an answer to HEAD has no body"),
}


EMPTY: dict[str, str] = {}
OF_OPERATIONS = {
    "200": {"description": "", "content": {"application/json": {"schema": {"type": "integer"}}}},
    "204": {"description": ""},
    "302": {"description": "", "headers": {"Location": {"required": True, "schema": {"type": "string"}}}},
}
TEMPLATED = Oracle(
    {
        "paths": {
            "/things/fixed": {"get": {"operationId": "getFixed", "responses": {"204": {"description": ""}}}},
            "/things/{id}": {"get": {"operationId": "getThing", "responses": OF_OPERATIONS}},
        },
        "components": {"responses": {}},
    }
)
ON_TEMPLATES = {
    "a template": (Recorded("GET", "/things/7", 200, JSON, b"1"), None),
    "a template's schema": (Recorded("GET", "/things/7", 200, JSON, b'"1"'), '"1" is not of type "integer"'),
    "no content": (Recorded("GET", "/things/7", 204, EMPTY, b""), None),
    "content where there is none": (
        Recorded("GET", "/things/7", 204, JSON, b"1"),
        "'application/json' is not described",
    ),
    "a way on": (Recorded("GET", "/things/7", 302, {"location": "/"}, b""), None),
    "a way to nowhere": (Recorded("GET", "/things/7", 302, EMPTY, b""), "the header Location is missing"),
    "a fixed path before the template": (Recorded("GET", "/things/fixed", 200, JSON, b"1"), "describes no such answer"),
    "a path below the template": (Recorded("GET", "/things/7/8", 200, JSON, b"1"), "describes no such answer"),
}


@pytest.mark.parametrize(("said", "fault"), ON_TEMPLATES.values(), ids=ON_TEMPLATES)
def test_templated_paths_and_empty_answers_are_checked(said: Recorded, fault: str | None) -> None:
    found = TEMPLATED.faults(said)
    assert bool(found) is (fault is not None)
    assert fault is None or fault in found[0]


@pytest.mark.parametrize("said", GOOD.values(), ids=GOOD)
def test_described_answer_has_no_errors(said: Recorded) -> None:
    assert AUGMENT.faults(said) == []


@pytest.mark.parametrize(("said", "fault"), WRONG.values(), ids=WRONG)
def test_undescribed_answer_is_reported(said: Recorded, fault: str) -> None:
    found = AUGMENT.faults(said)
    assert any(fault in each for each in found), found
    assert all(each.startswith(f"{said.method} {said.path} → {said.status}: ") for each in found)


def _unjustified() -> Response:
    return Response('{"daily_active_user_counts": []}', mimetype="application/json")


def _page() -> Response:
    return Response("<h1>Oops</h1>", 502, mimetype="text/html")


PLANTED: dict[str, tuple[Callable[[], Response], str]] = {
    "a body": (_unjustified, '"metadata" is a required property'),
    "a gateway's page": (_page, "→ 502: the file describes no such answer"),
}


@pytest.mark.parametrize(("view", "fault"), PLANTED.values(), ids=PLANTED)
def test_wrong_answer_of_an_app_is_detected(
    augment_of: Callable[..., Client], watch: Watch, view: Callable[[], Response], fault: str
) -> None:
    augment = augment_of()
    augment.app.view_functions["augment:getDauCount"] = view
    augment.get("/dau-count")
    [caught] = [each for each in watch.take() if fault in each]
    assert caught.startswith("GET /analytics/v0/dau-count")


def test_error_is_reported_once(augment: Client, watch: Watch) -> None:
    before = watch.judged
    augment.get("/dau-count")
    augment.get("/nowhere")
    assert (watch.judged - before, watch.take()) == (2, [])


def test_paths_outside_the_vendors_are_not_checked(app: Flask, watch: Watch) -> None:
    before = watch.judged
    app.test_client().get("/nowhere")
    app.test_client().get("/analytics/v01")
    assert watch.judged == before
