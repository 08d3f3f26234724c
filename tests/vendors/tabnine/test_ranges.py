"""From and to: the form of a timestamp, its position in a range, and its echo (contract, section 4)."""

from datetime import datetime

import pytest

from mockserver.simulation.timestamps import format_utc, seconds
from tests.contract.client import Client
from tests.vendors.tabnine import queries

TO = "2025-10-01T00:00:00Z"
LATE = "9999-12-31T23:59:59Z"

TIMESTAMPS = {
    "UTC": "2025-09-01T00:00:00Z",
    "the furthest east": "2025-09-01T14:00:00+14:00",
    "the furthest west": "2025-08-31T12:00:00-12:00",
    "an odd offset": "2025-09-01T05:45:00+05:45",
    "plus zero": "2025-09-01T00:00:00+00:00",
    "minus zero": "2025-09-01T00:00:00-00:00",
    "an offset of nearly a day": "2025-09-01T23:59:00+23:59",
    "the first timestamp": "0001-01-01T00:00:00Z",
    "the first timestamp, from the west": "0001-01-01T00:00:00-12:00",
    "a leap day": "2024-02-29T23:59:59Z",
}
FRACTIONS = {
    "milliseconds": "2025-09-01T00:00:00.000Z",
    "one digit": "2025-09-01T00:00:00.5Z",
    "nanoseconds and an offset": "2025-09-01T00:00:00.123456789+02:00",
    "a thousand digits": f"2025-09-01T00:00:00.{'1' * 1000}Z",
}
NO_INSTANTS = {
    "empty": "",
    "a date": "2025-09-01",
    "no offset": "2025-09-01T00:00:00",
    "a small t": "2025-09-01t00:00:00Z",
    "a small z": "2025-09-01T00:00:00z",
    "a space for T": "2025-09-01 00:00:00Z",
    "a leap second": "2025-06-30T23:59:60Z",
    "hour 24": "2025-09-01T24:00:00Z",
    "minute 60": "2025-09-01T00:60:00Z",
    "no seconds": "2025-09-01T00:00Z",
    "a fraction without digits": "2025-09-01T00:00:00.Z",
    "a comma": "2025-09-01T00:00:00,5Z",
    "an offset without a colon": "2025-09-01T00:00:00+0200",
    "an offset of hours": "2025-09-01T00:00:00+02",
    "an offset of a day": "2025-09-01T00:00:00+24:00",
    "an offset of 60 minutes": "2025-09-01T00:00:00+01:60",
    "a day that does not exist": "2025-02-29T00:00:00Z",
    "a month that does not exist": "2025-13-01T00:00:00Z",
    "the year 0": "0000-12-31T23:59:59Z",
    "before the year 1 in UTC": "0001-01-01T00:00:00+14:00",
    "after the year 9999 in UTC": "9999-12-31T23:59:59-12:00",
    "a year of five digits": "12025-09-01T00:00:00Z",
    "a sign": "+2025-09-01T00:00:00Z",
    "a basic form": "20250901T000000Z",
    "a week": "2025-W36-1T00:00:00Z",
    "UNIX seconds": "1756684800",
    "a word": "now",
    "Arabic digits": "\u0662\u0660\u0662\u0665-09-01T00:00:00Z",
    "a space before": " 2025-09-01T00:00:00Z",
    "a line end": "2025-09-01T00:00:00Z\n",
    "NUL": "2025-09-01T00:00:00Z\0",
    "a plus that became a space": "2025-09-01T00:00:00 02:00",
    "very long": "2" * 10_000,
}


def _echo(client: Client, start: str, end: str, granularity: str = "all") -> tuple[str, str]:
    answer = queries.get_report(client, start, end, granularity)
    assert answer.status == 200, answer.body
    return answer.json["from"], answer.json["to"]


@pytest.mark.parametrize("text", (TIMESTAMPS | FRACTIONS).values(), ids=TIMESTAMPS | FRACTIONS)
def test_start_timestamp_is_echoed_exactly(tabnine: Client, text: str) -> None:
    assert _echo(tabnine, text, TO) == (text, TO)


@pytest.mark.parametrize("text", ["2025-09-01T14:00:00+14:00", "2025-08-31T12:00:00-12:00", *FRACTIONS.values(), LATE])
def test_end_timestamp_is_echoed_exactly(tabnine: Client, text: str) -> None:
    for granularity in ("all", "monthly"):
        start = "2025-01-01T00:00:00.0Z" if text < "9" else "9999-01-01T00:00:00.0Z"
        assert _echo(tabnine, start, text, granularity) == (start, text)


