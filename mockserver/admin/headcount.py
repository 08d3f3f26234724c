"""Headcounts of an organization on a day: people present, by team, and licensed and started by product."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np

from mockserver.simulation.hashing import I64
from mockserver.simulation.people import Block, People

SOME = 5
"""People shown as an example."""


@dataclass(frozen=True, slots=True)
class Headcount:
    """People of one day, without service accounts; `in_team` is in the order of the teams.

    `licensed` and `started` are by product, `some` are the indexes of the first people who are present.
    """

    present: int
    in_team: tuple[int, ...]
    licensed: Mapping[str, int]
    started: Mapping[str, int]
    some: tuple[int, ...]


def of(people: People, day: date) -> Headcount:
    """The count on one day, summed up block by block."""
    ordinal, teams = day.toordinal(), len(people.organization.teams)
    names = people.products
    in_team, licensed, started = _zeros(teams), _zeros(len(names)), _zeros(len(names))
    present, some = 0, list[int]()
    for block in people.blocks():
        there = _present(block, ordinal)
        present += len(there)
        in_team += np.bincount(there.team[there.team >= 0], minlength=teams)
        licensed += (there.licensed <= ordinal).sum(axis=1)
        started += (there.started <= ordinal).sum(axis=1)
        some += there.index[: SOME - len(some)].tolist()
    return Headcount(
        present=present,
        in_team=tuple(in_team.tolist()),
        licensed=dict(zip(names, licensed.tolist(), strict=True)),
        started=dict(zip(names, started.tolist(), strict=True)),
        some=tuple(some),
    )


def _present(block: Block, day: int) -> Block:
    return block.take(~block.service & (block.joined <= day) & (day < block.left))


def _zeros(length: int) -> I64:
    return np.zeros(length, dtype=np.int64)
