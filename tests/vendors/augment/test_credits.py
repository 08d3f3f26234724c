"""credit-usage-by-user: who consumed how many credits, up to some minutes ago (contract, section 9.1)."""

from base64 import b64decode
from itertools import groupby
from typing import Any

import pytest

from tests.contract.client import Client

CREDITS = "/credit-usage-by-user"
WEEK = {"start_date": "2025-10-14", "end_date": "2025-10-20"}
TODAY = {"start_date": "2025-10-21", "end_date": "2025-10-21"}


def name(record: dict[str, Any]) -> str:
    """Whom a record names, by exactly one of the two names."""
    [found] = [record[key] for key in ("user_email", "service_account_name") if key in record]
    return str(found)


def total(client: Client, **query: str) -> int:
    """The credits of everybody."""
    return sum(record["credits_consumed"] for record in client.paginate(CREDITS, **query))


def test_records_name_one_user_and_whole_credits(augment: Client) -> None:
    answer = augment.got(CREDITS, **WEEK)
    assert answer["metadata"] == {
        "effective_start_date": "2025-10-14",
        "effective_end_date": "2025-10-20",
        "generated_at": "2025-10-21T10:30:00Z",
        "returned_record_count": len(answer["records"]),
    }
    assert answer["pagination"] == {"next_cursor": "", "has_more": False}
    assert all(
        {*record} - {"user_email", "service_account_name"} == {"credits_consumed"} for record in answer["records"]
    )
    assert all(type(record["credits_consumed"]) is int for record in answer["records"])
    names = [name(record) for record in answer["records"]]
    assert len(set(names)) == len(names) > 40
    assert names[-2:] == ["ci-bot", "release-bot"]


def test_rows_go_by_user_day_and_model(augment: Client) -> None:
    plain = augment.paginate(CREDITS, **WEEK)
    order = [name(record) for record in plain]
    for flags in ({"by_date": "true"}, {"by_model": "true"}, {"by_date": "true", "by_model": "true"}):
        records = augment.paginate(CREDITS, page_size=500, **WEEK, **flags)
        assert [who for who, _ in groupby(records, name)] == order
        keys = [(order.index(name(each)), each.get("date", ""), each.get("model_name", "")) for each in records]
        assert keys == sorted(set(keys))
        assert all(
            ("date" in each, "model_name" in each) == ("by_date" in flags, "by_model" in flags) for each in records
        )
        sums = dict.fromkeys(order, 0)
        for each in records:
            sums[name(each)] += each["credits_consumed"]
        assert sums == {name(each): each["credits_consumed"] for each in plain}


def test_whoever_was_not_active_consumed_nothing(augment: Client) -> None:
    for day in ("2025-10-18", "2025-10-20"):
        active = {name(row) for row in augment.paginate("/dau", date=day)}
        assert {name(each) for each in augment.paginate(CREDITS, start_date=day, end_date=day)} <= active


def test_every_page_size_adds_up_to_the_whole(augment: Client) -> None:
    flags = {**WEEK, "by_date": "true", "by_model": "true"}
    whole = augment.paginate(CREDITS, page_size=500, **flags)
    for size in (7, 50, 499):
        assert augment.paginate(CREDITS, page_size=size, **flags) == whole


def test_cursor_is_the_id_of_the_last_row(augment: Client) -> None:
    cursors = [
        b64decode(augment.got(CREDITS, page_size=1, **WEEK, **flags)["pagination"]["next_cursor"]).decode()
        for flags in ({}, {"by_date": "true"})
    ]
    assert [cursor.count("\\u001f") for cursor in cursors] == [0, 2]


def test_cursor_of_another_breakdown_goes_on_with_the_next_user(augment: Client) -> None:
    first = augment.got(CREDITS, page_size=1, **WEEK)
    rest = augment.got(CREDITS, by_date="true", cursor=first["pagination"]["next_cursor"], **WEEK)["records"]
    assert name(rest[0]) == name(augment.got(CREDITS, **WEEK)["records"][1])


def test_today_grows_while_the_clock_moves(augment: Client) -> None:
    sums = [total(augment.at(f"2025-10-21T{hour:02}:59:00Z"), **TODAY) for hour in range(24)]
    assert sums == sorted(sums)
    assert sums[0] == 0 < sums[10] < sums[20]
    assert total(augment.at("2025-10-22T01:30:00Z"), **TODAY) == total(augment.at("2025-10-23T10:00:00Z"), **TODAY)
    assert sums[-1] <= total(augment, **TODAY)


