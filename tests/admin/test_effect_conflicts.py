"""The fields of an effect: which combinations are armed as given, and which are refused with both fields named."""

import json
from typing import Any

import pytest

from mockserver.gateway import socket_features
from tests.admin.driver import Admin

pytestmark = pytest.mark.usefixtures("undescribed")

SERVED = {socket_features.IS_GONE: bool}

GOOD: dict[str, dict[str, Any]] = {
    "headers alone": {"headers": {"X-RateLimit-Remaining": "3", "Content-Type": "text/plain", "ETag": '"a"'}},
    "headers with a delay": {"delay_seconds": 0.01, "headers": {"X-RateLimit-Remaining": "3"}},
    "headers with a changed body": {"malformed_json": True, "headers": {"Date": "Thu, 01 Jan 1970 00:00:00 GMT"}},
    "a header in Latin-1": {"headers": {"X-City": "M\xfcnchen \xa3"}},
    "a header that says gzip": {"headers": {"Content-Encoding": "gzip"}},
    "an empty 204": {"status": 204, "empty": True, "headers": {"X-A": "b"}},
    "an empty 200 of a wrong type": {"status": 200, "empty": True, "headers": {"Content-Type": "text/html"}},
    "an empty 599": {"status": 599, "empty": True, "delay_seconds": 1, "close_idle": True},
    "an error under a 200": {"status": 200, "error": True, "code": "X", "message": "m", "gzip": True},
    "an error that would be one anyway": {"status": 503, "error": True},
    "a chunked body": {"chunked": True, "gzip": True, "malformed_json": True},
    "a chunked body that stalls and ends": {
        "chunked": True,
        "cut_after_bytes": 10,
        "stall_seconds": 1,
        "after_bytes": 10,
    },
    "a compressed page, truncated": {"html": 502, "gzip": True, "truncate_bytes": 10},
    "a mark in a compressed body": {"byte_order_mark": True, "gzip": True, "status": 200, "error": True},
    "a body that drips and ends": {"drip_seconds": 2.5, "chunked": True, "cut_after_bytes": 10},
    "a date to retry at": {"rate_limited": True, "retry_after_date": 0, "delay_seconds": 1},
    "an empty 202 with a date": {"status": 202, "empty": True, "retry_after_date": 604800},
    "a closed connection after a slow body": {"close_idle": True, "stall_seconds": 1, "after_bytes": 1},
}


@pytest.mark.in_process("the test declares what the server's sockets can do")
@pytest.mark.parametrize("effect", GOOD.values(), ids=GOOD)
def test_combination_is_armed_as_given(admin: Admin, effect: dict[str, Any]) -> None:
    sent = {**admin.headers, "Content-Type": "application/json"}
    answer = admin.sent("POST", "/_mock/faults", json.dumps({"effect": effect}).encode(), sent, SERVED)
    assert (answer.status, answer.json["effect"]) == (201, effect)


RESET = "cannot go with reset, which sends no answer"
EMPTY = "cannot go with empty, which leaves no body"
PAGE = "cannot go with html, which is not JSON"
WHOLE = "cannot go with close_idle, whose answer is whole"
OWN = "is set by the server only: it describes how the answer is sent"
ALONE = "cannot be {} alone: below 400, give empty or error beside it; an error is 400 to 599"
PARTNER = "belongs to {}, which is not given"

