"""The credits that each member consumed over a range, by day and model if wanted.

Days are ordinals. Rows go by member, day and model; what is consumed after `until` is left out.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np

from mockserver.products.augment import published
from mockserver.products.augment.breakdown import CreditQuery
from mockserver.products.augment.spending import AMOUNT, summed
from mockserver.products.world import World
from mockserver.simulation.calendar import days
from mockserver.simulation.hashing import I64
from mockserver.vendors.augment.reports import members

_CREDITS = slice(AMOUNT["credits"], AMOUNT["credits"] + 1)


@dataclass(frozen=True, slots=True)
class CreditRow:
    """A member, by exactly one of the two names, with credits; an empty date or model is not broken down."""

    row_id: str
    email: str | None
    service_account: str | None
    date: str
    model: str
    credits: int


def rows(world: World, query: CreditQuery, after: str | None, size: int) -> Iterator[CreditRow]:
    """The rows after the one with the id `after`; about `size` members are read first."""
    if query.known < query.first:
        return
    span = days(world.organization, query.first, query.known)
    spending = published.at(world, query.publication).spending.known(query.last, query.until)
    start, passed = members.passed(world, after)
    models = [model.id for model in spending.models]
    for block in members.blocks(world, start, query.first, query.known, size):
        found = spending.of(block, span)
        columns = found.columns * query.by_date
        keys = (found.rows * len(span) + columns) * len(models) + found.models * query.by_model
        ordered, sums = summed(keys, found.amounts[_CREDITS])
        for key, consumed in zip(*_some(ordered, sums[0]), strict=True):
            cell, model = divmod(key, len(models))
            row, column = divmod(cell, len(span))
            day = date.fromordinal(query.first + column).isoformat() if query.by_date else ""
            labels = (day, models[model] if query.by_model else "")
            index = int(block.index[row])
            if (index, *labels) > passed:
                member = members.of(world, index)
                row_id = members.SEPARATOR.join((member.row_id, *(labels if any(labels) else ())))
                yield CreditRow(row_id, member.email, member.service_account, *labels, consumed)


def by_day(world: World, query: CreditQuery) -> dict[int, int]:
    """The credits of everybody on each day of a range that can have any, from the sums of days."""
    product = published.at(world, query.publication)
    whole = min(query.known, query.until.day - 1)
    spending = product.spending.known(query.last, query.until)
    found = list(product.spent.span(query.first, whole))
    if whole < query.known:
        found += spending.rolled_up().span(query.known, query.known)
    return {query.first + index: int(spending.of_day(day)[AMOUNT["credits"]].sum()) for index, day in enumerate(found)}


def _some(keys: I64, consumed: I64) -> tuple[list[int], list[int]]:
    """Keys with any credits, and those."""
    some = np.flatnonzero(consumed)
    return keys[some].tolist(), consumed[some].tolist()
