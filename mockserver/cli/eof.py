"""A watch on standard input, whose end means that the process which started the command is gone.

It sends SIGTERM; the `server` room stops in good order.
"""

import os
import signal
import threading

STDIN = 0


def watch(stream: int = STDIN) -> threading.Thread:
    """Read a stream in a thread and send this process SIGTERM at its end."""
    watching = threading.Thread(target=_follow, args=(stream,), name="until-eof", daemon=True)
    watching.start()
    return watching


def _follow(stream: int) -> None:
    """Read without a buffer: its lock, held while waiting, would disturb the interpreter at exit."""
    try:
        while os.read(stream, 4096):
            pass
    except OSError:  # There never was a standard input, so nobody holds it.
        pass
    os.kill(os.getpid(), signal.SIGTERM)