BAD: dict[str, tuple[dict[str, Any], dict[str, str]]] = {
    "a success alone": ({"status": 200}, {"status": ALONE.format(200)}),
    "a 204 alone": (
        {"status": 204},
        {"status": "cannot be 204 alone: below 400, give empty beside it; an error is 400 to 599"},
    ),
    "a redirect with headers": ({"status": 302, "headers": {"Location": "/"}}, {"status": ALONE.format(302)}),
    "an error under a 204": (
        {"status": 204, "error": True},
        {"error": "cannot go with status 204, which allows no body; give empty"},
    ),
    "an empty error": ({"status": 200, "empty": True, "error": True}, {"error": EMPTY}),
    "an empty answer with a text": (
        {"status": 500, "empty": True, "code": "x", "message": "y"},
        {"code": EMPTY, "message": EMPTY},
    ),
    "an empty answer with a body": (
        {"status": 500, "empty": True, "gzip": True, "malformed_json": True, "truncate_bytes": 1},
        {"gzip": EMPTY, "malformed_json": EMPTY, "truncate_bytes": EMPTY},
    ),
    "an empty answer in chunks": (
        {"status": 200, "empty": True, "chunked": True, "cut_after_bytes": 0},
        {"chunked": EMPTY, "cut_after_bytes": EMPTY},
    ),
    "emptiness alone": ({"empty": True, "gzip": True}, {"empty": PARTNER.format("status"), "gzip": EMPTY}),
    "an error without a status": ({"rate_limited": True, "error": True}, {"error": PARTNER.format("status")}),
    "a cut without chunks": ({"gzip": True, "cut_after_bytes": 1}, {"cut_after_bytes": PARTNER.format("chunked")}),
    "a truncated chunked body": (
        {"chunked": True, "truncate_bytes": 1},
        {"truncate_bytes": "cannot go with chunked, which announces no length; give cut_after_bytes"},
    ),
    "a stall beyond the cut": (
        {"chunked": True, "cut_after_bytes": 1, "stall_seconds": 1, "after_bytes": 2},
        {"after_bytes": "is beyond cut_after_bytes, where the body ends"},
    ),
    "a reset with what an answer has": (
        {"reset": True, "headers": {"A": "b"}, "chunked": True, "gzip": True, "close_idle": True},
        {"headers": RESET, "chunked": RESET, "gzip": RESET, "close_idle": RESET},
    ),
    "a reset with a body and a date": (
        {"reset": True, "byte_order_mark": True, "drip_seconds": 1, "retry_after_date": 1},
        {"byte_order_mark": RESET, "drip_seconds": RESET, "retry_after_date": RESET},
    ),
    "an empty answer that drips": (
        {"status": 200, "empty": True, "byte_order_mark": True, "drip_seconds": 1},
        {"byte_order_mark": EMPTY, "drip_seconds": EMPTY},
    ),
    "a length that no chunks have": (
        {"chunked": True, "short_length": 1},
        {"short_length": "cannot go with chunked, which announces no length"},
    ),
    "two ends": (
        {"truncate_bytes": 1, "short_length": 1},
        {"short_length": "cannot go with truncate_bytes, which ends the body before its length"},
    ),
    "a whole answer of another length": ({"close_idle": True, "short_length": 1}, {"short_length": WHOLE}),
    "no difference": ({"short_length": 0}, {"short_length": "must be a whole number from 1 to 1000000000"}),
    "NaN where no JSON is": (
        {"html": 502, "json_nan": True, "json_duplicate_key": True},
        {"json_nan": PAGE, "json_duplicate_key": PAGE},
    ),
    "NaN in no answer": (
        {"reset": True, "json_nan": True, "json_duplicate_key": True},
        {"json_nan": RESET, "json_duplicate_key": RESET},
    ),
    "NaN in no body": (
        {"status": 200, "empty": True, "json_nan": True, "json_duplicate_key": True},
        {"json_nan": EMPTY, "json_duplicate_key": EMPTY},
    ),
    "a drip that stalls": (
        {"drip_seconds": 1, "stall_seconds": 1, "after_bytes": 1},
        {"stall_seconds": "cannot go with drip_seconds, which spreads the whole body over its seconds"},
    ),
    "two times to retry": (
        {"rate_limited": True, "retry_after_date": 5, "headers": {"Retry-after": "5"}},
        {"headers": "Retry-After cannot go with retry_after_date, which sets it"},
    ),
    "a date too far away": (
        {"status": 503, "retry_after_date": 604801},
        {"retry_after_date": "must be a whole number from 0 to 604800"},
    ),
    "a drip of no time": ({"drip_seconds": 0}, {"drip_seconds": "0 has no effect; it must be above 0, up to 3600"}),
    "a whole answer, truncated": ({"close_idle": True, "truncate_bytes": 1}, {"truncate_bytes": WHOLE}),
    "a whole answer, cut": ({"close_idle": True, "chunked": True, "cut_after_bytes": 1}, {"cut_after_bytes": WHOLE}),
    "a compressed body of another encoding": (
        {"gzip": True, "headers": {"content-encoding": "br"}},
        {"headers": "Content-Encoding cannot go with gzip, which sets it"},
    ),
    "a type of no body": (
        {"status": 204, "empty": True, "headers": {"Content-Type": "a/b"}},
        {"headers": "content-type cannot go with status 204: it describes a body, and there is none"},
    ),
    "a header twice": (
        {"headers": {"ETag": "1", "etag": "2"}},
        {"headers": "etag is given more than once, in letters of different case"},
    ),
    "no header": (
        {"headers": {}},
        {"": "has no effect; give at least one of: status, html, rate_limited, reset, headers"},
    ),
    "framing": (
        {"headers": {"Transfer-Encoding": "chunked", "connection": "close"}},
        {"headers.Transfer-Encoding": OWN, "headers.connection": OWN},
    ),
    "a header beyond Latin-1": (
        {"headers": {"X-A": "\u20ac", "X-B": "a\x7f", "X-C": "\xa0"}},
        dict.fromkeys(
            ("headers.X-A", "headers.X-B", "headers.X-C"),
            "must be text of 1 to 1000 printable characters of Latin-1, without spaces at its ends",
        ),
    ),
    "gzip of false": ({"gzip": False}, {"gzip": "must be true; leave it out otherwise"}),
}


@pytest.mark.parametrize(("effect", "errors"), BAD.values(), ids=BAD)
def test_combination_without_sense_is_refused(admin: Admin, effect: dict[str, Any], errors: dict[str, str]) -> None:
    found = admin.refused("POST", "/faults", {"effect": effect}).errors
    assert {*found} == {f"effect.{name}".rstrip(".") for name in errors}
    for name, message in errors.items():
        (only,) = found[f"effect.{name}".rstrip(".")]
        assert only.startswith(message)
    assert admin.get("/faults") == {"rules": []}
