"""Standard streams that are closed, or that cannot be written: one line, no traceback, and no socket in their place."""

import errno
import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_FAILURES = frozenset((errno.EPIPE, errno.ENOSPC, errno.EIO, errno.EBADF))
"""The errors of writing to a stream: its reader is gone, the device is full or fails, the stream is closed."""


class _Closed(io.TextIOBase):
    """A stream that was closed before the process began."""

    def write(self, _: str, /) -> int:
        raise OSError(errno.EBADF, os.strerror(errno.EBADF))


def open_streams() -> None:
    """Keep the places of closed streams taken, so that a socket does not get one and a traceback ends up with a client.

    Writing to a closed standard output fails; what would go to a closed standard error is dropped.
    """
    for descriptor in range(3):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
    if sys.stdout is None:
        sys.stdout = _Closed()
    if sys.stderr is None:
        sys.stderr = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 (until the process ends)


def reason(error: OSError) -> str | None:
    """Why standard output could not be written; None if the error is another."""
    is_output = error.errno in _FAILURES and error.filename is None
    return f"standard output cannot be written: {os.strerror(error.errno or 0)}" if is_output else None


@contextmanager
def complete() -> Iterator[None]:
    """End the process with code 1 when standard output cannot be written, to its last byte, and say why in one line.

    A reader that has what it wants and leaves, as `head` does, is no error: nothing is printed then.
    """
    try:
        yield
        sys.stdout.flush()
    except OSError as error:
        if (text := reason(error)) is None:
            raise
        give_up("" if isinstance(error, BrokenPipeError) else text)


def give_up(text: str) -> None:
    """Print an error, if there is a text, and exit with code 1, without what is still to be written."""
    with suppress(OSError):
        sys.stderr.write(f"Error: {text}\n" if text else "")
        sys.stderr.flush()
    discard()
    raise SystemExit(1)


def discard() -> None:
    """Drop what is still to be written on standard output, and whatever follows."""
    with suppress(OSError, ValueError, io.UnsupportedOperation):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
