"""Rules across the values of an organization file: teams, days, people and facts that must agree.

The shape of a single value is checked by `schemas`; rules about a product's own keys are the product's. Rules apply to
whatever has its right shape, so that everything wrong with a file is reported at once; a missing value violates none.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from mockserver import products
from mockserver.products.model import FactSpec, ProductModel
from mockserver.products.organization_file import FileValues, RuleViolation
from mockserver.products.world import World
from mockserver.simulation.names import NamePool
from mockserver.simulation.organization import DEFAULT_TEAMS, FIRST_DAY, Adoption, Levels, Organization, Turnover
from mockserver.validation.yaml_text import Path

_NOT_SILENT = "a day outside the silent periods, in which nobody is active"


def violations(values: FileValues) -> Iterator[RuleViolation]:
    """Every rule that the values of a file violate."""
    values = {"first_day": FIRST_DAY, **values}
    yield from _teams(values)
    yield from _repeated_names(values)
    yield from _days(values)
    yield from _exact_days(values)
    yield from _special_people(values)
    for product in products.discover():
        yield from product.file.violations(values)
    yield from _facts(values)
    yield from _repeated_facts(values)
    levels = Levels(**values.get("levels", {}))
    if levels.light_percent + levels.heavy_percent > 100:
        both = f"light_percent ({levels.light_percent}) and heavy_percent ({levels.heavy_percent})"
        yield RuleViolation(("levels",), f"{both} add up to at most 100")


def violations_of_generated(organization: Organization, pool: NamePool) -> Iterator[RuleViolation]:
    """Every violated rule that depends on the organization's people, generated under its own seed."""
    world = World(organization, pool)
    presence = world.presence
    for product, adoption in organization.adoption.items():
        least = len(world.people.licensed_by_file(product))
        if adoption.seats is not None and adoption.seats < least:
            rule = f"at least {least}, because so many people have a licence by this file"
            yield RuleViolation(("adoption", product, "seats"), rule)
    for index, exact in enumerate(organization.exact):
        most = presence.eligible(exact.product, exact.day.toordinal()) if organization.generated else 0
        if exact.users > most:
            rule = f"at most the members who use {exact.product} by {exact.day} ({most})"
            yield RuleViolation(("exact", index, "users"), rule)


def members(values: FileValues) -> dict[str, tuple[str, int]]:
    """Who can be named in a fact: names in lower case, with the list and the index at which the member is defined."""
    keys = {"special": "email", "service_accounts": "name"}
    return {
        each[key].casefold(): (group, index)
        for group, key in keys.items()
        for index, each in enumerate(values.get(group, ()))
        if key in each
    }


def _repeats(keys: Iterable[tuple[object, ...]]) -> Iterator[tuple[int, int]]:
    """The index of each repeated key, with the index of the first one; keys with a None are incomplete, and skipped."""
    first: dict[tuple[object, ...], int] = {}
    for index, key in enumerate(keys):
        if None not in key and first.setdefault(key, index) != index:
            yield index, first[key]


def _team_names(values: FileValues) -> list[str]:
    """The names of the file's teams, or of the default ones."""
    if "teams" not in values:
        return [team.name for team in DEFAULT_TEAMS]
    return [team["name"] for team in values["teams"] if "name" in team]


def _teams(values: FileValues) -> Iterator[RuleViolation]:
    names, teams = _team_names(values), values.get("teams")
    for index, name in enumerate(values.get("console_groups", ())):
        if name not in names:
            yield RuleViolation(("console_groups", index), f"the name of a team in this file: {', '.join(names)}")
    if teams:
        yield from _parents(teams, names)
        if not any(team.get("weight", 1) for team in teams):
            yield RuleViolation(("teams",), "at least one team with a weight above 0")
        first, *others = [index for index, team in enumerate(teams) if team.get("default")] or [0]
        for index in others:
            yield RuleViolation(("teams", index, "default"), f"only one default team; teams[{first}] is already")


