"""The members of an organization by index, their attributes in blocks of arrays.

What they do on a day is computed by `presence` and by the products; their names and ids are in `identity`.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from functools import lru_cache, partial
from itertools import pairwise
from math import isqrt

import numpy as np

from mockserver.simulation import hashing, seats
from mockserver.simulation.hashing import I64, U64
from mockserver.simulation.organization import NEVER, Adoption, Level, Organization, SpecialPerson

BLOCK = 1024
"""Members in a block: big enough for numpy, small enough for a page and for the processor's cache."""

_BLOCKS_COMPUTED = 16
"""Blocks that are computed together, at a third of what they cost one by one."""

_BATCHES_KEPT = 8
"""Computed blocks that are kept, some 2 MB for 16 of them: the largest organization."""

_ALONE_KEPT = 8
"""Blocks that were computed alone, some 130 KB each."""

_ONBOARDING = 30
_LAGS = hashing.exponential(256, 45)
LEVELS = tuple(Level)
_ROLE_WEIGHTS = np.array([84, 10, 4, 2], dtype=np.int64)
ROLE_RANKS = len(_ROLE_WEIGHTS)
"""The number of ranks of roles: 0 is the most common, the highest one administers. A product with roles names them."""


@dataclass(frozen=True, slots=True)
class Block:
    """Attributes of some members, one array entry each. Days are ordinals, NEVER where a thing does not happen.

    `left` is the first day without the member; `licensed` and `started` are the first days of the licence and of use,
    a row per product in the order of `products`; `role` is a rank; `team` is -1 for no team; `update_lag` is the number
    of days after a program's release until the member has it.
    """

    products: tuple[str, ...]
    index: I64
    service: np.ndarray
    joined: I64
    left: I64
    team: I64
    role: I64
    level: I64
    profile: I64
    update_lag: I64
    licensed: I64
    started: I64
    workload_key: U64

    def __len__(self) -> int:
        return len(self.index)

    def take(self, chosen: np.ndarray | slice) -> "Block":
        """The same attributes of the chosen rows only (a mask, positions, or a slice, for which nothing is copied)."""
        return Block(self.products, **{name: getattr(self, name)[..., chosen] for name in _COLUMNS})

    def licence_start(self, product: str) -> I64:
        """The first day of each member's licence for a product."""
        return self._of_product(self.licensed, product)

    def use_start(self, product: str) -> I64:
        """The first day on which each member can use a product."""
        return self._of_product(self.started, product)

    def _of_product(self, days: I64, product: str) -> I64:
        """The row of a product; LookupError for one that this world does not have."""
        if product not in self.products:
            raise LookupError(f"there is no product {product!r}; there are: {', '.join(self.products)}")
        row: I64 = days[self.products.index(product)]
        return row

    def rows_using(self, product: str, first: int, last: int) -> I64:
        """The rows of the members who can have used the product on any day from `first` to `last`."""
        started = self.use_start(product)
        return np.flatnonzero((started <= last) & (self.left > first) & (self.joined <= last))


_COLUMNS = tuple(each.name for each in fields(Block) if each.name != "products")


def concatenate(parts: Sequence[Block]) -> Block:
    """The members of several blocks of one organization (at least one), as one block."""
    if len(parts) == 1:
        return parts[0]
    columns = {name: np.concatenate([getattr(part, name) for part in parts], axis=-1) for name in _COLUMNS}
    return Block(parts[0].products, **columns)


