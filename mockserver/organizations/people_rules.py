"""Answers whether the people and service accounts that a file states make sense: addresses, ids, teams, dates.

What they did stays out (`fact_rules`), and so do the addresses that are generated for everybody else.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from itertools import pairwise
from typing import Any

from mockserver.organizations import day_rules, defaults, team_rules
from mockserver.organizations.problems import Path, RuleViolation, format_path

Stated = Mapping[str, Any]


def members(stated: Stated) -> dict[str, tuple[str, int]]:
    """Who can be named in a fact: names in lower case, with the list and the place where the member is stated."""
    keys = {"special": "email", "service_accounts": "name"}
    return {
        each[key].casefold(): (group, place)
        for group, key in keys.items()
        for place, each in enumerate(stated.get(group, ()))
        if key in each
    }


def broken(stated: Stated) -> Iterator[RuleViolation]:
    """Every rule about stated people and service accounts that does not hold."""
    special = stated.get("special", [])
    if "people" in stated and len(special) > stated["people"]:
        yield RuleViolation(("people",), f"at least the number of special people ({len(special)})")
    yield from _repeated("special", "email", special)
    yield from _repeated("service_accounts", "name", stated.get("service_accounts", []))
    yield from _augment_ids(stated)
    for place, person in enumerate(special):
        yield from _team(stated, ("special", place), person)
        yield from _tenure(stated, ("special", place), person)
        yield from _licences(stated, ("special", place), person)
        yield from _active_only(stated, ("special", place), person)


def _repeated(group: str, key: str, entries: list[dict[str, Any]]) -> Iterator[RuleViolation]:
    """Letters in upper and lower case are the same letters here, as they are in an address."""
    first: dict[str, int] = {}
    for place, entry in enumerate(entries):
        value = entry.get(key, "").casefold()
        if value and first.setdefault(value, place) != place:
            rule = f"{key} of one's own (upper and lower case are the same); {group}[{first[value]}] has it already"
            yield RuleViolation((group, place, key), rule)


def _augment_ids(stated: Stated) -> Iterator[RuleViolation]:
    """Ids stand in the order of the members, because Augment's pages go by id."""
    groups = ("special", "service_accounts")
    members = [((group, place), each) for group in groups for place, each in enumerate(stated.get(group, ()))]
    given = [((*path, "augment_id"), each["augment_id"]) for path, each in members if "augment_id" in each]
    if not given:
        return
    for (before, smaller), (here, greater) in pairwise(given):
        if smaller == greater:
            yield RuleViolation(here, f"an id of one's own; {format_path(before)} is the same")
        elif smaller > greater:
            yield RuleViolation(
                here, f"ids ascend as text, people first, then service accounts; {smaller} stands before it"
            )
    for path, each in members:
        if "augment_id" not in each:
            yield RuleViolation((*path, "augment_id"), "either every member has an augment_id or none has")
    generated = stated.get("people", 0) - len(stated.get("special", ()))
    if generated > 0:
        yield RuleViolation(
            ("people",), f"{generated} people are generated, who have no augment_id; every member needs one here"
        )


def _team(stated: Stated, path: Path, person: Stated) -> Iterator[RuleViolation]:
    known = team_rules.names(stated) if "teams" in stated else [team.name for team in defaults.TEAMS]
    if person.get("team") is not None and person["team"] not in known:
        yield RuleViolation((*path, "team"), f"the name of a team ({', '.join(known)}), or null for none")


def _tenure(stated: Stated, path: Path, person: Stated) -> Iterator[RuleViolation]:
    first = day_rules.first_day(stated)
    joined, left = person.get("joined", first), person.get("left")
    if joined < first:
        yield RuleViolation((*path, "joined"), f"not before the organisation's first_day ({first})")
    if left is not None and left <= joined:
        yield RuleViolation((*path, "left"), f"the first day without the person, so later than joined ({joined})")


def _licences(stated: Stated, path: Path, person: Stated) -> Iterator[RuleViolation]:
    """A licence of somebody who is not there would be an account that nobody ever registers."""
    first, left = person.get("joined", day_rules.first_day(stated)), person.get("left")
    named = "joined" if "joined" in person else "the organisation's first_day"
    for product, day in person.get("licences", {}).items():
        if day is not None and day < first:
            yield RuleViolation(
                (*path, "licences", product), f"not before {named} ({first}); null or false for no licence"
            )
        if day is not None and left is not None and day >= left:
            rule = f"earlier than left ({left}), the first day without the person; null or false for no licence"
            yield RuleViolation((*path, "licences", product), rule)


def _active_only(stated: Stated, path: Path, person: Stated) -> Iterator[RuleViolation]:
    exact = {each.get("day") for each in stated.get("exact", ())}
    for day in person.get("active_only", ()):
        if day in exact:
            yield RuleViolation(
                (*path, "active_only"), f"{day} is an exact day, whose active users are drawn by number"
            )
        if day_rules.is_silent(stated, day):
            yield RuleViolation((*path, "active_only"), f"{day} lies in a silent period, on which nobody is active")
        if not is_employed(person, day):
            yield RuleViolation((*path, "active_only"), f"{day} is not between joined and left")


def is_employed(person: Stated, day: date) -> bool:
    """Whether the person is there on the day, as far as the file states it."""
    joined: date = person.get("joined", day)
    left: date = person.get("left", date.max)
    return joined <= day < left
