"""The console scripts `mockserver` and `analytics-mockserver`: the command of `mockserver.cli`, if it can run here."""

import sys
from contextlib import suppress

from analytics_mockserver import ownership

USAGE_ERROR = 2


def main() -> None:
    """Run the command; exit with code 2 and one line if its package or a dependency is not there."""
    try:
        ownership.check()
        from mockserver.cli import main as run

        run(prog_name="mockserver")
    except ownership.PackageUnusable as conflict:
        _stop(str(conflict))
    except ModuleNotFoundError as error:
        _stop(ownership.missing(str(error.name)))


def _stop(text: str) -> None:
    with suppress(AttributeError, OSError):  # Standard error is closed, or cannot be written.
        sys.stderr.write(f"mockserver: {text}\n")
    sys.exit(USAGE_ERROR)
