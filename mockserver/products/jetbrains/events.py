"""Which of the counters of JetBrains AI are AI interactions, actions and lines in the metrics."""

from collections.abc import Mapping
from functools import cache

from mockserver.products.jetbrains.facts import TOOLS
from mockserver.products.jetbrains.options import Tool
from mockserver.products.metric_events import Dimension, DimensionEvents, Events

_ACTIVITY = ("suggestions", "acceptances", "invocations")


@cache
def events(wanted: DimensionEvents) -> Mapping[Dimension, Events]:
    """By dimension. For a tool that only shows something, accepting it is the interaction under STRICT."""
    broad = wanted is DimensionEvents.BROAD
    showing, chat, agents = (Tool.COMPLETION, Tool.EDITS), Tool.CHAT, (Tool.JUNIE, Tool.CLAUDE)
    shown = tuple(f"{tool}_{'invocations' if broad else 'acceptances'}" for tool in showing)
    assisted, worked = (*shown, f"{chat}_invocations"), tuple(f"{tool}_invocations" for tool in agents)
    accepted = tuple(f"{tool}_acceptances" for tool in TOOLS)
    reviewed, lines = (f"{chat}_acceptances",), tuple(f"{tool}_accepted_lines" for tool in (*showing, chat))
    written, kept = (tuple(f"{tool}_{what}_lines" for tool in agents) for what in ("suggested", "accepted"))
    return {
        Dimension.ASSISTANCE: Events(_any_of((*showing, chat)) if broad else assisted, assisted, lines, lines),
        Dimension.CODING: Events(accepted, accepted, (*lines, *written), (*lines, *kept)),
        Dimension.REVIEW: Events(reviewed, reviewed, (lines[-1],), (lines[-1],)) if broad else Events(),
        Dimension.AGENTS: Events(_any_of(agents) if broad else worked, worked, written, kept),
    }


def _any_of(tools: tuple[Tool, ...]) -> tuple[str, ...]:
    return tuple(f"{tool}_{measure}" for tool in tools for measure in _ACTIVITY)
