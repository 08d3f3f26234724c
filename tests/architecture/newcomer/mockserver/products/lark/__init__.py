"""Lark, a made-up product: the songs that people request, and how many of them they keep."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from mockserver.products.metric_events import Dimension, DimensionEvents, Events
from mockserver.products.model import FactSpec, ProductModel
from mockserver.products.organization_file import DraftLines, FileSection
from mockserver.simulation import hashing
from mockserver.simulation.calendar import Days
from mockserver.simulation.core import Core
from mockserver.simulation.facts import Facts, Source, gather
from mockserver.simulation.hashing import I64
from mockserver.simulation.people import Block
from mockserver.simulation.rollups import Rollups

NAME: Final = "lark"
COUNTERS: Final = ("songs", "songs_kept")


class LarkFacts:
    """Lark's counters: a pure function of a block of people and a range of days."""

    def __init__(self, core: Core) -> None:
        self._presence, self._scripts = core.presence, core.scripts
        self._key = core.people.key("lark songs")

    def facts(self, block: Block, span: Days) -> Facts:
        """Return who is active, and every counter."""
        return gather(NAME, COUNTERS, self._presence, self._scripts, block, span, self._count)

    def _count(self, block: Block, rows: I64, ordinals: I64, busy: I64) -> I64:
        bits = hashing.mix(hashing.mix(self._key, block.index)[rows], ordinals)
        songs = 1 + (hashing.field(bits, 0, 8) * busy >> 12)
        return np.stack([songs, songs * hashing.field(bits, 1, 8) >> 8])


@dataclass(frozen=True, slots=True)
class Lark:
    """Lark in one world: the counters of each person and day, and roll-ups over everybody."""

    facts: LarkFacts
    days: Rollups


def _build(core: Core) -> Lark:
    facts = LarkFacts(core)
    return Lark(facts, Rollups(core.people, facts, len(COUNTERS)))


def _source(lark: Lark, _: Hashable) -> Source:
    return lark.facts


def _events(_: DimensionEvents) -> Mapping[Dimension, Events]:
    return {Dimension.ASSISTANCE: Events(active=("songs",), actions=("songs",))}


PRODUCT: Final[ProductModel[Lark]] = ProductModel(
    name=NAME,
    facts=FactSpec(labels=(), counters=COUNTERS, at_most=(("songs_kept", "songs"),)),
    build=_build,
    metric_counters=COUNTERS,
    source=_source,
    events=_events,
    file=FileSection(draft=DraftLines(example_fact="[{songs: 4, songs_kept: 1}]")),
)
