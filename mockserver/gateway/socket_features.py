"""What a server can do with its sockets, and how many requests may wait: keys of a request's environ.

`effects` makes the responses, and the server cuts the connections. Without a server, the keys are missing.
"""

from collections.abc import Mapping
from enum import Enum
from typing import Any, Final

EFFECTS: Final = "mockserver.effects"
"""The environ's key of a frozenset of RESET, TRUNCATE and STALL, as far as the server can do them."""

WAIT_SLOTS: Final = "mockserver.waits"
"""The environ's key of the semaphore that a request holds while it waits for a delay or for its body.

It is missing where any number may wait."""

IS_GONE: Final = "mockserver.is_gone"
"""The environ's key of a function that tells whether the client has closed its connection; missing where unknown."""

BODY_PROBLEM: Final = "mockserver.body_problem"
"""The environ's key of the BodyProblem of a request whose body could not be read; missing or None where it was."""

BODY_SECONDS = 10.0
"""How long a client may take to send the body of a request."""

READ_MAXIMUM = 16 * 1024 * 1024
"""The largest body that a server reads, in bytes; what an answer takes of it may be less."""

RESET: Final = "reset"
TRUNCATE: Final = "truncate_bytes"
STALL: Final = "stall_seconds"


class BodyProblem(Enum):
    """Why the body of a request was not read: the status of the refusal, and the rule."""

    TIMEOUT = 408, f"the body was not there after {BODY_SECONDS:.0f} seconds"
    TOO_LARGE = 413, f"the body is larger than {READ_MAXIMUM} bytes"
    BUSY = 503, "the server waits for the bodies of so many requests that it cannot wait for another"


class ConnectionReset(ConnectionAbortedError):
    """Raised in place of the first byte of a response; the server then resets the connection."""


def body_problem(environ: Mapping[str, Any]) -> BodyProblem | None:
    """Why the body of a request was not read; None where it was, or where the request has none."""
    return environ.get(BODY_PROBLEM)


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
