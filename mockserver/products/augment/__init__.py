"""Augment: fourteen counters per person and day, split by language and editor. Service accounts use it too."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Final

from mockserver.products.augment import options
from mockserver.products.augment.facts import AGENTS, COUNTERS, AugmentFacts, DailyFacts
from mockserver.products.augment.models import Accounting
from mockserver.products.augment.options import NAME
from mockserver.products.augment.record_sums import RecordSums
from mockserver.products.augment.records import AugmentRecords
from mockserver.products.augment.restated import RestatedFacts
from mockserver.products.augment.row_ids import RowIds
from mockserver.products.augment.spending import AugmentSpending
from mockserver.products.metric_events import Dimension, DimensionEvents, Events
from mockserver.products.model import FactSpec, ProductModel
from mockserver.simulation.core import Core
from mockserver.simulation.facts import Source
from mockserver.simulation.people import People
from mockserver.simulation.restatement import Publication
from mockserver.simulation.rollups import PartlyFinalRollups, Rollups


@dataclass(frozen=True, slots=True)
class Augment:
    """Augment in one world: each day's counters, their records, spending, sums over everybody, and ids of rows.

    `restatement` is the key under which it is drawn what of a day is published late.
    """

    facts: DailyFacts
    restatement: int
    records: AugmentRecords
    record_sums: RecordSums
    days: Rollups | PartlyFinalRollups
    row_ids: RowIds
    accounting: Accounting
    spending: AugmentSpending
    spent: Rollups | PartlyFinalRollups

    def restated(self, people: People, publication: Publication) -> "Augment":
        """The same as a publication shows it; sums of final days are the same sums."""
        facts, last = self.restated_facts(publication), publication.final_through
        records = AugmentRecords(people, facts)
        spending = AugmentSpending(people, facts, self.accounting)
        return replace(
            self,
            facts=facts,
            records=records,
            record_sums=RecordSums(people, records),
            days=PartlyFinalRollups(self.days, Rollups(people, facts, len(COUNTERS)), last),
            spending=spending,
            spent=PartlyFinalRollups(self.spent, spending.rolled_up(), last),
        )

    def restated_facts(self, publication: Publication) -> RestatedFacts:
        """The counters alone."""
        return RestatedFacts(self.facts, self.restatement, publication)


def _build(core: Core) -> Augment:
    facts = AugmentFacts(core.people, core.presence, core.scripts)
    records = AugmentRecords(core.people, facts)
    accounting = options.environment(core.organization.options).accounting
    spending = AugmentSpending(core.people, facts, accounting)
    return Augment(
        facts=facts,
        restatement=core.people.key("augment restatement"),
        records=records,
        record_sums=RecordSums(core.people, records),
        days=Rollups(core.people, facts, len(COUNTERS)),
        row_ids=RowIds(core.organization, core.identities),
        accounting=accounting,
        spending=spending,
        spent=spending.rolled_up(),
    )


def _source(augment: Augment, variant: Hashable) -> Source:
    return augment.restated_facts(variant) if isinstance(variant, Publication) else augment.facts


@cache
def _events(wanted: DimensionEvents) -> Mapping[Dimension, Events]:
    """What counts in each dimension. Which lines of agents were kept is unknown: under BROAD all, under STRICT none."""
    broad = wanted is DimensionEvents.BROAD
    kinds = ("remote", "ide", "cli_interactive", *(("cli_non_interactive",) if broad else ()))
    messages, written = tuple(f"{kind}_messages" for kind in kinds), tuple(f"{kind}_lines" for kind in kinds)
    kept = written if broad else ()
    assistance = ("completions_count" if broad else "completions_accepted", "chat_messages")
    lines = "completions_lines"
    coding = ("completions_accepted", *(messages if broad else ()))
    return {
        Dimension.ASSISTANCE: Events(assistance, assistance, (lines,), (lines,)),
        Dimension.CODING: Events((lines, *kept), coding, (lines, *written), (lines, *kept)),
        Dimension.AGENTS: Events(messages, messages, written, kept),
    }


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
        needs={
            "completions_lines": ("completions_accepted",),
            "completions_suggested_lines": ("completions_count",),
            **{f"{kind}_lines": (f"{kind}_messages", "tool_calls") for kind in AGENTS},
        },
    ),
    build=_build,
    metric_counters=COUNTERS,
    source=_source,
    events=_events,
    service_accounts=True,
    file=options.FILE,
)
