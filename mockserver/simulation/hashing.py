"""Counter-based integer hashes, from which every number of the simulation is drawn.

There is no generator and no stream: a value is a pure function of its key and counters, so any can be computed alone,
and integer arithmetic gives the same bits on every machine and in every version of numpy.
"""

from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

U64 = NDArray[np.uint64]
I64 = NDArray[np.int64]

DATA_VERSION = 2
"""Changes whenever a served number would change for the same organization and seed."""

DRAW_VERSION = 1
"""A part of every key. It stays in a new data version, which therefore changes only the numbers that it is about."""

_MASK = (1 << 64) - 1
_GOLDEN = 0x9E3779B97F4A7C15
_FIRST = 0xBF58476D1CE4E5B9
_SECOND = 0x94D049BB133111EB


def key(*words: str | int) -> int:
    """A 64-bit key from words; the words are separated, so that ("ab", "c") and ("a", "bc") differ."""
    text = "\x1f".join(str(word) for word in words)
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big")


def scalar(key: int, counter: int) -> int:
    """64 bits for one counter, in Python's integers; the same bits as `mix` gives."""
    bits = (key + (counter + 1) * _GOLDEN) & _MASK
    bits = ((bits ^ (bits >> 30)) * _FIRST) & _MASK
    bits = ((bits ^ (bits >> 27)) * _SECOND) & _MASK
    return bits ^ (bits >> 31)


def mix(keys: int | U64, counters: I64) -> U64:
    """64 bits for each pair of a key and a counter, broadcast against each other (splitmix64's finaliser)."""
    bits = (counters.astype(np.uint64) + np.uint64(1)) * np.uint64(_GOLDEN) + np.asarray(keys, dtype=np.uint64)
    shifted = bits >> np.uint64(30)
    bits ^= shifted
    bits *= np.uint64(_FIRST)
    bits ^= np.right_shift(bits, np.uint64(27), out=shifted)
    bits *= np.uint64(_SECOND)
    bits ^= np.right_shift(bits, np.uint64(31), out=shifted)
    return bits


def field(bits: U64, index: int, width: int = 16) -> I64:
    """The field at `index`, `width` bits, counted from the low end: independent draws out of one hash."""
    if width in {8, 16}:  # Whole bytes are read where they are, at half the cost of shifting.
        return (byte_field if width == 8 else word_field)(bits, index).astype(np.int64)
    return ((bits >> np.uint64(index * width)) & np.uint64((1 << width) - 1)).astype(np.int64)


def word_field(bits: U64, index: int) -> NDArray[np.uint16]:
    """The field of 16 bits at `index`, as small as it is: for many draws that are only compared."""
    return bits.astype("<u8", order="C", copy=False).view("<u2")[..., index::4]


def byte_field(bits: U64, index: int) -> NDArray[np.uint8]:
    """The field of 8 bits at `index`, as small as it is."""
    return bits.astype("<u8", order="C", copy=False).view(np.uint8)[..., index::8]


def percent(bits: I64, chance: I64 | int) -> NDArray[np.bool_]:
    """True where a 16-bit draw falls under a percentage; exact at 0 and 100."""
    return bits * 100 < np.asarray(chance, dtype=np.int64) * 65536


def exponential(steps: int, mean: int) -> I64:
    """The quantiles of an exponential distribution as `steps` integers with about this mean, by harmonic sums."""
    total, table = 0, []
    for rank in range(steps):
        total += (mean << 20) // (steps - rank)
        table.append(total >> 20)
    return np.array(table, dtype=np.int64)


def weighted(bits: I64, weights: I64) -> I64:
    """The index of a choice with these integer weights, from a 16-bit draw; the weights' sum must not be zero."""
    ends = np.cumsum(weights) * 65536 // int(weights.sum())
    return np.searchsorted(ends, bits, side="right").astype(np.int64)
