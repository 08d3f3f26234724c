"""Bodies with NaN, a key twice, or no end: which bytes change."""

from typing import Any

import pytest

from mockserver.gateway.faults import FaultEffect
from mockserver.gateway.json_changes import changed
from tests.gateway.parrot import UNLIMITED, WHOLE, Aviary, armed

CHANGES: dict[str, tuple[dict[str, Any], bytes, bytes]] = {
    "the first number": ({"json_nan": True}, b'{"a":[1,2]}', b'{"a":[NaN,2]}'),
    "a number with every sign": ({"json_nan": True}, b'{"a":-1.5e+3}', b'{"a":NaN}'),
    "a number behind one in a text": ({"json_nan": True}, b'{"1":"2\\"3","b":4}', b'{"1":"2\\"3","b":NaN}'),
    "no number": ({"json_nan": True}, b'{"a":"1"}', b'{"a":"1"}'),
    "the first key": ({"json_duplicate_key": True}, b'{"a":{"b":1},"c":2}', b'{"a":{"b":1},"c":2,"a":null}'),
    "a key with a quote": ({"json_duplicate_key": True}, b'{"a\\"":1}', b'{"a\\"":1,"a\\"":null}'),
    "an object with spaces": ({"json_duplicate_key": True}, b'{ "a" : 1 }\n', b'{ "a" : 1 ,"a":null}'),
    "no key": ({"json_duplicate_key": True}, b"{}", b"{}"),
    "a list": ({"json_duplicate_key": True}, b'[{"a":1}]', b'[{"a":1}]'),
    "no end": ({"malformed_json": True}, b'{"a":1}', b'{"a":1'),
    "all of it": (
        {"json_nan": True, "json_duplicate_key": True, "malformed_json": True},
        b'{"a":1}',
        b'{"a":NaN,"a":null',
    ),
    "nothing": ({"json_nan": True, "json_duplicate_key": True, "malformed_json": True}, b"", b""),
}


@pytest.mark.parametrize(("effect", "body", "expected"), CHANGES.values(), ids=CHANGES)
def test_body_is_changed_at_one_place(effect: dict[str, Any], body: bytes, expected: bytes) -> None:
    assert changed(body, FaultEffect(**effect)) == expected


def test_answer_has_the_length_of_its_changed_body() -> None:
    answer = armed(Aviary(UNLIMITED), json_duplicate_key=True).send()
    assert answer.data.startswith(WHOLE[:-1] + b",")
    assert answer.headers["Content-Length"] == str(len(answer.data))
