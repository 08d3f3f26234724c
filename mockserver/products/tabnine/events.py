"""Which of Tabnine's counters are AI interactions, actions and lines in the metrics."""

from collections.abc import Mapping
from functools import cache

from mockserver.products.metric_events import Dimension, DimensionEvents, Events

_CODING_ONLY = ("instruct_accepted",)


@cache
def events(wanted: DimensionEvents) -> Mapping[Dimension, Events]:
    """By dimension. What Tabnine calls completions are accepted ones."""
    used, lines = ("completions", "chat_interactions"), ("completion_lines", "chat_lines")
    agents, added, kept = ("agent_interactions",), "agent_lines_added", "agent_lines_added_accepted"
    coding = ("completions", "chat_useful", *_CODING_ONLY, *(agents if wanted is DimensionEvents.BROAD else ()))
    return {
        Dimension.ASSISTANCE: Events(used, used, lines, lines),
        Dimension.CODING: Events(
            (*lines, kept, *_CODING_ONLY), coding, (*lines, added), (*lines, kept), exclusive=_CODING_ONLY
        ),
        Dimension.REVIEW: Events(("chat_useful",), ("chat_useful",), ("chat_lines",), ("chat_lines",)),
        Dimension.AGENTS: Events(agents, agents, (added,), (kept,)),
    }
