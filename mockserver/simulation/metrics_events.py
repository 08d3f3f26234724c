"""Answers which counters are AI interactions, actions and lines, in each dimension of the metrics over all products.

Who did any of it, and when, stays out (`metrics`); so do the names that vendors give to counters.
"""

from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from mockserver.simulation.jetbrains import MEASURES, TOOLS
from mockserver.simulation.organization import Product, Tool


class Metric(StrEnum):
    """What is measured: distinct people, or a sum over them."""

    ACTIVE = "ai-active-users"
    ACTIONS = "total-ai-actions"
    ADDED = "total-lines-added"
    ACCEPTED = "total-lines-accepted"


class Dimension(StrEnum):
    """Which kind of interaction counts."""

    ASSISTANCE = "coding-assistance"
    CODING = "ai-coding"
    REVIEW = "code-review"
    AGENTS = "coding-agents"
    ALL = "all"


PARTS = tuple(dimension for dimension in Dimension if dimension is not Dimension.ALL)
"""The dimensions of which ALL is made."""


class DimensionEvents(StrEnum):
    """How much it takes: anything that was shown or asked (BROAD), or only what was taken or asked by hand (STRICT)."""

    BROAD = "broad"
    STRICT = "strict"


_CODING_ALONE = ("instruct_accepted",)
"""Interactions that are part of no other dimension's."""


@dataclass(frozen=True, slots=True)
class Events:
    """Counters by name. One of `active` above zero makes a person AI-active; the others are what is added up."""

    active: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    accepted: tuple[str, ...] = ()

    def of(self, metric: Metric) -> tuple[str, ...]:
        """The counters that a metric is made of."""
        made: tuple[str, ...] = getattr(self, metric.name.lower())
        return made


@cache
def events(product: Product, dimension: Dimension, reading: DimensionEvents) -> Events:
    """What counts in a product; ALL counts each interaction once, and whoever counts in any dimension."""
    if dimension is not Dimension.ALL:
        return _READ[product](reading).get(dimension, Events())
    parts = [events(product, part, reading) for part in PARTS]
    active = tuple(dict.fromkeys(name for part in parts for name in part.active))
    # Interactions are those of assistance and agents: what review and coding count are some of the same again, but one.
    assistance, agents = (events(product, part, reading) for part in (Dimension.ASSISTANCE, Dimension.AGENTS))
    alone = tuple(name for name in _CODING_ALONE if name in active)
    return Events(
        active,
        assistance.actions + agents.actions + alone,
        assistance.added + agents.added,
        assistance.accepted + agents.accepted,
    )


def _augment(reading: DimensionEvents) -> dict[Dimension, Events]:
    """Nobody tells which lines of an agent were kept: BROAD takes all of them for accepted, STRICT none."""
    broad = reading is DimensionEvents.BROAD
    kinds = ("remote", "ide", "cli_interactive", *(("cli_non_interactive",) if broad else ()))
    asked, written = tuple(f"{kind}_messages" for kind in kinds), tuple(f"{kind}_lines" for kind in kinds)
    kept = written if broad else ()
    completions, lines = (
        ("completions_count" if broad else "completions_accepted", "chat_messages"),
        "completions_lines",
    )
    return {
        Dimension.ASSISTANCE: Events(completions, completions, (lines,), (lines,)),
        Dimension.CODING: Events(
            (lines, *kept), ("completions_accepted", *(asked if broad else ())), (lines, *written), (lines, *kept)
        ),
        Dimension.AGENTS: Events(asked, asked, written, kept),
    }


def _tabnine(reading: DimensionEvents) -> dict[Dimension, Events]:
    """What it calls completions are accepted ones."""
    used, lines = ("completions", "chat_interactions"), ("completion_lines", "chat_lines")
    asked, added, kept = ("agent_interactions",), "agent_lines_added", "agent_lines_added_accepted"
    coding = ("completions", "chat_useful", *_CODING_ALONE, *(asked if reading is DimensionEvents.BROAD else ()))
    return {
        Dimension.ASSISTANCE: Events(used, used, lines, lines),
        Dimension.CODING: Events((*lines, kept, *_CODING_ALONE), coding, (*lines, added), (*lines, kept)),
        Dimension.REVIEW: Events(("chat_useful",), ("chat_useful",), ("chat_lines",), ("chat_lines",)),
        Dimension.AGENTS: Events(asked, asked, (added,), (kept,)),
    }


def _jetbrains(reading: DimensionEvents) -> dict[Dimension, Events]:
    """Where a tool only shows something, taking it is the interaction under STRICT."""
    broad = reading is DimensionEvents.BROAD
    shows, asks, agents = (Tool.COMPLETION, Tool.EDITS), Tool.CHAT, (Tool.JUNIE, Tool.CLAUDE)
    told = MEASURES[0], MEASURES[1], MEASURES[4]
    done = tuple(f"{tool}_{'invocations' if broad else 'acceptances'}" for tool in shows)
    helped, worked = (*done, f"{asks}_invocations"), tuple(f"{tool}_invocations" for tool in agents)
    taken = tuple(f"{tool}_acceptances" for tool in TOOLS)
    used, lines = (f"{asks}_acceptances",), tuple(f"{tool}_accepted_lines" for tool in (*shows, asks))
    written, kept = (tuple(f"{tool}_{what}_lines" for tool in agents) for what in ("suggested", "accepted"))
    return {
        Dimension.ASSISTANCE: Events(_any((*shows, asks), told) if broad else helped, helped, lines, lines),
        Dimension.CODING: Events(taken, taken, (*lines, *written), (*lines, *kept)),
        Dimension.REVIEW: Events(used, used, (lines[-1],), (lines[-1],)) if broad else Events(),
        Dimension.AGENTS: Events(_any(agents, told) if broad else worked, worked, written, kept),
    }


def _any(tools: tuple[Tool, ...], measures: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f"{tool}_{measure}" for tool in tools for measure in measures)


_READ = {Product.AUGMENT: _augment, Product.TABNINE: _tabnine, Product.JETBRAINS: _jetbrains}
