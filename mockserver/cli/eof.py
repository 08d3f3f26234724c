"""Answers when whoever started the command is gone: standard input, which they hold, comes to its end.

Stopping in good order stays out (`server` does, when it is told to).
"""

import os
import signal
import threading

STDIN = 0


def watch(stream: int = STDIN) -> threading.Thread:
    """Read a stream in a thread of its own, and send this process SIGTERM at its end."""
    watching = threading.Thread(target=_follow, args=(stream,), name="until-eof", daemon=True)
    watching.start()
    return watching


def _follow(stream: int) -> None:
    """Read without a buffer: its lock, held while nothing comes, would trouble the interpreter at its end."""
    try:
        while os.read(stream, 4096):
            pass
    except OSError:  # There never was one, so nobody can hold it.
        pass
    os.kill(os.getpid(), signal.SIGTERM)
