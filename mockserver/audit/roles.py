"""Roles: what a vendor can contribute to cross-vendor invariants, whatever it calls it.

A vendor's `invariants.py` exports one `Roles` record as ROLES; a role that it does not have is None.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from mockserver.audit.reader import Reader


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
