"""Rules about the days of a file: silent periods, exact days, the end of turnover.

What happens to one person on a day is checked by `people_rules` and `fact_rules`.
"""

from collections.abc import Iterator
from datetime import date

from mockserver.organizations import defaults
from mockserver.products.organization_file import FileValues, RuleViolation
from mockserver.simulation.organization import Turnover


def first_day(values: FileValues) -> date:
    """The organization's first day, or the default."""
    first: date = values.get("first_day", defaults.FIRST_DAY)
    return first


def is_silent(values: FileValues, day: date) -> bool:
    """Whether the day is in a silent period."""
    return any(each["first"] <= day <= each["last"] for each in values.get("silent", ()) if len(each) == 2)


def violations(values: FileValues) -> Iterator[RuleViolation]:
    """Every violated rule about days."""
    yield from _turnover(values)
    yield from _silent(values)
    yield from _exact(values)


def _turnover(values: FileValues) -> Iterator[RuleViolation]:
    until = values.get("turnover", {}).get("until", Turnover().until)
    if until <= first_day(values):
        rule = f"later than first_day ({first_day(values)}); the default is {Turnover().until}"
        yield RuleViolation(("turnover", "until"), rule)


def _silent(values: FileValues) -> Iterator[RuleViolation]:
    for index, period in enumerate(values.get("silent", ())):
        if len(period) == 2 and period["first"] > period["last"]:
            yield RuleViolation(("silent", index, "first"), f"not later than last ({period['last']})")


def _exact(values: FileValues) -> Iterator[RuleViolation]:
    known: dict[tuple[date, str], int] = {}
    for index, exact in enumerate(values.get("exact", ())):
        path, day, product = ("exact", index), exact.get("day"), exact.get("product")
        if day and is_silent(values, day):
            yield RuleViolation((*path, "day"), "a day outside the silent periods, in which nobody is active")
        if day and product and known.setdefault((day, product), index) != index:
            rule = f"one number of users for a day and product; exact[{known[day, product]}] has one for {product}"
            yield RuleViolation((*path, "day"), rule)
