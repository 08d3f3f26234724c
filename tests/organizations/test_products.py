"""Promises about how facts are written in a file: every product's counters are those of its simulation."""

import pytest

from mockserver.organizations.products import FACT_SPECS, FactSpec
from mockserver.simulation import augment, jetbrains, tabnine
from mockserver.simulation.organization import Product

COUNTERS = {
    Product.AUGMENT: augment.COUNTERS,
    Product.TABNINE: tabnine.COUNTERS,
    Product.JETBRAINS: jetbrains.COUNTERS,
}


def test_the_counters_of_a_product_are_all_there_and_no_others() -> None:
    assert {product: grain.counters for product, grain in FACT_SPECS.items()} == COUNTERS


@pytest.mark.parametrize("grain", FACT_SPECS.values(), ids=FACT_SPECS)
def test_rules_speak_of_counters_that_there_are(grain: FactSpec) -> None:
    spoken = {name for pair in (*grain.at_most, *grain.left_out.items()) for name in pair}
    assert spoken <= set(grain.counters)
    assert not set(grain.labels) & set(grain.counters)


def test_every_product_takes_facts() -> None:
    assert set(FACT_SPECS) == set(Product)


@pytest.mark.parametrize("tool", jetbrains.TOOLS)
def test_what_a_jetbrains_tool_suggested_is_at_least_what_was_accepted(tool: str) -> None:
    grain = FACT_SPECS[Product.JETBRAINS]
    for less, more in (
        (f"{tool}_acceptances", f"{tool}_suggestions"),
        (f"{tool}_accepted_lines", f"{tool}_suggested_lines"),
    ):
        assert (less, more) in grain.at_most
        assert grain.filled({less: 5})[more] == 5
        assert grain.filled({less: 5, more: 9})[more] == 9


@pytest.mark.parametrize("grain", FACT_SPECS.values(), ids=FACT_SPECS)
def test_an_empty_row_is_noughts(grain: FactSpec) -> None:
    assert grain.filled({}) == dict.fromkeys(grain.counters, 0)


def test_what_a_row_states_is_kept_and_what_is_left_out_is_filled_in() -> None:
    grain = FactSpec(("where",), ("one", "two", "three"), left_out={"three": "two"})
    assert grain.filled({"where": "here", "two": 5}) == {"one": 0, "two": 5, "three": 5}
    assert grain.filled({"where": "here", "two": 5, "three": 0}) == {"one": 0, "two": 5, "three": 0}
