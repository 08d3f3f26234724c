"""Names for a new organization and a few of its people: from Faker where it is installed, else from the name pool.

Faker is an extra (`analytics-mockserver[faker]`) and is used here only; nothing that is simulated depends on it.
"""

import importlib
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

from mockserver.simulation import hashing
from mockserver.simulation.names import NamePool


@dataclass(frozen=True, slots=True)
class Invention:
    """A company's name, and people by the local part of their address (no dot: never a generated one)."""

    company: str
    people: dict[str, str]


def invention(seed: int, slug: str, pool: NamePool, wanted: int) -> Invention:
    """The same names for the same seed, `wanted` people with different addresses."""
    try:
        faker = importlib.import_module("faker").Faker("en_US")
    except ImportError:
        key = hashing.key(seed, slug, "invention")
        (_, first), (_, second) = (pool.named(key, index)[0].split(" ") for index in (0, 1))
        return Invention(f"{first} & {second}", _people(_from_pool(key, pool), wanted))
    faker.seed_instance(seed)
    company = str(faker.company())
    return Invention(company, _people((f"{faker.first_name()} {faker.last_name()}" for _ in count()), wanted))


def _from_pool(key: int, pool: NamePool) -> Iterator[str]:
    return (pool.named(key, index % pool.size)[0] for index in count(2))


def _people(names: Iterator[str], wanted: int) -> dict[str, str]:
    found: dict[str, str] = {}
    while len(found) < wanted:
        name = next(names)
        found.setdefault(_local(name), name)
    return found


def _local(name: str) -> str:
    """The initial and the family name, in ASCII letters."""
    given, family = name.lower().split(" ", 1)
    letters = unicodedata.normalize("NFKD", given[:1] + family)
    return "".join(letter for letter in letters if "a" <= letter <= "z")
