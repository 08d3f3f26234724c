"""Rules about the special people and service accounts of a file: addresses, names, teams and dates.

What they did is checked by `fact_rules`; generated addresses are unique by construction.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any

from mockserver.organizations import day_rules, defaults, team_rules
from mockserver.products.organization_file import FileValues, RuleViolation
from mockserver.validation.yaml_text import Path


def members(values: FileValues) -> dict[str, tuple[str, int]]:
    """Who can be named in a fact: names in lower case, with the list and the index at which the member is defined."""
    keys = {"special": "email", "service_accounts": "name"}
    return {
        each[key].casefold(): (group, index)
        for group, key in keys.items()
        for index, each in enumerate(values.get(group, ()))
        if key in each
    }


def violations(values: FileValues) -> Iterator[RuleViolation]:
    """Every violated rule about special people and service accounts."""
    special = values.get("special", [])
    if "people" in values and len(special) > values["people"]:
        yield RuleViolation(("people",), f"at least the number of special people ({len(special)})")
    yield from _repeated("special", "email", special)
    yield from _repeated("service_accounts", "name", values.get("service_accounts", []))
    for index, person in enumerate(special):
        path: Path = ("special", index)
        yield from _team(values, path, person)
        yield from _tenure(values, path, person)
        yield from _licences(values, path, person)
        yield from _active_only(values, path, person)


def _repeated(group: str, key: str, entries: list[dict[str, Any]]) -> Iterator[RuleViolation]:
    """Upper and lower case are the same here, as they are in an address."""
    first: dict[str, int] = {}
    for index, entry in enumerate(entries):
        value = entry.get(key, "").casefold()
        if value and first.setdefault(value, index) != index:
            rule = f"a unique {key} (upper and lower case are the same); {group}[{first[value]}] has it already"
            yield RuleViolation((group, index, key), rule)


def _team(values: FileValues, path: Path, person: FileValues) -> Iterator[RuleViolation]:
    known = team_rules.names(values) if "teams" in values else [team.name for team in defaults.TEAMS]
    if person.get("team") is not None and person["team"] not in known:
        yield RuleViolation((*path, "team"), f"the name of a team ({', '.join(known)}), or null for none")


def _tenure(values: FileValues, path: Path, person: FileValues) -> Iterator[RuleViolation]:
    first = day_rules.first_day(values)
    joined, left = person.get("joined", first), person.get("left")
    if joined < first:
        yield RuleViolation((*path, "joined"), f"not before the organization's first_day ({first})")
    if left is not None and left <= joined:
        yield RuleViolation((*path, "left"), f"the first day without the person, so later than joined ({joined})")


def _licences(values: FileValues, path: Path, person: FileValues) -> Iterator[RuleViolation]:
    """A licence of a person who is not there would be an account that nobody ever registers."""
    first, left = person.get("joined", day_rules.first_day(values)), person.get("left")
    bound = "joined" if "joined" in person else "the organization's first_day"
    for product, day in person.get("licences", {}).items():
        if day is not None and day < first:
            rule = f"not before {bound} ({first}); null or false for no licence"
            yield RuleViolation((*path, "licences", product), rule)
        if day is not None and left is not None and day >= left:
            rule = f"earlier than left ({left}), the first day without the person; null or false for no licence"
            yield RuleViolation((*path, "licences", product), rule)


def _active_only(values: FileValues, path: Path, person: FileValues) -> Iterator[RuleViolation]:
    exact = {each.get("day") for each in values.get("exact", ())}
    for day in person.get("active_only", ()):
        if day in exact:
            rule = f"{day} is an exact day, whose active users are drawn by number"
            yield RuleViolation((*path, "active_only"), rule)
        if day_rules.is_silent(values, day):
            yield RuleViolation((*path, "active_only"), f"{day} is in a silent period, in which nobody is active")
        if not is_employed(person, day):
            yield RuleViolation((*path, "active_only"), f"{day} is not between joined and left")


def is_employed(person: FileValues, day: date) -> bool:
    """Whether the person is there on the day, as far as the file says."""
    joined: date = person.get("joined", day)
    left: date = person.get("left", date.max)
    return joined <= day < left
