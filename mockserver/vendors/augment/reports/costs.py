"""What Augment costs over a range: by interval, and by resource or member if wanted.

Days are ordinals; an interval is a day, or the whole range. Rows go by interval and, within one, by model or member;
what no model and no member causes, the machines of remote agents, comes last.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from mockserver.products.augment import PRODUCT, published
from mockserver.products.augment.breakdown import CostQuery, GroupBy
from mockserver.products.augment.models import Model
from mockserver.products.augment.spending import AMOUNT, AMOUNTS, summed
from mockserver.products.world import World
from mockserver.simulation.calendar import days
from mockserver.simulation.hashing import I64
from mockserver.vendors.augment.reports import members
from mockserver.vendors.augment.reports.members import Member

COMPUTE_NAME = "Remote agents"
"""The name of the machines of remote agents."""

_LAST = "\x7f"
"""The key of the row of these machines: after every id."""


@dataclass(frozen=True, slots=True)
class CostRow:
    """The costs of an interval: `amounts` of models in the order of AMOUNTS, and `compute` of machines.

    One of the two is None where the row is only about the other. By how the costs are broken down, a row is about a
    `model`, the `machines` (their name), a `member`, or none of them.
    """

    row_id: str
    amounts: tuple[int, ...] | None = None
    compute: int | None = None
    model: Model | None = None
    machines: str | None = None
    member: Member | None = None
    first: str = ""
    last: str = ""


def rows(world: World, query: CostQuery, after: str | None, size: int) -> Iterator[CostRow]:
    """The rows after the one with the id `after`; about `size` members of an interval are read first."""
    begin, _, key = (after or "").partition(members.SEPARATOR)
    if query.group is not GroupBy.USER and query.chosen is None:
        published.at(world, query.publication).spent.span(
            query.first, query.whole
        )  # At once, which is far cheaper than day by day.
    for first, last in query.intervals:
        label = _iso(first)
        if label >= begin:
            passed = key if label == begin else None
            found = _by_member if query.group is GroupBy.USER else _by_model
            for row in found(world, query, (first, last), passed, size):
                row_id = members.SEPARATOR.join((label, row.row_id))
                if row_id > (after or ""):
                    yield replace(row, row_id=row_id, first=label, last=_iso(last))


def _by_model(world: World, query: CostQuery, interval: tuple[int, int], _: str | None, __: int) -> Iterator[CostRow]:
    """One row for each model and for machines, or a single row for all of them."""
    amounts = _sums(world, query, interval)
    compute = None if query.chosen is not None else int(amounts[AMOUNT["compute"]].sum())
    if query.group is None:
        total = amounts.sum(axis=1)
        if _costs(total):
            yield CostRow("", tuple(total.tolist()), compute)
        return
    for model, each in enumerate(world.of(PRODUCT).spending.models):
        if _costs(amounts[:, model]):
            yield CostRow(each.id, tuple(amounts[:, model].tolist()), model=each)
    if compute:
        yield CostRow(_LAST, compute=compute, machines=COMPUTE_NAME)


def _by_member(
    world: World, query: CostQuery, interval: tuple[int, int], passed: str | None, size: int
) -> Iterator[CostRow]:
    """One row for each member, and one for machines."""
    if passed != _LAST:
        yield from _members(world, query, interval, passed, size)
    if query.chosen is None and (compute := int(_sums(world, query, interval)[AMOUNT["compute"]].sum())):
        yield CostRow(_LAST, compute=compute)


def _members(
    world: World, query: CostQuery, interval: tuple[int, int], passed: str | None, size: int
) -> Iterator[CostRow]:
    first, last = interval[0], min(interval[1], query.known)
    span = days(world.organization, first, last)
    start = members.start(world, passed)
    if query.chosen is None:
        blocks = members.blocks(world, start, first, last, size)
    else:
        index = np.array([each for each in query.chosen if each >= start], dtype=np.int64)
        blocks = members.few_at_a_time(world, index, len(span))
    spending = published.at(world, query.publication).spending.known(last, query.until)
    for block in blocks:
        found = spending.of(block, span)
        keys, sums = summed(found.rows, found.amounts)
        for row, amounts in zip(keys.tolist(), sums.T.tolist(), strict=True):
            member = members.of(world, int(block.index[row]))
            yield CostRow(member.row_id, tuple(amounts), member=member)


def _sums(world: World, query: CostQuery, interval: tuple[int, int]) -> I64:
    """Amounts by models, summed over the known days of an interval and over everybody, or over the chosen people."""
    first, last = interval[0], min(interval[1], query.known)
    spending = published.at(world, query.publication).spending.known(last, query.until)
    total = np.zeros((len(AMOUNTS), len(spending.models)), dtype=np.int64)
    if query.chosen is None:
        found = published.at(world, query.publication).spent.span(first, min(last, query.whole))
        if query.whole < last:
            found += spending.rolled_up().span(last, last)
        for day in found:
            total += spending.of_day(day)
        return total
    span, index = days(world.organization, first, last), np.array(query.chosen, dtype=np.int64)
    for block in members.few_at_a_time(world, index, len(span)):
        spent = spending.of(block, span)
        keys, sums = summed(spent.models, spent.amounts)
        total[:, keys] += sums
    return total


def _costs(amounts: I64) -> bool:
    """Whether anything was spent; a model whose prices are all 0 still has tokens."""
    return bool(amounts[: AMOUNT["compute"]].any())


def _iso(day: int) -> str:
    return date.fromordinal(day).isoformat()
