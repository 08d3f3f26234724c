"""Tests of worlds: a world depends on its organization and its seed only."""

from dataclasses import replace
from threading import Thread, current_thread

import numpy as np
import pytest

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


class _Part:
    """A part of a world."""

    def __init__(self, _: World) -> None:
        """It needs nothing of it."""


def test_part_is_built_once_even_for_threads_that_need_it_at_the_same_time() -> None:
    world, built = worlds.world(), []

    def part(_: World) -> object:
        built.append(current_thread().name)
        second.start()  # It waits, or comes later, and gets the same part in either case.
        return object()

    found: list[object] = []
    second = Thread(target=lambda: found.append(world.of(part)))
    found.append(world.of(part))
    second.join()
    assert built == [current_thread().name]
    assert found[0] is found[1] is world.of(part)


def test_part_that_another_thread_has_built_meanwhile_is_not_built_again(monkeypatch: pytest.MonkeyPatch) -> None:
    class Late(dict[object, object]):
        """What it holds is only seen under the lock."""

        def get(self, *_: object) -> None:
            return None

    world = worlds.world()
    monkeypatch.setattr(world, "_parts", Late())
    first = world.of(_Part)
    assert world.of(_Part) is first
