"""Answers whether scripted facts make sense: whose, when, and what their rows count.

Which counters a product has stays out (`products`).
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from mockserver.organizations import day_rules, people_rules
from mockserver.organizations.problems import Path, RuleViolation, format_path
from mockserver.organizations.products import FACT_SPECS, FactSpec
from mockserver.simulation.organization import Adoption, Product

Stated = Mapping[str, Any]


def broken(stated: Stated) -> Iterator[RuleViolation]:
    """Every rule about scripted facts that does not hold."""
    seen: dict[tuple[str, date, Product], Path] = {}
    known = people_rules.members(stated)
    for place, fact in enumerate(stated.get("facts", ())):
        path: Path = ("facts", place)
        if not any(product.value in fact for product in FACT_SPECS):
            yield RuleViolation(path, f"a fact states rows of a product: {', '.join(FACT_SPECS)}")
        name = fact.get("member", "").casefold()
        if name and name not in known:
            yield RuleViolation(
                (*path, "member"), "the email of a special person or the name of a service account in this file"
            )
        for product, grain in FACT_SPECS.items():
            rows = fact.get(product.value, ())
            yield from _rows((*path, product.value), grain, rows)
            if "day" in fact and product.value in fact:
                yield from _day(stated, (*path, "day"), known.get(name), fact["day"], product)
                first = seen.setdefault((name, fact["day"], product), path)
                if first is not path:
                    yield RuleViolation(
                        path, f"one entry for a member, a day and a product; {format_path(first)} is it already"
                    )


def _day(
    stated: Stated, path: Path, member: tuple[str, int] | None, day: date, product: Product
) -> Iterator[RuleViolation]:
    if day < day_rules.first_day(stated):
        yield RuleViolation(path, f"not before the organisation's first_day ({day_rules.first_day(stated)})")
    if day_rules.is_silent(stated, day):
        yield RuleViolation(path, "a day outside the silent periods, on which nobody is active")
    if any(each.get("day") == day and each.get("product") is product for each in stated.get("exact", ())):
        yield RuleViolation(path, f"not an exact day of {product}, whose number of users a fact could change")
    if member is not None and member[0] != "special" and product is not Product.AUGMENT:
        yield RuleViolation(path, f"a fact of {Product.AUGMENT}; service accounts use no other product")
    if member is not None and member[0] == "special":
        yield from _person(stated, path, stated["special"][member[1]], day, product)


def _person(stated: Stated, path: Path, person: Stated, day: date, product: Product) -> Iterator[RuleViolation]:
    if not people_rules.is_employed(person, day):
        yield RuleViolation(path, "a day on which the person is there: from joined to the day before left")
    if not _is_licensed(stated, person, product, day):
        yield RuleViolation(path, f"a day on which the person is licensed for {product}")
    if day not in person.get("active_only", (day,)):
        yield RuleViolation(path, "one of the person's active_only days")


def _is_licensed(stated: Stated, person: Stated, product: Product, day: date) -> bool:
    """As far as the file states it; a licence that is generated may start on any day."""
    licences = person.get("licences", {})
    if product.value in licences:
        start = licences[product.value]
        return start is not None and start <= day
    spread: Mapping[str, int] = stated.get("adoption", {}).get(product.value, {})
    return spread.get("licensed_percent", Adoption().licensed_percent) > 0


def _rows(path: Path, grain: FactSpec, rows: list[Stated]) -> Iterator[RuleViolation]:
    seen: dict[tuple[object, ...], int] = {}
    for place, row in enumerate(rows):
        labels = tuple(row.get(label) for label in grain.labels)
        if None not in labels and seen.setdefault(labels, place) != place:
            each = f"one row for each {' and '.join(grain.labels)}" if grain.labels else "one row a day"
            yield RuleViolation((*path, place), f"{each}; row {seen[labels]} is it already")
        yield from _row((*path, place), grain, row)


def _row(path: Path, grain: FactSpec, row: Stated) -> Iterator[RuleViolation]:
    numbers = grain.filled(row)
    for smaller, greater in grain.at_most:
        if numbers[smaller] > numbers[greater]:
            yield RuleViolation((*path, smaller), f"at most {greater} ({numbers[greater]})")
    if not any(numbers.values()):
        yield RuleViolation(path, "a row counts something; a day without activity is an empty list in place of rows")
