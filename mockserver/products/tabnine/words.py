"""The editors and languages in which each person works with Tabnine, by the times at which they did."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

import numpy as np

from mockserver.products.tabnine.facts import TabnineFacts
from mockserver.simulation import hashing
from mockserver.simulation.calendar import days
from mockserver.simulation.hashing import I64, U64
from mockserver.simulation.people import BLOCK, People
from mockserver.simulation.timestamps import DAY, EPOCH

EDITORS: Final = {"VSCode": 50, "IntelliJ": 24, "PyCharm": 14, "VisualStudio": 8, "Eclipse": 4}
LANGUAGES: Final = {"python": 24, "typescript": 20, "java": 18, "javascript": 12, "go": 10, "csharp": 8, "sql": 8}
"""Weights by name; the vendor has published no word of either list."""

_SECOND_PERCENT = 30
"""The share of a person's days in the second editor or language, for those who have two."""


class TabnineWords:
    """The editors and languages of one person: a main and a second one of each, of which a day has one."""

    def __init__(self, people: People, facts: TabnineFacts) -> None:
        self._people = people
        self._facts = facts
        self._person = people.key("tabnine words")
        self._day = people.key("tabnine words of a day")

    def used(self, member: int, cuts: Sequence[int]) -> list[tuple[list[str], list[str]]]:
        """The editors and the languages of a member between each two cuts, ascending and distinct."""
        organization = self._people.organization
        first = max(cuts[0] // DAY + EPOCH, organization.first_day.toordinal())
        last = (cuts[-1] - 1) // DAY + EPOCH
        if last < first:
            return [([], [])] * (len(cuts) - 1)
        block = self._people.block(member // BLOCK).take(slice(member % BLOCK, member % BLOCK + 1))
        cells = self._facts.cells(block, days(organization, first, last))
        active = self._facts.did(cells.counters, cells.labels).any(axis=0)
        seconds = cells.seconds[active]
        editors, languages = self._of_days(block.index, seconds // DAY)
        found = []
        for start, end in pairwise(cuts):
            begin, stop = np.searchsorted(seconds, (start, end)).tolist()
            found.append((sorted(set(editors[begin:stop])), sorted(set(languages[begin:stop]))))
        return found

    def _of_days(self, member: I64, ordinals: I64) -> tuple[list[str], list[str]]:
        person = hashing.mix(self._person, member)
        daily = hashing.mix(hashing.mix(self._day, member), ordinals)
        return _choose(EDITORS, person, daily, 0), _choose(LANGUAGES, person, daily, 2)


def _choose(weights: dict[str, int], person: U64, daily: U64, at: int) -> list[str]:
    """The word of each day: the person's main or second one."""
    names, numbers = list(weights), np.array(list(weights.values()), dtype=np.int64)
    main, second = (names[int(hashing.weighted(hashing.field(person, at + index), numbers)[0])] for index in range(2))
    is_second = hashing.percent(hashing.field(daily, at), _SECOND_PERCENT)
    return [second if other else main for other in is_second.tolist()]
