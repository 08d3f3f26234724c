"""Promises about cached replies: the timestamp in each of its positions, and no more bytes than the budget."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from mockserver.gateway import response_cache
from mockserver.gateway.response_cache import TIMESTAMP, CachedReply, EncodedRows, ResponseCache, split

NO_NAMES: dict[str, str] = {}


def _stamped(body: Any, timestamp: str, names: Mapping[str, str] = NO_NAMES) -> bytes:
    return b"".join(CachedReply(split(body, names)).parts(timestamp))


def test_body_is_compact_unescaped_json_in_key_order() -> None:
    assert response_cache.to_json({"b": [1, 2], "a": "Ñ 李"}) == '{"b":[1,2],"a":"Ñ 李"}'


@pytest.mark.parametrize(
    "body",
    [
        {"at": TIMESTAMP},
        {"at": TIMESTAMP, "rows": [1], "again": {"at": TIMESTAMP}},
        {"rows": []},
        {"at": TIMESTAMP, "name": "\x00now", "other": "now\x00", "text": f"before {TIMESTAMP} after", "é": "李"},
    ],
    ids=["alone", "twice", "nowhere", "beside similar text"],
)
def test_timestamp_stands_only_where_its_placeholder_stood(body: dict[str, object]) -> None:
    stamped = json.loads(_stamped(body, "10:30"))
    expected = {key: "10:30" if value == TIMESTAMP else value for key, value in body.items()}
    if "again" in body:
        expected["again"] = {"at": "10:30"}
    assert stamped == expected


NAMES = {"items": "rows", "date": "day", "day": "date"}


@pytest.mark.parametrize(
    ("body", "called"),
    [
        ({"items": [{"date": "items", "day": 1}]}, {"rows": [{"day": "items", "date": 1}]}),
        ({"a": {"items": {"items": [[{"items": None}]]}}}, {"a": {"rows": {"rows": [[{"rows": None}]]}}}),
        ([{"date": 1}, "date", 2, True], [{"day": 1}, "date", 2, True]),
        ({"item": 1, "Items": 2}, {"item": 1, "Items": 2}),
        ({}, {}),
    ],
    ids=["swapped, and values left alone", "at any depth", "a list", "only similar names", "nothing"],
)
def test_keys_are_renamed_all_at_once_and_at_every_depth(
    body: dict[str, object] | list[object], called: object
) -> None:
    assert json.loads(_stamped(body, "", NAMES)) == called


def test_renamed_keys_keep_their_order_and_the_timestamp() -> None:
    body = {"b": TIMESTAMP, "items": [], "a": 1}
    assert _stamped(body, "10:30", NAMES) == b'{"b":"10:30","rows":[],"a":1}'
    assert list(body) == ["b", "items", "a"]


def test_encoded_rows_are_taken_over_as_they_are() -> None:
    rows, more = EncodedRows([b'{"date": 1.0}', b"{}"]), EncodedRows([b"2"])
    body = {"a": 1, "rows": rows, "at": TIMESTAMP, "more": more, "b": "rows"}
    assert _stamped(body, "10:30") == b'{"a":1,"rows":[{"date": 1.0},{}],"at":"10:30","more":[2],"b":"rows"}'


def test_encoded_rows_may_be_at_any_depth() -> None:
    body = {"usage": {"rows": EncodedRows([b" 1 "]), "unit": "day"}, "more": EncodedRows([])}
    assert split(body, NO_NAMES) == (b'{"usage":{"rows":[ 1 ],"unit":"day"},"more":[]}',)
    assert split(body, {"rows": "data"}) == (b'{"usage":{"data":[1],"unit":"day"},"more":[]}',)


def test_encoded_rows_are_decoded_where_keys_are_renamed() -> None:
    body = {"items": EncodedRows(['{"date":"é"}'.encode()]), "at": TIMESTAMP}
    assert _stamped(body, "10:30", NAMES) == '{"rows":[{"day":"é"}],"at":"10:30"}'.encode()


def test_plain_body_has_its_rows_as_objects() -> None:
    assert response_cache.plain({"rows": EncodedRows([b'{"a":null}']), "b": [1]}) == {"rows": [{"a": None}], "b": [1]}
    nested = {"usage": {"rows": EncodedRows([b"1"]), "unit": "day"}}
    assert response_cache.plain(nested) == {"usage": {"rows": [1], "unit": "day"}}
    assert response_cache.plain([1]) == [1]
    assert response_cache.plain(None) is None


def test_body_is_not_traversed_where_nothing_is_renamed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(response_cache, "rename_fields")
    assert split({"items": [1]}, {}) == (b'{"items":[1]}',)


def test_each_answer_gets_its_own_timestamp() -> None:
    answer = CachedReply(split({"at": TIMESTAMP}, {}))
    assert [b"".join(answer.parts(each)) for each in ("one", "two")] == [b'{"at":"one"}', b'{"at":"two"}']


def _of(size: int) -> CachedReply:
    """An answer that takes this many bytes to keep."""
    return CachedReply((b"x" * (size - CachedReply((b"",)).size),))


def test_unknown_key_has_no_reply() -> None:
    assert ResponseCache().get(("a",)) is None


def test_replies_are_kept_up_to_the_budget() -> None:
    kept = ResponseCache(budget=3000)
    for name, size in (("a", 1000), ("b", 1000), ("c", 1000)):
        kept.put((name,), _of(size))
    assert all(kept.get((name,)) for name in "abc")
    kept.put(("d",), _of(501))
    assert [name for name in "abcd" if kept.get((name,))] == ["b", "c", "d"]


def test_oldest_reply_is_evicted_first() -> None:
    kept = ResponseCache(budget=3000)
    for name in "abc":
        kept.put((name,), _of(1000))
    kept.get(("a",))
    kept.put(("d",), _of(1000))
    assert [name for name in "abcd" if kept.get((name,))] == ["b", "c", "d"]


def test_large_reply_evicts_several() -> None:
    kept = ResponseCache(budget=3000)
    for name in "abc":
        kept.put((name,), _of(1000))
    kept.put(("d",), _of(1900))
    assert [name for name in "abcd" if kept.get((name,))] == ["c", "d"]


def test_reply_put_again_replaces_the_first() -> None:
    kept = ResponseCache(budget=3000)
    for _ in range(5):
        kept.put(("a",), _of(1000))
    latest = _of(1000)
    kept.put(("a",), latest)
    kept.put(("b",), _of(2000))
    assert kept.get(("a",)) is latest
    assert kept.get(("b",)) is not None


def test_reply_beyond_the_budget_is_not_kept() -> None:
    kept = ResponseCache(budget=3000)
    kept.put(("a",), _of(3001))
    assert kept.get(("a",)) is None
    kept.put(("b",), _of(3000))
    assert kept.get(("b",)) is not None


def test_forgotten_replies_free_their_bytes() -> None:
    kept = ResponseCache(budget=3000)
    for key in (("mine", 1), ("theirs", 1), ("mine", 2)):
        kept.put(key, _of(1000))
    kept.forget("mine")
    assert [kept.get(key) is None for key in (("mine", 1), ("mine", 2), ("theirs", 1))] == [True, True, False]
    kept.put(("new", 1), _of(2000))
    assert kept.get(("theirs", 1)) is not None
