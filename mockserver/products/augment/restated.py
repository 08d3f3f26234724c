"""What each member did in Augment, as a publication shows it: with days that are not final yet."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from mockserver.products.augment import shares
from mockserver.products.augment.facts import COUNTERS, DailyFacts
from mockserver.simulation.calendar import Days
from mockserver.simulation.facts import Facts
from mockserver.simulation.hashing import I64
from mockserver.simulation.organization import ScriptedFact
from mockserver.simulation.people import Block
from mockserver.simulation.presence import Mask
from mockserver.simulation.restatement import WHOLE, Publication
from mockserver.simulation.scripts import ScriptedDay


class RestatedFacts:
    """The facts of one publication; `key` is that under which missing shares are drawn.

    No figure is above the final one. A member's day is missing as a whole, or a share of its events is missing with
    what they made, so that everything computed from the facts agrees in each publication.
    """

    def __init__(self, facts: DailyFacts, key: int, publication: Publication) -> None:
        self._facts = facts
        self._key = key
        self._publication = publication

    def active(self, block: Block, span: Days) -> Mask:
        """Who is active on which day."""
        mask = self._facts.active(block, span)
        rows, columns = np.nonzero(mask)
        mask[rows, columns] = self._missing(block, span, rows, columns) < WHOLE
        return mask

    def facts(self, block: Block, span: Days) -> Facts:
        """Who is active, and every counter."""
        found = self._facts.facts(block, span)
        share = self._missing(block, span, found.rows, found.columns)
        counters = found.counters - shares.growing(found.counters, share)
        for script in self.scripted(block, span):
            cell = (found.rows == script.row) & (found.columns == script.column)
            counters[:, cell] = script.total(COUNTERS)[:, None]
        kept = found.active.copy()
        kept[found.rows, found.columns] = share < WHOLE
        return replace(found, counters=counters).only(kept)

    def scripted(self, block: Block, span: Days) -> Iterator[ScriptedDay]:
        """The days that the organization file states row by row, each row restated by itself."""
        for script in self._facts.scripted(block, span):
            share = self._missing(block, span, np.array([script.row]), np.array([script.column]))
            facts = () if share[0] == WHOLE else tuple(_restated(fact, share) for fact in script.facts)
            yield replace(script, facts=facts)

    def _missing(self, block: Block, span: Days, rows: I64, columns: I64) -> I64:
        """The share that is missing of some cells."""
        return self._publication.missing(self._key, block.index[rows], span.ordinals[columns])


def _restated(fact: ScriptedFact, share: I64) -> ScriptedFact:
    final = np.array([[fact.counters.get(name, 0)] for name in COUNTERS], dtype=np.int64)
    counters = (final - shares.growing(final, share))[:, 0].tolist()
    return replace(fact, counters=dict(zip(COUNTERS, counters, strict=True)))
