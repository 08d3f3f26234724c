"""What each person did with the agent and in chat, by agent type and by model, with the tokens that it took.

A person's agent facts of a day belong to one agent type and one model, and the chat facts to one model, so that every
breakdown is a sum over people and days.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np

from mockserver.products.tabnine.facts import INDEX, NAME, TabnineFacts, TimedCells
from mockserver.products.tabnine.models import AGENT_TYPES, CLI_PERCENT, MODELS
from mockserver.simulation import hashing
from mockserver.simulation.calendar import Days
from mockserver.simulation.facts import Facts, sums_by_position
from mockserver.simulation.hashing import I64
from mockserver.simulation.people import Block, People
from mockserver.simulation.presence import Mask
from mockserver.simulation.scripts import Scripts

TOKEN_COUNTERS: Final = (
    "agent_input_tokens",
    "agent_output_tokens",
    "agent_cost",
    "agent_user_messages",
    "chat_input_tokens",
    "chat_output_tokens",
)
"""Counters that an organization file may state besides those of `facts`; the cost is in 1/10000 dollars."""

_LINES: Final = (
    "agent_lines_added",
    "agent_lines_added_accepted",
    "agent_lines_removed",
    "agent_lines_removed_accepted",
)
COLUMNS: Final = ("interactions", *_LINES, "input_tokens", "output_tokens", "cost", "user_messages")
"""Names of the counters of one label, in the order of axis 0 wherever they are an array."""

_MODELS, _TYPES = len(MODELS), len(AGENT_TYPES)
AGENT_LABELS: Final = _TYPES * _MODELS
LABELS: Final = AGENT_LABELS + _MODELS
"""A label is an agent type with a model, or one of the models of chat after these."""

AGENT, TYPES, AGENT_MODELS, CHAT_MODELS = 0, 1, 1 + _TYPES, 1 + _TYPES + _MODELS
MARKS: Final[tuple[tuple[int, ...], ...]] = (
    tuple(range(AGENT_LABELS)),
    *(tuple(range(kind * _MODELS, (kind + 1) * _MODELS)) for kind in range(_TYPES)),
    *(tuple(range(model, AGENT_LABELS, _MODELS)) for model in range(_MODELS)),
    *((AGENT_LABELS + model,) for model in range(_MODELS)),
)
"""The labels of which each is counted by distinct people: the agent, each of its types and models, models of chat."""

_IN_MARK = np.array([[label in mark for label in range(LABELS)] for mark in MARKS])
_WEIGHTS = np.array([model.percent for model in MODELS], dtype=np.int64)
_PRICES = np.array([(model.input_price, model.output_price) for model in MODELS], dtype=np.int64)

_AGENT_TOKENS, _CHAT_TOKENS = 800, 400
"""About how many tokens an interaction takes."""


@dataclass(frozen=True)
class LabelledFacts(Facts):
    """Facts whose cells have labels; a cell of a member and a day is there once for each of its labels."""

    labels: I64

    @cached_property
    def by_day(self) -> I64:
        """The sums over the members: a row for each counter of each label, one column per day."""
        days, kinds = self.active.shape[1], len(self.counters)
        keys = self.columns * LABELS + self.labels
        order = np.argsort(keys.astype(np.int32), kind="stable")
        sums = sums_by_position(self.counters.take(order, axis=1), keys[order], days * LABELS)
        by_label: I64 = sums.reshape(kinds, days, LABELS).transpose(2, 0, 1).reshape(LABELS * kinds, days)
        return by_label

    def counted(self, counters: "tuple[int, ...] | list[int]") -> Mask:  # type: ignore[override]
        """A mask of members by days: where there is a cell with any of some labels."""
        mask = np.zeros_like(self.active)
        chosen = np.isin(self.labels, counters)
        mask[self.rows[chosen], self.columns[chosen]] = True
        return mask


class BreakdownFacts:
    """The agent's and the chat's counters by label: a pure function of a block of members and a run of days."""

    width = len(COLUMNS)
    labels = LABELS
    marks = len(MARKS)

    def __init__(self, people: People, facts: TabnineFacts, scripts: Scripts) -> None:
        self._facts = facts
        self._scripts = scripts
        self._choices = people.key("tabnine breakdown")
        self._tokens = people.key("tabnine tokens")

    def did(self, counters: I64, labels: I64) -> Mask:  # noqa: ARG002 (every cell has an interaction)
        """By mark, the cells that count."""
        mask: Mask = _IN_MARK[:, labels]
        return mask

    def cells(self, block: Block, span: Days) -> TimedCells:
        """Every cell with its time."""
        facts = self.facts(block, span)
        return TimedCells(facts.rows, self._facts.times(block, span, facts), facts.labels, facts.counters)

    def facts(self, block: Block, span: Days) -> LabelledFacts:
        """Who used the agent or the chat, and every counter by label."""
        whole = self._facts.facts(block, span)
        days = span.ordinals[whole.columns]
        choices = hashing.mix(hashing.mix(self._choices, block.index)[whole.rows], days)
        tokens = hashing.mix(hashing.mix(self._tokens, block.index)[whole.rows], days)
        agents = np.flatnonzero(whole.counters[INDEX["agent_interactions"]])
        chats = np.flatnonzero(whole.counters[INDEX["chat_interactions"]])
        scripted = self._scripted(block, span, whole)
        agent_labels, agent = _agent(whole.counters[:, agents], choices[agents], tokens[agents], scripted[:4, agents])
        chat_labels, chat = _chat(whole.counters[:, chats], choices[chats], tokens[chats], scripted[4:, chats])
        cells = np.concatenate([agents, chats])
        return LabelledFacts(
            whole.active,
            whole.rows[cells],
            whole.columns[cells],
            np.concatenate([agent, chat], axis=1),
            np.concatenate([agent_labels, chat_labels]),
        )

    def _scripted(self, block: Block, span: Days, whole: Facts) -> I64:
        """The counters that the organization file states, by cell; 0 where it states none."""
        scripted = np.zeros((len(TOKEN_COUNTERS), len(whole.rows)), dtype=np.int64)
        for script in self._scripts.within(NAME, block, span):
            cell = (whole.rows == script.row) & (whole.columns == script.column)
            scripted[:, cell] = script.total(TOKEN_COUNTERS)[:, None]
        return scripted


def _agent(facts: I64, choices: hashing.U64, tokens: hashing.U64, scripted: I64) -> tuple[I64, I64]:
    """The labels and the counters of the cells in which the agent was used."""
    kind = hashing.percent(hashing.field(choices, 0), CLI_PERCENT).astype(np.int64)
    model = hashing.weighted(hashing.field(choices, 1), _WEIGHTS)
    interactions = facts[INDEX["agent_interactions"]]
    read, written = _spent(interactions, tokens, 0, _AGENT_TOKENS, scripted[:2])
    price = _PRICES[model]
    cost = np.where(scripted[2] > 0, scripted[2], (read * price[:, 0] + written * price[:, 1]) // 100)
    messages = 1 + ((interactions - 1) * hashing.field(choices, 6, 8) >> 8)
    messages = np.where(scripted[3] > 0, scripted[3], messages)
    lines = facts[[INDEX[name] for name in _LINES]]
    counters = np.concatenate([interactions[None], lines, np.stack([read, written, cost, messages])])
    return kind * _MODELS + model, counters


def _chat(facts: I64, choices: hashing.U64, tokens: hashing.U64, scripted: I64) -> tuple[I64, I64]:
    """The labels and the counters of the cells in which somebody used the chat."""
    model = hashing.weighted(hashing.field(choices, 2), _WEIGHTS)
    interactions = facts[INDEX["chat_interactions"]]
    counters: I64 = np.zeros((len(COLUMNS), len(interactions)), dtype=np.int64)
    counters[0] = counters[COLUMNS.index("user_messages")] = interactions
    read, written = _spent(interactions, tokens, 4, _CHAT_TOKENS, scripted)
    counters[COLUMNS.index("input_tokens")], counters[COLUMNS.index("output_tokens")] = read, written
    return AGENT_LABELS + model, counters


def _spent(interactions: I64, bits: hashing.U64, at: int, tokens: int, scripted: I64) -> tuple[I64, I64]:
    """Tokens of input and output, about four to one; what the file states comes first."""
    total = interactions * (tokens * (128 + hashing.field(bits, at, 8)) >> 8)
    written = total * (32 + hashing.field(bits, at + 1, 8) * 38 // 255) >> 8
    generated = total - written, written
    read, written = (np.where(each > 0, each, drawn) for each, drawn in zip(scripted, generated, strict=True))
    return read, written
