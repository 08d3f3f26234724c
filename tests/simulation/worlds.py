"""Small organizations and worlds for the tests of the simulation and the products."""

from dataclasses import replace
from datetime import date
from typing import Any

from mockserver import products
from mockserver.products.augment.options import Environment
from mockserver.products.world import World
from mockserver.simulation import calendar
from mockserver.simulation.calendar import Days
from mockserver.simulation.names import NamePool
from mockserver.simulation.organization import Adoption, Organization, ServiceAccount, Team, Turnover

POOL = NamePool(
    given=tuple((f"Given{position}", f"g{position}") for position in range(60)),
    family=tuple((f"Family{position}", f"f{position}") for position in range(70)),
)

PRODUCTS = tuple(product.name for product in products.discover())

SPREAD = Adoption(licensed_percent=100, started_percent=100, starts=date(2022, 6, 1), ramp_days=60)
BASE = Organization(
    slug="small",
    name="Small & Sons",
    seed=7,
    domain="small.example",
    people=40,
    teams=(Team("One", weight=3, default=True), Team("Two"), Team("Nobody", weight=0)),
    service_accounts=(ServiceAccount("ci-bot"), ServiceAccount("release-bot")),
    turnover=Turnover(joiners_percent=30, leavers_percent=20, until=date(2027, 12, 31)),
    adoption=dict.fromkeys(PRODUCTS, SPREAD),
    profiles=("Default", "Other"),
    options={"augment": Environment({"Python": 3, "Java": 2, "Go": 1}, {"VSCode": 2, "JetBrains": 1})},
)
STAYING = Turnover(joiners_percent=0, leavers_percent=0)


def organization(**changes: Any) -> Organization:
    """The small organization with some of its fields changed."""
    return replace(BASE, **changes)


def world(seed: int | None = None, **changes: Any) -> World:
    """The world of the small organization with some of its fields changed."""
    return World(organization(**changes), POOL, seed)


def ordinal(day: str) -> int:
    """The ordinal of a day written YYYY-MM-DD."""
    return date.fromisoformat(day).toordinal()


def days(shown: World, first: str, last: str) -> Days:
    """The days of a world from one to another, both written YYYY-MM-DD."""
    return calendar.days(shown.organization, ordinal(first), ordinal(last))
