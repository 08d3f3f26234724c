"""Tests of drafted organization files, with Faker and without it."""

import re
import sys
from types import SimpleNamespace
from typing import Any

import pytest

from mockserver import products
from mockserver.organizations import drafts, files, schemas
from mockserver.organizations.files import OrganizationError
from mockserver.products.jetbrains import options
from mockserver.products.model import ProductModel
from mockserver.simulation.names import NamePool


@pytest.fixture(params=["with Faker", "without Faker"], autouse=True)
def _extra(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "without Faker":
        monkeypatch.setitem(sys.modules, "faker", None)


def draft(people: int = 300, seed: int = 7, slug: str = "mine") -> str:
    return drafts.draft(people, seed, slug)


@pytest.mark.parametrize("people", [1, 2, 3, 300, 125_000])
@pytest.mark.parametrize("slug", ["mine", "null", "007", "a-b"])
def test_draft_loads_unchanged(people: int, slug: str) -> None:
    organization = files.parsed(draft(people, slug=slug).encode(), "f")
    assert (organization.people, organization.slug, organization.seed) == (people, slug, 7)
    assert len(organization.special) == min(people, 3)


@pytest.mark.parametrize("seed", range(40))
def test_draft_loads_for_any_seed(seed: int) -> None:
    assert files.parsed(draft(seed=seed).encode(), "f").seed == seed


def test_same_arguments_give_the_same_file_and_another_seed_gives_other_names() -> None:
    assert draft() == draft()
    here, there = (files.parsed(draft(seed=seed).encode(), "f") for seed in (7, 8))
    assert here.name != there.name
    assert {person.name for person in here.special}.isdisjoint(person.name for person in there.special)


def test_draft_explains_every_key() -> None:
    written = draft()
    words = set(re.findall(r"\w+", written))
    assert {*schemas.OrganizationFileSchema().fields, *schemas.SpecialPersonFileSchema().fields} <= words
    assert {*schemas.AdoptionSchema().fields, *options.JetBrainsPersonSchema().fields} <= words
    assert {*options.AllotmentSchema().fields, *options.RaiseSchema().fields} <= words


@pytest.mark.parametrize("product", products.discover(), ids=lambda product: product.name)
def test_draft_explains_every_counter_label_and_rule_of_a_product(
    product: ProductModel[Any],
) -> None:
    text = " ".join(draft().replace("\n#", " ").split())
    grain = product.facts
    (rows,) = re.findall(rf" {product.name}: ([^:]*?\.) (?=[a-z]+: )", text)
    assert {*grain.labels, *grain.counters} <= set(re.findall(r"\w+", rows))
    assert [pair for pair in grain.at_most if f"{pair[0]} at most {pair[1]}" not in rows] == []
    needed = [f"{made} needs {' or '.join(events)}" for made, events in grain.needs.items()]
    assert [rule for rule in needed if rule not in rows] == []
    assert [pair for pair in grain.defaults_to.items() if f"{pair[0]} defaults to {pair[1]}" not in rows] == []


def test_commented_examples_load_when_uncommented() -> None:
    written = re.sub(r"^(\w+): \[\]\n(?=#- )", r"\1:\n", draft(), flags=re.MULTILINE).replace("\n#- ", "\n- ")
    organization = files.parsed(written.encode(), "f")
    assert [len(each) for each in (organization.holidays, organization.silent, organization.exact)] == [1, 1, 1]
    examples = {product.name for product in products.discover() if product.file.draft.example_fact}
    assert {fact.product for fact in organization.facts} == examples


@pytest.mark.parametrize(
    ("people", "seed", "slug", "expected"),
    [
        (0, 7, "mine", "draft: people: found 0; a whole number from 1 to 125000"),
        (9, -1, "mine", "draft: seed: found -1; a whole number from 0 to "),
        (9, 7, "My Own", "draft: slug: found 'My Own'; 1 to 40 of a-z, 0-9 and -"),
    ],
)
def test_bad_argument_is_refused_as_in_a_file(people: int, seed: int, slug: str, expected: str) -> None:
    with pytest.raises(OrganizationError) as caught:
        draft(people, seed, slug)
    assert str(caught.value).startswith(expected)


def test_people_who_would_share_an_address_are_skipped(monkeypatch: pytest.MonkeyPatch) -> None:
    given = iter(["Ann", "Abe", "Zoë"])
    made = SimpleNamespace(
        seed_instance=lambda _: None,
        company=lambda: "A & B",
        first_name=lambda: next(given),
        last_name=lambda: "O'Neill",
    )
    monkeypatch.setitem(sys.modules, "faker", SimpleNamespace(Faker=lambda _: made))
    invented = drafts.invented_names(7, "mine", files.pool(), 2)
    assert invented == ("A & B", {"aoneill": "Ann O'Neill", "zoneill": "Zoë O'Neill"})


def test_a_pool_of_two_is_enough_for_a_company_and_a_person(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "faker", None)
    pool = NamePool((("Ann", "ann"), ("Bob", "bob")), (("Day", "day"),))
    assert drafts.invented_names(7, "mine", pool, 2)[0] == "Day & Day"
