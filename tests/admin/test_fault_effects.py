"""The effects of faults at every vendor: an armed error looks like the vendor's own, and is journaled."""

import gzip
from base64 import b64encode
from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.admin.driver import Admin

pytestmark = pytest.mark.usefixtures("undescribed")

REQUESTS: dict[str, tuple[str, str, str]] = {
    "augment": ("GET", "/analytics/v0/dau-count", "Bearer mock-augment-acme"),
    "tabnine": ("GET", "/api/v1/license", "Bearer mock-tabnine-acme"),
    "jetbrains-ide": (
        "GET",
        "/api/analytics/ai/effectiveness/metrics/totals?fromDate=2025-10-01&toDate=2025-10-20",
        "Bearer mock-jetbrains-ide-acme",
    ),
    "issuing": (
        "POST",
        "/api/rest/oauth2/token",
        f"Basic {b64encode(b'mock-jetbrains-console-acme:mock-secret').decode()}",
    ),
    "jetbrains-console": (
        "GET",
        "/metrics/api/v1/adoption/limit-hits/group-by/date?fromDate=2025-09-01&toDate=2025-10-20&groupBy=month",
        "",
    ),
}
"""A request to each vendor that is answered with 200; the Console's two ways of refusing make two of it."""

STAMP = "2025-10-21T10:30:00.000+00:00"
TOTALS = "/api/analytics/ai/effectiveness/metrics/totals"


def send(admin: Admin, to: str) -> TestResponse:
    """The answer to a request to a vendor; the Console's report is requested with a token that it issues first."""
    method, path, authorization = REQUESTS[to]
    if to == "jetbrains-console":
        armed = admin.get("/faults")["rules"]
        admin.done("PUT", "/faults", {})
        authorization = f"Bearer {_sent(admin, *REQUESTS['issuing']).get_json()['access_token']}"
        bare = [{name: value for name, value in rule.items() if name not in {"id", "hits"}} for rule in armed]
        admin.done("PUT", "/faults", {"rules": bare})
    return _sent(admin, method, path, authorization)


def _sent(admin: Admin, method: str, path: str, authorization: str) -> TestResponse:
    form = {"grant_type": "client_credentials"} if method == "POST" else None
    return admin.app.test_client().open(path, method=method, headers={"Authorization": authorization}, data=form)


def arm(admin: Admin, effect: dict[str, Any], **rule: Any) -> None:
    """Arm one rule and no others."""
    admin.done("PUT", "/faults", {"rules": [{**rule, "effect": effect}]})


@pytest.mark.parametrize("to", REQUESTS)
def test_requests_succeed_without_faults(admin: Admin, to: str) -> None:
    assert send(admin, to).status_code == 200


