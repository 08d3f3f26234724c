"""A share of some counters: the events first, then what the events made, in proportion to them.

So neither the share nor the rest has lines or tool calls without the events that made them.
"""

from typing import Final

import numpy as np

from mockserver.products.augment.facts import AGENT_MESSAGES, AGENTS, INDEX
from mockserver.simulation.hashing import I64

_CAUSES: Final = {
    INDEX["completions_lines"]: INDEX["completions_accepted"],
    **{INDEX[f"{kind}_lines"]: INDEX[f"{kind}_messages"] for kind in AGENTS},
}
"""By the counter of lines: the counter of the events that made them."""

_COUNT, _ACCEPTED = INDEX["completions_count"], INDEX["completions_accepted"]
_LINES, _SUGGESTED = INDEX["completions_lines"], INDEX["completions_suggested_lines"]


def of(counters: I64, share: I64) -> I64:
    """A share (of 256) of each column of some counters."""
    return _with_made(counters * share >> 8, counters)


def growing(counters: I64, share: I64) -> I64:
    """A share (of 256) of which no counter becomes less when the share becomes more.

    Accepted completions and others have a share each, so that the difference of the two cannot fall.
    """
    part = counters * share >> 8
    part[_COUNT] = part[_ACCEPTED] + ((counters[_COUNT] - counters[_ACCEPTED]) * share >> 8)
    return _with_made(part, counters)


def in_proportion(number: I64, part: I64, whole: I64) -> I64:
    """The share of a number that belongs to a part of a whole: nothing without a part, all of it with the whole."""
    return number * part // np.maximum(whole, 1)


def _with_made(part: I64, counters: I64) -> I64:
    """A part of some counters whose events are right, with what these events made."""
    for lines, events in _CAUSES.items():
        part[lines] = in_proportion(counters[lines], part[events], counters[events])
    rejected = [each[_COUNT] - each[_ACCEPTED] for each in (part, counters)]
    part[_SUGGESTED] = part[_LINES] + in_proportion(counters[_SUGGESTED] - counters[_LINES], *rejected)
    messages = [each[AGENT_MESSAGES].sum(axis=0) for each in (part, counters)]
    part[INDEX["tool_calls"]] = in_proportion(counters[INDEX["tool_calls"]], *messages)
    return part
