"""Cursors: how a page leads to the next, and which cursors are refused (contract, sections 2 and 3)."""

import json
from base64 import b64decode, b64encode
from typing import Any

import pytest

from mockserver.gateway import paging
from tests.contract.client import Client
from tests.vendors.jetbrains_ide import queries

FIRST, LAST = "2025-09-01", "2025-09-05"


def _cursor(client: Client, **changed: str | int) -> str:
    """The cursor of a first page."""
    found: str = queries.page(client, FIRST, LAST, **{"limit": 5, **changed}).json["nextCursor"]
    return found


@pytest.mark.parametrize("order", ["ASC", "DESC"])
@pytest.mark.parametrize("limit", [1, 7, 50, 333, 1000])
def test_pages_of_any_size_add_up_to_the_whole_list(jetbrains_ide: Client, order: str, limit: int) -> None:
    whole = queries.paginate(jetbrains_ide, FIRST, LAST, sortOrder=order)
    pages = list(jetbrains_ide.pages(queries.USERS, **queries.span(FIRST, LAST, sortOrder=order, limit=limit)))
    assert [row for page in pages for row in page["items"]] == whole
    assert {len(page["items"]) for page in pages[:-1]} <= {limit}


def test_rows_are_ordered_by_tool_date_and_user_id(jetbrains_ide: Client, initech: Client) -> None:
    """Results are sorted by tool, date, and user."""
    for client in (jetbrains_ide, initech):
        keys = [queries.key(row) for row in queries.paginate(client, FIRST, LAST)]
        assert keys == sorted(set(keys))
        assert {tool for tool, _, _ in keys} == set(queries.TOOLS)


def test_descending_order_reverses_all_three_keys(jetbrains_ide: Client) -> None:
    ascending = queries.paginate(jetbrains_ide, FIRST, LAST, sortOrder="ASC")
    assert ascending == queries.paginate(jetbrains_ide, FIRST, LAST)
    assert queries.paginate(jetbrains_ide, FIRST, LAST, sortOrder="DESC") == ascending[::-1]


@pytest.mark.parametrize(("option", "expected"), [("null", {"nextCursor": None}), ("absent", {})])
def test_last_page_has_a_null_cursor_or_none(jetbrains_ide: Client, option: str, expected: dict[str, None]) -> None:
    jetbrains_ide.switched(last_cursor=option)
    whole = queries.paginate(jetbrains_ide, FIRST, FIRST)
    for limit in (len(whole), len(whole) + 1):
        assert queries.page(jetbrains_ide, FIRST, FIRST, limit=limit).json == {"items": whole, **expected}
    before = queries.page(jetbrains_ide, FIRST, FIRST, limit=len(whole) - 1).json
    assert before["nextCursor"]
    last = queries.page(jetbrains_ide, FIRST, FIRST, limit=1, cursor=before["nextCursor"])
    assert last.json == {"items": whole[-1:], **expected}
    assert queries.page(jetbrains_ide, "2025-10-22", "2025-12-31").json == {"items": [], **expected}


def test_page_can_be_requested_again(jetbrains_ide: Client) -> None:
    cursor = _cursor(jetbrains_ide)
    pages = [queries.page(jetbrains_ide, FIRST, LAST, limit=5, cursor=cursor).body for _ in range(3)]
    assert len(set(pages)) == 1


def test_cursor_is_valid_with_another_limit(jetbrains_ide: Client) -> None:
    whole, cursor = queries.paginate(jetbrains_ide, FIRST, LAST), _cursor(jetbrains_ide)
    for limit in (1, 20, 1000):
        assert (
            queries.page(jetbrains_ide, FIRST, LAST, limit=limit, cursor=cursor).json["items"] == whole[5 : 5 + limit]
        )


def test_cursor_is_valid_for_an_equivalent_query(jetbrains_ide: Client) -> None:
    one, two = sorted({row["userId"] for row in queries.paginate(jetbrains_ide, FIRST, LAST)})[:2]
    cursor = _cursor(jetbrains_ide, tool="nes,aia,nes", query=f"{two},{one}", sortOrder="ASC", limit=1)
    again = queries.page(jetbrains_ide, FIRST, LAST, tool="aia,nes", query=f"{one.upper()},{two}", cursor=cursor)
    assert again.status == 200
    every = _cursor(jetbrains_ide, tool=",".join(queries.TOOLS))
    assert queries.page(jetbrains_ide, FIRST, LAST, cursor=every).status == 200


OTHERS: dict[str, dict[str, str | int]] = {
    "another beginning": {"fromDate": "2025-08-31"},
    "another end": {"toDate": "2025-09-06"},
    "fewer tools": {"tool": "aia,nes"},
    "users": {"query": queries.UNKNOWN},
    "another order": {"sortOrder": "DESC"},
}


