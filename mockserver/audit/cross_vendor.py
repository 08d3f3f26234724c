"""Cross-vendor invariants: people, addresses and days agree between vendors.

A role is what a vendor can contribute to them. Its `invariants.py` exports a `Roles` record as ROLES; a role that it
does not have is None.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Final

from mockserver.audit.invariant import Invariant, Violation, at_most, equal
from mockserver.audit.reader import NotApplicable, Reader

NAME: Final = "cross-vendor"
"""The name of this group of invariants; the other groups have the names of vendors."""

_SAMPLE = 5
"""How many people who left or have no licence a sample reads."""

_SPENDERS = 7
"""How many people's spending is read, together and one by one."""


@dataclass(frozen=True, slots=True)
class ListedPerson:
    """A person in a vendor's list of people; `left` is the day on which they left (YYYY-MM-DD), None while there."""

    id: str
    email: str
    left: str | None


@dataclass(frozen=True, slots=True)
class PersonDay:
    """A person who was active on a day (YYYY-MM-DD); `id` is None where the vendor shows only addresses."""

    day: str
    email: str
    id: str | None = None


@dataclass(frozen=True, slots=True)
class Roles:
    """What a vendor shows of people.

    * `product` names the product whose use is shown; vendors of one product must agree with each other.
    * `people_listed`: everybody in the organization, those who left included.
    * `usage_of`: the counters of one person over the range, by the person's id; empty for an unknown person.
    * `person_days`: who was active on which days, in the sample's days at least.
    * `active_by_day`: how many people used the product, by day.
    * `spenders_by_day`: how many people used the product and paid for it, by day.
    * `spent_by`: the amounts that some people spent in the range, by their ids or by their addresses.
    """

    product: str
    people_listed: Callable[[Reader], list[ListedPerson]] | None = None
    usage_of: Callable[[Reader, str], Counter[str]] | None = None
    person_days: Callable[[Reader], list[PersonDay]] | None = None
    active_by_day: Callable[[Reader], Mapping[str, int]] | None = None
    spenders_by_day: Callable[[Reader], Mapping[str, int]] | None = None
    spent_by: Callable[[Reader, Sequence[str], Sequence[str]], Mapping[str, Decimal]] | None = None


ByVendor = Mapping[str, Roles]


def invariants(roles: ByVendor) -> tuple[Invariant, ...]:
    """The invariants over the roles that some vendors have."""
    return tuple(
        Invariant(f"{NAME}-{name}", description, source, "I", partial(check, roles))
        for name, description, source, check in _INVARIANTS
    )


def _listings(roles: ByVendor, reader: Reader) -> list[tuple[str, Roles, list[ListedPerson]]]:
    found = [(name, each, each.people_listed(reader)) for name, each in roles.items() if each.people_listed]
    if not found:
        raise NotApplicable("no vendor lists the people of an organization")
    return found


def _leavers(roles: ByVendor, reader: Reader, *, by_id: bool) -> list[tuple[str, Roles, dict[str, str]]]:
    """For each list of people, when people left, by their id or address; NotApplicable where nobody has."""
    found = [
        (name, role, {person.id if by_id else person.email.casefold(): person.left for person in people if person.left})
        for name, role, people in _listings(roles, reader)
    ]
    if not any(left for _, _, left in found):
        raise NotApplicable("nobody has left")
    return found


def _person_days(roles: ByVendor, reader: Reader, *, with_id: bool) -> Iterator[tuple[str, list[PersonDay]]]:
    """The person-days of each vendor that shows ids with them, or of those that show only addresses."""
    for name, each in roles.items():
        days = each.person_days(reader) if each.person_days else []
        matching = [day for day in days if (day.id is not None) is with_id]
        if matching:
            yield name, matching


def _addresses_agree(roles: ByVendor, reader: Reader) -> None:
    compared = 0
    for lister, _, people in _listings(roles, reader):
        addresses = {person.id: person.email.casefold() for person in people}
        for name, days in _person_days(roles, reader, with_id=True):
            for day in (each for each in days if each.id in addresses):
                compared += 1
                sides = f"addresses at {name} and at {lister}"
                equal(f"user {day.id}", day.email.casefold(), addresses[str(day.id)], sides)
    if not compared:
        raise NotApplicable("nobody in a list of people was active in the range")


