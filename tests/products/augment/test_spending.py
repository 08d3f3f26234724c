"""What a day in Augment costs: whole numbers that follow from the facts, the same among any members and days."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.products.augment.facts import INDEX
from mockserver.products.augment.models import Accounting, Model
from mockserver.products.augment.options import Environment
from mockserver.products.augment.spending import AMOUNT, AMOUNTS, TOKENS, AugmentSpending, Moment, Spending
from mockserver.products.world import World
from mockserver.simulation.facts import Facts
from mockserver.simulation.hashing import I64
from mockserver.simulation.organization import ScriptedFact
from tests.products.built import augment
from tests.simulation import worlds

WORLD = worlds.world(people=300)
AUTUMN = ("2025-09-01", "2025-10-31")
LAST = worlds.ordinal(AUTUMN[1])
CHEAP = Model("cheap-1", "Cheap 1", 1, {"input": 0, "output": 0}, surcharge=0)
DEAR = Model("dear-9", "Dear 9", 3, {"input": 3_000_000, "output": 15_000_000, "cache_read": 300_001}, surcharge=-7)


def spent(world: World = WORLD, days: tuple[str, str] = AUTUMN, spending: AugmentSpending | None = None) -> Spending:
    """The spending of the first members of a world."""
    return (spending or augment(world).spending).of(world.people.block(0), worlds.days(world, *days))


def facts(world: World = WORLD) -> Facts:
    """The facts behind it."""
    return augment(world).facts.facts(world.people.block(0), worlds.days(world, *AUTUMN))


def amount(found: Spending, name: str) -> I64:
    """One kind of amount."""
    amounts: I64 = found.amounts[AMOUNT[name]]
    return amounts


def calls(found: Facts) -> I64:
    """Messages and tool calls by cell."""
    rows = [index for name, index in INDEX.items() if name.endswith("_messages") or name == "tool_calls"]
    counted: I64 = found.counters[rows].sum(axis=0)
    return counted


def test_exactly_those_who_send_something_spend_something() -> None:
    found, source = spent(), facts()
    spending = {*zip(found.rows.tolist(), found.columns.tolist(), strict=True)}
    sending = np.flatnonzero(calls(source))
    assert spending == {*zip(source.rows[sending].tolist(), source.columns[sending].tolist(), strict=True)}
    assert len(sending) < len(source.rows)


def test_amounts_are_whole_numbers_that_agree() -> None:
    found = spent()
    assert found.amounts.dtype == np.int64
    assert (found.amounts[: len(TOKENS)] >= 0).all()
    assert (amount(found, "billed") == amount(found, "base") + amount(found, "surcharge")).all()
    assert (amount(found, "rounded") >= amount(found, "billed")).all()
    assert (amount(found, "rounded") % 1000 == 0).all()
    assert (amount(found, "credits") * 500 >= amount(found, "billed")).all()
    assert (amount(found, "credits") > 0).all()


def test_each_member_day_and_model_is_there_once() -> None:
    found = spent()
    keys = [*zip(found.rows.tolist(), found.columns.tolist(), found.models.tolist(), strict=True)]
    assert len(set(keys)) == len(keys)
    days = [key[:2] for key in keys]
    assert len(set(days)) < len(days)


def test_heavy_days_cost_more() -> None:
    found, source = spent(), facts()
    by_cell = np.zeros(source.active.shape, dtype=np.int64)
    np.add.at(by_cell, (found.rows, found.columns), amount(found, "billed"))
    cost, sent = by_cell[source.rows, source.columns], calls(source)
    order = np.argsort(sent)
    tenth = len(order) // 10
    assert cost[order[-tenth:]].mean() > 5 * max(cost[order[:tenth]].mean(), 1)


def test_price_of_a_model_is_that_of_the_file() -> None:
    options = {"augment": Environment(accounting=Accounting(models=(CHEAP, DEAR)))}
    found = spent(worlds.world(options=options))
    cheap, dear = found.taken(found.models == 0), found.taken(found.models == 1)
    assert len(cheap.rows) > 0
    assert not amount(cheap, "base").any()
    assert not amount(cheap, "credits").any()
    assert not cheap.amounts[AMOUNT["cache_read_tokens"]].any()
    assert cheap.amounts[AMOUNT["input_tokens"]].all()
    tokens = [[int(each) for each in amount(dear, name)] for name in TOKENS]
    prices = [DEAR.prices.get(name.removesuffix("_tokens"), 0) for name in TOKENS]
    for index, base in enumerate(amount(dear, "base").tolist()):
        assert base == sum(kind[index] * price // 10**6 for kind, price in zip(tokens, prices, strict=True))
        assert amount(dear, "surcharge")[index] == base // 100 * -7 + base % 100 * -7 // 100
    assert not any(tokens[3])


def test_largest_scripted_counts_stay_exact() -> None:
    kinds = ("chat", "remote", "ide", "cli_interactive", "cli_non_interactive")
    counters = {"tool_calls": 10**9, **{f"{kind}_messages": 10**9 for kind in kinds}}
    dearest = Model(
        "dearest", "Dearest", 1, dict.fromkeys(("input", "output", "cache_read", "cache_write"), 10**9), 100
    )
    world = worlds.world(
        generated=False,
        facts=(ScriptedFact(1, "augment", date(2025, 9, 2), ("Go", "VSCode"), counters),),
        options={"augment": Environment(accounting=Accounting(models=(dearest,)))},
    )
    found = spent(world)
    tokens = [int(amount(found, name)[0]) for name in TOKENS]
    base = sum(each * 10**9 // 10**6 for each in tokens)
    assert (amount(found, "base")[0], amount(found, "billed")[0]) == (base, 2 * base)
    assert amount(found, "compute")[0] == 30_000 * 10**9


def test_rolled_up_days_are_the_sums_over_everybody() -> None:
    product, span = augment(WORLD), worlds.days(WORLD, *AUTUMN)
    found = spent()
    for column, day in enumerate(product.spent.span(span.first, span.first + len(span) - 1)):
        sums = product.spending.of_day(day)
        for model in range(len(product.spending.models)):
            of_both = (found.columns == column) & (found.models == model)
            assert sums[:, model].tolist() == found.amounts[:, of_both].sum(axis=1).tolist()
        assert day.users[0] == len({*found.rows[found.columns == column].tolist()})


@given(
    first=st.integers(0, 60), length=st.integers(1, 20), members=st.sets(st.integers(0, 301), min_size=1, max_size=5)
)
def test_any_members_and_days_alone_spend_the_same(first: int, length: int, members: set[int]) -> None:
    chosen = sorted(members)
    days = range(first, min(first + length, 61))
    begin, end = (date.fromordinal(worlds.ordinal(AUTUMN[0]) + each).isoformat() for each in (days[0], days[-1]))
    block = WORLD.people.members(np.array(chosen))
    alone = augment(WORLD).spending.of(block, worlds.days(WORLD, begin, end))
    whole = spent()
    kept = whole.taken(np.isin(whole.rows, chosen) & np.isin(whole.columns, list(days)))

    def table(found: Spending, rows: list[int], offset: int) -> dict[tuple[int, int, int], list[int]]:
        keys = zip(found.rows.tolist(), found.columns.tolist(), found.models.tolist(), strict=True)
        amounts = found.amounts.T.tolist()
        return {
            (rows[row], column + offset, model): each for (row, column, model), each in zip(keys, amounts, strict=True)
        }

    assert table(alone, chosen, first) == table(kept, list(range(302)), 0)


@pytest.mark.parametrize("hour", range(0, 25, 4))
def test_moment_cuts_off_what_comes_later(hour: int) -> None:
    product = augment(WORLD)
    until = Moment(LAST, min(hour * 3600, 86_399))
    cut = spent(spending=product.spending.known(LAST, until))
    later = spent(spending=product.spending.known(LAST, Moment(LAST, min((hour + 1) * 3600, 86_399))))
    whole, column = spent(), LAST - worlds.ordinal(AUTUMN[0])

    def before_and_on(found: Spending) -> tuple[I64, I64]:
        return found.amounts[:, found.columns < column].sum(axis=1), found.amounts[:, found.columns == column].sum(
            axis=1
        )

    assert (before_and_on(cut)[0] == before_and_on(whole)[0]).all()
    tokens = slice(0, len(TOKENS))
    parts = [before_and_on(each)[1][tokens] for each in (cut, later, whole)]
    assert (parts[0] <= parts[1]).all()
    assert (parts[1] <= parts[2]).all()
    assert not parts[0].any() or hour > 4
    assert (amount(cut, "billed") == amount(cut, "base") + amount(cut, "surcharge")).all()


def test_everything_is_known_at_the_end_of_the_day() -> None:
    product = augment(WORLD)
    cut = spent(spending=product.spending.known(LAST, Moment(LAST, 86_399)))
    assert (cut.amounts == spent().amounts).all()
    assert product.spending.known(LAST - 1, Moment(LAST, 0)) is product.spending
    assert product.spending.known(LAST, None) is product.spending


def test_days_after_the_moment_are_left_out() -> None:
    cut = spent(spending=augment(WORLD).spending.known(LAST, Moment(LAST - 10, 86_399)))
    assert int(cut.columns.max()) <= LAST - 10 - worlds.ordinal(AUTUMN[0])


def test_nobody_spends_anything_where_nobody_is() -> None:
    found = spent(worlds.world(generated=False))
    assert found.amounts.shape == (len(AMOUNTS), 0)
    assert not augment(worlds.world(generated=False)).spent.span(LAST, LAST)[0].sums.any()
