"""Tallies: a product's facts as the metrics count them, one number for each metric in each dimension.

Adding up days and people is done by `metrics`.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from mockserver.products.metric_events import Dimension, DimensionEvents, Metric, in_dimension
from mockserver.products.model import ProductModel
from mockserver.products.visibility import Visibility
from mockserver.simulation.calendar import Days
from mockserver.simulation.facts import Facts, Source
from mockserver.simulation.people import Block

INDEX = {(dimension, metric): index for index, (dimension, metric) in enumerate(
    (dimension, metric) for dimension in Dimension for metric in Metric
)}  # fmt: skip
"""The index of the tally of a metric in a dimension; the tally of active users is above zero for each of them."""


@dataclass(frozen=True, slots=True)
class TallySpec:
    """Which of a product's metric counters make up each tally, by their indexes, in the order of INDEX."""

    product: ProductModel[Any]
    tallies: tuple[tuple[int, ...], ...]


def tally_spec(shown: Visibility, events: DimensionEvents, *, all_lines: bool) -> TallySpec:
    """How what a surface shows is counted; with `all_lines`, lines that it does not show count too."""
    names = shown.product.metric_counters
    visible = {*shown.fields, *(shown.hidden_lines if all_lines else ())}
    declared = shown.product.events(events)
    counted = (in_dimension(declared, dimension).of(metric) for dimension, metric in INDEX)
    tallies = tuple(tuple(names.index(name) for name in tally if name in visible) for tally in counted)
    return TallySpec(shown.product, tallies)


class TallySource:
    """What people did, without service accounts: the tallies in the order of INDEX."""

    def __init__(self, source: Source, spec: TallySpec) -> None:
        self._source = source
        self._weights = np.zeros((len(INDEX), len(spec.product.metric_counters)), dtype=np.int64)
        for tally, counters in enumerate(spec.tallies):
            self._weights[tally, list(counters)] = 1

    def facts(self, block: Block, span: Days) -> Facts:
        """Who is active, and every tally."""
        facts = self._source.facts(block, span)
        if block.service.any():
            facts = facts.only(np.broadcast_to(~block.service[:, None], facts.active.shape))
        return Facts(facts.active, facts.rows, facts.columns, self._weights @ facts.counters)
