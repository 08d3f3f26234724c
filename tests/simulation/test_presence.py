"""Presence: nobody before they come or after they go, quiet days quiet, exact days exact."""

from datetime import date
from typing import Any

import numpy as np
import pytest

from mockserver.products.world import World
from mockserver.simulation.organization import (
    Adoption,
    ExactDay,
    Level,
    Levels,
    ScriptedFact,
    SilentPeriod,
    SpecialPerson,
    Turnover,
)
from mockserver.simulation.people import BLOCK
from mockserver.simulation.presence import Mask
from tests.simulation import worlds

EARLY = Adoption(100, 100, date(2022, 1, 3), 0)
FULL: dict[str, Any] = {"adoption": dict.fromkeys(worlds.PRODUCTS, EARLY), "turnover": worlds.STAYING}
"""Everybody is there and licensed from the beginning."""


def _active(world: World, first: str, last: str, product: str = "augment") -> Mask:
    """All members by days: who is active."""
    span = worlds.days(world, first, last)
    presence = world.presence
    blocks = world.people.blocks()
    return np.concatenate([presence.active(product, block, span, presence.workload(block, span)) for block in blocks])


def _works(world: World, first: str, last: str) -> Mask:
    span = worlds.days(world, first, last)
    return np.concatenate([world.presence.workload(block, span).works for block in world.people.blocks()])


def _per_day(mask: Mask) -> int:
    return int(mask.sum()) // len(mask[0])


@pytest.mark.parametrize("product", worlds.PRODUCTS)
def test_activity_is_within_use_and_employment(product: str) -> None:
    turnover = Turnover(joiners_percent=80, leavers_percent=80, until=date(2024, 6, 30))
    world = worlds.world(people=600, turnover=turnover)
    mask = _active(world, "2023-01-01", "2024-06-30", product)
    ordinals = worlds.days(world, "2023-01-01", "2024-06-30").ordinals
    block = world.people.block(0)
    there = (block.joined[:, None] <= ordinals) & (ordinals < block.left[:, None])
    using = block.use_start(product)[:, None] <= ordinals
    assert mask.any()
    assert not (mask & ~there).any()
    assert not (mask & ~using).any()


def test_few_people_work_at_weekends() -> None:
    world = worlds.world(people=1000, service_accounts=(), **FULL)
    weekdays, weekend = _active(world, "2025-10-13", "2025-10-17"), _active(world, "2025-10-18", "2025-10-19")
    assert 0 < 5 * _per_day(weekend) < _per_day(weekdays)


def test_only_service_accounts_work_on_a_holiday() -> None:
    world = worlds.world(people=1000, holidays=(date(2025, 10, 15),), **FULL)
    holiday, other = _active(world, "2025-10-15", "2025-10-15"), _active(world, "2025-10-16", "2025-10-16")
    assert not holiday[:1000].any()
    assert other[:1000].any()


def test_service_accounts_work_on_holidays_and_never_go_on_vacation() -> None:
    works = _works(worlds.world(people=1, **FULL), "2025-01-01", "2025-12-31")[1:]
    weekdays = ~worlds.days(worlds.world(), "2025-01-01", "2025-12-31").weekend
    holidays = worlds.days(worlds.world(), "2025-01-01", "2025-12-31").holiday
    assert works[:, holidays].any()
    assert int(works[:, weekdays].sum()) * 100 >= 85 * int(weekdays.sum()) * len(works)


def test_nobody_works_in_a_silent_period() -> None:
    silent = (SilentPeriod(date(2025, 10, 13), date(2025, 10, 17)),)
    world = worlds.world(people=1000, silent=silent, **FULL)
    for product in worlds.PRODUCTS:
        assert not _active(world, "2025-10-13", "2025-10-17", product).any()
    assert _active(world, "2025-10-10", "2025-10-10").any()
    assert _active(world, "2025-10-20", "2025-10-20").any()


def test_vacations_are_common_and_at_most_three_weeks() -> None:
    world = worlds.world(people=300, service_accounts=(), levels=Levels(0, 100), **FULL)
    works = _works(world, "2025-03-03", "2025-07-04")
    weekdays = works[:, ~worlds.days(world, "2025-03-03", "2025-07-04").weekend]
    longest = [max(map(len, "".join("x" if day else " " for day in row).split("x"))) for row in weekdays.tolist()]
    assert sum(away >= 5 for away in longest) > 150
    assert max(longest) <= 20


