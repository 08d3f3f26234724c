"""What a member's day in Augment costs: tokens, money and credits of each model, in whole numbers.

Amounts follow from the day's messages and tool calls, so whoever sends nothing costs nothing. They arise during the
day; `Moment` cuts them off.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final, NamedTuple

import numpy as np

from mockserver.products.augment.facts import INDEX
from mockserver.products.augment.models import TOKEN_KINDS, Accounting, Model
from mockserver.simulation import hashing
from mockserver.simulation.calendar import Days
from mockserver.simulation.facts import Facts, Source
from mockserver.simulation.hashing import I64, U64
from mockserver.simulation.people import Block, People
from mockserver.simulation.rollups import RolledUpDay, Rollups

TOKENS: Final = tuple(f"{kind}_tokens" for kind in TOKEN_KINDS)
AMOUNTS: Final = (
    *TOKENS,
    "base",
    "surcharge",
    "billed",
    "rounded",
    "credits",
    "compute",
)
"""The amounts, in the order of axis 0: tokens, money in micro-dollars, credits, and what machines cost.

`billed` is base and surcharge; `rounded` is the same, rounded up to a tenth of a cent for each member, day and model.
`compute` is of no model: it is the price of the machines of remote agents, and stands with the day's first model.
"""

AMOUNT: Final = {name: index for index, name in enumerate(AMOUNTS)}

COMPUTE_PRICE: Final = 30_000
"""What the machine costs on which a message to a remote agent is worked on, in micro-dollars."""

CREDIT_PRICE: Final = 500
_ROUNDING: Final = 1000
_MILLION: Final = 1_000_000
_BUDGET: Final = 8 * 1024 * 1024
"""The most bytes of rolled-up days: two years of an organization of 100,000."""
_HOUR: Final = 3600

_MESSAGES = [index for name, index in INDEX.items() if name.endswith("_messages")]
_TOKENS_PER_CALL = {"input": (500, 6), "output": (120, 2), "cache_read": (6000, 90), "cache_write": (700, 9)}
"""The least tokens of a call, and what a draw of 8 bits adds."""
_ONE_MODEL_DAYS = 40_000
"""The 16-bit chance of a day with the member's first model only."""


class Moment(NamedTuple):
    """A second of a day (an ordinal); what is consumed later is left out."""

    day: int
    second: int


@dataclass(frozen=True)
class Spending:
    """Amounts of members, days and models: the position of each in its block, its span and the models, row by row."""

    rows: I64
    columns: I64
    models: I64
    amounts: I64

    def taken(self, chosen: np.ndarray) -> "Spending":
        """The chosen parts, by a mask or by positions."""
        return Spending(self.rows[chosen], self.columns[chosen], self.models[chosen], self.amounts[:, chosen])


@dataclass(frozen=True)
class SpendingFacts(Facts):
    """Amounts as facts to roll up: the sums of a day have an entry for each amount and model."""

    models: I64
    days: int
    size: int

    @cached_property
    def by_day(self) -> I64:
        keys, sums = summed(self.columns * self.size + self.models, self.counters)
        totals = np.zeros((len(AMOUNTS), self.days * self.size), dtype=np.int64)
        totals[:, keys] = sums
        return totals.reshape(len(AMOUNTS), self.days, self.size).swapaxes(1, 2).reshape(-1, self.days)


def summed(keys: I64, amounts: I64) -> tuple[I64, I64]:
    """The distinct keys, ascending, and the sums of the columns with each."""
    order = np.argsort(keys, kind="stable")
    ordered = keys[order]
    starts = np.flatnonzero(np.diff(ordered, prepend=-1))
    if not len(starts):
        return ordered, np.zeros((len(amounts), 0), dtype=np.int64)
    return ordered[starts], np.add.reduceat(amounts.take(order, axis=1), starts, axis=1)