FAILURES: dict[tuple[str, str], tuple[dict[str, Any], dict[str, Any]]] = {
    ("augment", "plain"): ({"status": 503, "message": "Gone."}, {"error": {"code": "Unavailable", "message": "Gone."}}),
    ("augment", "coded"): ({"status": 500, "code": "X", "message": "m"}, {"error": {"code": "X", "message": "m"}}),
    ("augment", "known"): ({"status": 404, "message": "m"}, {"error": {"code": "NotFound", "message": "m"}}),
    ("augment", "4xx"): ({"status": 418, "message": "m"}, {"error": {"code": "InvalidArgument", "message": "m"}}),
    ("augment", "5xx"): ({"status": 502, "message": "m"}, {"error": {"code": "Internal", "message": "m"}}),
    ("tabnine", "plain"): ({"status": 503, "message": "Gone."}, {"error": {"message": "Gone.", "status": 503}}),
    ("tabnine", "coded"): (
        {"status": 500, "code": "X", "message": "m"},
        {"error": {"message": "X: m", "status": 500}},
    ),
    ("tabnine", "a 400"): (
        {"status": 400, "message": "m"},
        {"error": {"message": "m", "errors": ["request: m"], "status": 400}},
    ),
    ("jetbrains-ide", "plain"): (
        {"status": 503, "message": "Gone."},
        {"timestamp": STAMP, "status": 503, "error": "Service Unavailable", "message": "Gone.", "path": TOTALS},
    ),
    ("jetbrains-ide", "coded"): (
        {"status": 524, "code": "X", "message": "m"},
        {"timestamp": STAMP, "status": 524, "error": "X", "message": "m", "path": TOTALS},
    ),
    ("jetbrains-console", "plain"): (
        {"status": 503, "message": "Gone."},
        {"error": {"code": "service_unavailable", "message": "Gone."}},
    ),
    ("jetbrains-console", "known"): (
        {"status": 500, "message": "m"},
        {"error": {"code": "internal_error", "message": "m"}},
    ),
    ("jetbrains-console", "coded"): (
        {"status": 500, "code": "X", "message": "m"},
        {"error": {"code": "X", "message": "m"}},
    ),
    ("issuing", "plain"): (
        {"status": 503, "message": 'say "no"'},
        {"error": "service_unavailable", "error_description": "say 'no'"},
    ),
    ("issuing", "coded"): (
        {"status": 400, "code": "invalid_scope", "message": "m"},
        {"error": "invalid_scope", "error_description": "m"},
    ),
}


@pytest.mark.parametrize("phase", ["before", "after"])
@pytest.mark.parametrize(("named", "expected"), FAILURES.items(), ids=map(" ".join, FAILURES))
def test_error_has_the_vendors_form(
    admin: Admin, named: tuple[str, str], expected: tuple[dict[str, Any], dict[str, Any]], phase: str
) -> None:
    effect, body = expected
    arm(admin, {**effect, "headers": {"Retry-After": "9"}}, phase=phase)
    answer = send(admin, named[0])
    assert (answer.status_code, answer.mimetype, answer.get_json()) == (effect["status"], "application/json", body)
    assert answer.headers["Retry-After"] == "9"
    entry = admin.get("/requests")["requests"][-1]
    assert (entry["status"], entry["refusal"], entry["fault"]) == (
        effect["status"],
        "fault",
        admin.get("/faults")["rules"][0]["id"],
    )


def test_flat_error_form_has_a_code(admin: Admin) -> None:
    admin.done("PUT", "/policy", {"tabnine": {"error_shape": "flat"}})
    for code, error in ((None, "SERVICE_UNAVAILABLE"), ("X", "X")):
        arm(admin, {"status": 503, "message": "m", **({"code": code} if code else {})})
        body = send(admin, "tabnine").get_json()
        assert (body["error"], body["message"], body["status"]) == (error, "m", 503)


LIMITED: dict[str, dict[str, Any]] = {
    "augment": {"error": {"code": "ResourceExhausted", "message": "too many requests"}},
    "tabnine": {"error": {"message": "Too Many Requests: too many requests", "status": 429}},
    "jetbrains-ide": {
        "timestamp": STAMP,
        "status": 429,
        "error": "Too Many Requests",
        "message": "too many requests",
        "path": TOTALS,
    },
    "jetbrains-console": {"error": {"code": "too_many_requests", "message": "too many requests"}},
    "issuing": {"error": "too_many_requests", "error_description": "too many requests"},
}


@pytest.mark.parametrize(("to", "body"), LIMITED.items(), ids=LIMITED)
def test_armed_rate_limit_is_the_vendors_own_429(admin: Admin, to: str, body: dict[str, Any]) -> None:
    arm(admin, {"rate_limited": True})
    answer = send(admin, to)
    assert (answer.status_code, answer.get_json()) == (429, body)
    assert admin.get("/requests")["requests"][-1]["refusal"] == "limited"


def test_armed_429_has_retry_after_where_a_real_one_does(admin: Admin) -> None:
    admin.done("PUT", "/policy", {"augment": {"retry_after": "seconds"}})
    arm(admin, {"rate_limited": True})
    assert send(admin, "augment").headers["Retry-After"] == "6"


