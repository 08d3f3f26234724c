"""JSON bodies of requests to vendors: one object, read strictly, of at most so many bytes."""

from dataclasses import replace
from typing import Any

import pytest

from mockserver.gateway import json_body
from mockserver.gateway.vendor import Body, Route, ViewRequest
from tests.gateway.parrot import UNLIMITED, Aviary

MAXIMUM = 100_000


def repeat(request: ViewRequest) -> Body:
    """A view that answers with the names in its body."""
    return {"names": sorted(json_body.load(request))}


@pytest.fixture(scope="module")
def aviary() -> Aviary:
    """A parrot that repeats what it is sent."""
    route = Route("/parrot/learn", "learn", repeat, ("POST",), body_maximum=MAXIMUM)
    return Aviary(replace(UNLIMITED, routes=(route,)))


def post(aviary: Aviary, body: bytes, content_type: str | None = "application/json") -> Any:
    """The answer to a body."""
    return aviary.send("/parrot/learn", method="POST", data=body, content_type=content_type)


GOOD = {
    "an empty object": (b"{}", []),
    "fields": (b'{"b": 1, "a": [null]}', ["a", "b"]),
    "white space": (b' \n{"a":1e3}\t', ["a"]),
    "letters beyond ASCII": ('{"größe": 1}'.encode(), ["größe"]),
    "the deepest": (b'{"a":' + b"[" * 7 + b"]" * 7 + b"}", ["a"]),
}


@pytest.mark.parametrize(("body", "names"), GOOD.values(), ids=GOOD)
@pytest.mark.parametrize("kind", ["application/json", "application/json; charset=utf-8", "Application/JSON"])
def test_object_is_read(aviary: Aviary, body: bytes, names: list[str], kind: str) -> None:
    answer = post(aviary, body, kind)
    assert (answer.status_code, answer.get_json()) == (200, {"names": names})


BAD = {
    "nothing": (b"", "the body is not valid JSON: Expecting value: line 1 column 1 (char 0)"),
    "no JSON": (b"{a: 1}", "the body is not valid JSON: Expecting property name"),
    "a list": (b"[]", "the body must be a JSON object, as in {}"),
    "null": (b"null", "the body must be a JSON object, as in {}"),
    "a repeated field": (b'{"a": 1, "a": 1}', "the body is not valid JSON: the field 'a' is repeated"),
    "a repeated field inside": (b'{"a": [{"b": 1, "b": 2}]}', "the body is not valid JSON: the field 'b' is repeated"),
    "no number": (b'{"a": NaN}', "the body is not valid JSON: NaN is not a JSON number"),
    "a long number": (b'{"a": 1' + b"0" * 60 + b"}", "the body is not valid JSON: a number has 61 digits"),
    "too deep": (b'{"a":' + b"[" * 8 + b"]" * 8 + b"}", "the body is nested deeper than 8 levels"),
    "endlessly deep": (b"[" * 50_000, "the body is nested deeper than 8 levels"),
    "deep after brackets in text": (
        b'{"[[[{{{]": "\\"{[{[", "a": ' + b"[" * 8 + b"]}",
        "the body is nested deeper than 8 levels",
    ),
    "text without an end": (b'{"a": "' + b"[" * 20, "the body is not valid JSON: Unterminated string"),
    "another encoding": ('{"a": 1}'.encode("utf-16"), "the body is not valid JSON: 'utf-8' codec can't decode"),
}


@pytest.mark.parametrize(("body", "rule"), BAD.values(), ids=BAD)
def test_anything_else_is_refused_with_the_reason(aviary: Aviary, body: bytes, rule: str) -> None:
    answer = post(aviary, body)
    assert answer.status_code == 418
    assert answer.get_json()["squawk"].startswith(rule)


KINDS = {
    "none": (None, "none"),
    "a form": ("application/x-www-form-urlencoded", "'application/x-www-form-urlencoded'"),
    "text": ("text/plain; charset=utf-8", "'text/plain'"),
    "a kind of JSON": ("application/problem+json", "'application/problem+json'"),
}


@pytest.mark.parametrize(("kind", "named"), KINDS.values(), ids=KINDS)
def test_other_content_type_is_refused(aviary: Aviary, kind: str | None, named: str) -> None:
    rule = f"the body must be sent as Content-Type: application/json; the request has {named}"
    assert post(aviary, b"{}", kind).get_json() == {"squawk": rule}


@pytest.mark.parametrize(("size", "status"), [(65_537, 200), (MAXIMUM, 200), (MAXIMUM + 1, 418), (10_000_000, 418)])
def test_route_can_have_a_maximum_of_its_own(aviary: Aviary, size: int, status: int) -> None:
    answer = post(aviary, b"{}".ljust(size))
    assert answer.status_code == status
    if status != 200:
        assert answer.get_json() == {"squawk": f"the request body has {size} bytes; at most {MAXIMUM} are read"}