@pytest.mark.parametrize("text", NO_INSTANTS.values(), ids=NO_INSTANTS)
def test_malformed_timestamp_is_400(tabnine: Client, text: str) -> None:
    for name, (start, end) in (("from", (text, TO)), ("to", ("2025-01-01T00:00:00Z", text))):
        answer = queries.get_report(tabnine, start, end)
        assert answer.status == 400
        assert [fault.partition(": ")[0] for fault in answer.faults] == [name]
        assert len(answer.body) < 400


@pytest.mark.parametrize("text", FRACTIONS.values(), ids=FRACTIONS)
def test_fractions_of_a_second_can_be_refused(tabnine: Client, text: str) -> None:
    tabnine.switched(subseconds="reject")
    for start, end in ((text, TO), ("2025-01-01T00:00:00Z", text)):
        answer = queries.get_report(tabnine, start, end)
        assert (answer.status, len(answer.faults)) == (400, 1)
        assert "Expected whole seconds" in answer.faults[0]
    assert queries.get_report(tabnine, "2025-09-01T00:00:00Z", TO).status == 200
    assert [fault[:4] for fault in queries.get_report(tabnine, text, text).faults] == ["from", "to: "]


UPSIDE_DOWN = {
    "the same": (TO, TO),
    "the same under another offset": ("2025-10-01T02:00:00+02:00", TO),
    "the same with zeros": (TO, "2025-10-01T00:00:00.000Z"),
    "a second too late": ("2025-10-01T00:00:01Z", TO),
    "a fraction too late": ("2025-10-01T00:00:00.000000001Z", TO),
    "too late in UTC alone": ("2025-09-30T23:00:00-02:00", TO),
    "one fraction after another": ("2025-10-01T00:00:00.51Z", "2025-10-01T00:00:00.5Z"),
    "ages": (LATE, "0001-01-01T00:00:00Z"),
}


@pytest.mark.parametrize(("start", "end"), UPSIDE_DOWN.values(), ids=UPSIDE_DOWN)
def test_range_must_begin_before_it_ends(tabnine: Client, start: str, end: str) -> None:
    answer = queries.get_report(tabnine, start, end, "daily")
    assert (answer.status, answer.faults) == (400, ["from: Expected an instant before 'to'"])
    tabnine.switched(empty_range="zeros")
    for granularity in ("daily", "all"):
        assert queries.added(queries.buckets(tabnine, start, end, granularity)) == {}


USAGE = ["/organization/usage", "/api/v2/organization/usage", "/organization/agent-usage"]


@pytest.mark.parametrize("path", USAGE)
@pytest.mark.parametrize(
    ("option", "start", "end"),
    [
        ({"empty_range": "zeros"}, "2025-10-02T00:00:00Z", "2025-10-01T00:00:00Z"),
        ({"date_only": "accept", "agent_usage_datetime": "lenient"}, "2025-10-01", "2025-10-02"),
    ],
)
def test_switches_of_the_range_apply_to_usage_of_every_kind(
    tabnine: Client, path: str, option: dict[str, str], start: str, end: str
) -> None:
    query = {"organizationId": queries.organization(tabnine), "from": start, "to": end, "granularity": "all"}
    assert tabnine.get(path, query).status == 400
    body = tabnine.switched(**option).got(path, **query)
    assert (body["from"], body["to"]) == (start, end)
    assert (body["usage"]["data"][0]["activeUsers"] > 0) == ("date_only" in option)


def test_date_without_a_time_can_be_accepted(tabnine: Client) -> None:
    assert queries.get_report(tabnine, "2025-09-01", TO).status == 400
    tabnine.switched(date_only="accept")
    for granularity in ("all", "weekly"):
        body = queries.get_report(tabnine, "2025-09-01", "2025-10-01", granularity).json
        assert (body["from"], body["to"]) == ("2025-09-01", "2025-10-01")
        same = queries.buckets(tabnine, "2025-09-01T00:00:00Z", TO, granularity)
        assert queries.added(body["usage"]["data"]) == queries.added(same)
    assert queries.get_report(tabnine, "2025-09-31", TO).status == 400


def test_plus_must_be_percent_encoded(tabnine: Client) -> None:
    query = f"organizationId={queries.organization(tabnine)}&to=2025-10-01T00:00:00Z&granularity=all&from="
    assert tabnine.get("/organization/usage", f"{query}2025-09-01T02:00:00%2B02:00").status == 200
    assert tabnine.get("/organization/usage", f"{query}2025-09-01T02:00:00+02:00").status == 400


