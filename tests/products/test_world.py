"""Tests of worlds: a world depends on its organization and its seed only."""

from dataclasses import replace

import numpy as np

from mockserver.products.jetbrains.programs import ReportingGate
from mockserver.products.world import World
from tests.products.built import augment, jetbrains, tabnine
from tests.simulation import worlds

FIRST = worlds.ordinal("2025-10-13")


def _numbers(world: World) -> list[list[int]]:
    spans = (
        augment(world).days.span(FIRST, FIRST + 6),
        tabnine(world).days.span(FIRST, FIRST + 6),
    )
    sent = jetbrains(world).ranges.reported([FIRST, FIRST + 7], ReportingGate(assistant=True))
    return [*(day.sums.tolist() for span in spans for day in span), sent.ravel().tolist()]


def test_two_worlds_of_one_organization_are_equal() -> None:
    assert _numbers(worlds.world()) == _numbers(worlds.world())
    assert worlds.world().identities.of(3) == worlds.world().identities.of(3)


def test_given_seed_replaces_that_of_the_organization() -> None:
    assert (worlds.world().seed, worlds.world(seed=99).seed, worlds.world(seed=0).seed) == (7, 99, 0)
    assert _numbers(worlds.world(seed=7)) == _numbers(worlds.world())
    assert _numbers(worlds.world(seed=99)) != _numbers(worlds.world())


def test_seed_of_the_organization_equals_a_given_seed() -> None:
    seeded = World(worlds.organization(seed=99), worlds.POOL)
    assert _numbers(seeded) == _numbers(worlds.world(seed=99))


def test_another_slug_gives_other_numbers() -> None:
    assert _numbers(worlds.world(slug="other")) != _numbers(worlds.world())


def test_order_of_queries_changes_nothing() -> None:
    early, late = worlds.world(), worlds.world()
    augment(late).days.span(FIRST + 100, FIRST + 200)
    late.people.block(0).take(np.array([1]))
    assert _numbers(early) == _numbers(late)


def test_equal_organizations_are_one_key() -> None:
    organization, copy = worlds.organization(), replace(worlds.organization())
    assert {organization: 1}[copy] == 1
    assert organization != worlds.organization(name="Another")