@pytest.mark.parametrize("seed", range(3))
def test_active_only_days_are_exactly_the_active_days(seed: int) -> None:
    given = (date(2025, 10, 12), date(2025, 10, 14))
    licences = dict.fromkeys(worlds.PRODUCTS, date(2022, 1, 3))
    person = SpecialPerson("a@small.example", level=Level.LIGHT, active_only=given, licences=licences)
    world = worlds.world(seed=seed, special=(person,), **FULL)
    for product in worlds.PRODUCTS:
        mask = _active(world, "2025-09-01", "2025-11-30", product)[0]
        found = [worlds.ordinal("2025-09-01") + position for position in np.flatnonzero(mask).tolist()]
        assert found == [day.toordinal() for day in given], product


@pytest.mark.parametrize(
    "given",
    [
        {"left": date(2025, 10, 14)},
        {"joined": date(2025, 10, 15)},
        {"licences": {"augment": None}},
        {"licences": {"augment": date(2025, 10, 15)}},
    ],
    ids=["gone", "not there yet", "without a licence", "licensed later"],
)
def test_active_only_day_needs_employment_and_licence(given: dict[str, object]) -> None:
    only = (date(2025, 10, 14),)
    for seed in range(10):
        person = SpecialPerson("a@small.example", level=Level.HEAVY, active_only=only, **given)  # type: ignore[arg-type]
        world = worlds.world(seed=seed, special=(person,), **FULL)
        assert not _active(world, "2025-10-14", "2025-10-14")[0].any()


def test_special_people_without_active_only_are_ordinary() -> None:
    special = tuple(SpecialPerson(f"p{position}@small.example") for position in range(5))
    special_world, plain = worlds.world(special=special, **FULL), worlds.world(**FULL)
    assert np.array_equal(
        _active(special_world, "2025-10-01", "2025-10-31"), _active(plain, "2025-10-01", "2025-10-31")
    )


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("people", [40, BLOCK, 2 * BLOCK + 5])
def test_exact_day_has_exactly_its_number_of_users(people: int, seed: int) -> None:
    numbers = {"2025-09-16": 0, "2025-09-17": 1, "2025-09-18": 23, "2025-09-20": people + 2}
    exact = tuple(ExactDay(date.fromisoformat(day), "augment", users) for day, users in numbers.items())
    world = worlds.world(seed=seed, people=people, exact=exact, **FULL)
    for day, users in numbers.items():
        assert int(_active(world, day, day).sum()) == users, day


def test_exact_day_is_the_same_alone_and_within_a_longer_span() -> None:
    exact = (ExactDay(date(2025, 9, 17), "augment", 17),)
    world, plain = worlds.world(exact=exact, **FULL), worlds.world(**FULL)
    alone, whole = _active(world, "2025-09-17", "2025-09-17"), _active(world, "2025-09-10", "2025-09-20")
    assert np.array_equal(alone[:, 0], whole[:, 7])
    assert np.array_equal(np.delete(whole, 7, 1), np.delete(_active(plain, "2025-09-10", "2025-09-20"), 7, 1))
    assert np.array_equal(
        _active(world, "2025-09-17", "2025-09-17", "tabnine"),
        _active(plain, "2025-09-17", "2025-09-17", "tabnine"),
    )


def test_exact_day_takes_users_who_are_not_bound_to_other_days() -> None:
    early, day = date(2022, 1, 3), date(2025, 9, 17)
    licences = {"augment": early}
    person = SpecialPerson("a@small.example", joined=early, licences=licences, active_only=(day,))
    adoption = {"augment": Adoption(licensed_percent=50, starts=date(2022, 1, 3))}
    exact = (ExactDay(date(2025, 9, 17), "augment", 1000),)
    world = worlds.world(special=(person,), adoption=adoption, exact=exact)
    eligible = world.presence.eligible("augment", worlds.ordinal("2025-09-17"))
    mask = _active(world, "2025-09-17", "2025-09-17")
    assert int(mask.sum()) == eligible < 42
    assert not mask[0].any()


def test_exact_day_of_an_unused_product_stays_empty() -> None:
    world = worlds.world(adoption={}, exact=(ExactDay(date(2025, 9, 17), "tabnine", 5),))
    assert world.presence.eligible("tabnine", worlds.ordinal("2025-09-17")) == 0
    assert not _active(world, "2025-09-17", "2025-09-17", "tabnine").any()


def test_nobody_is_active_where_nothing_is_generated() -> None:
    assert not _active(worlds.world(generated=False, **FULL), "2025-10-13", "2025-10-17").any()


