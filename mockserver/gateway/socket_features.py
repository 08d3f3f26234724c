"""What passes between the server and the app about the connection of a request: keys of its environ.

`effects` makes the responses, and the server cuts the connections. Without a server, the keys are missing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final, Protocol

WAIT_SLOTS: Final = "mockserver.waits"
"""The environ's key of the WaitSlots, one of which a request holds while a fault makes it wait.

It is missing where any number may wait."""

IS_GONE: Final = "mockserver.is_gone"
"""The environ's key of a function that tells whether the client has closed its connection.

It is missing where no server runs, and so where nothing can be done to a connection."""

ABANDONED: Final = "mockserver.abandoned"
"""The environ's key of a function of the app, which the server calls if the client leaves before it has the answer."""

CLOSE_IDLE: Final = "mockserver.close_idle"
"""The environ's key by which the app demands that the server closes the connection right after a whole answer.

The answer does not say so."""

OVERLONG: Final = "mockserver.overlong"
"""The environ's key by which the app demands that the server sends a body beyond its Content-Length.

The connection is then closed."""

BODY_PROBLEM: Final = "mockserver.body_problem"
"""The environ's key of the BodyProblem of a request whose body could not be read; missing or None where it was."""

BODY_SECONDS = 10.0
"""How long a client may take to send the body of a request."""

READ_MAXIMUM = 16 * 1024 * 1024
"""The largest body that a server reads, in bytes; what an answer takes of it may be less."""

EFFECTS: Final = ("reset", "truncate_bytes", "stall_seconds", "drip_seconds", "chunked", "close_idle", "short_length")
"""The effects of fault rules that need a server: they frame an answer, or end or interrupt the connection itself."""


@dataclass(slots=True, eq=False)
class Head:
    """The status line and the headers of answers that the app has at hand, but for their date.

    The app gives it again with each of them. `lines` are the bytes that the server makes of it, once.
    """

    status: str
    headers: tuple[tuple[str, str], ...]
    lines: bytes = b""


@dataclass(slots=True, eq=False)
class Content:
    """What an answer that the app has at hand consists of: its head, its date, and its body in parts.

    `date` is the value of its header Date; None where it is that of the server. It belongs to one moment: the answers
    to equal requests that are given together share it, and later ones have another.
    """

    head: Head
    date: str | None
    parts: tuple[bytes, ...]

    @property
    def headers(self) -> list[tuple[str, str]]:
        """The headers with this date, in the form of WSGI."""
        return [*self.head.headers, *([] if self.date is None else [("Date", self.date)])]

    @property
    def body(self) -> bytes:
        """The whole body."""
        return b"".join(self.parts)


class Response(Protocol):
    """An answer that the app has at hand."""

    @property
    def content(self) -> Content:
        """What it consists of; it may be that of other answers too."""

    def abandon(self) -> None:
        """Note that its client has left before it was sent."""


class WaitSlots(Protocol):
    """How many requests a server lets wait at a time."""

    def acquire(self) -> bool:
        """Take a slot; False where none is free."""

    def release(self) -> None:
        """Give a slot back."""


class BodyProblem(Enum):
    """Why the body of a request was not read: the status of the refusal, and the rule."""

    TIMEOUT = 408, f"the body was not there after {BODY_SECONDS:.0f} seconds"
    TOO_LARGE = 413, f"the body is larger than {READ_MAXIMUM} bytes"
    BUSY = 503, "the server holds the bodies of so many requests that it has no room for another"


class ConnectionReset(ConnectionAbortedError):
    """Raised in place of the first byte of a response; the server then resets the connection."""


class BodyCut(ConnectionAbortedError):
    """Raised in place of the next part of a body; the server then closes the connection without the body's end."""


def body_problem(environ: Mapping[str, Any]) -> BodyProblem | None:
    """Why the body of a request was not read; None where it was, or where the request has none."""
    return environ.get(BODY_PROBLEM)


def refusal(names: Iterable[str], environ: Mapping[str, Any]) -> str | None:
    """Why these effects are not possible for a request; None where they are."""
    needing = " and ".join(sorted(name for name in names if name in EFFECTS))
    if not needing or IS_GONE in environ:
        return None
    return (
        f"{needing} needs a socket, and the app is called without a server; "
        "ask one that `mockserver serve` or mockserver.server.in_thread runs"
    )
