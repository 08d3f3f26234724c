"""A server with a clock that stands still, at the port of the first argument, with the store of the second, if any."""

import json
import sys
import threading
from datetime import UTC, datetime

from mockserver import server
from mockserver.app import create_app
from mockserver.settings import Settings

NOW = datetime(2025, 10, 21, 10, 30, tzinfo=UTC)


def main(port: str, store: str | None = None) -> None:
    """Serve until the process is killed; print the URL as JSON when it is ready."""
    app = create_app(Settings(now=NOW, freeze=True, store=store))
    with server.in_thread(app, int(port)) as running:
        sys.stdout.write(json.dumps({"url": running.url}) + "\n")
        sys.stdout.flush()
        threading.Event().wait()


if __name__ == "__main__":
    main(*sys.argv[1:])
