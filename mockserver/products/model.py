"""What a product declares: its facts, how an organization file states them, and what the metrics count of them.

What a vendor's surface shows of a product at a moment is a Visibility.
"""

from collections.abc import Callable, Collection, Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from mockserver.products.metric_events import Dimension, DimensionEvents, Events
from mockserver.products.organization_file import FileSection, FileValues
from mockserver.simulation.core import Core
from mockserver.simulation.facts import Source
from mockserver.simulation.people import ROLE_RANKS
from mockserver.simulation.presence import Mask

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class FactSpec:
    """How one row of a product's scripted facts is written: the finest grain of its facts.

    `defaults_to` names, for a counter that a row leaves out, the counter whose number it takes (others are 0 then).
    `at_most` has pairs of counters of which the first may not exceed the second. `needs` has, for counters of what an
    event makes, the counters of such events: one of them is above 0 wherever the first is.
    """

    labels: tuple[str, ...]
    counters: tuple[str, ...]
    defaults_to: Mapping[str, str] = field(default_factory=dict)
    at_most: tuple[tuple[str, str], ...] = ()
    needs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def fill(self, row: FileValues) -> dict[str, int]:
        """All counters of a row, with those that are left out filled in."""
        return {name: row.get(name, row.get(self.defaults_to.get(name, ""), 0)) for name in self.counters}


@dataclass(frozen=True, slots=True, eq=False)
class ProductModel(Generic[T]):
    """A product. `build` makes what the product computes in one world, an object of the product's own type.

    For the metrics, `source` gives facts in the order of `metric_counters`, as a variant of Visibility shows them (None
    is everything), and `events` says which of these counters count. `listed_in`, for a product that lists people by
    team, masks the members who are listed in some teams (by index) at a second. `roles`, for a product that has roles,
    name the ranks of a person's role.
    """

    name: str
    facts: FactSpec
    build: Callable[[Core], T]
    metric_counters: tuple[str, ...]
    source: Callable[[T, Hashable], Source]
    events: Callable[[DimensionEvents], Mapping[Dimension, Events]]
    service_accounts: bool = False
    roles: tuple[str, ...] = ()
    listed_in: Callable[[T, Collection[int], int], Mask] | None = None
    file: FileSection = field(default_factory=FileSection)

    def __post_init__(self) -> None:
        if self.roles and len(self.roles) != ROLE_RANKS:
            raise ValueError(f"{self.name}: roles must name {ROLE_RANKS} ranks, from the most common to the highest")

    def __call__(self, core: Core) -> T:
        """What the product computes in one world."""
        return self.build(core)


@dataclass(frozen=True, slots=True)
class Visibility:
    """What a surface shows of a product at a moment: its counters, with the surface's own names, from day to day.

    Days are ordinals: `through` is the newest day shown, `since` the oldest (None: days of any age). `variant` goes to
    the product's `source`, which knows what it leaves out of the facts; `last_variant` is another one for the last
    `last_days` days up to `through`, where these are not shown as they will be in the end. `hidden_lines` are counters
    of lines that are shown in no answer.
    """

    product: ProductModel[Any]
    through: int
    fields: Mapping[str, str]
    since: int | None = None
    variant: Hashable = None
    last_variant: Hashable = None
    last_days: int = 1
    hidden_lines: tuple[str, ...] = ()
