"""Defaults of an organization file that states only a slug, a name and a number of people: a lively organization.

Defaults of the smaller records are on the records themselves (`simulation.organization`); each product has its own.
"""

from datetime import date

from mockserver.simulation.organization import Team

SEED = 1
FIRST_DAY = date(2022, 1, 3)
PROFILES = ("Default",)

TEAMS = (
    Team("Core", weight=3, default=True),
    Team("Backend", weight=5),
    Team("Frontend", weight=4),
    Team("Mobile", weight=2),
    Team("Data", weight=2),
    Team("Platform", weight=2, parent="Core"),
)


def domain(slug: str) -> str:
    """The domain of the generated addresses; names below `.example` belong to nobody."""
    return f"{slug}.example"
