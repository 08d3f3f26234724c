"""Nothing comes from nothing: what events make is there only where an event is, in any row, of any organization."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockserver.organizations import files
from mockserver.products import discover
from mockserver.products.augment.facts import COUNTERS, INDEX
from mockserver.products.augment.options import Environment
from mockserver.products.model import FactSpec
from mockserver.products.world import World
from mockserver.simulation.calendar import Days, days
from mockserver.simulation.facts import Source
from mockserver.simulation.hashing import I64
from mockserver.simulation.organization import Levels
from mockserver.simulation.people import Block
from tests.products.built import augment, jetbrains, tabnine
from tests.simulation import worlds

SPECS = {product.name: product.facts for product in discover()}


@dataclass(frozen=True)
class Rows:
    """Rows of a product, one column each; `counters` are the first ones of the product's FactSpec, in its order."""

    product: str
    counters: I64


def _days(world: World, block: Block, span: Days) -> Iterator[Rows]:
    """What each member did on each day, in every product."""
    sources: dict[str, Source] = {
        "augment": augment(world).facts,
        "jetbrains": jetbrains(world).facts,
        "tabnine": tabnine(world).facts,
    }
    for product, source in sources.items():
        yield Rows(product, source.facts(block, span).counters)


def _records(world: World, block: Block, span: Days) -> Iterator[Rows]:
    """The same by language and editor."""
    for day in span.ordinals.tolist():
        found = augment(world).records.of(block, days(world.organization, day, day))
        yield Rows("augment", np.array([each.counters for each in found], dtype=np.int64).reshape(-1, len(COUNTERS)).T)


def without_event(spec: FactSpec, counters: I64) -> list[str]:
    """The counters that are above 0 in a row without any of their events."""
    index = {name: position for position, name in enumerate(spec.counters[: len(counters)])}
    return [
        made
        for made, events in spec.needs.items()
        if made in index
        and ((counters[index[made]] > 0) & (counters[[index[each] for each in events]] == 0).all(axis=0)).any()
    ]


def above_whole(spec: FactSpec, counters: I64) -> list[str]:
    """The counters that are above their whole in a row."""
    index = {name: position for position, name in enumerate(spec.counters[: len(counters)])}
    return [
        part for part, whole in spec.at_most if part in index and (counters[index[part]] > counters[index[whole]]).any()
    ]


def _check(rows: Iterator[Rows]) -> int:
    """Check some rows, and return how many there are."""
    count = 0
    for each in rows:
        spec = SPECS[each.product]
        assert (each.counters >= 0).all()
        assert (without_event(spec, each.counters), above_whole(spec, each.counters)) == ([], [])
        count += each.counters.shape[1]
    return count


@pytest.mark.parametrize("rows", [_days, _records])
@settings(max_examples=15, deadline=None)
@given(
    seed=st.integers(0, 2**64 - 1),
    light=st.integers(0, 100),
    day=st.dates(date(2022, 6, 1), date(2026, 12, 1)),
    languages=st.dictionaries(st.sampled_from(("Go", "Java", "SQL")), st.integers(1, 9), min_size=1),
)
def test_no_row_has_anything_without_its_event(
    rows: Callable[[World, Block, Days], Iterator[Rows]], seed: int, light: int, day: date, languages: dict[str, int]
) -> None:
    options = {"augment": Environment(languages, {"VSCode": 2, "CLI": 1})}
    world = worlds.world(seed, people=60, levels=Levels(light, (100 - light) // 2), options=options)
    span = days(world.organization, day.toordinal(), day.toordinal() + 20)
    _check(rows(world, world.people.block(0), span))


@pytest.mark.parametrize(("slug", "least"), [("acme", 2_000), ("initech", 8_000), ("documented", 400), ("empty", 0)])
def test_no_row_of_a_bundled_organization_has_anything_without_its_event(slug: str, least: int) -> None:
    world = World(files.named(slug), files.pool())
    span = worlds.days(world, "2025-09-01", "2025-10-21")
    parts = [part(world, block, span) for block in world.people.blocks() for part in (_days, _records)]
    assert sum(_check(part) for part in parts) >= least


def test_no_record_of_two_years_of_acme_is_without_an_event() -> None:
    world = World(files.named("acme"), files.pool())
    span = worlds.days(world, "2023-10-20", "2025-10-20")
    events = [INDEX[name] for name in COUNTERS if not name.endswith("_lines")]
    records = [each.counters for each in _records(world, world.people.block(0), span)]
    assert sum(each.shape[1] for each in records) > 20_000
    assert not [each for each in records if (each[events] == 0).all(axis=0).any()]


def test_violations_are_found() -> None:
    spec = FactSpec((), ("lines", "count", "calls"), needs={"lines": ("count", "calls")}, at_most=(("count", "calls"),))
    rows = {"plain": (3, 1, 1), "by calls": (3, 0, 1), "none": (0, 0, 0)}
    for row in rows.values():
        assert (without_event(spec, np.array([row]).T), above_whole(spec, np.array([row]).T)) == ([], [])
    assert without_event(spec, np.array([[1, 0, 0], [0, 1, 1]]).T) == ["lines"]
    assert above_whole(spec, np.array([[1, 2, 1]]).T) == ["count"]
