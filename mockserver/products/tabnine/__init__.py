"""Tabnine: counters per person and day, at a second of the day, and accounts with roles and teams."""

from collections.abc import Collection, Hashable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np

from mockserver.products.metric_events import Dimension, DimensionEvents, Events
from mockserver.products.model import FactSpec, ProductModel
from mockserver.products.tabnine import options
from mockserver.products.tabnine.breakdown import COLUMNS, LABELS, MARKS, TOKEN_COUNTERS, BreakdownFacts
from mockserver.products.tabnine.facts import COUNTERS, LATEST, NAME, SECTIONS, TabnineFacts
from mockserver.products.tabnine.options import FILE
from mockserver.products.tabnine.ranges import TabnineRanges
from mockserver.products.tabnine.words import TabnineWords
from mockserver.simulation.accounts import Accounts
from mockserver.simulation.calendar import Days
from mockserver.simulation.core import Core
from mockserver.simulation.facts import Facts, Source
from mockserver.simulation.people import Block
from mockserver.simulation.presence import Mask
from mockserver.simulation.rollups import Rollups

ROLES: Final = ("Member", "TeamLead", "Manager", "Admin")
"""The names of the ranks of a person's role."""


@dataclass(frozen=True, slots=True)
class Tabnine:
    """Tabnine in one world: the counters of each day, sums over everybody, ranges of seconds, and accounts.

    `breakdowns` are ranges of what was done with the agent and in chat, by agent type and model, and `words` the
    editors and languages.
    """

    facts: TabnineFacts
    days: Rollups
    ranges: TabnineRanges
    breakdowns: TabnineRanges
    words: TabnineWords
    accounts: Accounts


@dataclass(frozen=True, slots=True)
class _UntilSecond:
    """What was done before a second of each day."""

    tabnine: TabnineFacts
    second: int

    def facts(self, block: Block, span: Days) -> Facts:
        """Who was active by then, and every counter."""
        return self.tabnine.facts(block, span).only(self.tabnine.seconds(block, span) < self.second)


def until(second: int) -> int | None:
    """The variant of a day that shows what happened before a second of it; None where that is the whole day."""
    return second if second < LATEST else None


def _build(core: Core) -> Tabnine:
    facts = TabnineFacts(core.people, core.presence, core.scripts, has_agent=options.of(core.organization).agent)
    days = Rollups(core.people, facts, len(COUNTERS), [(section,) for section in SECTIONS])
    parts = BreakdownFacts(core.people, facts, core.scripts)
    parts_by_day = Rollups(core.people, parts, len(COLUMNS) * LABELS, MARKS)
    return Tabnine(
        facts,
        days,
        TabnineRanges(core.people, facts, days),
        TabnineRanges(core.people, parts, parts_by_day),
        TabnineWords(core.people, facts),
        Accounts(core.people, NAME),
    )


def _source(tabnine: Tabnine, variant: Hashable) -> Source:
    return _UntilSecond(tabnine.facts, variant) if isinstance(variant, int) else tabnine.facts


def _listed_in(tabnine: Tabnine, teams: Collection[int], second: int) -> Mask:
    table = tabnine.accounts.table
    mask: Mask = np.zeros(tabnine.accounts.members, dtype=np.bool_)
    mask[table.index[table.known(second) & np.isin(table.team, list(teams))]] = True
    return mask


@cache
def _events(wanted: DimensionEvents) -> Mapping[Dimension, Events]:
    """What counts in each dimension. What Tabnine calls completions are accepted ones."""
    used, lines, useful = ("completions", "chat_interactions"), ("completion_lines", "chat_lines"), ("chat_useful",)
    agents, added, kept = ("agent_interactions",), "agent_lines_added", "agent_lines_added_accepted"
    coding_only = ("instruct_accepted",)
    coding = ("completions", *useful, *coding_only, *(agents if wanted is DimensionEvents.BROAD else ()))
    active = (*lines, kept, *coding_only)
    return {
        Dimension.ASSISTANCE: Events(used, used, lines, lines),
        Dimension.CODING: Events(active, coding, (*lines, added), (*lines, kept), exclusive=coding_only),
        Dimension.REVIEW: Events(useful, useful, ("chat_lines",), ("chat_lines",)),
        Dimension.AGENTS: Events(agents, agents, (added,), (kept,)),
    }


PRODUCT: Final[ProductModel[Tabnine]] = ProductModel(
    name=NAME,
    facts=FactSpec(
        labels=(),
        counters=(*COUNTERS, *TOKEN_COUNTERS),
        at_most=(
            ("chat_useful", "chat_interactions"),
            ("agent_lines_added_accepted", "agent_lines_added"),
            ("agent_lines_removed_accepted", "agent_lines_removed"),
            ("agent_user_messages", "agent_interactions"),
        ),
        needs={
            **dict.fromkeys(("completion_chars", "keystrokes", "completion_lines"), ("completions",)),
            **dict.fromkeys(("chat_lines", "chat_chars"), ("chat_interactions",)),
            **dict.fromkeys(("agent_lines_added", "agent_lines_removed"), ("agent_interactions",)),
            **{name: (f"{name.partition('_')[0]}_interactions",) for name in TOKEN_COUNTERS},
        },
    ),
    build=_build,
    metric_counters=COUNTERS,
    source=_source,
    events=_events,
    roles=ROLES,
    listed_in=_listed_in,
    file=FILE,
)
