"""Answers what people did in a product as the metrics count it: a tally for each metric in each dimension.

Which counters count stays out (`metrics_events`), and so does adding up (`metrics`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from mockserver.simulation import augment, jetbrains, tabnine
from mockserver.simulation.calendar import Days
from mockserver.simulation.clients import ReportingGate
from mockserver.simulation.facts import Facts, Source
from mockserver.simulation.instants import DAY
from mockserver.simulation.metrics_events import Dimension, DimensionEvents, Metric, events
from mockserver.simulation.organization import Product
from mockserver.simulation.people import Block
from mockserver.simulation.tabnine import Tabnine

COUNTERS = {
    Product.AUGMENT: augment.COUNTERS,
    Product.TABNINE: tabnine.COUNTERS,
    Product.JETBRAINS: jetbrains.COUNTERS[: jetbrains.CREDITS.start],
}
"""What each product counts that may count here, in the order of axis 0 wherever they are an array."""

PLACE = {(dimension, metric): place for place, (dimension, metric) in enumerate(
    (dimension, metric) for dimension in Dimension for metric in Metric
)}  # fmt: skip
"""Where among the tallies that of a metric in a dimension stands; active users' is above zero for whoever is one."""


@dataclass(frozen=True, slots=True)
class Visibility:
    """What a surface shows of a product at a moment: the counters, under its own names, up to a day (an ordinal).

    Of that last day only what happened before the second `until` of it is there, where facts have instants. `since` is
    the first day that may be asked for, None where any may. `gates` are those of the clients that send data, where
    clients do. `unseen` are lines that are counted, and told in no answer.
    """

    product: Product
    through: int
    fields: Mapping[str, str]
    until: int = DAY
    gates: ReportingGate = field(default_factory=ReportingGate)
    since: int | None = None
    hidden_lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TallySpec:
    """Which of a product's counters make up each tally, by their places, in the order of PLACE."""

    product: Product
    gates: ReportingGate
    tallies: tuple[tuple[int, ...], ...]


def counting(seen: Visibility, reading: DimensionEvents, *, all_lines: bool) -> TallySpec:
    """How what a surface shows is counted; with `all_lines` also the lines that it does not show."""
    names = COUNTERS[seen.product]
    shown = {*seen.fields, *(seen.hidden_lines if all_lines else ())}
    tallies = (events(seen.product, dimension, reading).of(metric) for dimension, metric in PLACE)
    return TallySpec(
        seen.product,
        seen.gates,
        tuple(tuple(names.index(name) for name in tally if name in shown) for tally in tallies),
    )


class TallySource:
    """What people did, service accounts left out: the tallies in the order of PLACE."""

    def __init__(self, source: Source, counted: TallySpec) -> None:
        self._source = source
        self._made = np.zeros((len(PLACE), len(COUNTERS[counted.product])), dtype=np.int64)
        for tally, places in enumerate(counted.tallies):
            self._made[tally, list(places)] = 1

    def facts(self, block: Block, span: Days) -> Facts:
        """Who is active, and every tally."""
        facts = self._source.facts(block, span)
        if block.service.any():
            facts = facts.only(np.broadcast_to(~block.service[:, None], facts.active.shape))
        return Facts(facts.active, facts.rows, facts.columns, self._made @ facts.counters)


class Until:
    """What was done in Tabnine before a second of each day."""

    def __init__(self, tabnine: Tabnine, second: int) -> None:
        self._tabnine = tabnine
        self._second = second

    def facts(self, block: Block, span: Days) -> Facts:
        """Who was active by then, and every counter."""
        return self._tabnine.facts(block, span).only(self._tabnine.instants(block, span) < self._second)