def _no_days_after_leaving(roles: ByVendor, reader: Reader, *, with_id: bool) -> None:
    for lister, _, left in _leavers(roles, reader, by_id=with_id):
        for name, days in _person_days(roles, reader, with_id=with_id):
            for each in days:
                last = left.get(each.id or each.email.casefold(), each.day)
                if each.day > last:
                    who = f"user {each.id}" if with_id else each.email
                    raise Violation(f"{who} left {lister} on {last} and is active at {name} on {each.day}")


def _no_usage_after_leaving(roles: ByVendor, reader: Reader) -> None:
    for _, role, left in _leavers(roles, reader, by_id=True):
        gone = sorted((user for user, day in left.items() if day < str(reader.first)), reverse=True)
        _check_no_usage(role, reader, gone, f"who left before {reader.first}")


def _no_usage_without_licence(roles: ByVendor, reader: Reader) -> None:
    seen = {str(each.id) for _, days in _person_days(roles, reader, with_id=True) for each in days}
    others = [
        (lister, role, sorted(seen - {person.id for person in people}))
        for lister, role, people in _listings(roles, reader)
    ]
    if not any(users for _, _, users in others):
        raise NotApplicable("everybody who was active is in every list of people")
    for lister, role, users in others:
        _check_no_usage(role, reader, users, f"who is not in the list of {lister}")


def _check_no_usage(role: Roles, reader: Reader, users: list[str], who: str) -> None:
    """Violation if one of the users has usage; in a sample, one of the first of them."""
    for user in users if reader.full else users[:_SAMPLE]:
        usage = role.usage_of(reader, user) if role.usage_of else {}
        for counter, number in sorted(usage.items()):
            equal(f"user {user}, {who}", number, 0, f"{counter} and nothing")


def _spenders_are_active(roles: ByVendor, reader: Reader) -> None:
    pairs = [
        (one.spenders_by_day(reader), other.active_by_day(reader))
        for one in roles.values()
        for other in roles.values()
        if one.spenders_by_day and other.active_by_day and one.product == other.product
    ]
    if not pairs:
        raise NotApplicable("no two vendors show who used a product and who paid for it")
    for spenders, active in pairs:
        for day, count in spenders.items():
            at_most(day, count, active.get(day, 0), "people who spent credits and people who were active")


def _people_add_up(roles: ByVendor, reader: Reader) -> None:
    """Some people, chosen evenly among those with rows, are requested together by id and one by one by address."""
    spenders = [(name, each, each.spent_by) for name, each in roles.items() if each.spent_by is not None]
    for name, role, spent_by in spenders:
        same_product = {other: each for other, each in roles.items() if each.product == role.product}
        days = [day for _, found in _person_days(same_product, reader, with_id=True) for day in found]
        emails = {str(day.id): day.email for day in days}
        chosen = sorted(emails)[:: max(len(emails) // _SPENDERS, 1)][:_SPENDERS]
        if not chosen:
            raise NotApplicable(f"nobody used {role.product} in the range")
        alone = [spent_by(reader, (), (emails[user],)) for user in chosen]
        for amount, together in spent_by(reader, chosen, ()).items():
            parts = sum((each[amount] for each in alone), Decimal(0))
            equal(f"{amount} of {len(chosen)} users at {name}", together, parts, "together by id and alone by address")
    if not spenders:
        raise NotApplicable("no vendor shows what people spent")


_INVARIANTS: Final[tuple[tuple[str, str, str, Callable[[ByVendor, Reader], None]], ...]] = (
    ("addresses-agree", "A person has the same address at every vendor that shows ids.",
     "metrics, identities", _addresses_agree),
    ("nobody-after-leaving", "Whoever has left by a list of people is not active at another vendor afterwards.",
     "metrics, identities", partial(_no_days_after_leaving, with_id=False)),
    ("no-rows-after-leaving", "Whoever has left by a list of people has no rows at another vendor afterwards.",
     "metrics, identities", partial(_no_days_after_leaving, with_id=True)),
    ("no-usage-after-leaving", "Whoever left before the range has no usage in it.",
     "metrics, identities", _no_usage_after_leaving),
    ("no-usage-without-licence", "Whoever is not in a vendor's list of people has no usage there.",
     "metrics, identities", _no_usage_without_licence),
    ("spenders-are-active", "Whoever spent credits on a product was active in it.",
     "metrics 2", _spenders_are_active),
    ("people-add-up", "What some people spent is the sum of what each one spent.", "2", _people_add_up),
)  # fmt: skip
