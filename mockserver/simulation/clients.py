"""Answers which JetBrains programs people have: since when each is new enough to send data, and which IDE is in use.

What is sent stays out (`jetbrains`). Versions rise with time: a release comes out on a day, and people have it some
days later, or never.
"""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from mockserver.simulation import hashing
from mockserver.simulation.hashing import I64
from mockserver.simulation.organization import NEVER, JetBrainsProgram, Product
from mockserver.simulation.people import Block, People
from mockserver.simulation.presence import Mask
from mockserver.simulation.scripts import Scripts

IDES = ("IU", "PY", "WS", "GO", "CL", "RD", "PS", "RM", "DB")
"""The product codes of the IDEs."""

_IDE_WEIGHTS = np.array([40, 16, 12, 8, 6, 9, 4, 2, 3], dtype=np.int64)
_SECOND_PERCENT, _SECOND_DAYS_PERCENT = 35, 20
"""How many people work in a second IDE, and on how many of their days."""

_AHEAD = 90
"""Days before a product's first day of use on which its data-sending version is out, where dates are not real."""

_LAGS = {client: hashing.exponential(256, mean) for client, mean in zip(JetBrainsProgram, (30, 45, 60), strict=True)}
_NEVER_PERCENT = dict(zip(JetBrainsProgram, (3, 2, 5), strict=True))
"""How many people never update a client."""


@dataclass(frozen=True, slots=True)
class ReportingGate:
    """Which clients send data.

    `released` is the ordinal of the day on which the data-sending versions came out; None is long enough ago for every
    date to have data. `assistant` says whether an old AI Assistant loses Junie's data too, and not only those of the
    tools that live in it. An old IDE loses everything, an old Junie what is Junie's.
    """

    released: int | None = None
    assistant: bool = False


class Programs:
    """The clients of everybody: pure functions of a block of members."""

    def __init__(self, people: People, scripts: Scripts) -> None:
        organization = people.organization
        self._keys = {client: people.key(f"jetbrains client {client}") for client in JetBrainsProgram}
        self._ides = people.key("jetbrains ide")
        adoption = organization.adoption.get(Product.JETBRAINS)
        self._out = (adoption.starts if adoption else organization.first_day).toordinal() - _AHEAD
        self._stated = scripts.members(Product.JETBRAINS)
        self._old = {
            index: person.jetbrains.old_clients
            for index, person in enumerate(organization.special)
            if person.jetbrains.old_clients
        }

    def since(self, client: JetBrainsProgram, block: Block, gates: ReportingGate) -> I64:
        """The first day on which each member's client is new enough; NEVER for a client that stays old.

        Whoever has stated facts has new clients, so that they come back, unless the file says that they are old.
        """
        bits = hashing.mix(self._keys[client], block.index)
        lag = _LAGS[client][hashing.field(bits, 0, 8)]
        stays = hashing.percent(hashing.field(bits, 1), _NEVER_PERCENT[client])
        stated = np.isin(block.index, self._stated)
        since = (self._out if gates.released is None else gates.released) + lag
        since = np.where(stated, gates.released or 0, np.where(stays, NEVER, since))
        for row in np.flatnonzero(np.isin(block.index, list(self._old))).tolist():
            if client in self._old[int(block.index[row])]:
                since[row] = NEVER
        return since

    def sending(self, block: Block, gates: ReportingGate) -> tuple[I64, I64]:
        """The first days on which each member's IDE sends the data of Junie, and those of every other tool."""
        ide, assistant, junie = (self.since(client, block, gates) for client in JetBrainsProgram)
        others = np.maximum(ide, assistant)
        return np.maximum(junie, others if gates.assistant else ide), others

    def has(self, block: Block, ides: Collection[int]) -> Mask:
        """Which members ever work in one of the IDEs at some places in IDES."""
        first, second = (np.isin(ide, list(ides)) for ide in self._both(block))
        mask: Mask = first | second
        return mask

    def ide_on(self, block: Block, ordinals: I64) -> I64:
        """The one IDE that each member works in on each day, members by days, as a place in IDES."""
        first, second = self._both(block)
        keys = hashing.mix(self._ides, block.index)
        draw = hashing.field(hashing.mix(keys[:, None], ordinals[None, :]), 0)
        return np.where(hashing.percent(draw, _SECOND_DAYS_PERCENT), second[:, None], first[:, None])

    def _both(self, block: Block) -> tuple[I64, I64]:
        """The usual IDE of each member, and the other one (the same for whoever has only one)."""
        bits = hashing.mix(self._ides, block.index)
        first = hashing.weighted(hashing.field(bits, 0), _IDE_WEIGHTS)
        second = hashing.weighted(hashing.field(bits, 1), _IDE_WEIGHTS)
        return first, np.where(hashing.percent(hashing.field(bits, 2), _SECOND_PERCENT), second, first)
