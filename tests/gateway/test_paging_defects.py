"""Defects in pages, at made-up lists: pages by cursor and by offset, in a query and in a JSON body.

`tests/vendors/test_paging_defects.py` has what they do to the lists of every vendor.
"""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from mockserver.gateway import defects, paging, paging_defects
from mockserver.gateway.defects import AnyDefect, PlainView
from mockserver.gateway.paging_defects import EMPTY_PAGE, REPEATS, TWICE, Pages
from mockserver.gateway.switches import Switches
from mockserver.gateway.vendor import Reply, ViewRequest
from tests.gateway import parrot


def link(body: Any, position: str, size: str | None) -> None:
    """The link of a page."""
    body["next"] = position
    body["size"] = size


def count(body: Any, number: int) -> None:
    """The count of a page."""
    body["count"] = number


CURSORS = Pages({"list": "rows"}, "cursor", "size", link, count)
OFFSETS = Pages({"list": "rows"}, "offset", "size", link, count, by_offset=True)


def fields_of(request: ViewRequest) -> dict[str, Any]:
    """The parameters of a request."""
    return json.loads(request.body) if request.body else request.args.to_dict()


def view(length: int) -> PlainView:
    """A list of numbers; a cursor holds the number before the page."""

    def answer(request: ViewRequest) -> Reply:
        given = fields_of(request)
        size = int(given.get("size", 4)) or length
        start = paging.decode(given["cursor"])["after"] if given.get("cursor") else int(given.get("offset", 0))
        rows, has_more = paging.cut(list(range(length))[start : start + size + 1], size)
        position = str(start + size) if "offset" in given else paging.encode({"after": start + size})
        next_page = position if has_more else None
        return Reply({"rows": rows, "count": len(rows), "next": next_page}, next_page=next_page)

    return answer


def request(body: bytes = b"", **parameters: Any) -> ViewRequest:
    """A request with these parameters in its query."""
    args = MultiDict({name: str(value) for name, value in parameters.items()})
    return ViewRequest(args, {}, body, parrot.NOW, Switches({}), parrot.world(*_CONFIG), None)


_CONFIG = (parrot.config().organization, 1)


def named(pages: Pages | None, name: str) -> AnyDefect:
    """One of the defects."""
    [found] = [each for each in paging_defects.defects(pages) if each.name == name]
    return found


def walk(pages: Pages, name: str, length: int, size: int, most: int = 60) -> list[list[int]]:
    """The rows of the pages, whose links are followed."""
    position: Any = "0" if pages.by_offset else ""
    found: list[list[int]] = []
    while position is not None and len(found) < most:
        sent = request(**{pages.position: position, "size": size})
        reply = defects.answer([named(pages, name)], view(length), sent)
        body: Any = reply.body
        assert (body["next"], body["count"]) == (reply.next_page, len(body["rows"]))
        assert reply.is_empty_page is (not body["rows"] and reply.next_page is not None)
        found.append(body["rows"])
        position = reply.next_page
    return found


LENGTHS, SIZES, KINDS = st.integers(0, 20), st.integers(1, 7), st.sampled_from([CURSORS, OFFSETS])


@given(KINDS, LENGTHS, SIZES)
def test_empty_page_is_inside_the_list_and_every_row_is_behind_it(pages: Pages, length: int, size: int) -> None:
    found = walk(pages, EMPTY_PAGE, length, size)
    assert [row for page in found for row in page] == list(range(length))
    assert [number for number, page in enumerate(found) if not page] == ([0] if not length else [1] * (length > size))


@given(KINDS, LENGTHS, st.integers(2, 7))
def test_row_is_on_two_pages_and_no_row_is_lost(pages: Pages, length: int, size: int) -> None:
    found = walk(pages, TWICE, length, size)
    assert sorted({row for page in found for row in page}) == list(range(length))
    assert all(len(page) <= size for page in found)
    if length > size:
        assert found[1][0] == found[0][-1]


@given(KINDS, LENGTHS, SIZES)
def test_repeated_page_never_ends(pages: Pages, length: int, size: int) -> None:
    found = walk(pages, REPEATS, length, size, most=5)
    whole = list(range(length))
    assert found == ([whole] if length <= size else [whole[:size], *[whole[size : 2 * size]] * 4])


def test_pages_of_one_row_by_cursor_are_left_alone() -> None:
    assert walk(CURSORS, TWICE, 3, 1) == [[0], [1], [2]]


@pytest.mark.parametrize(
    "parameters",
    [
        pytest.param({"offset": 0, "size": 0}, id="everything"),
        pytest.param({"offset": 4}, id="no size"),
        pytest.param({"size": 4}, id="no offset"),
        pytest.param({"offset": 40, "size": 25}, id="behind the end"),
    ],
)
def test_page_without_a_place_in_the_list_is_not_emptied(parameters: dict[str, Any]) -> None:
    sent = request(**parameters)
    assert defects.answer([named(OFFSETS, EMPTY_PAGE)], view(9), sent) == view(9)(sent)


def test_page_behind_the_end_does_not_lead_to_itself() -> None:
    sent = request(offset=40, size=25)
    assert defects.answer([named(OFFSETS, REPEATS)], view(9), sent) == view(9)(sent)


def test_parameter_that_is_sent_twice_is_left_to_the_vendor() -> None:
    twice = replace(request(), args=MultiDict([("offset", "4"), ("offset", "8"), ("size", "4")]))
    assert defects.answer([named(OFFSETS, EMPTY_PAGE)], view(9), twice).defects == ()


def test_page_in_a_json_body_is_changed_like_one_in_a_query() -> None:
    body: dict[str, Any] = {"size": 4, "other": [1]}
    positions = []
    for _ in range(3):
        reply = defects.answer([named(CURSORS, EMPTY_PAGE)], view(9), request(json.dumps(body).encode()))
        positions.append(reply.body["rows"])  # type: ignore[index, call-overload]
        body["cursor"] = reply.next_page
    assert positions == [[0, 1, 2, 3], [], [4, 5, 6, 7]]
    reply = defects.answer([named(CURSORS, TWICE)], view(9), request(b'{"size": 4}'))
    assert paging.decode(str(reply.next_page)) == {"after": 3}


@pytest.mark.parametrize("body", [b"no JSON", b"[]", b'{"cursor": null}', b'{"cursor": 1, "cursor": 2}'])
def test_body_without_a_page_gets_the_answer_of_the_view(body: bytes) -> None:
    plain = Reply({"rows": [1], "count": 1, "next": None})
    assert defects.answer([named(CURSORS, REPEATS)], lambda _: plain, request(body)) == plain


@pytest.mark.parametrize("cursor", ["x", paging.encode({"after": 4})])
def test_cursor_that_no_defect_made_gets_the_answer_of_the_view(cursor: str) -> None:
    plain = Reply({"rows": [1], "count": 1, "next": None})
    reply = defects.answer([named(CURSORS, EMPTY_PAGE)], lambda _: plain, request(cursor=cursor))
    assert (reply, reply.defects) == (plain, ())


def test_vendor_without_pages_has_none_of_these_defects() -> None:
    assert paging_defects.defects(None) == ()


def test_reply_names_every_defect_that_changed_it() -> None:
    armed = [named(CURSORS, TWICE), named(CURSORS, EMPTY_PAGE)]
    first, second = request(size=4), request(size=4, cursor=paging.encode({"after": 4}))
    assert defects.answer(armed, view(9), first).defects == (TWICE, EMPTY_PAGE)
    assert defects.answer(armed, view(9), second).defects == (TWICE,)