class People:
    """The people and service accounts of one organization under one seed: a pure function, computed block by block."""

    def __init__(self, organization: Organization, seed: int, products: Mapping[str, bool]) -> None:
        self.organization = organization
        self._seed = seed
        self.products = products
        self._topics: dict[str, int] = {}
        self._batch = lru_cache(maxsize=_BATCHES_KEPT)(partial(self._consecutive, BLOCK * _BLOCKS_COMPUTED))
        self._alone = lru_cache(maxsize=_ALONE_KEPT)(partial(self._consecutive, BLOCK))
        self._first_needed: dict[int, int] = {}
        self._seatless = lru_cache(maxsize=None)(self._find_seatless)
        self._teams = {team.name: index for index, team in enumerate(organization.teams)}
        self._scripted_spans: dict[int, dict[str | None, tuple[int, int]]] = {}
        for member, product, day in _scripted_activity(organization):
            spans = self._scripted_spans.setdefault(member, {})
            first, last = spans.get(product, (day, day))
            spans[product] = min(first, day), max(last, day)

    def key(self, topic: str) -> int:
        """The key under which a topic is drawn for this organization and seed."""
        if topic not in self._topics:
            self._topics[topic] = hashing.key(hashing.DRAW_VERSION, self._seed, self.organization.slug, topic)
        return self._topics[topic]

    def block(self, number: int) -> Block:
        """The members of one block. Of those that are computed together, the one that is needed first comes alone.

        Often no other is needed, as for the page of a list, or for one person.
        """
        batch, position = divmod(number, _BLOCKS_COMPUTED)
        if self.organization.members > BLOCK and self._first_needed.setdefault(batch, number) == number:
            return self._alone(number)
        return self._batch(batch).take(slice(position * BLOCK, (position + 1) * BLOCK))

    def blocks(self, start: int = 0) -> Iterator[Block]:
        """All members from index `start` on, block by block."""
        for number in range(start // BLOCK, -(-self.organization.members // BLOCK)):
            block = self.block(number)
            skip = start - number * BLOCK
            yield block.take(slice(skip, None)) if skip > 0 else block

    def members(self, index: I64) -> Block:
        """The members with these indexes, ascending, as one block."""
        first = int(index[0]) // BLOCK
        if int(index[-1]) // BLOCK == first:
            return self.block(first).take(index - first * BLOCK)
        starts = np.flatnonzero(np.diff(index // BLOCK, prepend=-1))
        numbers = index[starts] // BLOCK
        parts = [
            self.block(number).take(index[start:end] - number * BLOCK)
            for number, (start, end) in zip(numbers.tolist(), pairwise([*starts.tolist(), len(index)]), strict=True)
        ]
        return concatenate(parts)

    def column(self, read: Callable[[Block], np.ndarray]) -> np.ndarray:
        """One attribute of all members, by index."""
        return np.concatenate([read(block) for block in self.blocks()])

    def in_profile(self, profile: int) -> np.ndarray:
        """A mask of all members: who belongs to the profile at this index of the organization's list."""
        return self.column(lambda block: (block.profile == profile) & ~block.service)

    def in_teams(self, teams: Collection[int]) -> np.ndarray:
        """A mask of all members: who belongs to one of the teams at these indexes of the organization's list."""
        return self.column(lambda block: np.isin(block.team, list(teams)))

    def draw(self, topic: str, index: I64) -> I64:
        """A 16-bit draw of a topic for each member."""
        return hashing.field(hashing.mix(self.key(topic), index), 3)

    def _consecutive(self, size: int, number: int) -> Block:
        """The members with consecutive indexes, `size` of them, from a multiple of the size on."""
        block = self._unlicensed(np.arange(number * size, min((number + 1) * size, self.organization.members)))
        self._set_licences(block)
        self._extend_to_scripted_days(block)
        return block

    def _unlicensed(self, everyone: I64) -> Block:
        """Consecutive members without licences."""
        joined, left = self._tenure(everyone)
        never = np.full((len(self.products), len(everyone)), NEVER, dtype=np.int64)
        block = Block(
            products=tuple(self.products),
            index=everyone,
            service=everyone >= self.organization.people,
            joined=joined,
            left=left,
            team=self._team(everyone),
            role=np.where(everyone == 0, ROLE_RANKS - 1, hashing.weighted(self.draw("role", everyone), _ROLE_WEIGHTS)),
            level=self._level(everyone),
            profile=self.draw("profile", everyone) * len(self.organization.profiles) >> 16,
            update_lag=_LAGS[self.draw("update_lag", everyone) >> 8],
            licensed=never,
            started=never.copy(),
            workload_key=hashing.mix(self.key("pulse"), everyone),
        )
        self._set_service_accounts(block)
        self._set_special_people(block)
        return block

    def _tenure(self, index: I64) -> tuple[I64, I64]:
        turnover, first = self.organization.turnover, self.organization.first_day.toordinal()
        span = max(turnover.until.toordinal() - first, 1)
        comes = hashing.percent(self.draw("joins", index), turnover.joiners_percent)
        joined = np.where(comes, first + (self.draw("joined", index) * span >> 16), first)
        goes = hashing.percent(self.draw("leaves", index), turnover.leavers_percent)
        left = joined + 60 + (self.draw("left", index) * span >> 16)
        return joined, np.where(goes, left, NEVER)

    def _team(self, index: I64) -> I64:
        weights = np.array([team.weight for team in self.organization.teams], dtype=np.int64)
        if not weights.sum():
            return np.full(len(index), -1, dtype=np.int64)
        team = hashing.weighted(self.draw("team", index), weights)
        alone = hashing.percent(self.draw("teamless", index), self.organization.teamless_percent)
        return np.where(alone, -1, team)

    def _level(self, index: I64) -> I64:
        levels = self.organization.levels
        regular = 100 - levels.light_percent - levels.heavy_percent
        weights = np.array([levels.light_percent, regular, levels.heavy_percent], dtype=np.int64)
        return hashing.weighted(self.draw("level", index), weights)

    def _set_service_accounts(self, block: Block) -> None:
        block.joined[block.service] = self.organization.first_day.toordinal()
        block.left[block.service] = NEVER
        block.team[block.service] = -1
        block.role[block.service] = 0

    def _special(self, block: Block) -> Iterator[tuple[int, SpecialPerson]]:
        """The special people among consecutive members, each with their row."""
        first = int(block.index[0])
        return enumerate(self.organization.special[first : first + len(block)])

    def _set_special_people(self, block: Block) -> None:
        for row, person in self._special(block):
            if person.joined is not None or person.left is not None:
                block.joined[row] = (person.joined or self.organization.first_day).toordinal()
                block.left[row] = person.left.toordinal() if person.left else NEVER
            if person.team is not None:
                block.team[row] = self._teams[person.team]
            if person.teamless:
                block.team[row] = -1
            if person.role is not None:
                block.role[row] = person.role
            if person.level is not None:
                block.level[row] = LEVELS.index(person.level)

    def _set_licences(self, block: Block) -> None:
        for row, product in enumerate(self.products):
            adoption = self.organization.adoption.get(product)
            if adoption is not None:
                licensed, started = self._spread(block, product, adoption)
                seatless = np.isin(block.index, self._seatless(product))
                block.licensed[row], block.started[row] = np.where(seatless, NEVER, (licensed, started))
        for row, person in self._special(block):
            for name, day in person.licences.items():
                for starts in (block.licence_start(name), block.use_start(name)):
                    starts[row] = day.toordinal() if day else NEVER

    def _find_seatless(self, product: str) -> I64:
        """The indexes of the people who have no licence because a product has too few seats."""
        adoption, given = self.organization.adoption[product], self.licensed_by_file(product)
        if adoption.seats is None or len(given) + self._most_licensed(adoption) <= adoption.seats:
            return np.zeros(0, dtype=np.int64)
        everyone = np.arange(self.organization.people)
        people = self._unlicensed(everyone)
        licensed, _ = self._spread(people, product, adoption)
        listed = [index for index, person in enumerate(self.organization.special) if product in person.licences]
        rows = np.flatnonzero((licensed < NEVER) & ~np.isin(everyone, [*given, *listed]))
        return rows[seats.without_seat(licensed[rows], people.left[rows], adoption.seats - len(given))]

    def _most_licensed(self, adoption: Adoption) -> int:
        """The most people who get a licence, by Hoeffding's inequality: the chance of more is e**-50.

        It costs nothing, so that only organizations with too few seats compute everybody.
        """
        people = self.organization.people
        return min(people, people * adoption.licensed_percent // 100 + 5 * isqrt(people) + 1)

    def licensed_by_file(self, product: str) -> set[int]:
        """The indexes of the people whose licence follows from the file. Their seats are not given to anybody else."""
        special, scripted = enumerate(self.organization.special), self._scripted_spans.items()
        given = {index for index, person in special if person.licences.get(product)}
        return given | {member for member, days in scripted if product in days and member < self.organization.people}

    def _extend_to_scripted_days(self, block: Block) -> None:
        """Whoever the file makes active was there, licensed and started, from the first such day to the last."""
        for row in np.flatnonzero(np.isin(block.index, list(self._scripted_spans))).tolist():
            for product, (first, last) in self._scripted_spans[int(block.index[row])].items():
                block.joined[row] = min(block.joined[row], first)
                block.left[row] = max(block.left[row], last + 1)
                if product is None:
                    continue
                for starts in (block.licence_start(product), block.use_start(product)):
                    starts[row] = min(starts[row], first)

    def _spread(self, block: Block, product: str, adoption: Adoption) -> tuple[I64, I64]:
        """The first days of the licence and of use, as the product's adoption spreads it."""
        starts = adoption.starts.toordinal()
        has = hashing.percent(self.draw(f"{product} licensed", block.index), adoption.licensed_percent)
        ramp = np.where(block.joined < starts, adoption.ramp_days, _ONBOARDING)
        licence = np.maximum(block.joined, starts) + (self.draw(f"{product} licence", block.index) * ramp >> 16)
        has &= licence < block.left
        begins = hashing.percent(self.draw(f"{product} starts", block.index), adoption.started_percent)
        use = licence + (self.draw(f"{product} started", block.index) * _ONBOARDING >> 16)
        licensed, started = np.where(has, licence, NEVER), np.where(has & begins & (use < block.left), use, NEVER)
        service = np.maximum(block.joined, starts) if self.products[product] else NEVER
        return np.where(block.service, service, licensed), np.where(block.service, service, started)


def _scripted_activity(organization: Organization) -> Iterator[tuple[int, str | None, int]]:
    """Member, product and day of everything that the file has somebody do; None is no product in particular."""
    for fact in organization.facts:
        yield fact.member, fact.product, fact.day.toordinal()
    for index, person in enumerate(organization.special):
        # A person is there on active_only days whatever is adopted, so that one more product moves nobody's tenure.
        products = [None, *(each for each in organization.adoption if each not in person.licences)]
        for day in person.active_only or ():
            if (person.joined or date.min) <= day < (person.left or date.max):
                yield from ((index, product, day.toordinal()) for product in products)
