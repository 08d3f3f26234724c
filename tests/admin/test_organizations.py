"""Organizations: each shows what a client's developer needs to start with."""

from collections import Counter
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from mockserver.app import create_app
from mockserver.organizations import files
from mockserver.products.world import World
from tests.admin.driver import Admin
from tests.conftest import SETTINGS
from tests.simulation import worlds

TODAY = date(2025, 10, 21).toordinal()


def world(slug: str) -> World:
    """The world of a bundled organization, apart from any app."""
    organization = files.named(slug)
    return World(organization, files.pool(), organization.seed)


def present(of: World) -> list[int]:
    """The indexes of the people (no service accounts) who are present on the day of the clock, one by one."""
    return [
        int(row.index[0])
        for index in range(of.organization.people)
        for row in [next(of.people.blocks(index))]
        if row.joined[0] <= TODAY < row.left[0]
    ]


def test_every_bundled_organization_is_listed(admin: Admin) -> None:
    listed = admin.get("/organizations")["organizations"]
    assert [each["slug"] for each in listed] == list(files.bundled())
    assert listed[0] == {
        "slug": "acme",
        "name": "Acme Rockets",
        "people": 60,
        "teams": 6,
        "service_accounts": 2,
        "first_day": "2022-01-03",
        "products": ["augment", "jetbrains", "tabnine"],
    }


@pytest.mark.parametrize("slug", files.bundled())
def test_every_listed_organization_can_be_requested(admin: Admin, slug: str) -> None:
    shown = admin.get(f"/organizations/{slug}")
    organization = files.named(slug)
    assert (shown["slug"], shown["name"], shown["seed"]) == (slug, organization.name, organization.seed)
    assert shown["people"] == organization.people
    assert len(shown["teams"]) == len(organization.teams)
    assert len(shown["service_accounts"]) == len(organization.service_accounts)
    assert [each["email"] for each in shown["special_people"]] == [each.email for each in organization.special]


@pytest.mark.parametrize("slug", ["acme", "initech"])
def test_people_are_counted_on_the_clocks_day(admin: Admin, slug: str) -> None:
    of, shown = world(slug), admin.get(f"/organizations/{slug}")
    there = present(of)
    assert shown["present"] == len(there)
    teams = Counter(int(next(of.people.blocks(index)).team[0]) for index in there)
    assert [team["people"] for team in shown["teams"]] == [teams[index] for index in range(len(shown["teams"]))]


def test_products_show_seats_licensed_and_started(admin: Admin) -> None:
    of, shown = world("acme"), admin.get("/organizations/acme")
    rows = [next(of.people.blocks(index)) for index in present(of)]
    for index, product in enumerate(worlds.PRODUCTS):
        adoption = of.organization.adoption[product]
        assert shown["products"][index] == {
            "name": product,
            "starts": adoption.starts.isoformat(),
            "seats": adoption.seats,
            "licensed": sum(int(row.licensed[index, 0]) <= TODAY for row in rows),
            "started": sum(int(row.started[index, 0]) <= TODAY for row in rows),
        }


def test_ids_are_those_of_the_world(admin: Admin) -> None:
    of, shown = world("acme"), admin.get("/organizations/acme")
    assert shown["id"] == str(of.identities.organization_id)
    assert [team["id"] for team in shown["teams"]] == [str(of.identities.team_id_of(index)) for index in range(6)]
    assert [each["id"] for each in shown["service_accounts"]] == [str(of.identities.id_of(60 + n)) for n in range(2)]


def test_listed_users_are_present(admin: Admin) -> None:
    of, shown = world("acme"), admin.get("/organizations/acme")
    few = [of.identities.of(index) for index in present(of)[:5]]
    assert shown["users"] == [{"id": str(each.id), "name": each.name, "email": each.email} for each in few]


def test_special_people_are_shown_as_in_their_file(admin: Admin) -> None:
    special = {each["email"]: each for each in admin.get("/organizations/acme")["special_people"]}
    ada, gustav, olena = (special[f"{name}@acme.example"] for name in ("ada", "gustav", "olena"))
    assert {name: ada[name] for name in ("name", "team", "role", "joined", "left")} == {
        "name": "Ada Marlowe",
        "team": "Engines",
        "role": "Admin",
        "joined": "2022-01-03",
        "left": None,
    }
    assert gustav["left"] == "2025-10-11"
    assert olena["licences"] == {"augment": None, "tabnine": "2022-06-20", "jetbrains": None}


def test_person_without_a_team_has_none(admin: Admin) -> None:
    organization = files.named("initech")
    shown = {each["email"]: each["team"] for each in admin.get("/organizations/initech")["special_people"]}
    alone = [person.email for person in organization.special if person.teamless]
    assert alone
    assert [shown[email] for email in alone] == [None] * len(alone)


def test_nobody_is_present_before_the_first_day(admin: Admin) -> None:
    admin.done("PUT", "/clock", {"now": "2000-01-01T00:00:00Z", "frozen": True})
    shown: dict[str, Any] = admin.get("/organizations/acme")
    assert (shown["present"], shown["users"], shown["people"]) == (0, [], 60)
    assert [(each["licensed"], each["started"]) for each in shown["products"]] == [(0, 0)] * 3


def test_custom_organization_is_listed_and_shown(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("slug: mine\nname: Mine\npeople: 10\n", encoding="utf-8")
    admin = Admin(create_app(replace(SETTINGS, organization_file=file)), {"Host": "localhost"})
    assert "mine" in [each["slug"] for each in admin.get("/organizations")["organizations"]]
    assert admin.get("/organizations/mine")["people"] == 10


def test_custom_organization_replaces_a_bundled_one(tmp_path: Path) -> None:
    file = tmp_path / "acme.yaml"
    file.write_text("slug: acme\nname: Mine\npeople: 10\n", encoding="utf-8")
    admin = Admin(create_app(replace(SETTINGS, organization_file=file)), {"Host": "localhost"})
    assert [each["people"] for each in admin.get("/organizations")["organizations"] if each["slug"] == "acme"] == [10]
    assert admin.get("/organizations/acme")["name"] == "Mine"


def test_unknown_organization_is_404_with_a_suggestion(admin: Admin) -> None:
    message = admin.refused("GET", "/organizations/acne", status=404).detail
    assert message.startswith("there is no organization 'acne' (did you mean 'acme'?); there are: acme, ")
