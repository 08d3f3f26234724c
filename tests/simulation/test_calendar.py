"""The calendar: what kind of day each day is, whichever range it is computed in."""

from datetime import date

import pytest

from mockserver.simulation import calendar
from mockserver.simulation.organization import SilentPeriod
from tests.simulation import worlds

PLAIN = worlds.organization()


def test_run_of_days_includes_both_ends() -> None:
    span = calendar.days(PLAIN, worlds.ordinal("2024-02-27"), worlds.ordinal("2024-03-01"))
    assert [date.fromordinal(day).isoformat() for day in span.ordinals.tolist()] == [
        "2024-02-27",
        "2024-02-28",
        "2024-02-29",
        "2024-03-01",
    ]
    assert (len(span), date.fromordinal(span.first), date.fromordinal(span.last)) == (
        4,
        date(2024, 2, 27),
        date(2024, 3, 1),
    )


def test_weekends_are_saturdays_and_sundays() -> None:
    span = calendar.days(PLAIN, worlds.ordinal("2023-12-01"), worlds.ordinal("2024-03-31"))
    assert span.weekend.tolist() == [date.fromordinal(day).weekday() >= 5 for day in span.ordinals.tolist()]


@pytest.mark.parametrize("day", ["2025-01-01", "2025-05-01", "2025-12-25", "2031-12-26", "2025-10-03"])
def test_common_holidays_repeat_every_year_and_own_ones_do_not(day: str) -> None:
    organization = worlds.organization(holidays=(date(2025, 10, 3),))
    assert calendar.days(organization, worlds.ordinal(day), worlds.ordinal(day)).holiday.tolist() == [True]


@pytest.mark.parametrize("day", ["2025-01-02", "2026-10-03", "2025-12-30"])
def test_other_days_are_not_holidays(day: str) -> None:
    organization = worlds.organization(holidays=(date(2025, 10, 3),))
    assert calendar.days(organization, worlds.ordinal(day), worlds.ordinal(day)).holiday.tolist() == [False]


def test_silent_period_includes_both_ends() -> None:
    silent = worlds.organization(
        silent=(SilentPeriod(date(2025, 8, 4), date(2025, 8, 5)), SilentPeriod(date(2025, 8, 7), date(2025, 8, 7)))
    )
    span = calendar.days(silent, worlds.ordinal("2025-08-03"), worlds.ordinal("2025-08-08"))
    assert span.silent.tolist() == [False, True, True, False, True, False]


def test_august_and_december_are_slower_than_october() -> None:
    october, august, december = (
        int(calendar.days(PLAIN, worlds.ordinal(day), worlds.ordinal(day)).season[0])
        for day in ("2025-10-15", "2025-08-15", "2025-12-15")
    )
    assert december < august < october


def test_day_is_the_same_alone_and_in_a_longer_run() -> None:
    first, last = worlds.ordinal("2024-12-20"), worlds.ordinal("2025-04-05")
    whole = calendar.days(PLAIN, first, last)
    for position, day in enumerate(range(first, last + 1)):
        alone = calendar.days(PLAIN, day, day)
        for name in ("ordinals", "weekend", "holiday", "silent", "season", "quarter"):
            assert getattr(alone, name)[0] == getattr(whole, name)[position], (name, date.fromordinal(day))


@pytest.mark.parametrize(("length", "is_kept"), [(400, True), (401, False)])
def test_only_short_runs_are_kept(length: int, *, is_kept: bool) -> None:
    first = worlds.ordinal("2023-01-01")
    span = calendar.days(PLAIN, first, first + length - 1)
    again = calendar.days(PLAIN, first, first + length - 1)
    assert (again is span) == is_kept
    assert again.ordinals.tolist() == span.ordinals.tolist()


def test_runs_of_organizations_with_other_holidays_differ() -> None:
    day = worlds.ordinal("2024-04-02")
    assert [
        bool(calendar.days(worlds.organization(holidays=holidays), day, day).holiday[0])
        for holidays in ((), (date(2024, 4, 2),), ())
    ] == [False, True, False]


def test_quarter_has_thirteen_weeks() -> None:
    span = calendar.days(PLAIN, worlds.ordinal("2024-01-01"), worlds.ordinal("2025-12-31"))
    quarters = span.quarter.tolist()
    assert [quarters.count(quarter) for quarter in sorted(set(quarters))[1:-1]] == [91] * (len(set(quarters)) - 2)


@pytest.mark.parametrize(
    ("day", "by", "month"),
    [
        ("2025-10-21", 1, "2025-11-01"),
        ("2025-12-31", 1, "2026-01-01"),
        ("2025-01-31", 1, "2025-02-01"),
        ("2025-10-21", 0, "2025-10-01"),
        ("2025-10-21", -11, "2024-11-01"),
        ("2025-01-01", -1, "2024-12-01"),
        ("2025-12-01", 12, "2026-12-01"),
        ("2025-10-21", -10, "2024-12-01"),
    ],
)
def test_month_after_crosses_years(day: str, by: int, month: str) -> None:
    assert calendar.month_after(date.fromisoformat(day), by).isoformat() == month


def test_month_after_defaults_to_the_next_month() -> None:
    assert calendar.month_after(date(2025, 12, 9)) == date(2026, 1, 1)


@pytest.mark.parametrize(
    ("day", "monday"),
    [
        ("2025-10-20", "2025-10-20"),
        ("2025-10-21", "2025-10-20"),
        ("2025-10-26", "2025-10-20"),
        ("2025-10-27", "2025-10-27"),
        ("2025-01-01", "2024-12-30"),
        ("2024-03-01", "2024-02-26"),
    ],
)
def test_week_begins_on_monday(day: str, monday: str) -> None:
    assert calendar.week_of(date.fromisoformat(day)).isoformat() == monday


@pytest.mark.parametrize("first", ["1969-11-15", "2022-01-03", "2023-12-31", "2024-02-28", "2096-02-28"])
def test_months_are_numbered_from_january_1970(first: str) -> None:
    span = calendar.days(PLAIN, worlds.ordinal(first), worlds.ordinal(first) + 400)
    dates = [date.fromordinal(day) for day in span.ordinals.tolist()]
    assert span.month.tolist() == [(day.year - 1970) * 12 + day.month - 1 for day in dates]


@pytest.mark.parametrize(
    ("day", "first"),
    [
        ("2025-10-01", "2025-10-01"),
        ("2025-10-31", "2025-10-01"),
        ("2024-02-29", "2024-02-01"),
        ("2025-01-15", "2025-01-01"),
    ],
)
def test_month_of_a_day(day: str, first: str) -> None:
    assert calendar.month_of(worlds.ordinal(day)) == worlds.ordinal(first)
