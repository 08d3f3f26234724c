"""Pages and their cursors (contract, section 5)."""

import json
from base64 import b64decode, b64encode, urlsafe_b64encode
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.contract.client import Client

PAGED = ("/dau", "/user-activity", "/daily-user-activity-by-editor-language")
DAY = "2025-10-15"


def _rows(page: Any) -> list[Any]:
    rows: list[Any] = page["users" if "users" in page else "records"]
    return rows


def _day(path: str) -> dict[str, str]:
    return {"start_date": DAY, "end_date": DAY} if path == "/user-activity" else {"date": DAY}


def _cursor(last_id: object) -> str:
    return b64encode(json.dumps({"last_id": last_id}, separators=(",", ":")).encode()).decode()


@pytest.mark.parametrize("path", PAGED)
@pytest.mark.parametrize("size", [1, 2, 7, 49, 50, 100])
def test_pages_add_up_to_the_whole_list(augment_of_globex: Client, path: str, size: int) -> None:
    whole = augment_of_globex.paginate(path, **_day(path), page_size=100)[: size * 4]
    found: list[Any] = []
    for page in augment_of_globex.pages(path, **_day(path), page_size=size):
        assert len(_rows(page)) == size
        found += _rows(page)
        if len(found) >= len(whole):
            break
    assert found[: len(whole)] == whole


@pytest.mark.parametrize("path", PAGED)
def test_has_more_is_true_exactly_while_rows_follow(augment: Client, path: str) -> None:
    total = len(augment.paginate(path, **_day(path)))
    whole = augment.got(path, **_day(path), page_size=min(total, 100))
    assert whole["pagination"]["has_more"] is (total > 100)
    size = next(size for size in range(2, 101) if total % size == 0) if total > 100 else total
    *_, last = augment.pages(path, **_day(path), page_size=size)
    assert (len(_rows(last)), last["pagination"]) == (size, {"next_cursor": "", "has_more": False})


@pytest.mark.parametrize("path", PAGED)
def test_cursor_is_padded_base64_json_with_the_last_id(augment: Client, path: str) -> None:
    cursor = augment.got(path, page_size=3)["pagination"]["next_cursor"]
    text = b64decode(cursor, validate=True).decode()
    content = json.loads(text)
    assert list(content) == ["last_id"]
    assert text == json.dumps(content, separators=(",", ":"), ensure_ascii=False)
    assert b64encode(text.encode()).decode() == cursor


LAST = {
    "empty": {"next_cursor": "", "has_more": False},
    "null": {"next_cursor": None, "has_more": False},
    "absent": {"has_more": False},
}


@pytest.mark.parametrize("path", PAGED)
@pytest.mark.parametrize("option", LAST)
def test_last_page_has_three_forms_of_next_cursor(augment: Client, path: str, option: str) -> None:
    augment.switched(last_cursor=option)
    *_, last = augment.pages(path, **_day(path))
    assert last["pagination"] == LAST[option]
    assert augment.get(path, {"cursor": _cursor("zzzz")}).json["pagination"] == LAST[option]


UNDECODABLE = {
    "no base64": "!!!!",
    "base64 of the wrong length": "abc",
    "padding missing": _cursor("user3").rstrip("="),
    "padding in the middle": "eyJ=sYXN",
    "the alphabet of URLs": urlsafe_b64encode(b'{"last_id":"\xc3\xbf\xc3\xbf\xc3\xbf>>>???"}').decode(),
    "a space within": "eyJs YXN0",
    "a line end within": "eyJs\nYXN0",
    "base64 of no JSON": b64encode(b"last_id").decode(),
    "base64 of nothing but spaces": b64encode(b"   ").decode(),
    "base64 of no UTF-8": b64encode(b"\xff\xfe\xfd").decode(),
    "a JSON list": b64encode(b'["user3"]').decode(),
    "a JSON string": b64encode(b'"user3"').decode(),
    "JSON null": b64encode(b"null").decode(),
    "not a number": b64encode(b"NaN").decode(),
    "no last_id": b64encode(b'{"last":"user3"}').decode(),
    "a number for an id": _cursor(5),
    "null for an id": _cursor(None),
    "a list for an id": _cursor(["user3"]),
    "deep nesting": b64encode(b"[" * 5000 + b"]" * 5000).decode(),
    "a long number": b64encode(b'{"last_id":' + b"9" * 5000 + b"}").decode(),
    "NUL": "\0",
    "letters beyond ASCII": "\u0435\u0443JsYXN0",
    "two cursors": _cursor("user3") + _cursor("user3"),
}


