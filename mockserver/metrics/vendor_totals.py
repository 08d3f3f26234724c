"""What a client that adds up a report of one vendor over a range should have got; each vendor's `totals` lists its own.

The numbers come from the vendor's reports, not from pages of its answers. The metrics over all vendors are in
`expected_values`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from mockserver.gateway.sandbox import SandboxMoment


@dataclass(frozen=True, slots=True)
class CountedRange:
    """The parts of a total by label, in the order of the report, and the days that it shows of a range (ordinals).

    There are no such days where `last` is before `first`. Parts are whole numbers, in the smallest unit.
    """

    first: int
    last: int
    parts: Sequence[tuple[str, int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class VendorTotal:
    """A number of one vendor's over a range of days.

    `name` is unique among all totals. `label` is what a part is about, as in "user". `count` adds up what the vendor's
    API shows at a moment of a first to a last day (ordinals); `to_text` writes a number as the API does.
    """

    name: str
    description: str
    unit: str
    label: str
    count: Callable[[SandboxMoment, int, int], CountedRange]
    to_text: Callable[[int], str] = str


@dataclass(frozen=True, slots=True)
class ListedTotal:
    """A total, and the vendor that has it."""

    vendor: str
    total: VendorTotal


def listed(totals: Mapping[str, Sequence[VendorTotal]]) -> dict[str, ListedTotal]:
    """Every total by its name, of the lists of the vendors."""
    return {each.name: ListedTotal(vendor, each) for vendor, own in totals.items() for each in own}