class AugmentSpending:
    """Spending: a pure function of a block of members and a run of days, up to a moment if there is one."""

    def __init__(self, people: People, facts: Source, accounting: Accounting, until: Moment | None = None) -> None:
        self.models = accounting.models
        self._people = people
        self._facts = facts
        self._until = until
        self._accounting = accounting
        self._weights = np.array([model.weight for model in self.models], dtype=np.int64)
        self._favorite, self._today = people.key("augment favorite model"), people.key("augment models of a day")
        self._first, self._second = people.key("augment first tokens"), people.key("augment second tokens")
        self._hours = people.key("augment spending hours")

    def known(self, last: int, until: Moment | None) -> "AugmentSpending":
        """What is known by a moment of a range with this last day: the same if everything is."""
        if until is None or last < until.day:
            return self
        return AugmentSpending(self._people, self._facts, self._accounting, until)

    def rolled_up(self) -> Rollups:
        """Its days, summed over everybody; `of_day` reads the sums."""
        return Rollups(self._people, self, len(AMOUNTS) * len(self.models), budget=_BUDGET)

    def of_day(self, day: RolledUpDay) -> I64:
        """The sums of a rolled-up day: amounts by models."""
        return day.sums.reshape(len(AMOUNTS), len(self.models))

    def facts(self, block: Block, span: Days) -> SpendingFacts:
        """Everything as facts, to be rolled up."""
        found = self.of(block, span)
        active = np.zeros((len(block), len(span)), dtype=np.bool_)
        active[found.rows, found.columns] = True
        size = len(self.models)
        return SpendingFacts(active, found.rows, found.columns, found.amounts, found.models, len(span), size)

    def of(self, block: Block, span: Days) -> Spending:
        """The amounts of each member, day and model with any tokens."""
        facts = self._facts.facts(block, span)
        calls = facts.counters[_MESSAGES].sum(axis=0) * 3 + facts.counters[INDEX["tool_calls"]]
        spending = np.flatnonzero(calls)
        rows, columns, calls = facts.rows[spending], facts.columns[spending], calls[spending]
        found = self._in_two_models(block, rows, columns, span.ordinals[columns], calls)
        remote = facts.counters[INDEX["remote_messages"]][spending]
        found.amounts[AMOUNT["compute"], : len(rows)] = remote * COMPUTE_PRICE
        return found if self._until is None else self._cut(found, block, span, self._until)

    def _in_two_models(self, block: Block, rows: I64, columns: I64, days: I64, calls: I64) -> Spending:
        """A day's calls in the member's favorite model and, on some days, in another one."""
        today = hashing.mix(hashing.mix(self._today, block.index)[rows], days)
        favorite = hashing.weighted(hashing.field(hashing.mix(self._favorite, block.index), 0), self._weights)[rows]
        other = hashing.weighted(hashing.field(today, 0), self._weights)
        one = (hashing.field(today, 1) < _ONE_MODEL_DAYS) | (favorite == other)
        elsewhere = calls * np.where(one, 0, 26 + (hashing.field(today, 4, 8) >> 1)) >> 8
        second = np.flatnonzero(elsewhere)
        bits = hashing.mix(hashing.mix(self._first, block.index)[rows], days)
        more = hashing.mix(hashing.mix(self._second, block.index)[rows[second]], days[second])
        models = np.concatenate([favorite, other[second]])
        split = np.concatenate([calls - elsewhere, elsewhere[second]])
        amounts = self._amounts(models, split, np.concatenate([bits, more]))
        return Spending(
            np.concatenate([rows, rows[second]]), np.concatenate([columns, columns[second]]), models, amounts
        )

    def _amounts(self, models: I64, calls: I64, bits: U64) -> I64:
        amounts = np.zeros((len(AMOUNTS), len(calls)), dtype=np.int64)
        base = np.zeros(len(calls), dtype=np.int64)
        for index, (kind, (least, more)) in enumerate(_TOKENS_PER_CALL.items()):
            prices, known = _prices(self.models, kind)
            tokens = calls * (least + hashing.field(bits, index, 8) * more) * known[models]
            price = prices[models]
            base += tokens // _MILLION * price + tokens % _MILLION * price // _MILLION
            amounts[index] = tokens
        percent = np.array([model.surcharge for model in self.models], dtype=np.int64)[models]
        surcharge = base // 100 * percent + base % 100 * percent // 100
        billed = base + surcharge
        rounded = -(-billed // _ROUNDING) * _ROUNDING
        amounts[len(TOKENS) : AMOUNT["compute"]] = base, surcharge, billed, rounded, -(-billed // CREDIT_PRICE)
        return amounts

    def _cut(self, found: Spending, block: Block, span: Days, until: Moment) -> Spending:
        """What is consumed by a moment: on its day, each member's share between a first and a last second."""
        days = span.ordinals[found.columns]
        found = found.taken(days <= until.day)
        days = span.ordinals[found.columns]
        bits = hashing.mix(hashing.mix(self._hours, block.index)[found.rows], days)
        begins = 4 * _HOUR + (hashing.field(bits, 0) * 6 * _HOUR >> 16)
        lasts = 4 * _HOUR + (hashing.field(bits, 1) * 8 * _HOUR >> 16)
        done = np.where(days < until.day, lasts, np.clip(until.second - begins, 0, lasts))
        # Divided before it is multiplied, as far as possible, so that nothing leaves 64 bits.
        amounts = found.amounts // lasts * done + found.amounts % lasts * done // lasts
        amounts[AMOUNT["billed"]] = amounts[AMOUNT["base"]] + amounts[AMOUNT["surcharge"]]
        cut = Spending(found.rows, found.columns, found.models, amounts)
        return cut.taken(amounts.any(axis=0))


def _prices(models: tuple[Model, ...], kind: str) -> tuple[I64, I64]:
    """The prices of the models for a kind of token, and 1 where there is one, 0 where the tokens are unknown."""
    given: list[Mapping[str, int]] = [model.prices for model in models]
    prices = np.array([each.get(kind, 0) for each in given], dtype=np.int64)
    return prices, np.array([kind in each for each in given], dtype=np.int64)
