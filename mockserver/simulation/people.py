"""Answers who belongs to an organisation: members by index, their attributes in blocks of arrays.

What they do on a day stays out (`presence`, and a room for each product), and so do their names and ids (`identity`).
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, fields
from datetime import date
from functools import lru_cache
from itertools import pairwise

import numpy as np

from mockserver.simulation import hashing
from mockserver.simulation.hashing import I64, U64
from mockserver.simulation.organization import NEVER, Adoption, Level, Organization, Product, Role, SpecialPerson

BLOCK = 1024
"""Members in a block: big enough for numpy, small enough for a page and for the processor's cache."""

_BLOCKS_KEPT = 160
_ONBOARDING = 30
_LAGS = hashing.exponential(256, 45)
LEVELS = tuple(Level)
ROLES = tuple(Role)
_ROLE_WEIGHTS = np.array([84, 10, 4, 2], dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Block:
    """Attributes of some members, one array entry each. Days are ordinals, NEVER where a thing does not happen.

    `left` is the first day without the member; `licensed` and `started` are the first days of the licence and of use,
    per product (axis 0 in the order of PRODUCTS); `team` is -1 for nobody's; `update_lag` is the number of days after
    a client's release until the member has it.
    """

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

    def take(self, chosen: np.ndarray) -> "Block":
        """The same attributes of the chosen rows only (a mask, or positions)."""
        return Block(**{each.name: getattr(self, each.name)[..., chosen] for each in fields(self)})

    def users_of(self, product: Product, first: int, last: int) -> "Block":
        """The members who can have used the product on any day from `first` to `last`."""
        return self.take(self.rows_using(product, first, last))

    def rows_using(self, product: Product, first: int, last: int) -> I64:
        """The rows of the members who can have used the product on any day from `first` to `last`."""
        started = self.started[PRODUCTS.index(product)]
        return np.flatnonzero((started <= last) & (self.left > first) & (self.joined <= last))


PRODUCTS = tuple(Product)


def joined(parts: list[Block]) -> Block:
    """The members of several blocks, as one."""
    return Block(
        **{each.name: np.concatenate([getattr(part, each.name) for part in parts], axis=-1) for each in fields(Block)}
    )


class People:
    """The cast of one organisation under one seed: a pure function, computed block by block."""

    def __init__(self, organization: Organization, seed: int) -> None:
        self.organization = organization
        self._seed = seed
        self.block = lru_cache(maxsize=_BLOCKS_KEPT)(self._block)
        self._teams = {team.name: place for place, team in enumerate(organization.teams)}
        self._stated: dict[int, dict[Product, tuple[int, int]]] = {}
        for member, product, day in _stated_activity(organization):
            spans = self._stated.setdefault(member, {})
            first, last = spans.get(product, (day, day))
            spans[product] = min(first, day), max(last, day)

    def key(self, topic: str) -> int:
        """The key under which a topic is drawn for this organisation and seed."""
        return hashing.key(hashing.DATA_VERSION, self._seed, self.organization.slug, topic)

    def blocks(self, start: int = 0) -> Iterator[Block]:
        """All members from index `start` on, block by block."""
        for number in range(start // BLOCK, -(-self.organization.members // BLOCK)):
            block = self.block(number)
            skip = start - number * BLOCK
            yield block.take(np.arange(skip, len(block))) if skip > 0 else block

    def members(self, index: I64) -> Block:
        """The members with these indexes, ascending, as one block."""
        starts = np.flatnonzero(np.diff(index // BLOCK, prepend=-1))
        numbers = index[starts] // BLOCK
        parts = [
            self.block(number).take(index[start:end] - number * BLOCK)
            for number, (start, end) in zip(numbers.tolist(), pairwise([*starts.tolist(), len(index)]), strict=True)
        ]
        return joined(parts)

    def column(self, read: Callable[[Block], np.ndarray]) -> np.ndarray:
        """One attribute of all members, by index."""
        return np.concatenate([read(block) for block in self.blocks()])

    def in_profile(self, place: int) -> np.ndarray:
        """A mask of all members: who belongs to the profile at a place in the organisation's list."""
        return self.column(lambda block: (block.profile == place) & ~block.service)

    def in_teams(self, places: Collection[int]) -> np.ndarray:
        """A mask of all members: who belongs to one of the teams at these places in the organisation's list."""
        return self.column(lambda block: np.isin(block.team, list(places)))

    def _draw(self, topic: str, index: I64) -> I64:
        return hashing.field(hashing.mix(self.key(topic), index), 3)

    def _block(self, number: int) -> Block:
        everyone = np.arange(number * BLOCK, min((number + 1) * BLOCK, self.organization.members), dtype=np.int64)
        joined, left = self._tenure(everyone)
        block = Block(
            index=everyone,
            service=everyone >= self.organization.people,
            joined=joined,
            left=left,
            team=self._team(everyone),
            role=self._role(everyone),
            level=self._level(everyone),
            profile=self._draw("profile", everyone) * len(self.organization.profiles) >> 16,
            update_lag=_LAGS[self._draw("update_lag", everyone) >> 8],
            licensed=np.full((len(PRODUCTS), len(everyone)), NEVER, dtype=np.int64),
            started=np.full((len(PRODUCTS), len(everyone)), NEVER, dtype=np.int64),
            workload_key=hashing.mix(self.key("pulse"), everyone),
        )
        self._service_accounts(block)
        self._state_special(block)
        self._license(block)
        self._honour_facts(block)
        return block

    def _tenure(self, index: I64) -> tuple[I64, I64]:
        turnover, first = self.organization.turnover, self.organization.first_day.toordinal()
        span = max(turnover.until.toordinal() - first, 1)
        comes = hashing.percent(self._draw("joins", index), turnover.joiners_percent)
        joined = np.where(comes, first + (self._draw("joined", index) * span >> 16), first)
        goes = hashing.percent(self._draw("leaves", index), turnover.leavers_percent)
        left = joined + 60 + (self._draw("left", index) * span >> 16)
        return joined, np.where(goes, left, NEVER)

    def _team(self, index: I64) -> I64:
        weights = np.array([team.weight for team in self.organization.teams], dtype=np.int64)
        if not weights.sum():
            return np.full(len(index), -1, dtype=np.int64)
        team = hashing.weighted(self._draw("team", index), weights)
        alone = hashing.percent(self._draw("teamless", index), self.organization.teamless_percent)
        return np.where(alone, -1, team)

    def _role(self, index: I64) -> I64:
        role = hashing.weighted(self._draw("role", index), _ROLE_WEIGHTS)
        return np.where(index == 0, ROLES.index(Role.ADMIN), role)

    def _level(self, index: I64) -> I64:
        levels = self.organization.levels
        regular = 100 - levels.light_percent - levels.heavy_percent
        weights = np.array([levels.light_percent, regular, levels.heavy_percent], dtype=np.int64)
        return hashing.weighted(self._draw("level", index), weights)

    def _service_accounts(self, block: Block) -> None:
        block.joined[block.service] = self.organization.first_day.toordinal()
        block.left[block.service] = NEVER
        block.team[block.service] = -1
        block.role[block.service] = ROLES.index(Role.MEMBER)

    def _state_special(self, block: Block) -> None:
        first = int(block.index[0])
        for row, person in enumerate(self.organization.special[first : first + BLOCK]):
            self._state(block, row, person)

    def _state(self, block: Block, row: int, person: SpecialPerson) -> None:
        if person.joined is not None or person.left is not None:
            stated = person.joined or self.organization.first_day
            block.joined[row] = stated.toordinal()
            block.left[row] = person.left.toordinal() if person.left else NEVER
        if person.team is not None:
            block.team[row] = self._teams[person.team]
        if person.teamless:
            block.team[row] = -1
        if person.role is not None:
            block.role[row] = ROLES.index(person.role)
        if person.level is not None:
            block.level[row] = LEVELS.index(person.level)

    def _license(self, block: Block) -> None:
        for place, product in enumerate(PRODUCTS):
            adoption = self.organization.adoption.get(product)
            if adoption is not None:
                block.licensed[place], block.started[place] = self._spread(block, product, adoption)
        first = int(block.index[0])
        for row, person in enumerate(self.organization.special[first : first + BLOCK]):
            for product, day in person.licences.items():
                ordinal = day.toordinal() if day else NEVER
                block.licensed[PRODUCTS.index(product), row] = ordinal
                block.started[PRODUCTS.index(product), row] = ordinal

    def _honour_facts(self, block: Block) -> None:
        """Whoever is stated to be active was there, licensed and started, from the first such day to the last."""
        for row in np.flatnonzero(np.isin(block.index, list(self._stated))).tolist():
            for product, (first, last) in self._stated[int(block.index[row])].items():
                place = PRODUCTS.index(product)
                block.joined[row] = min(block.joined[row], first)
                block.left[row] = max(block.left[row], last + 1)
                block.licensed[place, row] = min(block.licensed[place, row], first)
                block.started[place, row] = min(block.started[place, row], first)

    def _spread(self, block: Block, product: Product, adoption: Adoption) -> tuple[I64, I64]:
        starts = adoption.starts.toordinal()
        has = hashing.percent(self._draw(f"{product} licensed", block.index), adoption.licensed_percent)
        ramp = np.where(block.joined < starts, adoption.ramp_days, _ONBOARDING)
        licence = np.maximum(block.joined, starts) + (self._draw(f"{product} licence", block.index) * ramp >> 16)
        has &= licence < block.left
        begins = hashing.percent(self._draw(f"{product} starts", block.index), adoption.started_percent)
        use = licence + (self._draw(f"{product} started", block.index) * _ONBOARDING >> 16)
        licensed, started = np.where(has, licence, NEVER), np.where(has & begins & (use < block.left), use, NEVER)
        service = np.maximum(block.joined, starts) if product is Product.AUGMENT else NEVER
        return np.where(block.service, service, licensed), np.where(block.service, service, started)


def _stated_activity(organization: Organization) -> Iterator[tuple[int, Product, int]]:
    """Member, product and day of everything that the file states somebody to do."""
    for fact in organization.facts:
        yield fact.member, fact.product, fact.day.toordinal()
    for index, person in enumerate(organization.special):
        for product in (each for each in organization.adoption if each not in person.licences):
            for day in person.active_only or ():
                if (person.joined or date.min) <= day < (person.left or date.max):
                    yield index, product, day.toordinal()
