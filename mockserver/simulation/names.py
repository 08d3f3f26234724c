"""Names of generated people: a bijection from an index into the frozen name pool, so that no two are the same.

The pool is built once, by `make names`.
"""

from dataclasses import dataclass
from functools import cached_property, lru_cache
from math import gcd

from mockserver.simulation import hashing
from mockserver.simulation.hashing import I64


@dataclass(frozen=True)
class NamePool:
    """Given and family names, each as (as displayed, as in an address); the second is unique in its list."""

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

    def many_named(self, key: int, index: I64) -> list[tuple[str, str]]:
        """What `named` gives for each of many people."""
        stride, start = _stride(key, self.size)
        return [self._at(position) for position in ((index * stride + start) % self.size).tolist()]

    def named(self, key: int, index: int) -> tuple[str, str]:
        """Full name and local part of the address of the person at `index`, under the organization's key."""
        stride, start = _stride(key, self.size)
        return self._at((index * stride + start) % self.size)

    def _at(self, position: int) -> tuple[str, str]:
        given, family = self.given[position // len(self.family)], self.family[position % len(self.family)]
        return f"{given[0]} {family[0]}", f"{given[1]}.{family[1]}"

    def index_of(self, key: int, local: str) -> int | None:
        """The index of the person whose address has this local part, in lower case; None for nobody's."""
        stride, start = _stride(key, self.size)
        names = zip(self._addresses, local.partition(".")[::2], strict=True)
        given, family = (positions.get(address) for positions, address in names)
        if given is None or family is None:
            return None
        return (given * len(self.family) + family - start) * pow(stride, -1, self.size) % self.size

    @cached_property
    def _addresses(self) -> tuple[dict[str, int], dict[str, int]]:
        """The position of each given and each family name, by its form in an address."""
        given, family = (
            {address.casefold(): position for position, (_, address) in enumerate(column)}
            for column in (self.given, self.family)
        )
        return given, family


@lru_cache(maxsize=64)
def _stride(key: int, size: int) -> tuple[int, int]:
    """A step that visits every position of a pool before any twice, and where it begins."""
    stride = hashing.scalar(key, 0) % size
    while gcd(stride, size) != 1:
        stride += 1
    return stride, hashing.scalar(key, 1) % size
