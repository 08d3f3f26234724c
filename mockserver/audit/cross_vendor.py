"""Cross-vendor invariants: people, addresses and days agree between vendors that have the roles for it."""

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from functools import partial
from typing import Final, Protocol

from mockserver.audit.invariant import Invariant, Violation, at_most, equal
from mockserver.audit.reader import NotApplicable, Reader
from mockserver.audit.roles import ListedPerson, PersonDay, Roles

NAME: Final = "cross-vendor"
"""What these invariants are filed under, beside the vendors."""

SAMPLE = 5
"""People whose usage is read one by one, of those who left or have no licence."""

_SPENDERS = 7
"""People whose spending is read together, and one by one."""

ByVendor = Mapping[str, Roles]
Listing = tuple[str, Roles, list[ListedPerson]]


class _Check(Protocol):
    def __call__(self, roles: ByVendor, reader: Reader) -> None: ...


def invariants(roles: ByVendor) -> tuple[Invariant, ...]:
    """The invariants over the roles that some vendors have."""
    return tuple(
        Invariant(f"{NAME}-{name}", description, source, "I", partial(check, roles))
        for name, description, source, check in _INVARIANTS
    )


def _listings(roles: ByVendor, reader: Reader) -> list[Listing]:
    found = [(name, each, each.people_listed(reader)) for name, each in roles.items() if each.people_listed]
    if not found:
        raise NotApplicable("no vendor lists the people of an organization")
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


def _leavers(people: list[ListedPerson], key: Callable[[ListedPerson], str]) -> dict[str, str]:
    """Who has left, by a key, and on which day."""
    left = {key(person): person.left for person in people if person.left is not None}
    if not left:
        raise NotApplicable("nobody has left")
    return left


def _nobody_after_leaving(roles: ByVendor, reader: Reader) -> None:
    for lister, _, people in _listings(roles, reader):
        left = _leavers(people, lambda person: person.email.casefold())
        for name, days in _person_days(roles, reader, with_id=False):
            for each in days:
                if each.day > left.get(each.email.casefold(), each.day):
                    gone = left[each.email.casefold()]
                    raise Violation(f"{each.email} left {lister} on {gone} and is active at {name} on {each.day}")


def _no_rows_after_leaving(roles: ByVendor, reader: Reader) -> None:
    for lister, _, people in _listings(roles, reader):
        left = _leavers(people, lambda person: person.id)
        for name, days in _person_days(roles, reader, with_id=True):
            for each in days:
                if each.day > left.get(str(each.id), each.day):
                    gone = left[str(each.id)]
                    raise Violation(f"user {each.id} left {lister} on {gone} and has rows of {each.day} at {name}")


def _no_usage_after_leaving(roles: ByVendor, reader: Reader) -> None:
    for _, role, people in _listings(roles, reader):
        gone = sorted(user for user, day in _leavers(people, lambda each: each.id).items() if day < str(reader.first))
        _check_no_usage(role, reader, gone if reader.full else gone[-SAMPLE:], f"who left before {reader.first}")


def _no_usage_without_licence(roles: ByVendor, reader: Reader) -> None:
    for lister, role, people in _listings(roles, reader):
        known = {person.id for person in people}
        seen = {str(each.id) for _, days in _person_days(roles, reader, with_id=True) for each in days}
        others = sorted(seen - known)
        if not others:
            raise NotApplicable(f"everybody who was active is in the list of {lister}")
        _check_no_usage(role, reader, others if reader.full else others[:SAMPLE], f"who is not in the list of {lister}")


def _check_no_usage(role: Roles, reader: Reader, users: list[str], who: str) -> None:
    for user in users if role.usage_of else ():
        for counter, number in sorted(role.usage_of(reader, user).items()):  # type: ignore[misc]
            equal(f"user {user}, {who}", number, 0, f"{counter} and nothing")


def _spenders_are_active(roles: ByVendor, reader: Reader) -> None:
    pairs = [
        (one, other)
        for one in roles.values()
        for other in roles.values()
        if one.spenders_by_day and other.active_by_day and one.product == other.product
    ]
    if not pairs:
        raise NotApplicable("no two vendors show who used a product and who paid for it")
    for one, other in pairs:
        active = other.active_by_day(reader) if other.active_by_day else {}
        for day, count in (one.spenders_by_day(reader) if one.spenders_by_day else {}).items():
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


_INVARIANTS: Final[tuple[tuple[str, str, str, _Check], ...]] = (
    ("addresses-agree", "A person has the same address at every vendor that shows ids.",
     "metrics, identities", _addresses_agree),
    ("nobody-after-leaving", "Whoever has left by a list of people is not active at another vendor afterwards.",
     "metrics, identities", _nobody_after_leaving),
    ("no-rows-after-leaving", "Whoever has left by a list of people has no rows at another vendor afterwards.",
     "metrics, identities", _no_rows_after_leaving),
    ("no-usage-after-leaving", "Whoever left before the range has no usage in it.",
     "metrics, identities", _no_usage_after_leaving),
    ("no-usage-without-licence", "Whoever is not in a vendor's list of people has no usage there.",
     "metrics, identities", _no_usage_without_licence),
    ("spenders-are-active", "Whoever spent credits on a product was active in it.",
     "metrics 2", _spenders_are_active),
    ("people-add-up", "What some people spent is the sum of what each one spent.", "2", _people_add_up),
)  # fmt: skip