@pytest.mark.parametrize("to", REQUESTS)
def test_gateway_page_is_html(admin: Admin, to: str) -> None:
    arm(admin, {"html": 504})
    answer = send(admin, to)
    assert (answer.status_code, answer.mimetype) == (504, "text/html")
    assert "504 Gateway Timeout" in answer.get_data(as_text=True)


@pytest.mark.parametrize("to", REQUESTS)
def test_malformed_body_lacks_its_last_bracket(admin: Admin, to: str) -> None:
    whole = send(admin, to).data
    arm(admin, {"malformed_json": True})
    answer = send(admin, to)
    assert (answer.status_code, answer.mimetype, answer.data) == (200, "application/json", whole[:-1])
    admin.done("PUT", "/faults", {})
    assert send(admin, to).data == whole


@pytest.mark.parametrize("to", REQUESTS)
def test_headers_are_added_to_the_genuine_answer_and_journaled(admin: Admin, to: str) -> None:
    whole = send(admin, to)
    arm(admin, {"headers": {"X-RateLimit-Remaining": "3", "content-type": "text/plain"}})
    answer = send(admin, to)
    assert (answer.status_code, answer.data, answer.headers.getlist("Content-Type")) == (
        *(200, whole.data),
        ["text/plain"],
    )
    kept = admin.get(f"/requests/{admin.get('/requests')['requests'][-1]['id']}")["response_headers"]
    assert (kept["X-RateLimit-Remaining"], kept["content-type"]) == ("3", "text/plain")


@pytest.mark.parametrize("to", REQUESTS)
def test_error_under_a_success_has_the_body_of_a_500(admin: Admin, to: str) -> None:
    arm(admin, {"status": 500, "message": "m"})
    error = send(admin, to)
    arm(admin, {"status": 200, "error": True, "message": "m"})
    answer = send(admin, to)
    assert (error.status_code, answer.status_code, answer.mimetype) == (500, 200, "application/json")
    assert answer.data == error.data
    entry = admin.get("/requests")["requests"][-1]
    assert (entry["status"], entry["refusal"]) == (200, "fault")


@pytest.mark.parametrize("to", REQUESTS)
def test_compressed_body_is_the_genuine_one(admin: Admin, to: str) -> None:
    whole = send(admin, to).data
    arm(admin, {"gzip": True})
    answer = send(admin, to)
    assert (gzip.decompress(answer.data), answer.headers["Content-Encoding"]) == (whole, "gzip")


@pytest.mark.parametrize("to", REQUESTS)
def test_delay_changes_only_the_timing(admin: Admin, to: str) -> None:
    whole = send(admin, to).data
    arm(admin, {"delay_seconds": 0.001})
    assert send(admin, to).data == whole


@pytest.mark.parametrize("to", ["augment", "tabnine", "jetbrains-ide", "jetbrains-console"])
def test_fault_before_the_limiter_spends_nothing(admin: Admin, to: str) -> None:
    admin.done("PUT", "/limits", {to: {"per_minute": 1, "burst": 5}})
    for phase, left in (("before", []), ("after", [4])):
        arm(admin, {"status": 500}, phase=phase)
        assert send(admin, to).status_code == 500
        assert [bucket["remaining"] for bucket in admin.get("/limits")[to]["buckets"]] == left


def test_rule_matches_by_operation_path_and_query(admin: Admin) -> None:
    arm(
        admin,
        {"status": 503},
        vendor="augment",
        operation="getDau",
        path="/analytics/*",
        query={"page_size": 5, "date": "2025-10-20"},
    )
    statuses = [
        admin.vendor(f"/analytics/v0/{rest}")
        for rest in ("dau", "dau?page_size=5", "dau?page_size=5&date=2025-10-20", "dau-count")
    ]
    assert statuses == [200, 200, 503, 200]
