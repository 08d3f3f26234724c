"""The JetBrains programs of each person: since when each one is new enough to send data, and which IDE is in use.

A release comes out on a day; people install it some days later, or never. What is sent is computed by `sources`.
"""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from mockserver.products.jetbrains.options import NAME, JetBrainsPerson, JetBrainsProgram
from mockserver.simulation import hashing
from mockserver.simulation.hashing import I64
from mockserver.simulation.organization import NEVER
from mockserver.simulation.people import Block, People
from mockserver.simulation.presence import Mask
from mockserver.simulation.scripts import Scripts

IDES = ("IU", "PY", "WS", "GO", "CL", "RD", "PS", "RM", "DB")
"""The product codes of the IDEs."""

_IDE_WEIGHTS = np.array([40, 16, 12, 8, 6, 9, 4, 2, 3], dtype=np.int64)
_SECOND_PERCENT, _SECOND_DAYS_PERCENT = 35, 20
"""How many people work in a second IDE, and on how many of their days they do."""

_AHEAD = 90
"""How many days before the first day of use the data-sending versions came out, where dates are not real."""

_LAGS = {program: hashing.exponential(256, mean) for program, mean in zip(JetBrainsProgram, (30, 45, 60), strict=True)}
_NEVER_PERCENT = dict(zip(JetBrainsProgram, (3, 2, 5), strict=True))
"""The percentage of people who never update a program."""


@dataclass(frozen=True, slots=True)
class ReportingGate:
    """Which programs send data.

    `released` is the ordinal of the day on which the data-sending versions came out; None is long enough ago for every
    date to have data. With `assistant`, an old AI Assistant loses Junie's data too, and not only those of the tools
    inside it. An old IDE loses everything, an old Junie only its own data.
    """

    released: int | None = None
    assistant: bool = False


class Programs:
    """The programs of all members: pure functions of a block of members."""

    def __init__(self, people: People, scripts: Scripts) -> None:
        organization = people.organization
        self._keys = {program: people.key(f"jetbrains client {program}") for program in JetBrainsProgram}
        self._ides = people.key("jetbrains ide")
        adoption = organization.adoption.get(NAME)
        self._released = (adoption.starts if adoption else organization.first_day).toordinal() - _AHEAD
        self._scripted = scripts.members(NAME)
        self._old = {index: options.old_clients for index, options in JetBrainsPerson.all_of(organization)}

    def since(self, program: JetBrainsProgram, block: Block, gate: ReportingGate) -> I64:
        """The first day on which each member's program is new enough; NEVER for a program that stays old.

        A member with scripted facts has new programs, so that the facts are sent, unless the file has them old.
        """
        bits = hashing.mix(self._keys[program], block.index)
        lag = _LAGS[program][hashing.field(bits, 0, 8)]
        stays = hashing.percent(hashing.field(bits, 1), _NEVER_PERCENT[program])
        scripted = np.isin(block.index, self._scripted)
        since = (self._released if gate.released is None else gate.released) + lag
        since = np.where(scripted, gate.released or 0, np.where(stays, NEVER, since))
        for row in np.flatnonzero(np.isin(block.index, list(self._old))).tolist():
            if program in self._old[int(block.index[row])]:
                since[row] = NEVER
        return since

    def sending(self, block: Block, gate: ReportingGate) -> tuple[I64, I64]:
        """The first days on which each member's IDE sends the data of Junie, and those of every other tool."""
        ide, assistant, junie = (self.since(program, block, gate) for program in JetBrainsProgram)
        others = np.maximum(ide, assistant)
        return np.maximum(junie, others if gate.assistant else ide), others

    def has(self, block: Block, ides: Collection[int]) -> Mask:
        """Which members ever work in one of the IDEs at some indexes of IDES."""
        first, second = (np.isin(ide, list(ides)) for ide in self._both(block))
        mask: Mask = first | second
        return mask

    def ide_on(self, block: Block, ordinals: I64) -> I64:
        """The one IDE that each member works in on each day, members by days, as an index of IDES."""
        first, second = self._both(block)
        keys = hashing.mix(self._ides, block.index)
        draw = hashing.field(hashing.mix(keys[:, None], ordinals[None, :]), 0)
        return np.where(hashing.percent(draw, _SECOND_DAYS_PERCENT), second[:, None], first[:, None])

    def _both(self, block: Block) -> tuple[I64, I64]:
        """The usual IDE of each member, and the other one (the same one for a member who has only one)."""
        bits = hashing.mix(self._ides, block.index)
        first = hashing.weighted(hashing.field(bits, 0), _IDE_WEIGHTS)
        second = hashing.weighted(hashing.field(bits, 1), _IDE_WEIGHTS)
        return first, np.where(hashing.percent(hashing.field(bits, 2), _SECOND_PERCENT), second, first)
