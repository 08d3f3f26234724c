"""From facts to Tabnine's numbers: who has an account (`accounts`), and what was done (`usage`).

HTTP stays out, and so do JSON keys; instants are whole seconds since 1970-01-01T00:00:00Z.
"""

from collections.abc import Hashable, Mapping
from datetime import datetime

from mockserver.simulation.instants import seconds, written


def epoch(now: datetime, values: Mapping[str, str | int]) -> Hashable:  # noqa: ARG001 (as every vendor's)
    """What of the moment an answer depends on: the second, since today's data come in as the day goes."""
    return seconds(now)


def stamp(instant: datetime) -> str:
    """The present as this vendor would write it."""
    return written(seconds(instant))
