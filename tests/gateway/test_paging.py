"""Promises about pages and cursors: pages add up to the whole list, and cursors hold what was put in."""

import json
from base64 import b64encode
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.gateway import paging
from mockserver.gateway.paging import CursorError

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
VALUES = st.recursive(st.none() | st.booleans() | st.integers() | TEXT, lambda inner: st.lists(inner, max_size=4))


@given(st.integers(0, 60), st.integers(1, 20))
def test_pages_add_up_to_the_whole_list(length: int, size: int) -> None:
    whole, more = list(range(length)), True
    found: list[int] = []
    while more:
        start = len(found)
        rows, more = paging.cut(whole[start : start + size + 1], size)
        assert len(rows) == size or not more
        found += rows
    assert found == whole


@pytest.mark.parametrize(("length", "more"), [(0, False), (9, False), (10, False), (11, True)])
def test_has_more_is_true_only_if_a_row_is_left(length: int, more: bool) -> None:  # noqa: FBT001 - a table's column
    assert paging.cut(list(range(length)), 10) == (list(range(min(length, 10))), more)


@given(st.dictionaries(TEXT, VALUES))
def test_cursor_round_trips(content: dict[str, Any]) -> None:
    assert paging.decode(paging.encode(content)) == content


def test_cursor_is_padded_base64_of_compact_json() -> None:
    assert paging.encode({"last_id": "user50"}) == "eyJsYXN0X2lkIjoidXNlcjUwIn0="


def _base64(text: str | bytes) -> str:
    return b64encode(text.encode() if isinstance(text, str) else text).decode()


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "=",
        "====",
        "a",
        "abc",
        "not base64!",
        "eyJh\n",
        " eyJhIjoxfQ==",
        "eyJhIjoxfQ",
        "eyJhIjoxfQ===",
        "eyJhIjoxfQ==eyJhIjoxfQ==",
        "ÿÿÿÿ",
        "\x00\x00\x00\x00",
        _base64(b"\xff\xfe\x00"),
        _base64(""),
        _base64("nonsense"),
        _base64("{'a': 1}"),
        _base64('{"a": 1'),
        _base64('{"a": 1}}'),
        _base64("[" * 100_000),
        _base64("9" * 5_000),
        _base64("[]"),
        _base64('"text"'),
        _base64("1"),
        _base64("null"),
        _base64('\ufeff{"a": 1}'),
        _base64(json.dumps({"a": 1}).encode("utf-16")),
    ],
    ids=lambda cursor: repr(cursor[:20]),
)
def test_malformed_cursor_is_refused(cursor: str) -> None:
    with pytest.raises(CursorError):
        paging.decode(cursor)


@given(st.text())
def test_any_text_is_a_cursor_or_is_refused(cursor: str) -> None:
    with suppress(CursorError):
        assert isinstance(paging.decode(cursor), dict)
