"""Answers whether the days that a file states make sense: silent periods, exact days, the end of turnover.

What happens on a day to one person stays out (`cast_rules`, `fact_rules`).
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from mockserver.organizations import defaults
from mockserver.organizations.problems import RuleViolation
from mockserver.simulation.organization import Turnover

Stated = Mapping[str, Any]


def first_day(stated: Stated) -> date:
    """The organisation's first day, stated or not."""
    first: date = stated.get("first_day", defaults.FIRST_DAY)
    return first


def is_silent(stated: Stated, day: date) -> bool:
    """Whether the day lies in a silent period."""
    return any(each["first"] <= day <= each["last"] for each in stated.get("silent", ()) if len(each) == 2)


def broken(stated: Stated) -> Iterator[RuleViolation]:
    """Every rule about days that does not hold."""
    yield from _turnover(stated)
    yield from _silent(stated)
    yield from _exact(stated)


def _turnover(stated: Stated) -> Iterator[RuleViolation]:
    until = stated.get("turnover", {}).get("until", Turnover().until)
    if until <= first_day(stated):
        yield RuleViolation(
            ("turnover", "until"), f"later than first_day ({first_day(stated)}); left out, it is {Turnover().until}"
        )


def _silent(stated: Stated) -> Iterator[RuleViolation]:
    for place, period in enumerate(stated.get("silent", ())):
        if len(period) == 2 and period["first"] > period["last"]:
            yield RuleViolation(("silent", place, "first"), f"not later than last ({period['last']})")


def _exact(stated: Stated) -> Iterator[RuleViolation]:
    seen: dict[tuple[date, str], int] = {}
    for place, exact in enumerate(stated.get("exact", ())):
        path, day, product = ("exact", place), exact.get("day"), exact.get("product")
        if day and is_silent(stated, day):
            yield RuleViolation((*path, "day"), "a day outside the silent periods, on which nobody is active")
        if day and product and seen.setdefault((day, product), place) != place:
            rule = f"one number of users for a day and product; exact[{seen[day, product]}] states one for {product}"
            yield RuleViolation((*path, "day"), rule)
