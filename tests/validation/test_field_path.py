"""Paths to fields: what they lead to, and what is no path."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.validation import field_path
from mockserver.validation.field_path import EVERY, Path, PathError

BODY: Any = {"users": [{"email": "a", "metrics": {"calls": 1}}, {"email": "b"}], "total": 2}

PATHS: dict[str, tuple[Path, list[object]]] = {
    "$": ((), [BODY]),
    "total": (("total",), [2]),
    "users[1].email": (("users", 1, "email"), ["b"]),
    "users[].email": (("users", EVERY, "email"), ["a", "b"]),
    "users[].metrics.calls": (("users", EVERY, "metrics", "calls"), [1]),
    "users[9].email": (("users", 9, "email"), []),
    "users.email": (("users", "email"), []),
    "total[0]": (("total", 0), []),
    "[0].email": ((0, "email"), []),
}


@pytest.mark.parametrize(("text", "path", "values"), [(text, *rest) for text, rest in PATHS.items()], ids=PATHS)
def test_path_leads_to_its_values(text: str, path: Path, values: list[object]) -> None:
    assert field_path.parse(text) == path
    assert field_path.text_of(path) == text
    assert [holder[key] for holder, key in field_path.places(BODY, path)] == values


@pytest.mark.parametrize(
    "text",
    ["", ".", "a.", ".a", "a..b", "a b", "users[", "users[x]", "users[-1]", "a]b", "$.a", "users[0]email", "a" * 201],
)
def test_malformed_path_is_refused_with_the_rule(text: str) -> None:
    with pytest.raises(PathError, match=r"must be a path such as users\[0\].user_email"):
        field_path.parse(text)


@given(st.lists(st.none() | st.integers(0, 99) | st.from_regex(r"[a-zA-Z_]{1,9}", fullmatch=True), max_size=6))
def test_text_of_a_path_is_parsed_to_the_same_path(steps: list[str | int | None]) -> None:
    assert field_path.parse(field_path.text_of(tuple(steps))) == tuple(steps)
