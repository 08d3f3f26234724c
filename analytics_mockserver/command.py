"""The console scripts `mockserver` and `analytics-mockserver`: the command of `mockserver.cli`, if it can run here."""

import os
import signal
import sys
from types import FrameType

USAGE_ERROR = 2


def main() -> None:
    """Run the command; exit with code 2 and one line if its package or a dependency is not there.

    A server that is stopped while it starts has nothing to finish. Hence this comes before everything that takes time.
    """
    if sys.argv[1:2] == ["serve"]:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, _end)
    from analytics_mockserver import ownership

    try:
        ownership.check()
        from mockserver.cli import main as run

        run(prog_name="mockserver")
    except ownership.PackageUnusable as conflict:
        _stop(str(conflict))
    except ModuleNotFoundError as error:
        _stop(ownership.missing(str(error.name)))


def _end(_number: int, _at: FrameType | None) -> None:
    """End the process at once: an exception could be caught, or be lost, in whatever is being imported."""
    os._exit(0)


def _stop(text: str) -> None:
    from contextlib import suppress

    with suppress(AttributeError, OSError):  # Standard error is closed, or cannot be written.
        sys.stderr.write(f"mockserver: {text}\n")
    sys.exit(USAGE_ERROR)
