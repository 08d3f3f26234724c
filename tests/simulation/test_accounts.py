"""Accounts: invited, registered, changed, deactivated, and before any work is done."""

from datetime import date

import numpy as np
import pytest

from mockserver.products.world import World
from mockserver.simulation.accounts import NO_SECOND, Accounts, AccountTable
from mockserver.simulation.organization import NEVER, Adoption, ScriptedFact, SpecialPerson
from mockserver.simulation.people import BLOCK
from mockserver.simulation.timestamps import DAY, EPOCH, midnight
from tests.products.built import tabnine
from tests.simulation import worlds

HALF = {"tabnine": Adoption(licensed_percent=50, starts=date(2022, 6, 1), ramp_days=900)}
WORLD = worlds.world(people=BLOCK + 300, adoption=HALF)
TABLE = tabnine(WORLD).accounts.table
STATED = worlds.world(
    special=(
        SpecialPerson(
            "a@b.example",
            joined=date(2023, 3, 1),
            left=date(2024, 5, 6),
            role=2,
            team="Two",
            licences={"tabnine": date(2023, 4, 5)},
        ),
        SpecialPerson("c@d.example", joined=date(2023, 3, 1), licences={"tabnine": None}),
    )
)


def _moments(table: AccountTable) -> list[int]:
    """Seconds at which something about the accounts changes, and those beside them."""
    changes = np.unique(np.concatenate([table.invited, table.registered, table.deactivated]))
    return sorted({second + more for second in changes[changes < NO_SECOND][::40].tolist() for more in (-1, 0, 1)})


def test_accounts_are_those_of_licensed_people() -> None:
    blocks = list(WORLD.people.blocks())
    licensed = np.concatenate(
        [block.index[(block.licence_start("tabnine") < NEVER) & ~block.service] for block in blocks]
    )
    assert np.array_equal(TABLE.index, licensed)
    assert 400 < len(TABLE.index) < 900
    assert (np.diff(TABLE.index) > 0).all()


def test_every_column_has_the_same_length() -> None:
    assert {len(getattr(TABLE, name)) for name in AccountTable.__slots__} == {len(TABLE.index)}


def test_account_has_the_team_and_role_of_the_person() -> None:
    for block in WORLD.people.blocks():
        shared, mine, theirs = np.intersect1d(TABLE.index, block.index, return_indices=True)
        assert len(shared)
        assert np.array_equal(TABLE.team[mine], block.team[theirs])
        assert np.array_equal(TABLE.role[mine], block.role[theirs])


def test_registration_is_early_on_the_first_day_of_the_licence() -> None:
    day, second = np.divmod(TABLE.registered, DAY)
    licensed = np.concatenate([block.licence_start("tabnine") for block in WORLD.people.blocks()])[TABLE.index]
    assert np.array_equal(day + EPOCH, licensed)
    assert (second < 8 * 3600).all()


def test_deactivation_is_early_on_the_first_day_without_the_person() -> None:
    left = np.concatenate([block.left for block in WORLD.people.blocks()])[TABLE.index]
    goes = left < NEVER
    assert goes.any()
    assert (TABLE.deactivated[~goes] == NO_SECOND).all()
    day, second = np.divmod(TABLE.deactivated[goes], DAY)
    assert np.array_equal(day + EPOCH, left[goes])
    assert (second < 8 * 3600).all()


