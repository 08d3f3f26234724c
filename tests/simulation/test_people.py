"""The cast: the same attributes however they are computed, and what a file states first."""

from dataclasses import fields
from datetime import date

import numpy as np
import pytest

from mockserver.products.world import World
from mockserver.simulation import people
from mockserver.simulation.organization import NEVER, Adoption, Levels, ScriptedFact, SpecialPerson, Team, Turnover
from mockserver.simulation.people import BLOCK, LEVELS, ROLE_RANKS, Block, concatenate
from tests.products.built import augment
from tests.simulation import worlds

MANY = 2 * BLOCK + 300
AUGMENT, TABNINE = worlds.PRODUCTS.index("augment"), worlds.PRODUCTS.index("tabnine")
FIRST_DAY = worlds.BASE.first_day.toordinal()


def _same(one: Block, other: Block) -> bool:
    return all(np.array_equal(getattr(one, each.name), getattr(other, each.name)) for each in fields(one))


def _everybody(world: World) -> Block:
    return concatenate(list(world.people.blocks()))


def _people(world: World) -> Block:
    everybody = _everybody(world)
    return everybody.take(~everybody.service)


def _one(**given: object) -> Block:
    """The only person of an organization, with these values given."""
    person = SpecialPerson("only@small.example", **given)  # type: ignore[arg-type]
    return worlds.world(people=1, service_accounts=(), special=(person,)).people.block(0)


@pytest.mark.parametrize("start", [0, 1, 700, BLOCK - 1, BLOCK, BLOCK + 1, MANY, MANY + 1, MANY + 2])
def test_blocks_from_an_index_are_the_tail_of_all_members(start: int) -> None:
    world = worlds.world(people=MANY)
    tail = list(world.people.blocks(start))
    everybody = _everybody(world)
    assert np.concatenate([np.arange(0), *(block.index for block in tail)]).tolist() == list(range(start, MANY + 2))
    assert all(_same(block, everybody.take(block.index)) for block in tail)


def test_person_does_not_depend_on_the_size_of_the_organization() -> None:
    some, more = _people(worlds.world(people=900)), _people(worlds.world(people=MANY))
    assert _same(some, more.take(slice(0, 900)))


def test_members_do_not_depend_on_what_is_computed_together(monkeypatch: pytest.MonkeyPatch) -> None:
    special = tuple(SpecialPerson(f"p{index}@small.example", role=index % ROLE_RANKS) for index in range(BLOCK + 5))
    together = _everybody(worlds.world(people=MANY, special=special))
    monkeypatch.setattr(people, "_BLOCKS_COMPUTED", 1)
    one_by_one = worlds.world(people=MANY, special=special).people
    assert _same(concatenate([one_by_one.block(number) for number in (0, 1, 2)]), together)


