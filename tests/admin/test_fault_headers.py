"""Headers in fault rules: those of an answer, which may be repeated, and those of the requests that a rule matches."""

from typing import Any

import pytest

from tests.admin.driver import Admin

pytestmark = pytest.mark.usefixtures("undescribed")

NOT_MODIFIED = {"status": 304, "empty": True}
TEXT = "must be text of 1 to 1000 printable characters of Latin-1, without spaces at its ends"
TAKEN_OFF = "never reaches a rule: the server takes it off the request"
CREDENTIAL = "is a credential, which no rule shows; each token opens one sandbox, whose rules it meets"


GOOD: dict[str, dict[str, Any]] = {
    "a repeated header": {"effect": {"headers": {"Retry-After": ["2", "30"], "X-A": "b"}}},
    "a header of the request": {"request_headers": {"If-None-Match": "*"}, "effect": NOT_MODIFIED},
    "two headers of the request": {"request_headers": {"Accept": "text/*", "x-a": "b"}, "effect": NOT_MODIFIED},
}


@pytest.mark.parametrize("rule", GOOD.values(), ids=GOOD)
def test_rule_is_shown_as_given(admin: Admin, rule: dict[str, Any]) -> None:
    created = admin.send("POST", "/faults", rule)
    assert (created.status, created.json) == (201, {"phase": "before", **rule, "id": "fault-1", "hits": 0})


def test_list_with_one_value_is_that_value(admin: Admin) -> None:
    created = admin.send("POST", "/faults", {"effect": {"headers": {"X-A": ["b"]}}})
    assert created.json["effect"] == {"headers": {"X-A": "b"}}


BAD: dict[str, tuple[dict[str, Any], dict[str, list[str]]]] = {
    "no value": ({"effect": {"headers": {"X-A": []}}}, {"effect.headers.X-A": ["must have 1 to 16 values"]}),
    "too many values": (
        {"effect": {"headers": {"X-A": ["b"] * 17}}},
        {"effect.headers.X-A": ["must have 1 to 16 values"]},
    ),
    "a value that is a number": ({"effect": {"headers": {"X-A": ["b", 5]}}}, {"effect.headers.X-A": [TEXT]}),
    "one header in two spellings": (
        {"effect": {"headers": {"X-A": ["b", "c"], "x-a": "d"}}},
        {"effect.headers": ["x-a is given more than once, in letters of different case"]},
    ),
    "no header names": (
        {"request_headers": {"a b": "c", "X-A": ["b"], "X-B": ""}, "effect": NOT_MODIFIED},
        {
            "request_headers.a b": ["is not a header name"],
            "request_headers.X-A": [TEXT],
            "request_headers.X-B": [TEXT],
        },
    ),
    "headers that no app sees": (
        {"request_headers": {"X_A": "b", "Content-Length": "5"}, "effect": NOT_MODIFIED},
        {"request_headers.X_A": [TAKEN_OFF], "request_headers.Content-Length": [TAKEN_OFF]},
    ),
    "a credential": (
        {"request_headers": {"authorization": "Bearer *"}, "effect": NOT_MODIFIED},
        {"request_headers.authorization": [CREDENTIAL]},
    ),
    "a list of headers": (
        {"request_headers": ["Accept"], "effect": NOT_MODIFIED},
        {"request_headers": ["must be an object of header names and their values"]},
    ),
}


@pytest.mark.parametrize(("rule", "errors"), BAD.values(), ids=BAD)
def test_bad_headers_are_refused_by_field(admin: Admin, rule: dict[str, Any], errors: dict[str, list[str]]) -> None:
    assert admin.refused("POST", "/faults", rule).errors == errors
