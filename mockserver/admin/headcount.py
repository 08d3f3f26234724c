"""Answers how many people an organisation has on a day: present, by team, licensed and started by product.

Who they are stays out, but for the first few of them.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np

from mockserver.simulation.hashing import I64
from mockserver.simulation.people import PRODUCTS, Block, People

SOME = 5
"""People shown as an example."""


@dataclass(frozen=True, slots=True)
class Headcount:
    """People of one day, service accounts left out; `in_team` in the order of the teams, the rest in that of Product.

    `some` are the indexes of the first who are present.
    """

    present: int
    in_team: tuple[int, ...]
    licensed: tuple[int, ...]
    started: tuple[int, ...]
    some: tuple[int, ...]


def of(people: People, day: date) -> Headcount:
    """The count on one day, summed up block by block."""
    ordinal, teams = day.toordinal(), len(people.organization.teams)
    in_team, licensed, started = _zeros(teams), _zeros(len(PRODUCTS)), _zeros(len(PRODUCTS))
    present, some = 0, list[int]()
    for block in people.blocks():
        there = _present(block, ordinal)
        present += len(there)
        in_team += np.bincount(there.team[there.team >= 0], minlength=teams)
        licensed += (there.licensed <= ordinal).sum(axis=1)
        started += (there.started <= ordinal).sum(axis=1)
        some += there.index[: SOME - len(some)].tolist()
    return Headcount(present, _ints(in_team), _ints(licensed), _ints(started), tuple(some))


def _present(block: Block, day: int) -> Block:
    return block.take(~block.service & (block.joined <= day) & (day < block.left))


def _zeros(length: int) -> I64:
    return np.zeros(length, dtype=np.int64)


def _ints(counts: I64) -> tuple[int, ...]:
    return tuple(counts.tolist())
