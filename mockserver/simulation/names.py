"""Answers what a person is called: a bijection from an index into the frozen name pool, so that no two collide.

Building the pool stays out (`make names` does it, once).
"""

from dataclasses import dataclass
from functools import cached_property
from math import gcd

from mockserver.simulation import chance


@dataclass(frozen=True)
class NamePool:
    """Given and family names, each as (as written, as in an address); the second is unique in its list."""

    given: tuple[tuple[str, str], ...]
    family: tuple[tuple[str, str], ...]

    def __post_init__(self) -> None:
        for column in (self.given, self.family):
            if len({address for _, address in column}) != len(column):
                raise ValueError("a name pool must not hold two names with the same address form")

    @property
    def size(self) -> int:
        """How many different people the pool can name."""
        return len(self.given) * len(self.family)

    @cached_property
    def _addresses(self) -> dict[str, int]:
        given = {address: place for place, (_, address) in enumerate(self.given)}
        family = {address: place for place, (_, address) in enumerate(self.family)}
        return {f"{g}\0": place for g, place in given.items()} | {f"\0{f}": place for f, place in family.items()}

    def _stride(self, key: int) -> tuple[int, int]:
        stride = chance.scalar(key, 0) % self.size
        while gcd(stride, self.size) != 1:
            stride += 1
        return stride, chance.scalar(key, 1) % self.size

    def named(self, key: int, index: int) -> tuple[str, str]:
        """Full name and local part of the address of the person at `index`, under the organisation's key."""
        stride, start = self._stride(key)
        given, family = divmod((index * stride + start) % self.size, len(self.family))
        name = f"{self.given[given][0]} {self.family[family][0]}"
        return name, f"{self.given[given][1]}.{self.family[family][1]}"

    def index_of(self, key: int, local: str) -> int | None:
        """The index of the person whose address has this local part; None when nobody's can."""
        given, _, family = local.partition(".")
        here, there = self._addresses.get(f"{given}\0"), self._addresses.get(f"\0{family}")
        if here is None or there is None:
            return None
        stride, start = self._stride(key)
        return (here * len(self.family) + there - start) * pow(stride, -1, self.size) % self.size
