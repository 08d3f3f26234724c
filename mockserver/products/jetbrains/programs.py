"""The JetBrains programs of each person: from which day each one is new enough to send data, and which IDE is in use.

People install a release some days after it comes out, or never. What is sent is computed by `sources`.
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
"""The percentages of people who work in a second IDE, and of the days on which they do."""

_DAYS_AHEAD = 90
"""The days from the release of the versions that send data to the first day of use, if no release date is given."""

_LAGS = {program: hashing.exponential(256, mean) for program, mean in zip(JetBrainsProgram, (30, 45, 60), strict=True)}
_NEVER_PERCENT = dict(zip(JetBrainsProgram, (3, 2, 5), strict=True))
"""The percentage of people who never update a program."""


@dataclass(frozen=True, slots=True)
class ReportingGate:
    """Which programs send data.

    `released` is the ordinal of the day on which the versions that send data came out; with None, every date has data.
    An old IDE sends nothing, an old Junie sends everything else. An old AI Assistant sends only Junie's data, and with
    `assistant` nothing. `codex` is the first day on which data about Codex are sent, by default never.
    """

    released: int | None = None
    assistant: bool = False
    codex: int = NEVER


class Programs:
    """The programs of all members: pure functions of a block of members."""

    def __init__(self, people: People, scripts: Scripts) -> None:
        organization = people.organization
        self._keys = {program: people.key(f"jetbrains client {program}") for program in JetBrainsProgram}
        self._ides = people.key("jetbrains ide")
        adoption = organization.adoption.get(NAME)
        self._released = (adoption.starts if adoption else organization.first_day).toordinal() - _DAYS_AHEAD
        self._scripted = scripts.members(NAME)
        self._old = {index: options.old_clients for index, options in JetBrainsPerson.all_of(organization)}

    def since(self, program: JetBrainsProgram, block: Block, gate: ReportingGate) -> I64:
        """The first day on which each member's program is new enough; NEVER for a program that stays old.

        A member with scripted facts has new programs, so that the facts are sent, unless the file declares old ones.
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
        """The first days on which data of Junie, and of every other tool, are sent for each member."""
        ide, assistant, junie = (self.since(program, block, gate) for program in JetBrainsProgram)
        others = np.maximum(ide, assistant)
        return np.maximum(junie, others if gate.assistant else ide), others

    def has(self, block: Block, ides: Collection[int]) -> Mask:
        """Which members ever work in one of the IDEs at some indexes of IDES."""
        first, second = (np.isin(ide, list(ides)) for ide in self._ides_of(block))
        mask: Mask = first | second
        return mask

    def ide_on(self, block: Block, ordinals: I64) -> I64:
        """The one IDE that each member works in on each day, members by days, as an index of IDES."""
        first, second = self._ides_of(block)
        keys = hashing.mix(self._ides, block.index)
        draw = hashing.field(hashing.mix(keys[:, None], ordinals[None, :]), 0)
        return np.where(hashing.percent(draw, _SECOND_DAYS_PERCENT), second[:, None], first[:, None])

    def _ides_of(self, block: Block) -> tuple[I64, I64]:
        """The usual IDE of each member, and the other one (the same one for a member who has only one)."""
        bits = hashing.mix(self._ides, block.index)
        first = hashing.weighted(hashing.field(bits, 0), _IDE_WEIGHTS)
        second = hashing.weighted(hashing.field(bits, 1), _IDE_WEIGHTS)
        return first, np.where(hashing.percent(hashing.field(bits, 2), _SECOND_PERCENT), second, first)
