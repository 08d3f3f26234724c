"""The parts in which the body of an answer is sent under a fault, and when each is sent.

`effects` waits before them.
"""

from collections.abc import Iterator
from decimal import Decimal
from math import ceil
from typing import Final

from mockserver.gateway.faults import FaultEffect

CHUNK_BYTES: Final = 1024
"""The size of the chunks of a chunked body: small enough that most answers have several."""

DRIP_SECONDS: Final = Decimal("0.5")
"""The seconds between two parts of a body that drips, unless it has fewer bytes than that."""


def timed(body: bytes, effect: FaultEffect) -> list[tuple[Decimal, bytes]]:
    """The parts of a body, each with the seconds to wait before it."""
    at_once = Decimal(0)
    if effect.stall_seconds is not None:
        return [(at_once, body[: effect.after_bytes]), (effect.stall_seconds, body[effect.after_bytes :])]
    if effect.drip_seconds is None:
        return [(at_once, body)]
    size = -(-len(body) // ceil(effect.drip_seconds / DRIP_SECONDS)) or 1
    drops = [body[at : at + size] for at in range(0, len(body), size)] or [b""]
    return [(at_once, b""), *((effect.drip_seconds / len(drops), each) for each in drops)]


def chunks(part: bytes, effect: FaultEffect) -> Iterator[bytes]:
    """A part of a body, in chunks where it is to be chunked."""
    size = CHUNK_BYTES if effect.chunked else max(len(part), 1)
    return (part[at : at + size] for at in range(0, max(len(part), 1), size))