@pytest.mark.parametrize("changed", OTHERS.values(), ids=OTHERS)
def test_cursor_of_another_query_is_400(jetbrains_ide: Client, changed: dict[str, str | int]) -> None:
    cursor = _cursor(jetbrains_ide)
    answer = jetbrains_ide.get(queries.USERS, {**queries.span(FIRST, LAST), **changed, "cursor": cursor})
    assert answer.status == 400
    assert answer.message.startswith("cursor belongs to another question: ")
    theirs = jetbrains_ide.get(queries.USERS, {**queries.span(FIRST, LAST, limit=1), **changed}).json["nextCursor"]
    assert theirs is None or queries.page(jetbrains_ide, FIRST, LAST, cursor=theirs).status == 400


@pytest.mark.parametrize("changed", OTHERS.values(), ids=OTHERS)
def test_cursor_of_another_query_can_continue_at_its_position(
    jetbrains_ide: Client, changed: dict[str, str | int]
) -> None:
    cursor = queries.page(jetbrains_ide, FIRST, LAST, limit=200).json["nextCursor"]
    at = queries.key(queries.paginate(jetbrains_ide, FIRST, LAST)[199])
    jetbrains_ide.switched(foreign_cursor="continue")
    query = {**queries.span(FIRST, LAST, limit=1000), **changed}
    following = jetbrains_ide.paginate(queries.USERS, **query, cursor=cursor)
    descending = changed.get("sortOrder") == "DESC"
    expected = [row for row in jetbrains_ide.paginate(queries.USERS, **query) if (queries.key(row) < at) == descending]
    assert following == [row for row in expected if queries.key(row) != at]


def _remade(cursor: str, **changed: Any) -> str:
    return paging.encode({**json.loads(b64decode(cursor)), **changed})


def test_forged_cursor_is_400(jetbrains_ide: Client) -> None:
    cursor = _cursor(jetbrains_ide)
    positions: list[Any] = [
        *(None, {}, [], [0, 739_495], [0, 739_495, 1, 1], "0", [0.0, 739_495, 1], [True, 739_495, 1]),
        *(["0", 739_495, 1], [-1, 739_495, 1], [5, 739_495, 1], [0, -1, 1], [0, 10**9, 1], [0, 739_495, -1]),
        *([0, 739_495, 125_000], [0, 739_495, 2**31], [0, 739_495, 10**30], [None, None, None]),
    ]
    marks: list[Any] = [None, 1, [], {}]
    made_up = [
        *(_remade(cursor, after=index) for index in positions),
        *(_remade(cursor, of=mark) for mark in marks),
        *(cursor[:-4], cursor[1:], cursor[:-1], f"{cursor}AAAA", cursor.lower(), "x", "null", "0", "=", "....", "\0"),
        *(b64encode(text).decode() for text in (b"{}", b"[]", b"1", b"\xff", b"{", b"[" * 5_000)),
        "A" * 8_000,
    ]
    for each in made_up:
        answer = queries.page(jetbrains_ide, FIRST, LAST, cursor=each)
        assert (answer.status, answer.message) == (
            400,
            "cursor must be a nextCursor from an earlier answer, unchanged",
        ), each


def test_position_without_a_row_leads_to_the_next_row(jetbrains_ide: Client) -> None:
    """As if the user of the last row no longer had any rows."""
    whole, cursor = queries.paginate(jetbrains_ide, FIRST, LAST), _cursor(jetbrains_ide)
    start = _remade(cursor, after=[0, 0, 0])
    assert queries.page(jetbrains_ide, FIRST, LAST, cursor=start).json["items"] == whole[:50]
    end = _remade(cursor, after=[4, 3_652_059, 124_999])
    assert queries.page(jetbrains_ide, FIRST, LAST, cursor=end).json == {"items": [], "nextCursor": None}


def test_pages_of_other_questions_do_not_mix(jetbrains_ide: Client) -> None:
    everybody = queries.paginate(jetbrains_ide, FIRST, LAST)
    person = everybody[0]["userId"]
    for changed, expected in (
        ({"query": person}, [row for row in everybody if row["userId"] == person]),
        ({"tool": "junie"}, [row for row in everybody if row["tool"] == "junie"]),
        ({"sortOrder": "DESC"}, everybody[::-1]),
        ({}, everybody),
    ):
        assert queries.paginate(jetbrains_ide, FIRST, LAST, limit=40, **changed) == expected
    assert queries.paginate(jetbrains_ide, FIRST, FIRST) == [row for row in everybody if row["date"] == FIRST]
