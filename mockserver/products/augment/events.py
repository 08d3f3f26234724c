"""Which of Augment's counters are AI interactions, actions and lines in the metrics."""

from collections.abc import Mapping
from functools import cache

from mockserver.products.metric_events import Dimension, DimensionEvents, Events


@cache
def events(wanted: DimensionEvents) -> Mapping[Dimension, Events]:
    """By dimension. Which lines of agents were kept is unknown: all of them count under BROAD, none under STRICT."""
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