def _parents(teams: list[dict[str, Any]], names: list[str]) -> Iterator[RuleViolation]:
    """Each unknown parent, and each cycle of parents once, at its first team."""
    parents = {team["name"]: team.get("parent") for team in teams if "name" in team}
    reported: set[str] = set()
    for index, team in enumerate(teams):
        path, parent = ("teams", index, "parent"), team.get("parent")
        if parent is not None and parent not in names:
            yield RuleViolation(path, f"the name of a team in this file: {', '.join(names)}")
        chain, above = [], team.get("name")
        while above is not None and above not in chain:
            chain.append(above)
            above = parents.get(above)
        if chain and above == chain[0] and not reported.intersection(chain):
            reported.update(chain)
            yield RuleViolation(path, f"no team above itself, but this is a cycle: {' > '.join([*chain, above])}")


def _repeated_names(values: FileValues) -> Iterator[RuleViolation]:
    for group, key in (("teams", "name"), ("special", "email"), ("service_accounts", "name")):
        names = ((entry.get(key, "").casefold() or None,) for entry in values.get(group, ()))
        for index, first in _repeats(names):
            rule = f"a unique {key} (upper and lower case are the same); {group}[{first}] has it already"
            yield RuleViolation((group, index, key), rule)


def _is_silent(values: FileValues, day: date) -> bool:
    return any(each["first"] <= day <= each["last"] for each in values.get("silent", ()) if len(each) == 2)


def _days(values: FileValues) -> Iterator[RuleViolation]:
    first = values["first_day"]
    if Turnover(**values.get("turnover", {})).until <= first:
        rule = f"later than first_day ({first}); the default is {Turnover().until}"
        yield RuleViolation(("turnover", "until"), rule)
    for index, period in enumerate(values.get("silent", ())):
        if len(period) == 2 and period["first"] > period["last"]:
            yield RuleViolation(("silent", index, "first"), f"not later than last ({period['last']})")


def _exact_days(values: FileValues) -> Iterator[RuleViolation]:
    exact = values.get("exact", ())
    for index, each in enumerate(exact):
        if "day" in each and _is_silent(values, each["day"]):
            yield RuleViolation(("exact", index, "day"), _NOT_SILENT)
    for index, first in _repeats((each.get("day"), each.get("product")) for each in exact):
        rule = f"one number of users for a day and product; exact[{first}] has one for {exact[index]['product']}"
        yield RuleViolation(("exact", index, "day"), rule)


def _special_people(values: FileValues) -> Iterator[RuleViolation]:
    special = values.get("special", ())
    if "people" in values and len(special) > values["people"]:
        yield RuleViolation(("people",), f"at least the number of special people ({len(special)})")
    for index, person in enumerate(special):
        path: Path = ("special", index)
        yield from _team_and_tenure(values, path, person)
        yield from _licences(values, path, person)
        yield from _active_only(values, (*path, "active_only"), person)


def _team_and_tenure(values: FileValues, path: Path, person: FileValues) -> Iterator[RuleViolation]:
    names, first = _team_names(values), values["first_day"]
    if person.get("team") is not None and person["team"] not in names:
        yield RuleViolation((*path, "team"), f"the name of a team ({', '.join(names)}), or null for none")
    joined, left = person.get("joined", first), person.get("left")
    if joined < first:
        yield RuleViolation((*path, "joined"), f"not before the organization's first_day ({first})")
    if left is not None and left <= joined:
        yield RuleViolation((*path, "left"), f"the first day without the person, so later than joined ({joined})")


def _licences(values: FileValues, path: Path, person: FileValues) -> Iterator[RuleViolation]:
    """A licence of a person who is not there would be an account that nobody ever registers."""
    first, left = person.get("joined", values["first_day"]), person.get("left", date.max)
    bound = "joined" if "joined" in person else "the organization's first_day"
    for product, day in person.get("licences", {}).items():
        if day is not None and day < first:
            rule = f"not before {bound} ({first}); null or false for no licence"
            yield RuleViolation((*path, "licences", product), rule)
        if day is not None and day >= left:
            rule = f"earlier than left ({left}), the first day without the person; null or false for no licence"
            yield RuleViolation((*path, "licences", product), rule)


def _active_only(values: FileValues, path: Path, person: FileValues) -> Iterator[RuleViolation]:
    exact = {each.get("day") for each in values.get("exact", ())}
    for day in person.get("active_only", ()):
        if day in exact:
            yield RuleViolation(path, f"{day} is an exact day, whose active users are drawn by number")
        if _is_silent(values, day):
            yield RuleViolation(path, f"{day} is in a silent period, in which nobody is active")
        if not _is_employed(person, day):
            yield RuleViolation(path, f"{day} is not between joined and left")