def test_delay_is_90_minutes_unless_it_is_set(augment: Client) -> None:
    behind = [augment.at("2025-10-21T13:30:00Z").got(CREDITS, **TODAY)["records"]]
    behind.append(augment.at("2025-10-21T12:00:00Z").switched(credit_delay_minutes=0).got(CREDITS, **TODAY)["records"])
    behind.append(
        augment.at("2025-10-21T14:00:00Z").switched(credit_delay_minutes=120).got(CREDITS, **TODAY)["records"]
    )
    assert behind[0] == behind[1] == behind[2] != []


def test_range_of_the_past_does_not_change(augment: Client) -> None:
    past = {"start_date": "2025-10-01", "end_date": "2025-10-19"}
    assert total(augment.at("2025-10-21T10:30:00Z"), **past) == total(augment.at("2026-01-21T10:30:00Z"), **past)


@pytest.mark.parametrize("times", range(2))
def test_growing_answer_is_not_cached(augment: Client, times: int) -> None:
    """Each of two equal requests gets what is known at its own second."""
    sums = []
    for second in range(0, 60, 20):
        client = augment.at(f"2025-10-21T12:30:{second:02}Z")
        sums += [total(client, **TODAY) for _ in range(times + 1)]
    assert len(set(sums)) == 3


RANGES = {
    "neither": ({}, ("2025-10-15", "2025-10-21")),
    "a start": ({"start_date": "2025-10-01"}, ("2025-10-01", "2025-10-07")),
    "a late start": ({"start_date": "2025-10-19"}, ("2025-10-19", "2025-10-21")),
    "an end": ({"end_date": "2025-10-21"}, ("2025-10-15", "2025-10-21")),
    "both": ({"start_date": "2025-07-24", "end_date": "2025-10-21"}, ("2025-07-24", "2025-10-21")),
    "the oldest day": ({"start_date": "2023-10-20", "end_date": "2023-10-20"}, ("2023-10-20", "2023-10-20")),
}


@pytest.mark.parametrize(("query", "effective"), RANGES.values(), ids=RANGES)
def test_range_ends_today_at_the_latest(augment: Client, query: dict[str, str], effective: tuple[str, str]) -> None:
    metadata = augment.got(CREDITS, **query)["metadata"]
    assert (metadata["effective_start_date"], metadata["effective_end_date"]) == effective


def test_end_of_a_month_is_requested_up_to_today_on_new_year(augment: Client) -> None:
    metadata = augment.at("2026-01-01T00:10:00Z").got(CREDITS)["metadata"]
    assert (metadata["effective_start_date"], metadata["effective_end_date"]) == ("2025-12-26", "2026-01-01")


BAD = {
    "tomorrow": ({"end_date": "2025-10-22"}, "end_date cannot be later than today (UTC)"),
    "a start tomorrow": ({"start_date": "2025-10-22"}, "start_date cannot be later than today (UTC)"),
    "too old": (
        {"start_date": "2023-10-19", "end_date": "2023-10-20"},
        "start_date cannot be earlier than 2023-10-20, 2 years before yesterday (UTC)",
    ),
    "91 days": (
        {"start_date": "2025-07-23", "end_date": "2025-10-21"},
        "the range has 91 days; it cannot be longer than 90 days, both ends included",
    ),
    "a flag in capitals": ({"by_date": "True"}, "by_date must be true or false, not 'True'"),
    "a number as a flag": ({"by_model": "1"}, "by_model must be true or false, not '1'"),
    "an empty flag": ({"by_model": ""}, "by_model must not be empty; leave it out for its default"),
    "an unknown parameter": (
        {"by_user": "true"},
        "there is no parameter 'by_user'; there are: start_date, end_date, by_date, by_model, cursor, page_size",
    ),
}


@pytest.mark.parametrize(("query", "message"), BAD.values(), ids=BAD)
def test_bad_parameter_is_refused_with_the_rule(augment: Client, query: dict[str, str], message: str) -> None:
    answer = augment.get(CREDITS, query)
    assert (answer.status, answer.code, answer.message) == (400, "InvalidArgument", message)


def test_page_size_has_a_default_and_a_maximum(augment: Client) -> None:
    flags = {**WEEK, "by_date": "true", "by_model": "true"}
    assert len(augment.got(CREDITS, **flags)["records"]) == 100
    assert augment.get(CREDITS, {"page_size": 500}).status == 200
    assert augment.get(CREDITS, {"page_size": 501}).message == "page_size cannot be greater than 500"
    assert augment.switched(page_size_over_maximum="clamp").get(CREDITS, {"page_size": 501}).status == 200


def test_organization_without_people_consumes_nothing(augment_of: Any) -> None:
    assert augment_of("empty").got(CREDITS, **WEEK)["records"] == []
