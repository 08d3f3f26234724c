"""The reckoning of instants: whole seconds since 1970, there and back, on either side of it."""

from datetime import UTC, date, datetime, timedelta, timezone
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.simulation import timestamps
from mockserver.simulation.timestamps import ParsedTime

SECONDS = st.datetimes(datetime(1, 1, 1), datetime(9999, 12, 31, 23, 59, 59, 999_999)).map(  # noqa: DTZ001 - UTC below
    lambda moment: moment.replace(tzinfo=UTC)
)

KNOWN = {
    "1970-01-01T00:00:00Z": 0,
    "1970-01-01T00:00:01Z": 1,
    "1969-12-31T23:59:59Z": -1,
    "1970-01-02T00:00:00Z": 86_400,
    "2000-02-29T12:34:56Z": 951_827_696,
    "2025-10-21T10:30:00Z": 1_761_042_600,
    "0001-01-01T00:00:00Z": -62_135_596_800,
    "9999-12-31T23:59:59Z": 253_402_300_799,
}


@pytest.mark.parametrize(("text", "second"), KNOWN.items())
def test_seconds_count_from_1970_and_format_in_utc(text: str, second: int) -> None:
    assert timestamps.seconds(datetime.fromisoformat(text)) == second
    assert timestamps.format_utc(second) == text


@given(SECONDS)
def test_second_is_formatted_as_by_datetime(moment: datetime) -> None:
    second = timestamps.seconds(moment)
    assert datetime.fromisoformat(timestamps.format_utc(second)) == moment.replace(microsecond=0)
    assert timestamps.day_of(second) == moment.date()
    assert timestamps.midnight(moment.date()) <= second < timestamps.midnight(moment.date()) + timestamps.DAY


@given(st.lists(SECONDS))
def test_many_seconds_are_formatted_like_each(moments: list[datetime]) -> None:
    seconds = [timestamps.seconds(moment) for moment in moments]
    assert timestamps.format_all_utc(np.array(seconds, dtype=np.int64)) == [
        timestamps.format_utc(each) for each in seconds
    ]


@pytest.mark.parametrize("hours", [14, -12, 5.5])
def test_offset_does_not_change_the_second(hours: float) -> None:
    here = datetime(2025, 10, 21, 10, 30, tzinfo=UTC)
    assert timestamps.seconds(here.astimezone(timezone(timedelta(hours=hours)))) == 1_761_042_600


@pytest.mark.parametrize("microseconds", [1, 500_000, 999_999])
def test_fraction_does_not_change_the_second(microseconds: int) -> None:
    for second in (1_761_042_600, -5):
        moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=second, microseconds=microseconds)
        assert timestamps.seconds(moment) == second


@pytest.mark.parametrize(("fraction", "end"), [("", "00Z"), ("5", "00.5Z"), ("123456789", "00.123456789Z")])
def test_fraction_is_formatted_if_there_is_one(fraction: str, end: str) -> None:
    assert timestamps.format_utc(0, fraction) == f"1970-01-01T00:00:{end}"
    assert ParsedTime("as it came", 0, fraction).utc == f"1970-01-01T00:00:{end}"


@pytest.mark.parametrize(
    ("day", "second"), [(date(1970, 1, 1), 0), (date(1969, 12, 31), -86_400), (date(2025, 10, 21), 1_761_004_800)]
)
def test_day_begins_at_midnight(day: date, second: int) -> None:
    assert timestamps.midnight(day) == second
    assert [timestamps.day_of(second + more) for more in (0, 86_399)] == [day, day]
    assert timestamps.day_of(second - 1) == day - timedelta(days=1)


ASCENDING = [
    ParsedTime("", second, fraction)
    for second, fraction in (
        *((-1, ""), (-1, "25"), (7, ""), (7, "01"), (7, "1")),
        *((7, "10000000001"), (7, "9"), (8, "")),
    )
]


def test_timestamps_are_ordered_by_second_then_fraction() -> None:
    assert all(one < other for one, other in pairwise(ASCENDING))


@pytest.mark.parametrize(("fraction", "ceiling"), [("", 7), ("01", 8), ("999", 8)])
def test_ceiling_is_the_same_or_the_next_second(fraction: str, ceiling: int) -> None:
    assert ParsedTime("", 7, fraction).ceiling == ceiling