def _is_employed(person: FileValues, day: date) -> bool:
    """Whether the person is there on the day; whatever the file leaves out does not exclude it."""
    joined: date = person.get("joined", day)
    left: date = person.get("left", date.max)
    return joined <= day < left


def _facts(values: FileValues) -> Iterator[RuleViolation]:
    known = members(values)
    for index, fact in enumerate(values.get("facts", ())):
        path, name = ("facts", index), fact.get("member", "").casefold()
        used = [product for product in products.discover() if product.name in fact]
        if not used:
            listed = ", ".join(product.name for product in products.discover())
            yield RuleViolation(path, f"rows of at least one product: {listed}")
        if name and name not in known:
            rule = "the email of a special person or the name of a service account in this file"
            yield RuleViolation((*path, "member"), rule)
        for product in used:
            yield from _rows((*path, product.name), product.facts, fact[product.name])
            if "day" in fact:
                yield from _day_of_fact(values, (*path, "day"), known.get(name), fact["day"], product)


def _repeated_facts(values: FileValues) -> Iterator[RuleViolation]:
    facts = values.get("facts", ())
    members_and_days = [(fact.get("member", "").casefold() or None, fact.get("day")) for fact in facts]
    for name in (product.name for product in products.discover()):
        keys = (key if name in fact else (None,) for key, fact in zip(members_and_days, facts, strict=True))
        for index, first in _repeats(keys):
            rule = f"one entry for a member, a day and a product; facts[{first}] is one already"
            yield RuleViolation(("facts", index), rule)


def _day_of_fact(
    values: FileValues, path: Path, member: tuple[str, int] | None, day: date, product: ProductModel[Any]
) -> Iterator[RuleViolation]:
    if day < values["first_day"]:
        yield RuleViolation(path, f"not before the organization's first_day ({values['first_day']})")
    if _is_silent(values, day):
        yield RuleViolation(path, _NOT_SILENT)
    if any(each.get("day") == day and each.get("product") == product.name for each in values.get("exact", ())):
        yield RuleViolation(path, f"not an exact day of {product.name}, whose number of users a fact could change")
    if member is not None and member[0] == "special":
        yield from _day_of_person(values, path, values["special"][member[1]], day, product.name)
    elif member is not None and not product.service_accounts:
        names = ", ".join(each.name for each in products.discover() if each.service_accounts)
        yield RuleViolation(path, f"a fact of {names}; service accounts have facts in no other product")


def _day_of_person(
    values: FileValues, path: Path, person: FileValues, day: date, product: str
) -> Iterator[RuleViolation]:
    if not _is_employed(person, day):
        yield RuleViolation(path, "a day on which the person is there: from joined to the day before left")
    # A generated licence may start on any day.
    adoption = Adoption(**values.get("adoption", {}).get(product, {}))
    start = person.get("licences", {}).get(product, date.min if adoption.licensed_percent else None)
    if start is None or day < start:
        yield RuleViolation(path, f"a day on which the person is licensed for {product}")
    if day not in person.get("active_only", (day,)):
        yield RuleViolation(path, "one of the person's active_only days")


def _rows(path: Path, spec: FactSpec, rows: list[FileValues]) -> Iterator[RuleViolation]:
    for index, first in _repeats(tuple(row.get(label) for label in spec.labels) for row in rows):
        each = f"one row for each {' and '.join(spec.labels)}" if spec.labels else "one row a day"
        yield RuleViolation((*path, index), f"{each}; row {first} is one already")
    for index, row in enumerate(rows):
        numbers = spec.fill(row)
        for smaller, greater in spec.at_most:
            if numbers[smaller] > numbers[greater]:
                yield RuleViolation((*path, index, smaller), f"at most {greater} ({numbers[greater]})")
        for made, events in spec.needs.items():
            if numbers[made] and not any(numbers[event] for event in events):
                yield RuleViolation((*path, index, made), f"0 unless {' or '.join(events)} is above 0")
        if not any(numbers.values()):
            rule = "at least one counter above 0; a day without activity is an empty list instead of rows"
            yield RuleViolation((*path, index), rule)
