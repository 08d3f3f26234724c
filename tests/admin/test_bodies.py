"""Bodies: a JSON object, parsed strictly, or an error that says what is wrong and changes nothing."""

from typing import Any

import pytest
from flask import Flask

from mockserver.app import create_app
from mockserver.gateway.vendor import BODY_MAXIMUM
from tests.admin.driver import JSON, PROBLEM, Admin
from tests.conftest import SETTINGS


@pytest.fixture(scope="module")
def app() -> Flask:
    """One app for every test here: what is refused changes nothing."""
    return create_app(SETTINGS)


WRITING = [
    ("PUT", "/clock"),
    ("POST", "/clock/advance"),
    ("PUT", "/limits"),
    ("PATCH", "/limits"),
    ("PUT", "/policy"),
    ("PATCH", "/policy"),
    ("POST", "/reset"),
]

HEADERS = {"Host": "localhost", "Content-Type": JSON}

NOT_JSON = "the body is not valid JSON: "
OBJECT = "the body must be a JSON object, as in {}"
DEEP = "the body is nested deeper than 8 levels"

BAD = {
    "a list": (b"[]", OBJECT),
    "text": (b'"frozen"', OBJECT),
    "a number": (b"1", OBJECT),
    "null": (b"null", OBJECT),
    "a word": (b"frozen", f"{NOT_JSON}Expecting value: line 1 column 1 (char 0)"),
    "blanks": (b"  ", f"{NOT_JSON}Expecting value: line 1 column 3 (char 2)"),
    "half an object": (b'{"now": ', f"{NOT_JSON}Expecting value: line 1 column 9 (char 8)"),
    "two objects": (b"{}{}", f"{NOT_JSON}Extra data: line 1 column 3 (char 2)"),
    "a form": (b"frozen=true", f"{NOT_JSON}Expecting value: line 1 column 1 (char 0)"),
    "a repeated field": (b'{"now": 1, "now": 2}', f"{NOT_JSON}the field 'now' is repeated"),
    "a repeated nested field": (b'{"a": [{"b": 1, "b": 1}]}', f"{NOT_JSON}the field 'b' is repeated"),
    "not a number": (b'{"a": NaN}', f"{NOT_JSON}NaN is not a JSON number"),
    "infinite": (b'{"a": -Infinity}', f"{NOT_JSON}-Infinity is not a JSON number"),
    "a very long number": (b"1" * 5000, f"{NOT_JSON}a number has 5000 digits; the maximum is 60"),
    "a very long fraction": (b"0." + b"1" * 5000, f"{NOT_JSON}a number has 5002 digits; the maximum is 60"),
    "an exponent out of range": (
        b'{"a": 1e99999999999999999999}',
        f"{NOT_JSON}the exponent of the number 1e99999999999999999999 is out of range",
    ),
    "objects in objects": (b'{"a":' * 9 + b"1" + b"}" * 9, DEEP),
    "lists in lists": (b'{"a":' + b"[" * 900 + b"]" * 900 + b"}", DEEP),
    "unclosed lists": (b"[" * 60_000, DEEP),
    "a NUL": (b'{"\x00": 1}', f"{NOT_JSON}Invalid control character at: line 1 column 3 (char 2)"),
}


@pytest.mark.parametrize(("method", "path"), WRITING)
@pytest.mark.parametrize(("sent", "detail"), BAD.values(), ids=BAD)
def test_body_that_is_not_a_json_object_is_refused(
    admin: Admin, method: str, path: str, sent: bytes, detail: str
) -> None:
    refusal = admin.refused(method, path, sent)
    assert refusal.detail == detail
    assert refusal.errors == {}


ENCODINGS = {"Latin-1": "latin-1", "UTF-16": "utf-16", "UTF-32": "utf-32", "a byte order mark": "utf-8-sig"}


@pytest.mark.parametrize("encoding", ENCODINGS.values(), ids=ENCODINGS)
def test_only_utf_8_is_accepted(admin: Admin, encoding: str) -> None:
    assert admin.refused("PUT", "/policy", '{"ä": 1}'.encode(encoding)).detail.startswith(NOT_JSON)


