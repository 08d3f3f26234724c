"""Rules about scripted facts: whose they are, on which day, and what their rows count.

The counters of a product, and how they limit one another, are in its FactSpec.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from mockserver import products
from mockserver.organizations import day_rules, people_rules
from mockserver.products.model import FactSpec, ProductModel
from mockserver.products.organization_file import FileValues, RuleViolation
from mockserver.simulation.organization import Adoption
from mockserver.validation.yaml_text import Path, format_path


def violations(values: FileValues) -> Iterator[RuleViolation]:
    """Every violated rule about scripted facts."""
    first_paths: dict[tuple[str, date, str], Path] = {}
    known = people_rules.members(values)
    for index, fact in enumerate(values.get("facts", ())):
        path: Path = ("facts", index)
        name = fact.get("member", "").casefold()
        yield from _fact(path, fact, name, known)
        for product in (each for each in products.discover() if each.name in fact):
            yield from _rows((*path, product.name), product.facts, fact[product.name])
            if "day" in fact:
                yield from _day(values, (*path, "day"), known.get(name), fact["day"], product)
                first = first_paths.setdefault((name, fact["day"], product.name), path)
                if first is not path:
                    rule = f"one entry for a member, a day and a product; {format_path(first)} is one already"
                    yield RuleViolation(path, rule)


def _fact(path: Path, fact: FileValues, name: str, known: Mapping[str, object]) -> Iterator[RuleViolation]:
    names = [product.name for product in products.discover()]
    if not any(product in fact for product in names):
        yield RuleViolation(path, f"a fact has rows of a product: {', '.join(names)}")
    if name and name not in known:
        rule = "the email of a special person or the name of a service account in this file"
        yield RuleViolation((*path, "member"), rule)


def _day(
    values: FileValues, path: Path, member: tuple[str, int] | None, day: date, product: ProductModel[Any]
) -> Iterator[RuleViolation]:
    if day < day_rules.first_day(values):
        yield RuleViolation(path, f"not before the organization's first_day ({day_rules.first_day(values)})")
    if day_rules.is_silent(values, day):
        yield RuleViolation(path, "a day outside the silent periods, in which nobody is active")
    if any(each.get("day") == day and each.get("product") == product.name for each in values.get("exact", ())):
        yield RuleViolation(path, f"not an exact day of {product.name}, whose number of users a fact could change")
    if member is not None and member[0] == "special":
        yield from _person(values, path, values["special"][member[1]], day, product.name)
    elif member is not None and not product.service_accounts:
        names = ", ".join(each.name for each in products.discover() if each.service_accounts)
        yield RuleViolation(path, f"a fact of {names}; service accounts use no other product")


def _person(values: FileValues, path: Path, person: FileValues, day: date, product: str) -> Iterator[RuleViolation]:
    if not people_rules.is_employed(person, day):
        yield RuleViolation(path, "a day on which the person is there: from joined to the day before left")
    if not _is_licensed(values, person, product, day):
        yield RuleViolation(path, f"a day on which the person is licensed for {product}")
    if day not in person.get("active_only", (day,)):
        yield RuleViolation(path, "one of the person's active_only days")


def _is_licensed(values: FileValues, person: FileValues, product: str, day: date) -> bool:
    """As far as the file says; a generated licence may start on any day."""
    licences = person.get("licences", {})
    if product in licences:
        start = licences[product]
        return start is not None and start <= day
    spread: Mapping[str, int] = values.get("adoption", {}).get(product, {})
    return spread.get("licensed_percent", Adoption().licensed_percent) > 0


def _rows(path: Path, spec: FactSpec, rows: list[FileValues]) -> Iterator[RuleViolation]:
    known: dict[tuple[object, ...], int] = {}
    for index, row in enumerate(rows):
        labels = tuple(row.get(label) for label in spec.labels)
        if None not in labels and known.setdefault(labels, index) != index:
            each = f"one row for each {' and '.join(spec.labels)}" if spec.labels else "one row a day"
            yield RuleViolation((*path, index), f"{each}; row {known[labels]} is one already")
        yield from _row((*path, index), spec, row)


def _row(path: Path, spec: FactSpec, row: FileValues) -> Iterator[RuleViolation]:
    numbers = spec.fill(row)
    for smaller, greater in spec.at_most:
        if numbers[smaller] > numbers[greater]:
            yield RuleViolation((*path, smaller), f"at most {greater} ({numbers[greater]})")
    if not any(numbers.values()):
        yield RuleViolation(path, "a row counts something; a day without activity is an empty list instead of rows")
