"""Answers how each product's scripted facts are written in a file: their labels, their counters and what must hold.

What the counters mean stays out (the simulation's room of that product). A product that is not in the table takes no
scripted facts.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from mockserver.simulation import augment, jetbrains, tabnine
from mockserver.simulation.organization import Product


@dataclass(frozen=True, slots=True)
class FactSpec:
    """The finest grain of a product's facts.

    `left_out` names, for a counter that a row leaves out, the counter whose number it takes (others are 0 then).
    `at_most` holds pairs of counters of which the first may not exceed the second.
    """

    labels: tuple[str, ...]
    counters: tuple[str, ...]
    left_out: Mapping[str, str] = field(default_factory=dict)
    at_most: tuple[tuple[str, str], ...] = ()

    def filled(self, row: Mapping[str, object]) -> dict[str, int]:
        """All counters of a row as whole numbers, those that are left out filled in."""
        stated = {name: row[name] for name in self.counters if name in row}
        numbers = {name: stated.get(name, stated.get(self.left_out.get(name, ""), 0)) for name in self.counters}
        return {name: number for name, number in numbers.items() if isinstance(number, int)}


_NO_MORE = (("acceptances", "suggestions"), ("accepted_lines", "suggested_lines"))

FACT_SPECS: Mapping[Product, FactSpec] = {
    Product.AUGMENT: FactSpec(
        labels=("language", "editor"),
        counters=augment.COUNTERS,
        left_out={"completions_suggested_lines": "completions_lines"},
        at_most=(
            ("completions_accepted", "completions_count"),
            ("completions_lines", "completions_suggested_lines"),
        ),
    ),
    Product.TABNINE: FactSpec(
        labels=(),
        counters=tabnine.COUNTERS,
        at_most=(
            ("chat_useful", "chat_interactions"),
            ("agent_lines_added_accepted", "agent_lines_added"),
            ("agent_lines_removed_accepted", "agent_lines_removed"),
        ),
    ),
    Product.JETBRAINS: FactSpec(
        labels=(),
        counters=jetbrains.COUNTERS,
        left_out={f"{tool}_{more}": f"{tool}_{less}" for tool in jetbrains.TOOLS for less, more in _NO_MORE},
        at_most=tuple((f"{tool}_{less}", f"{tool}_{more}") for tool in jetbrains.TOOLS for less, more in _NO_MORE),
    ),
}
