"""Tests of the reports: the same rows whatever is computed together, and a page that computes little."""

from collections.abc import Callable, Iterator
from datetime import date

import pytest

from mockserver.products.augment import PRODUCT
from mockserver.simulation.calendar import Days
from mockserver.simulation.facts import Facts
from mockserver.simulation.organization import Adoption
from mockserver.simulation.people import BLOCK, Block
from mockserver.vendors.augment.reports import activity, members
from tests.simulation import worlds

STARTS = date(2025, 3, 3)
WORLD = worlds.world(people=12 * BLOCK, adoption={"augment": Adoption(starts=STARTS, ramp_days=700)})
"""A few people start in each of the first weeks."""

Report = Callable[..., Iterator[activity.MemberReport]]


@pytest.mark.parametrize("cells", [1, 50, 128 * 1024])
@pytest.mark.parametrize("size", [1, 7, 10_000])
@pytest.mark.parametrize("report", [activity.active_users, activity.user_activity, activity.records])
def test_rows_do_not_depend_on_what_is_computed_together(
    monkeypatch: pytest.MonkeyPatch, report: Report, size: int, cells: int
) -> None:
    day = STARTS.toordinal() + 25
    expected = list(report(WORLD, None, day, day, None, 100))
    monkeypatch.setattr(members, "_CELLS_AT_ONCE", cells)
    assert list(report(WORLD, None, day, day, None, size)) == expected
    assert len(expected) > 20


@pytest.mark.parametrize("day", [9, 25], ids=["second week", "fourth week"])
def test_first_page_in_the_first_weeks_of_adoption_computes_few_parts(
    monkeypatch: pytest.MonkeyPatch, day: int
) -> None:
    computed: list[int] = []
    facts = WORLD.of(PRODUCT).facts
    plain = type(facts).facts

    def noted(_: object, block: Block, span: Days) -> Facts:
        computed.append(len(block))
        return plain(facts, block, span)

    monkeypatch.setattr(type(facts), "facts", noted)
    shown = STARTS.toordinal() + day
    rows = list(activity.user_activity(WORLD, None, shown, shown, None, 50))
    candidates = sum(len(block.rows_using("augment", shown, shown)) for block in WORLD.people.blocks())
    assert len(rows) <= sum(computed) == candidates
    assert len(computed) <= 5, "the people of twelve blocks are computed together"
