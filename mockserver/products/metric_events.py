"""The vocabulary of the cross-vendor metrics, and which counters of a product count in each dimension.

A product declares its own counters (`ProductModel.events`); who did any of it, and when, is computed by `metrics`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


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
    """What an interaction is: anything shown or requested (BROAD), or only what was accepted or requested by hand."""

    BROAD = "broad"
    STRICT = "strict"


@dataclass(frozen=True, slots=True)
class Events:
    """Counters by name. One of `active` above zero makes a person AI-active; the others are what is added up.

    `exclusive` are those of `actions` that no other dimension has.
    """

    active: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    accepted: tuple[str, ...] = ()
    exclusive: tuple[str, ...] = ()

    def of(self, metric: Metric) -> tuple[str, ...]:
        """The counters that a metric adds up."""
        counters: tuple[str, ...] = getattr(self, metric.name.lower())
        return counters


def in_dimension(declared: Mapping[Dimension, Events], dimension: Dimension) -> Events:
    """What counts in a dimension of a product's declaration.

    ALL counts each interaction once, and every person who counts in any dimension.
    """
    if dimension is not Dimension.ALL:
        return declared.get(dimension, Events())
    parts = [declared.get(part, Events()) for part in PARTS]
    # The actions of review and coding repeat those of assistance and agents, except for the exclusive ones.
    assistance, agents = (declared.get(part, Events()) for part in (Dimension.ASSISTANCE, Dimension.AGENTS))
    return Events(
        active=tuple(dict.fromkeys(name for part in parts for name in part.active)),
        actions=assistance.actions + agents.actions + tuple(name for part in parts for name in part.exclusive),
        added=assistance.added + agents.added,
        accepted=assistance.accepted + agents.accepted,
    )
