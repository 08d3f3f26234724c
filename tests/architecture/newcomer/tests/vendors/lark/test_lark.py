"""Lark: its headers, its pages and its 204."""

from collections.abc import Callable

from tests.charts import reading
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


def test_charts_have_the_numbers_of_the_days(lark: Client) -> None:
    assert "lark-singers" in reading.listed(lark.app)
    period = ("2025-10-13", "2025-10-19")
    days = lark.got("/days", **{"from": period[0], "to": period[1]})["days"]
    shown = reading.chart(lark.app, "lark-singers", from_=period[0], to=period[1])
    assert shown["rows"] == [{name: row[name] for name in ("date", "singers", "songs")} for row in days]
    across = reading.chart(lark.app, "ai-active-users", from_=period[0], to=period[1])
    assert [row["lark"] for row in across["rows"]] == [row["singers"] for row in days]


def test_silent_range_has_rows_without_numbers_and_a_note(lark: Client) -> None:
    shown = reading.chart(lark.app, "lark-singers", from_="2022-01-03", to="2022-01-04")
    assert [row["singers"] for row in shown["rows"]] == [None, None]
    assert shown["note"] == "the vendor's answer has no row in this period"