@pytest.mark.parametrize(("method", "path"), WRITING)
def test_deepest_allowed_body_is_parsed(admin: Admin, method: str, path: str) -> None:
    sent = b'{"a":' * 7 + b"1" + b"}" * 7
    assert list(admin.refused(method, path, sent).errors) == ["a"]


def test_half_a_surrogate_pair_is_echoed_as_a_question_mark(admin: Admin) -> None:
    assert list(admin.refused("PUT", "/clock", rb'{"\ud800": 1}').errors) == ["?"]


def test_letters_of_any_script_are_echoed_unchanged(admin: Admin) -> None:
    refusal = admin.refused("PUT", "/clock", {"żółw": 1})
    assert "żółw".encode() in refusal.body


def test_many_errors_are_listed_but_the_detail_stays_short(admin: Admin) -> None:
    refusal = admin.refused("PUT", "/clock", {f"field{number}": 1 for number in range(9)})
    assert len(refusal.errors) == 9
    assert refusal.detail.endswith("; and 4 more")


TYPES = {
    "a form": ("application/x-www-form-urlencoded", "'application/x-www-form-urlencoded'"),
    "a multipart form": ("multipart/form-data; boundary=x", "'multipart/form-data'"),
    "plain text": ("text/plain", "'text/plain'"),
    "text that is called JSON": ("text/json", "'text/json'"),
    "a JSON-like type": ("application/merge-patch+json", "'application/merge-patch+json'"),
    "nothing": ("", "none"),
}


@pytest.mark.parametrize(("method", "path"), WRITING)
@pytest.mark.parametrize(("kind", "shown"), TYPES.values(), ids=TYPES)
def test_other_content_types_are_refused(admin: Admin, method: str, path: str, kind: str, shown: str) -> None:
    refusal = admin.send(method, path, b"{}", **{"Content-Type": kind})
    assert refusal.status == 415
    assert refusal.detail == f"the body must be sent as Content-Type: application/json; the request has {shown}"


@pytest.mark.parametrize("kind", ["application/json; charset=utf-8", "Application/JSON"])
def test_content_type_may_have_parameters_and_capitals(admin: Admin, kind: str) -> None:
    assert admin.send("PUT", "/clock", b"{}", **{"Content-Type": kind}).status == 200


@pytest.mark.parametrize(("method", "path"), [each for each in WRITING if each[1] != "/reset"])
def test_missing_body_is_not_an_empty_object(admin: Admin, method: str, path: str) -> None:
    assert admin.send(method, path).status == 415
    assert admin.send(method, path, b"").status == 400


LENGTHS: dict[str, dict[str, Any]] = {
    "with a length": {},
    "without a length": {"HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input_terminated": True},
}
"""What a server makes of a body that comes at once, and of one that comes in chunks."""


@pytest.mark.parametrize("length", LENGTHS.values(), ids=LENGTHS)
@pytest.mark.parametrize(("method", "path"), WRITING)
def test_too_large_body_is_refused(admin: Admin, method: str, path: str, length: dict[str, Any]) -> None:
    sent = b'{"now": "' + b"x" * BODY_MAXIMUM + b'"}'
    refusal = admin.sent(method, f"/_mock{path}", sent, HEADERS, length)
    assert refusal.status == 413
    assert refusal.detail == "the request body is too large; the maximum is 65536 bytes"


@pytest.mark.parametrize("length", LENGTHS.values(), ids=LENGTHS)
def test_body_up_to_the_limit_is_accepted(admin: Admin, length: dict[str, Any]) -> None:
    sent = b'{"frozen": true}'.ljust(BODY_MAXIMUM)
    assert admin.sent("PUT", "/_mock/clock", sent, HEADERS, length).status == 200


@pytest.mark.in_process("a server does not ask the app before the body is there")
def test_truncated_body_is_refused(admin: Admin) -> None:
    refusal = admin.sent("PUT", "/_mock/clock", b"{}", HEADERS, {"CONTENT_LENGTH": "100"})
    assert (refusal.status, refusal.headers["Content-Type"]) == (400, PROBLEM)


def test_huge_body_is_refused_even_where_none_is_read(admin: Admin) -> None:
    assert admin.send("GET", "/clock", b"x" * 10_000_000).status == 413
