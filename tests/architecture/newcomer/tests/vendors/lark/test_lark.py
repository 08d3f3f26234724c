"""Lark: its headers, its pages and its 204."""

from collections.abc import Callable

from tests.contract.client import Client


def test_every_answer_has_the_remaining_requests(lark: Client) -> None:
    for path in ("/people", "/nowhere", "/days"):
        assert lark.get(path).headers["X-RateLimit-Remaining"] == "60"


def test_a_silent_range_has_no_content(lark: Client) -> None:
    answer = lark.get("/days", {"from": "2021-01-01", "to": "2021-01-02"})
    assert (answer.status, answer.body) == (204, b"")


def test_pages_are_linked_and_tagged(lark: Client) -> None:
    answer = lark.get("/people", {"per_page": 5})
    assert answer.headers["Link"] == '</lark/v2/people?page=2&per_page=5>; rel="next"'
    assert answer.headers["ETag"] == lark.get("/people", {"per_page": 5}).headers["ETag"]


def test_scripted_facts_are_served(lark_of: Callable[..., Client]) -> None:
    rows = lark_of("meadow").got("/singers", date="2025-10-14")["singers"]
    assert [(row["songs"], row["kept"]) for row in rows if row["email"] == "wren@meadow.example"] == [(7, 3)]


def test_unknown_parameters_are_rejected_or_ignored(lark: Client) -> None:
    assert lark.get("/people", {"pages": 1}).status == 400
    lark.switched(unknown_parameters="ignore")
    assert lark.get("/people", {"pages": 1}).status == 200
