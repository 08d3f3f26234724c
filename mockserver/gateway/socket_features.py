"""What a server can do with its sockets, and how many requests may wait: keys of a request's environ.

`effects` makes the responses, and the server cuts the connections. Without a server, the keys are missing.
"""

from collections.abc import Mapping
from typing import Any, Final

EFFECTS: Final = "mockserver.effects"
"""The environ's key of a frozenset of RESET, TRUNCATE and STALL, as far as the server can do them."""

DELAY_SLOTS: Final = "mockserver.waits"
"""The environ's key of the semaphore that a request holds while it waits; missing where any number may wait."""

RESET: Final = "reset"
TRUNCATE: Final = "truncate_bytes"
STALL: Final = "stall_seconds"


class ConnectionReset(ConnectionAbortedError):
    """Raised in place of the first byte of a response; the server then resets the connection."""


def effects(environ: Mapping[str, Any]) -> frozenset[str]:
    """What the server of a request can do with its socket; nothing without a server."""
    found: frozenset[str] = environ.get(EFFECTS, frozenset())
    return found


def refusal(lacking: frozenset[str], environ: Mapping[str, Any]) -> str:
    """Why a server cannot do some effects, and which server can."""
    names = " and ".join(sorted(lacking))
    if not effects(environ):
        return (
            f"{names} needs a socket, and the app is called without a server; "
            "ask one that `mockserver serve` or mockserver.server.in_thread runs"
        )
    return f"{names} is beyond this server, which sends the head of every answer; start it with `--server threaded`"