@pytest.mark.parametrize("path", PAGED)
@pytest.mark.parametrize("cursor", UNDECODABLE.values(), ids=UNDECODABLE)
def test_malformed_cursor_is_400(augment: Client, path: str, cursor: str) -> None:
    answer = augment.get(path, {"cursor": cursor})
    assert (answer.status, answer.code) == (400, "InvalidArgument")
    assert answer.message.startswith("cursor must be")


@pytest.mark.parametrize("path", PAGED)
def test_cursor_padding_may_be_raw_or_encoded(augment: Client, path: str) -> None:
    cursors = [page["pagination"]["next_cursor"] for page in augment.pages(path, **_day(path), page_size=1)][:20]
    padded = next((cursor for cursor in cursors if cursor.endswith("=")), _cursor("user3"))
    assert padded.endswith("=")
    raw = augment.get(path, f"cursor={padded}")
    encoded = augment.get(path, f"cursor={padded.replace('=', '%3D')}")
    assert (raw.status, raw.json) == (200, encoded.json)


NOBODY = {
    "before everybody": "",
    "zeros": "00000000-0000-0000-0000-000000000000",
    "NUL": "\0",
    "nobody": "ffffffff-ffff-ffff-ffff-ffffffffffff",
    "after everybody": "zzzz",
    "letters beyond ASCII": "\u4e2d\u6587",
    "a lone surrogate": "\ud800",
    "very long": "z" * 3000,
}


@pytest.mark.parametrize("path", PAGED)
@pytest.mark.parametrize("last_id", NOBODY.values(), ids=NOBODY)
def test_unknown_id_in_a_cursor_is_still_a_position(augment: Client, path: str, last_id: str) -> None:
    """A page starts after an id in the sort order, whether or not its row exists: everything, or nothing."""
    page = augment.got(path, **_day(path), cursor=_cursor(last_id))
    whole = augment.got(path, **_day(path))
    assert _rows(page) == (_rows(whole) if last_id < "0" * 9 else [])


@pytest.mark.parametrize("path", PAGED)
def test_page_starts_after_a_user_without_a_row_too(augment: Client, path: str) -> None:
    """A cursor is a position in the order of users; it has no filter, not even the endpoint that made it."""
    wide = {"start_date": "2025-08-01", "end_date": DAY}
    order = [_name(row) for row in augment.paginate("/user-activity", **wide)]
    positions = list(augment.pages("/user-activity", **wide, page_size=1))[:-1]
    rows = augment.paginate(path, **_day(path))
    assert set(order[: len(positions)]) - {_name(row) for row in rows}
    for index, page in enumerate(positions):
        found = _rows(augment.got(path, **_day(path), page_size=5, cursor=page["pagination"]["next_cursor"]))
        assert found == [row for row in rows if order.index(_name(row)) > index][:5]


def _name(row: Any) -> str:
    name: str = row.get("user_email") or row["service_account_name"]
    return name


def test_changed_filters_apply_from_the_cursor_on(augment: Client) -> None:
    first = augment.got("/user-activity", start_date="2025-10-13", end_date="2025-10-17", page_size=4)
    cursor = first["pagination"]["next_cursor"]
    rest = augment.got("/user-activity", start_date="2025-09-01", end_date="2025-10-17", page_size=100, cursor=cursor)
    whole = augment.got("/user-activity", start_date="2025-09-01", end_date="2025-10-17", page_size=100)
    index = [_name(row) for row in whole["users"]].index(_name(first["users"][-1]))
    assert rest["users"] == whole["users"][index + 1 :]


@pytest.mark.parametrize("path", ["/dau-count", "/daily-usage"])
def test_lists_of_days_have_no_pagination(augment: Client, path: str) -> None:
    assert "pagination" not in augment.got(path)


def test_names_that_look_like_cursors_are_paginated(tmp_path: Path, augment_of: Callable[..., Client]) -> None:
    file = tmp_path / "odd.yaml"
    file.write_text(
        "slug: odd\nname: Odd\npeople: 20\nlanguages: {'A|B': 1, C: 1, A: 1}\neditors: {'X|Y': 1, Z: 1}\n",
        encoding="utf-8",
    )
    odd = augment_of("odd", organization_file=file)
    whole = odd.paginate(PAGED[2], date="2025-10-16")
    assert {"A|B", "A"} <= {row["language"] for row in whole}
    assert odd.paginate(PAGED[2], date="2025-10-16", page_size=1) == whole