@pytest.mark.parametrize("first", [0, 1, 2])
def test_block_that_is_needed_first_is_computed_alone_and_the_same(monkeypatch: pytest.MonkeyPatch, first: int) -> None:
    everybody, computed = _everybody(worlds.world(people=MANY)), []
    consecutive = people.People._consecutive  # noqa: SLF001 (what is computed is the promise)

    def noted(self: people.People, size: int, number: int) -> Block:
        block = consecutive(self, size, number)
        computed.append(len(block))
        return block

    monkeypatch.setattr(people.People, "_consecutive", noted)
    some = worlds.world(people=MANY).people
    for _ in range(3):
        assert _same(some.block(first), everybody.take(everybody.index // BLOCK == first))
    assert computed == [(everybody.index // BLOCK == first).sum()]
    assert _same(concatenate([some.block(number) for number in range(3)]), everybody)
    assert computed[1:] == [len(everybody)]


def test_another_seed_gives_other_people() -> None:
    assert not _same(_everybody(worlds.world()), _everybody(worlds.world(seed=8)))


def test_chosen_row_keeps_all_attributes() -> None:
    block = worlds.world().people.block(0)
    one = block.take(np.array([5]))
    assert (len(one), one.index.tolist()) == (1, [5])
    assert one.licensed[:, 0].tolist() == block.licensed[:, 5].tolist()


def test_everybody_leaves_after_joining_the_existing_organization() -> None:
    people = _people(worlds.world(people=MANY))
    assert (people.joined >= FIRST_DAY).all()
    assert (people.joined < date(2027, 12, 31).toordinal()).all()
    assert (people.left > people.joined).all()


def test_joiners_and_leavers_have_their_percentages() -> None:
    people = _people(worlds.world(people=10_000))
    joiners, leavers = int((people.joined > FIRST_DAY).sum()), int((people.left < NEVER).sum())
    assert 2_850 <= joiners <= 3_150
    assert 1_850 <= leavers <= 2_150


def test_organization_without_turnover_keeps_its_first_people() -> None:
    people = _people(worlds.world(people=500, turnover=worlds.STAYING))
    assert set(people.joined.tolist()) == {FIRST_DAY}
    assert set(people.left.tolist()) == {NEVER}


def test_turnover_may_end_on_the_first_day() -> None:
    turnover = Turnover(joiners_percent=100, leavers_percent=100, until=worlds.BASE.first_day)
    people = _people(worlds.world(turnover=turnover))
    assert set(people.joined.tolist()) == {FIRST_DAY}


def test_teams_are_filled_by_weight_and_empty_teams_stay_empty() -> None:
    people = _people(worlds.world(people=10_000))
    assert 7_300 <= int((people.team == 0).sum()) <= 7_700
    assert 2_300 <= int((people.team == 1).sum()) <= 2_700
    assert not (people.team == 2).any()


def test_some_people_are_in_no_team() -> None:
    people = _people(worlds.world(people=10_000, teamless_percent=10))
    assert 900 <= int((people.team == -1).sum()) <= 1_100


@pytest.mark.parametrize("teams", [(), (Team("Nobody", weight=0),)], ids=["no team", "empty teams only"])
def test_without_weights_everybody_is_in_no_team(teams: tuple[Team, ...]) -> None:
    assert set(_people(worlds.world(teams=teams)).team.tolist()) == {-1}


def test_most_people_are_members_and_the_first_is_an_administrator() -> None:
    people = _people(worlds.world(people=10_000))
    counts = [int((people.role == position).sum()) for position in range(ROLE_RANKS)]
    assert people.role[0] == ROLE_RANKS - 1
    assert counts == sorted(counts, reverse=True)
    assert 8_250 <= counts[0] <= 8_550


@pytest.mark.parametrize(("light", "heavy"), [(30, 20), (0, 0), (100, 0), (0, 100), (50, 50)])
def test_levels_have_their_percentages(light: int, heavy: int) -> None:
    people = _people(worlds.world(people=10_000, levels=Levels(light, heavy)))
    for position, share in enumerate((light, 100 - light - heavy, heavy)):
        tolerance = 200 if 0 < share < 100 else 0
        assert abs(int((people.level == position).sum()) - share * 100) <= tolerance, LEVELS[position]


def test_every_profile_has_people() -> None:
    assert set(_people(worlds.world(people=200)).profile.tolist()) == {0, 1}


def test_some_people_update_at_once_and_others_late() -> None:
    lag = _people(worlds.world(people=5_000)).update_lag
    assert (int(lag.min()), int(lag.max()) > 120) == (0, True)
    assert 40 <= int(lag.sum()) // 5_000 <= 50


def test_licence_and_start_are_in_order_and_within_employment() -> None:
    adoption = Adoption(licensed_percent=80, started_percent=70, starts=date(2023, 1, 2), ramp_days=700)
    turnover = Turnover(joiners_percent=60, leavers_percent=80, until=date(2025, 12, 31))
    everybody = _everybody(
        worlds.world(people=5_000, adoption=dict.fromkeys(worlds.PRODUCTS, adoption), turnover=turnover)
    )
    for position, product in enumerate(worlds.PRODUCTS):
        licensed, started = everybody.licensed[position], everybody.started[position]
        has, uses = licensed < NEVER, started < NEVER
        assert (licensed >= everybody.joined).all(), product
        assert (licensed[has] < everybody.left[has]).all(), product
        assert (started >= licensed).all(), product
        assert (started[uses] < everybody.left[uses]).all(), product


def test_service_account_is_not_licensed_before_the_first_day() -> None:
    adoption = {"augment": Adoption(starts=date(2020, 1, 1))}
    everybody = _everybody(worlds.world(adoption=adoption))
    assert everybody.licensed[AUGMENT, -2:].tolist() == [FIRST_DAY, FIRST_DAY]


def test_licences_have_their_percentage_and_some_holders_never_start() -> None:
    adoption = {"augment": Adoption(licensed_percent=80, started_percent=50, starts=date(2022, 6, 1))}
    people = _people(worlds.world(people=10_000, adoption=adoption, turnover=worlds.STAYING))
    licensed, started = int((people.licensed[AUGMENT] < NEVER).sum()), int((people.started[AUGMENT] < NEVER).sum())
    assert 7_850 <= licensed <= 8_150
    assert 3_800 <= started <= 4_200


@pytest.mark.parametrize("percent", ["licensed_percent", "started_percent"])
def test_at_zero_percent_nobody_starts(percent: str) -> None:
    adoption = {"augment": Adoption(**{percent: 0})}  # type: ignore[arg-type]
    people = _people(worlds.world(people=2_000, adoption=adoption))
    assert set(people.started[AUGMENT].tolist()) == {NEVER}


def test_licences_start_over_the_ramp() -> None:
    adoption = {"augment": Adoption(starts=date(2023, 1, 2), ramp_days=100)}
    people = _people(worlds.world(people=2_000, adoption=adoption, turnover=worlds.STAYING))
    since = people.licensed[AUGMENT] - date(2023, 1, 2).toordinal()
    assert (int(since.min()), int(since.max())) == (0, 99)
    assert 900 <= int((since < 50).sum()) <= 1_100


def test_late_joiners_are_licensed_within_a_month() -> None:
    adoption = {"augment": Adoption(starts=date(2022, 6, 1), ramp_days=700)}
    people = _people(worlds.world(people=2_000, adoption=adoption))
    late = (people.joined >= date(2022, 6, 1).toordinal()) & (people.licensed[AUGMENT] < NEVER)
    assert late.any()
    assert (people.licensed[AUGMENT][late] - people.joined[late] < 30).all()


def test_product_without_adoption_has_no_users() -> None:
    everybody = _everybody(worlds.world(adoption={"augment": worlds.SPREAD}))
    assert set(everybody.licensed[TABNINE].tolist()) == {NEVER}
    assert set(everybody.started[TABNINE].tolist()) == {NEVER}


def test_possible_users_have_started_and_are_employed() -> None:
    people = worlds.world(people=900).people.block(0)
    first, last = worlds.ordinal("2024-01-01"), worlds.ordinal("2024-01-31")
    using = set(people.index[people.rows_using("augment", first, last)].tolist())
    could = (people.started[AUGMENT] <= last) & (people.joined <= last) & (people.left > first)
    assert 0 < len(using) < 900
    assert using == set(people.index[could].tolist())


def test_service_accounts_always_stay_in_no_team_with_augment_only() -> None:
    everybody = _everybody(worlds.world(turnover=Turnover(100, 100)))
    services = everybody.take(everybody.service)
    assert services.index.tolist() == [40, 41]
    assert services.joined.tolist() == [FIRST_DAY, FIRST_DAY]
    assert services.left.tolist() == [NEVER, NEVER]
    assert services.team.tolist() == [-1, -1]
    assert set(services.role.tolist()) == {0}
    assert (services.started < NEVER).any(axis=1).tolist() == [product == "augment" for product in worlds.PRODUCTS]


@pytest.mark.parametrize(
    ("given", "attribute", "value"),
    [
        ({"team": "Nobody"}, "team", 2),
        ({"teamless": True}, "team", -1),
        ({"role": 2}, "role", 2),
        ({"level": LEVELS[2]}, "level", 2),
        ({"level": LEVELS[0]}, "level", 0),
        ({"joined": date(2025, 2, 3)}, "joined", worlds.ordinal("2025-02-03")),
        ({"joined": date(2025, 2, 3)}, "left", NEVER),
        ({"left": date(2025, 2, 3)}, "left", worlds.ordinal("2025-02-03")),
        ({"left": date(2025, 2, 3)}, "joined", FIRST_DAY),
    ],
)
def test_special_person_is_as_the_file_describes(given: dict[str, object], attribute: str, value: int) -> None:
    assert int(getattr(_one(**given), attribute)[0]) == value


def test_missing_values_of_a_special_person_are_generated() -> None:
    given = worlds.world(special=(SpecialPerson("a@small.example"),))
    assert _same(_everybody(given), _everybody(worlds.world()))


def test_licence_of_the_file_is_used_from_its_first_day() -> None:
    one = _one(licences={"augment": date(2025, 3, 3), "tabnine": None})
    for days in (one.licensed, one.started):
        assert days[AUGMENT, 0] == worlds.ordinal("2025-03-03")
        assert days[TABNINE, 0] == NEVER


def test_special_people_beyond_the_first_block_are_found() -> None:
    special = tuple(SpecialPerson(f"p{position}@small.example", teamless=True) for position in range(BLOCK + 2))
    world = worlds.world(people=BLOCK + 3, special=special)
    assert world.people.block(1).team[:2].tolist() == [-1, -1]
    assert world.people.block(1).team[2] >= 0


def test_scripted_facts_imply_employment_and_licence() -> None:
    days = (date(2023, 5, 1), date(2022, 3, 1), date(2024, 6, 1))
    facts = tuple(ScriptedFact(0, "augment", day, ("Go", "VSCode"), {"chat_messages": 1}) for day in days)
    late = SpecialPerson("a@small.example", joined=date(2023, 1, 1), left=date(2023, 2, 1))
    block = worlds.world(special=(late,), facts=facts, adoption={}).people.block(0)
    first, last = worlds.ordinal("2022-03-01"), worlds.ordinal("2024-06-01")
    assert (int(block.joined[0]), int(block.left[0])) == (first, last + 1)
    assert (int(block.licensed[AUGMENT, 0]), int(block.started[AUGMENT, 0])) == (first, first)
    assert block.licensed[TABNINE, 0] == NEVER


def test_active_only_implies_employment_under_every_seed() -> None:
    day = date(2025, 10, 14)
    once = SpecialPerson("once@w.example", active_only=(day,))
    for seed in range(40):
        world = worlds.world(seed=seed, special=(once,), turnover=Turnover(100, 100))
        active = augment(world).facts.active(world.people.block(0), worlds.days(world, "2025-10-01", "2025-10-31"))
        assert np.flatnonzero(active[0]).tolist() == [13]


def test_every_person_is_in_one_profile() -> None:
    world = worlds.world(people=MANY)
    masks = [world.people.in_profile(position) for position in range(2)]
    assert np.array_equal(masks[0] ^ masks[1], ~_everybody(world).service)
    assert all(mask.any() for mask in masks)
    for position, mask in enumerate(masks):
        assert set(_everybody(world).take(mask).profile.tolist()) == {position}


@pytest.mark.parametrize("teams", [(), (0,), (1, 0), (2,), (0, 1, 2)])
def test_in_teams_has_the_members_of_each_team(teams: tuple[int, ...]) -> None:
    world = worlds.world(people=MANY, teamless_percent=10)
    expected = [team in teams for team in _everybody(world).team.tolist()]
    assert world.people.in_teams(teams).tolist() == expected


def test_another_adopted_product_changes_no_tenure() -> None:
    person = SpecialPerson(
        "once@w.example", active_only=(date(2022, 1, 10),), licences=dict.fromkeys(worlds.PRODUCTS[:-1], None)
    )
    for seed in range(20):
        few, all_products = (
            worlds.world(seed, special=(person,), adoption=dict.fromkeys(adopted, worlds.SPREAD)).people.block(0)
            for adopted in (worlds.PRODUCTS[:-1], worlds.PRODUCTS)
        )
        assert (few.joined[0], few.left[0]) == (all_products.joined[0], all_products.left[0])