def test_invitation_comes_days_to_weeks_before_registration() -> None:
    waited = TABLE.registered - TABLE.invited
    assert (waited >= DAY).all()
    assert (waited <= 22 * DAY).all()
    assert len(np.unique(waited // DAY)) > 15


def test_account_changes_only_while_it_is_in_use() -> None:
    changed = TABLE.changed < NO_SECOND
    assert 0 < int(changed.sum()) < len(changed)
    assert (TABLE.registered[changed] <= TABLE.changed[changed]).all()
    assert (TABLE.changed[changed] < TABLE.deactivated[changed]).all()


def test_nearly_every_address_is_verified() -> None:
    assert 0.9 < float(TABLE.verified.mean()) < 1


def test_account_is_pending_then_active_then_deactivated() -> None:
    account = tabnine(STATED).accounts.table
    (invited,), (registered,), (deactivated,) = account.invited[:1], account.registered[:1], account.deactivated[:1]
    stages = [
        (int(second), *(bool(each(int(second))[0]) for each in (account.pending, account.known, account.active)))
        for second in (invited - 1, invited, registered - 1, registered, deactivated - 1, deactivated)
    ]
    assert [stage[1:] for stage in stages] == [
        (False, False, False),
        (True, False, False),
        (True, False, False),
        (False, True, True),
        (False, True, True),
        (False, True, False),
    ]


def test_account_has_at_most_one_state_at_any_time() -> None:
    for moment in _moments(TABLE):
        pending, known, active = TABLE.pending(moment), TABLE.known(moment), TABLE.active(moment)
        assert not (pending & known).any()
        assert not (active & ~known).any()
        assert np.array_equal(known & ~active, TABLE.deactivated <= moment)


def test_known_accounts_stay_known() -> None:
    counts = [int(TABLE.known(moment).sum()) for moment in _moments(TABLE)]
    assert counts == sorted(counts)
    assert (counts[0], counts[-1] > 100) == (0, True)


def test_activity_needs_an_active_account() -> None:
    for first, last in (("2022-06-01", "2022-12-31"), ("2025-09-01", "2025-11-30")):
        span = worlds.days(WORLD, first, last)
        for block in WORLD.people.blocks():
            facts, when = tabnine(WORLD).facts.facts(block, span), tabnine(WORLD).facts.seconds(block, span)
            seconds = (span.ordinals[facts.columns] - EPOCH) * DAY + when[facts.rows, facts.columns]
            position = np.searchsorted(TABLE.index, block.index[facts.rows])
            assert len(position)
            assert np.array_equal(TABLE.index[position], block.index[facts.rows])
            assert (TABLE.registered[position] <= seconds).all()
            assert (seconds < TABLE.deactivated[position]).all()


def test_special_person_has_the_account_of_the_file() -> None:
    table = tabnine(STATED).accounts.table
    assert table.index[:2].tolist() == [0, 2], "who has no licence has no account"
    assert (int(table.role[0]), int(table.team[0])) == (2, 1)
    assert midnight(date(2023, 4, 5)) <= table.registered[0] < midnight(date(2023, 4, 5)) + 8 * 3600
    assert midnight(date(2024, 5, 6)) <= table.deactivated[0] < midnight(date(2024, 5, 6)) + 8 * 3600


@pytest.mark.parametrize(("left", "accounts"), [(date(2023, 4, 5), []), (date(2023, 4, 6), [0])])
def test_leaver_before_the_licence_has_no_account(left: date, accounts: list[int]) -> None:
    licence = {"tabnine": date(2023, 4, 5)}
    person = SpecialPerson("a@b.example", joined=date(2023, 3, 1), left=left, licences=licence)
    table = tabnine(worlds.world(people=1, special=(person,))).accounts.table
    assert table.index.tolist() == accounts
    assert (table.registered < table.deactivated).all()


def test_member_with_scripted_facts_has_registered_before() -> None:
    day = date(2022, 6, 2)
    world = worlds.world(facts=(ScriptedFact(7, "tabnine", day, (), {"completions": 1}),))
    table = tabnine(world).accounts.table
    assert table.registered[7] < midnight(day) + 8 * 3600 <= table.deactivated[7]


@pytest.mark.parametrize("index", [0, 1, 2, 700, BLOCK - 1, BLOCK, BLOCK + 299, BLOCK + 301])
def test_single_account_equals_its_row_in_the_table(index: int) -> None:
    alone, position = tabnine(WORLD).accounts.of(index), TABLE.index == index
    for name in AccountTable.__slots__:
        assert np.array_equal(getattr(alone, name), getattr(TABLE, name)[position]), name


def test_no_licence_means_no_account() -> None:
    for adoption in ({}, {"tabnine": Adoption(licensed_percent=0)}):
        table = tabnine(worlds.world(adoption=adoption)).accounts.table
        assert [len(getattr(table, name)) for name in AccountTable.__slots__] == [0] * 8


@pytest.mark.parametrize("product", worlds.PRODUCTS)
def test_service_accounts_have_no_account(product: str) -> None:
    world = worlds.world()
    assert Accounts(world.people, product).table.index.tolist() == list(range(40))


def test_accounts_differ_from_product_to_product() -> None:
    world = worlds.world()
    own, other = (Accounts(world.people, product).table for product in ("tabnine", "jetbrains"))
    assert (own.registered != other.registered).any()
    assert (own.verified != other.verified).any()


def test_accounts_depend_on_the_seed_and_not_on_other_people() -> None:
    def registered(world: World) -> list[int]:
        changes: list[int] = tabnine(world).accounts.table.registered[:40].tolist()
        return changes

    assert registered(worlds.world()) == registered(worlds.world()) == registered(worlds.world(people=3000))
    assert registered(worlds.world()) != registered(worlds.world(seed=8))