SAME = (
    "2025-09-16T00:00:00Z",
    "2025-09-16T14:00:00+14:00",
    "2025-09-15T12:00:00-12:00",
    "2025-09-16T00:00:00.000Z",
)


@pytest.mark.parametrize("granularity", ["all", "daily"])
def test_same_timestamp_in_another_offset_means_the_same(tabnine: Client, granularity: str) -> None:
    result = [queries.buckets(tabnine, start, "2025-09-18T00:00:00Z", granularity) for start in SAME]
    assert {str([queries.counters(each) for each in one]) for one in result} == {
        str([queries.counters(each) for each in result[0]])
    }
    assert queries.active(result[0][0])["any"] > 0


@pytest.fixture
def heavy(tabnine: Client) -> tuple[str, int]:
    """A user, and a second of September 2025 at which the user's facts of a day happen."""
    [user] = [each["id"] for each in queries.users(tabnine) if each["email"] == "ada@acme.example"]
    days = queries.buckets(tabnine, "2025-09-01T00:00:00Z", "2025-10-01T00:00:00Z", "daily", userId=user)
    day = next(each["from"] for each in days if each["activeUsers"])
    midnight = seconds(datetime.fromisoformat(day))
    return user, queries.moment(tabnine, user, midnight)


AT = {
    "from that second on": (0, 1, True),
    "from the second after": (1, 2, False),
    "up to that second": (-1, 0, False),
    "both seconds": (-1, 1, True),
}


@pytest.mark.parametrize(("before", "after", "there"), AT.values(), ids=AT)
def test_from_is_inclusive_and_to_is_exclusive(
    tabnine: Client, heavy: tuple[str, int], before: int, after: int, *, there: bool
) -> None:
    user, second = heavy
    result = queries.bucket(tabnine, format_utc(second + before), format_utc(second + after), userId=user)
    assert bool(result["activeUsers"]) is there
    team = tabnine.got(f"/user/{user}")["teams"]["team_id"]
    for whose in ({}, {"teamId": team}):
        wide = queries.bucket(tabnine, format_utc(second + before), format_utc(second + after), **whose)
        assert wide["activeUsers"] >= int(there)


def test_fraction_of_a_second_cuts_after_its_second(tabnine: Client, heavy: tuple[str, int]) -> None:
    user, second = heavy
    this, following = format_utc(second), format_utc(second + 1)
    half = this.replace("Z", ".5Z")
    assert queries.bucket(tabnine, half, following, userId=user)["activeUsers"] == 0
    assert queries.bucket(tabnine, this, half, userId=user)["activeUsers"] == 1
    assert queries.bucket(tabnine, half, half.replace(".5", ".7"), userId=user)["activeUsers"] == 0


@pytest.mark.parametrize("granularity", ["daily", "weekly", "monthly"])
def test_first_of_several_buckets_begins_at_from(tabnine: Client, heavy: tuple[str, int], granularity: str) -> None:
    user, second = heavy
    end = format_utc(second + 62 * 86_400)
    there, following, after = format_utc(second), format_utc(second + 1), format_utc(second).replace("Z", ".5Z")

    def result(start: str) -> list[dict[str, int]]:
        return [queries.counters(each) for each in queries.buckets(tabnine, start, end, granularity, userId=user)]

    alone = queries.counters(queries.bucket(tabnine, there, following, userId=user))
    assert result(after) == result(following)
    assert result(there)[1:] == result(following)[1:]
    assert result(there)[0] == {name: count + alone[name] for name, count in result(following)[0].items()}


def test_facts_happen_between_eight_and_eighteen_utc(tabnine: Client) -> None:
    for start, end, there in (
        ("00:00:00", "08:00:00", False),
        ("08:00:00", "18:00:00", True),
        ("18:00:00", "23:59:59", False),
    ):
        result = queries.bucket(tabnine, f"2025-09-16T{start}Z", f"2025-09-16T{end}Z")
        assert bool(result["activeUsers"]) is there
        assert bool(queries.added([result])) is there


def test_longest_possible_range_is_one_bucket(tabnine: Client) -> None:
    whole = queries.bucket(tabnine, "0001-01-01T00:00:00Z", LATE)
    history = queries.bucket(tabnine, "2022-01-03T00:00:00Z", "2025-10-21T10:30:01Z")
    assert (whole["from"], whole["to"]) == ("0001-01-01T00:00:00Z", LATE)
    assert queries.added([whole]) == queries.added([history]) != {}
    assert queries.active(whole) == queries.active(history)