def test_heavier_users_are_active_more_often() -> None:
    days = [
        int(_active(worlds.world(people=300, levels=levels, **FULL), "2025-09-01", "2025-11-30").sum())
        for levels in (Levels(100, 0), Levels(0, 0), Levels(0, 100))
    ]
    assert days[0] * 5 < days[1] * 4 < days[2] * 4


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("augment", "tabnine"),
        ("augment", "jetbrains"),
        ("tabnine", "jetbrains"),
    ],
)
def test_busy_days_are_busy_in_every_product(one: str, other: str) -> None:
    """Among working days alike people are active in both products more often than independent draws would be."""
    world = worlds.world(people=BLOCK, service_accounts=(), levels=Levels(0, 0), **FULL)
    first, last = "2025-09-01", "2025-11-30"
    works = _works(world, first, last)
    here, there = _active(world, first, last, one)[works], _active(world, first, last, other)[works]
    both, alone, in_all = int((here & there).sum()), int(here.sum()) * int(there.sum()), int(works.sum())
    assert both * in_all * 100 > alone * 103
    assert (here != there).any(), "but not in the same way: each product has draws of its own"


def test_busyness_follows_the_season_and_stays_within_its_bounds() -> None:
    world = worlds.world(people=1000)
    block = world.people.block(0)
    october, december = (
        world.presence.workload(block, worlds.days(world, first, last)).busy
        for first, last in (("2025-10-01", "2025-10-31"), ("2025-12-01", "2025-12-31"))
    )
    assert int(december.sum()) < int(october.sum())
    assert int(december.min()) >= 64 * 70 // 100
    assert int(october.max()) <= 255 * 110 // 100


def test_members_are_the_same_alone_and_among_all() -> None:
    person = SpecialPerson("a@small.example", active_only=(date(2025, 10, 14),))
    exact = (ExactDay(date(2025, 10, 16), "augment", 20),)
    world = worlds.world(special=(person,), exact=exact)
    span, block = worlds.days(world, "2025-10-01", "2025-10-31"), world.people.block(0)
    whole = _active(world, "2025-10-01", "2025-10-31")
    for chosen in (np.array([0]), np.array([3, 17, 41]), np.arange(10, 30)):
        some = block.take(chosen)
        alone = world.presence.active("augment", some, span, world.presence.workload(some, span))
        assert np.array_equal(alone, whole[chosen])


def test_day_is_the_same_alone_and_in_a_longer_span() -> None:
    world = worlds.world()
    whole = _active(world, "2024-12-15", "2025-01-15")
    for position in range(whole.shape[1]):
        day = date.fromordinal(worlds.ordinal("2024-12-15") + position).isoformat()
        assert np.array_equal(_active(world, day, day)[:, 0], whole[:, position]), day


OPEN: dict[str, tuple[dict[str, Any], list[int]]] = {
    "every day, weekends too": ({}, [13, 14, 15, 16, 17, 18, 19]),
    "no holiday": ({"holidays": (date(2025, 10, 14),)}, [13, 15, 16, 17, 18, 19]),
    "no silent day": ({"silent": (SilentPeriod(date(2025, 10, 15), date(2025, 10, 17)),)}, [13, 14, 18, 19]),
    "a holiday with scripted activity": (
        {"holidays": (date(2025, 10, 14),), "exact": (ExactDay(date(2025, 10, 14), "tabnine", 3),)},
        [13, 14, 15, 16, 17, 18, 19],
    ),
    "only scripted days where nothing is generated": (
        {
            "generated": False,
            "facts": (ScriptedFact(1, "jetbrains", date(2025, 10, 16), (), {"nes_invocations": 1}),),
            "special": (SpecialPerson("a@small.example", active_only=(date(2025, 10, 18),)),),
        },
        [16, 18],
    ),
    "no day where nothing is generated or scripted": ({"generated": False}, []),
}


@pytest.mark.parametrize(("changes", "expected"), OPEN.values(), ids=OPEN)
def test_open_days_are_those_without_holiday_or_silence_or_scripted(
    changes: dict[str, Any], expected: list[int]
) -> None:
    world = worlds.world(**changes)
    opens = world.presence.opens(worlds.days(world, "2025-10-13", "2025-10-19"))
    assert [day for day, is_open in enumerate(opens.tolist(), 13) if is_open] == expected


@pytest.mark.parametrize("product", ["tabnine", "jetbrains"])
def test_nobody_is_active_on_a_closed_day(product: str) -> None:
    """Service accounts, which know no holidays, use another product."""
    world = worlds.world(
        people=400, holidays=(date(2025, 10, 3),), silent=(SilentPeriod(date(2025, 9, 8), date(2025, 9, 9)),)
    )
    opens = world.presence.opens(worlds.days(world, "2025-09-01", "2025-12-31"))
    active = _active(world, "2025-09-01", "2025-12-31", product)
    assert not opens.all()
    assert not active[:, ~opens].any()
    assert active[:, opens].any(axis=0).all()
