"""Augment: fourteen counters per person and day, split by language and editor. Service accounts use it too."""

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Final

from mockserver.products.augment import options
from mockserver.products.augment.events import events
from mockserver.products.augment.facts import COUNTERS, NAME, AugmentFacts
from mockserver.products.augment.records import AugmentRecords
from mockserver.products.augment.row_ids import RowIds
from mockserver.products.model import FactSpec, ProductModel
from mockserver.simulation.core import Core
from mockserver.simulation.facts import Source
from mockserver.simulation.rollups import Rollups


@dataclass(frozen=True, slots=True)
class Augment:
    """Augment in one world: the counters of each day, their records, sums over everybody, and ids of rows."""

    facts: AugmentFacts
    records: AugmentRecords
    days: Rollups
    row_ids: RowIds


def _build(core: Core) -> Augment:
    facts = AugmentFacts(core.people, core.presence, core.scripts)
    return Augment(
        facts=facts,
        records=AugmentRecords(core.people, facts, core.scripts),
        days=Rollups(core.people, facts, len(COUNTERS)),
        row_ids=RowIds(core.organization, core.identities),
    )


def _source(augment: Augment, _: Hashable) -> Source:
    return augment.facts


PRODUCT: Final[ProductModel[Augment]] = ProductModel(
    name=NAME,
    facts=FactSpec(
        labels=("language", "editor"),
        counters=COUNTERS,
        defaults_to={"completions_suggested_lines": "completions_lines"},
        at_most=(
            ("completions_accepted", "completions_count"),
            ("completions_lines", "completions_suggested_lines"),
        ),
    ),
    build=_build,
    metric_counters=COUNTERS,
    source=_source,
    events=events,
    service_accounts=True,
    file=options.FILE,
)
