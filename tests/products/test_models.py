"""Tests of what products declare: their names, facts and parts of organization files agree with each other."""

from dataclasses import replace
from typing import Any

import pytest

from mockserver import products
from mockserver.products import jetbrains, tabnine
from mockserver.products.jetbrains.facts import TOOLS
from mockserver.products.model import FactSpec, ProductModel
from tests.simulation import worlds

PRODUCTS = products.discover()
every_product = pytest.mark.parametrize("product", PRODUCTS, ids=lambda product: product.name)


def test_products_are_discovered_by_name() -> None:
    names = [product.name for product in PRODUCTS]
    assert names == sorted(names)
    assert {"augment", "jetbrains", "tabnine"} <= set(names)


@every_product
def test_product_has_the_name_of_its_folder(product: ProductModel[Any]) -> None:
    assert product.build.__module__ == f"mockserver.products.{product.name}"


@pytest.mark.parametrize("attribute", ["licence_start", "use_start"])
def test_unknown_product_of_a_block_is_an_error(attribute: str) -> None:
    with pytest.raises(LookupError, match="there is no product 'nothing'; there are: "):
        getattr(worlds.world().people.block(0), attribute)("nothing")


def test_roles_name_every_rank() -> None:
    assert products.role_names() == tabnine.ROLES
    with pytest.raises(ValueError, match="tabnine: roles must name 4 ranks"):
        replace(tabnine.PRODUCT, roles=("Member",))


@every_product
def test_rules_of_facts_are_about_known_counters(product: ProductModel[Any]) -> None:
    spec = product.facts
    mentioned = {name for pair in (*spec.at_most, *spec.defaults_to.items()) for name in pair}
    mentioned |= {name for made, events in spec.needs.items() for name in (made, *events)}
    assert mentioned <= set(spec.counters)
    assert not set(spec.labels) & set(spec.counters)


@pytest.mark.parametrize("tool", TOOLS)
def test_jetbrains_suggestions_default_to_acceptances(tool: str) -> None:
    spec = jetbrains.PRODUCT.facts
    for less, more in (
        (f"{tool}_acceptances", f"{tool}_suggestions"),
        (f"{tool}_accepted_lines", f"{tool}_suggested_lines"),
    ):
        assert (less, more) in spec.at_most
        assert spec.fill({less: 5})[more] == 5
        assert spec.fill({less: 5, more: 9})[more] == 9


@every_product
def test_empty_row_has_zeros(product: ProductModel[Any]) -> None:
    assert product.facts.fill({}) == dict.fromkeys(product.facts.counters, 0)


def test_missing_counters_take_their_default() -> None:
    spec = FactSpec(("where",), ("one", "two", "three"), defaults_to={"three": "two"})
    assert spec.fill({"where": "here", "two": 5}) == {"one": 0, "two": 5, "three": 5}
    assert spec.fill({"where": "here", "two": 5, "three": 0}) == {"one": 0, "two": 5, "three": 0}
