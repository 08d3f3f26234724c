"""Answers what a file gets that states no more than a slug, a name and a number of people: a lively organisation.

Defaults of the smaller records stay out; they stand on the records themselves (`simulation.organization`).
"""

from collections.abc import Mapping
from datetime import date

from mockserver.simulation.organization import Adoption, Product, Team

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

LANGUAGES: Mapping[str, int] = {
    "Python": 22,
    "TypeScript": 20,
    "Java": 16,
    "Go": 9,
    "Kotlin": 8,
    "JavaScript": 6,
    "Rust": 5,
    "C++": 4,
    "SQL": 4,
    "Unknown": 6,
}

EDITORS: Mapping[str, int] = {"VSCode": 55, "JetBrains": 40, "Unknown": 5}
"""Work through the command line brings its own editor, `CLI`; it needs no weight."""

ADOPTION: Mapping[Product, Adoption] = {product: Adoption() for product in Product}


def domain(slug: str) -> str:
    """The domain of the generated addresses; names below `.example` belong to nobody."""
    return f"{slug}.example"
