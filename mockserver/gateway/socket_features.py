"""Answers what a server says of itself in a request's environ: its effects on the socket, and how many may wait.

Doing them stays out (`effects` makes the answers, `server` cuts). Without a server nothing is said, and none is done.
"""

from collections.abc import Mapping
from threading import BoundedSemaphore
from typing import Any, Final

EFFECTS: Final = "mockserver.effects"
"""The environ's key of a frozenset of RESET, TRUNCATE and STALL."""

DELAY_SLOTS: Final = "mockserver.waits"
"""The environ's key of the semaphore that a request holds while it waits; not there where any number may."""

RESET: Final = "reset"
TRUNCATE: Final = "truncate_bytes"
STALL: Final = "stall_seconds"


class ConnectionReset(ConnectionAbortedError):
    """Raised in place of the first byte of an answer: the connection is to be reset."""


def effects(environ: Mapping[str, Any]) -> frozenset[str]:
    """The effects on the socket that the server of a request can do; none where there is no server."""
    able: frozenset[str] = environ.get(EFFECTS, frozenset())
    return able


def delay_slots(environ: Mapping[str, Any]) -> BoundedSemaphore | None:
    """What a request must hold while it waits; None where any number may."""
    held: BoundedSemaphore | None = environ.get(DELAY_SLOTS)
    return held


def refusal(lacking: frozenset[str], environ: Mapping[str, Any]) -> str:
    """Why effects cannot be done here, and where they can."""
    names = " and ".join(sorted(lacking))
    if not effects(environ):
        return (
            f"{names} needs a socket, and the app is called without a server; "
            "ask one that `mockserver serve` or mockserver.server.in_thread runs"
        )
    return f"{names} is beyond this server, which sends the head of every answer; start it with `--server threaded`"
