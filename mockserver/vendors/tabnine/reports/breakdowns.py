"""Breakdowns of usage by model and agent type: tokens, costs, messages and distinct users."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import uuid5

from mockserver.products.tabnine.breakdown import AGENT, AGENT_LABELS, AGENT_MODELS, CHAT_MODELS, COLUMNS, TYPES
from mockserver.products.tabnine.models import AGENT_TYPES, MODELS
from mockserver.products.tabnine.ranges import UsageTotals
from mockserver.products.world import World
from mockserver.vendors.tabnine.reports.usage import Bucket

_WIDTH, _MODELS = len(COLUMNS), len(MODELS)

Columns = dict[str, list[Any]]
"""Rows by columns, one entry for each row; a column of breakdowns has the columns of each."""


class Sums(NamedTuple):
    """The sums of some facts; the cost is in 1/10000 dollars."""

    interactions: int
    lines_added: int
    lines_added_accepted: int
    lines_removed: int
    lines_removed_accepted: int
    input_tokens: int
    output_tokens: int
    cost: int
    user_messages: int

    @property
    def tokens(self) -> int:
        """All tokens."""
        return self.input_tokens + self.output_tokens


@dataclass(frozen=True, slots=True)
class BreakdownForm:
    """How breakdowns are written: the names of models and agent types, the order of rows, and how exact costs are.

    `by_name` puts rows in the order of names instead of the most tokens first. `with_chat` adds the tokens of chat.
    """

    models: Sequence[str]
    types: Sequence[str] = AGENT_TYPES
    by_name: bool = False
    decimals: int = 4
    with_chat: bool = False

    @property
    def key(self) -> Hashable:
        """What distinguishes forms in one world."""
        return tuple(self.models), tuple(self.types), self.by_name, self.decimals, self.with_chat

    def counts(self, total: UsageTotals) -> bool:
        """Whether a total has anything to show."""
        return bool(total.users[AGENT]) or any(sums.tokens for _, sums, _ in _models(total, self))

    def ordered(self, rows: Sequence[tuple[str, Sums, Any]]) -> list[tuple[str, Sums, Any]]:
        """The rows with an interaction, each a name, its sums and anything else, in order."""
        kept = [row for row in rows if row[1].interactions]
        return sorted(kept, key=lambda row: (0 if self.by_name else -row[1].tokens, row[0]))

    def dollars(self, cost: int) -> float:
        """A cost in dollars, rounded half up; whole dollars are a whole number."""
        unit = 100 if self.decimals == 2 else 1
        rounded = (cost + unit // 2) // unit * unit
        return rounded / 10_000 if rounded % 10_000 else rounded // 10_000


def model_ids(world: World) -> list[str]:
    """The ids of the models in an organization."""
    return [str(uuid5(world.identities.organization_id, model.name)) for model in MODELS]


def agent_usage(chosen: Sequence[Bucket], totals: Sequence[UsageTotals], form: BreakdownForm) -> Columns:
    """Agent usage in buckets."""
    by_model = [_models(total, form) for total in totals]
    sums = [_sum([each for _, each, _ in rows]) for rows in by_model]
    return {
        "start": [start for (_, start), _ in chosen],
        "end": [end for _, (_, end) in chosen],
        "users": [total.users[AGENT] for total in totals],
        **_spent(sums, form),
        "models": [_model_columns(form.ordered(rows), form) for rows in by_model],
        "types": [_type_columns(total, form) for total in totals],
    }


def section_models(
    totals: Sequence[UsageTotals], form: BreakdownForm, *, chat: bool, messages: Callable[[Sums], int]
) -> list[Columns]:
    """The models of the chat or the agent, for each of some totals."""
    mark, find = (CHAT_MODELS, _chat_model) if chat else (AGENT_MODELS, _agent_model)
    found = []
    for total in totals:
        rows = [(name, find(total, index), total.users[mark + index]) for index, name in enumerate(form.models)]
        kept = form.ordered(rows)
        columns: Columns = {
            "model": [name for name, _, _ in kept],
            "messages": [messages(sums) for _, sums, _ in kept],
            "users": [users for _, _, users in kept],
            "input_tokens": [sums.input_tokens for _, sums, _ in kept],
            "output_tokens": [sums.output_tokens for _, sums, _ in kept],
        }
        found.append(columns)
    return found


def agent_sums(total: UsageTotals) -> Sums:
    """What the agent did."""
    return _sum([_label(total, label) for label in range(AGENT_LABELS)])


def _label(total: UsageTotals, label: int) -> Sums:
    return Sums(*total.sums[label * _WIDTH : (label + 1) * _WIDTH])


def _sum(parts: Sequence[Sums]) -> Sums:
    return Sums(*(sum(column) for column in zip(*parts, strict=True))) if parts else Sums(*[0] * _WIDTH)


def _agent_model(total: UsageTotals, model: int) -> Sums:
    return _sum([_label(total, label) for label in range(model, AGENT_LABELS, _MODELS)])


def _chat_model(total: UsageTotals, model: int) -> Sums:
    return _label(total, AGENT_LABELS + model)


def _models(total: UsageTotals, form: BreakdownForm) -> list[tuple[str, Sums, None]]:
    """Each model with its sums: the agent's, and with those of chat if the form says so."""
    rows = []
    for index, name in enumerate(form.models):
        parts = [_agent_model(total, index), *([_chat_model(total, index)] if form.with_chat else [])]
        rows.append((name, _sum(parts), None))
    return rows


def _spent(sums: Sequence[Sums], form: BreakdownForm) -> Columns:
    return {
        "tokens": [each.tokens for each in sums],
        "input_tokens": [each.input_tokens for each in sums],
        "output_tokens": [each.output_tokens for each in sums],
        "cost": [form.dollars(each.cost) for each in sums],
    }


def _model_columns(rows: Sequence[tuple[str, Sums, Any]], form: BreakdownForm) -> Columns:
    return {"model": [name for name, _, _ in rows], **_spent([sums for _, sums, _ in rows], form)}


def _type_columns(total: UsageTotals, form: BreakdownForm) -> Columns:
    rows = []
    for index, name in enumerate(form.types):
        labels = range(index * _MODELS, (index + 1) * _MODELS)
        models = [(model, _label(total, label), None) for model, label in zip(form.models, labels, strict=True)]
        rows.append((name, _sum([sums for _, sums, _ in models]), (total.users[TYPES + index], models)))
    kept = form.ordered(rows)
    sums = [each for _, each, _ in kept]
    return {
        "agent_type": [name for name, _, _ in kept],
        "users": [users for _, _, (users, _) in kept],
        **{name: [getattr(each, name) for each in sums] for name in Sums._fields[:5]},
        **_spent(sums, form),
        "user_messages": [each.user_messages for each in sums],
        "models": [_model_columns(form.ordered(models), form) for _, _, (_, models) in kept],
    }
