"""Presence: who is at work on which day, how busy they are, and who is active in a product.

A person's busy days are busy in every product, because they come from one draw. What people produce is computed by the
products.
"""

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from mockserver.simulation import hashing
from mockserver.simulation.calendar import Days, days
from mockserver.simulation.hashing import I64
from mockserver.simulation.organization import Organization
from mockserver.simulation.people import Block, People

Mask = NDArray[np.bool_]

_SERVICE = 3
"""The row of service accounts in the following tables, after the people's levels."""
_WORKS = np.array([[60_000, 1_300], [62_000, 2_600], [63_500, 6_500], [60_000, 30_000]], dtype=np.uint16)
"""By level: the 16-bit chance to be at work on a weekday and on a day of the weekend."""
_USES = np.array([24_000, 46_000, 62_000, 65_536], dtype=np.uint32)
"""By level: the 16-bit chance to use a product on a day of average busyness."""
_VACATIONS = np.array([0, 5, 5, 7, 10, 12, 14, 19], dtype=np.int64)
"""Lengths in days of the one vacation in thirteen weeks, equally likely."""
BUSY_MIDDLE = 160


@dataclass(frozen=True, slots=True)
class Workload:
    """Members by days: who is at work, and how busy (64..255, BUSY_MIDDLE is average; the season is included)."""

    works: Mask
    busy: NDArray[np.uint16]


class Presence:
    """Who works and who is active: pure functions of a block of members and a run of days."""

    def __init__(self, people: People) -> None:
        self._people = people
        self._organization: Organization = people.organization
        self._cut = lru_cache(maxsize=256)(self._exact_cut)
        self._limited = {
            index: np.array([day.toordinal() for day in person.active_only], dtype=np.int64)
            for index, person in enumerate(self._organization.special)
            if person.active_only is not None
        }

    @cached_property
    def _scripted_days(self) -> I64:
        """The days on which the file has somebody active."""
        organization = self._organization
        found = {exact.day for exact in organization.exact} | {fact.day for fact in organization.facts}
        found |= {day for person in organization.special for day in person.active_only or ()}
        return np.array([day.toordinal() for day in found], dtype=np.int64)

    def opens(self, span: Days) -> Mask:
        """A mask of the days on which people may work: no holiday, no silent period, or scripted by the file."""
        open_days: Mask = ~(span.holiday | span.silent) & self._organization.generated
        return open_days | np.isin(span.ordinals, self._scripted_days)

    def workload(self, block: Block, span: Days) -> Workload:
        """Presence and busyness of each member on each day."""
        bits = hashing.mix(block.workload_key[:, None], span.ordinals[None, :])
        chances = _WORKS[_table_row(block)]
        works: Mask = hashing.word_field(bits, 0) < np.where(span.weekend, chances[:, 1:], chances[:, :1])
        works[:, span.silent] = False
        works[np.ix_(~block.service, span.holiday)] = False
        works &= (block.joined[:, None] <= span.ordinals) & (span.ordinals < block.left[:, None])
        self._take_vacations(block, span, works)
        for row in np.flatnonzero(self._is_limited(block)).tolist():
            works[row] = np.isin(span.ordinals, self._limited[int(block.index[row])])
        drawn = np.add(hashing.byte_field(bits, 4), hashing.byte_field(bits, 5), dtype=np.uint16)
        busy = (64 + (drawn * 3 >> 3)) * span.season.astype(np.uint16) // 100
        return Workload(works, busy.astype(np.uint16, copy=False))

    def _take_vacations(self, block: Block, span: Days, works: Mask) -> None:
        """Nobody works on vacation: one in each quarter, service accounts none."""
        for quarter in range(int(span.quarter[0]), int(span.quarter[-1]) + 1):
            bits = hashing.mix(block.workload_key, np.array([-1 - quarter], dtype=np.int64))
            first = quarter * 91 + (hashing.field(bits, 0) * 72 >> 16)
            length = np.where(block.service, 0, _VACATIONS[hashing.field(bits, 7, 3)])
            columns = slice(*np.searchsorted(span.quarter, (quarter, quarter + 1)).tolist())
            since = span.ordinals[columns] - first[:, None]
            works[:, columns] &= (since < 0) | (since >= length[:, None])

    def _is_limited(self, block: Block) -> Mask:
        """A mask of the members who are active on given days only."""
        if not self._limited:
            return np.zeros(len(block), dtype=np.bool_)
        return np.isin(block.index, list(self._limited))

    def active(self, product: str, block: Block, span: Days, workload: Workload) -> Mask:
        """Which member does anything in the product on which day, before scripted facts."""
        if not self._organization.generated:
            return np.zeros(workload.works.shape, dtype=np.bool_)
        draw = hashing.word_field(self._draws(product, block, span), 3)
        least = np.multiply(draw, BUSY_MIDDLE, dtype=np.uint32)
        mask = workload.works & (least < _USES[_table_row(block), None] * workload.busy)
        mask &= block.use_start(product)[:, None] <= span.ordinals
        limited = self._is_limited(block)
        if limited.any():
            mask[limited] = workload.works[limited] & self._licensed(product, block, span)[limited]
        self._make_exact(product, block, span, mask)
        return mask

    def _licensed(self, product: str, block: Block, span: Days) -> Mask:
        employed = (block.joined[:, None] <= span.ordinals) & (span.ordinals < block.left[:, None])
        licensed: Mask = employed & (block.use_start(product)[:, None] <= span.ordinals)
        return licensed

    def _draws(self, product: str, block: Block, span: Days) -> hashing.U64:
        keys = hashing.mix(self._people.key(f"{product} active"), block.index)
        return hashing.mix(keys[:, None], span.ordinals[None, :])

    def _make_exact(self, product: str, block: Block, span: Days, mask: Mask) -> None:
        for exact in self._organization.exact:
            day = exact.day.toordinal()
            if exact.product == product and span.first <= day <= span.last:
                column = day - span.first
                one = days(self._organization, day, day)
                chosen = self._draws(product, block, one)[:, 0] <= np.uint64(self._cut(product, day, exact.users))
                mask[:, column] = chosen & self._eligible(product, block, one)

    def _eligible(self, product: str, block: Block, one: Days) -> Mask:
        return self._licensed(product, block, one)[:, 0] & ~self._is_limited(block)

    def _exact_cut(self, product: str, day: int, users: int) -> int:
        one = days(self._organization, day, day)
        draws = [
            self._draws(product, block, one)[:, 0][self._eligible(product, block, one)]
            for block in self._people.blocks()
        ]
        ranked = np.sort(np.concatenate(draws))
        return int(ranked[min(users, len(ranked)) - 1]) if users and len(ranked) else 0

    def eligible(self, product: str, day: int) -> int:
        """How many members could be made active in the product on a day: the most users that an exact day can have."""
        one = days(self._organization, day, day)
        return sum(int(self._eligible(product, block, one).sum()) for block in self._people.blocks())


def _table_row(block: Block) -> I64:
    """The row of each member in the tables by level."""
    return np.where(block.service, _SERVICE, block.level)
