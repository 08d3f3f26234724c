"""`mockserver serve --workers`: one port for several processes, each of which runs the same command again.

What is left to each process: everything but the choice of the port, the emptying of the store, and the ready line.
"""

import json
import sys
from dataclasses import replace
from typing import NoReturn

from mockserver.cli import servers
from mockserver.cli.starting import Start
from mockserver.settings import Settings, parse_store

FLAG = "--worker"
"""The hidden flag of the command in such a process; its value is the port."""


def settings_of_worker(chosen: Settings, port: int) -> Settings:
    """The settings of one of the processes that serve a port."""
    return replace(chosen, port=port, workers=1, reset_store=False)


class WorkerStart(Start):
    """The start of one of the processes: its ready line has what the parent prints below its own."""

    def _ready_line(self) -> str:
        return json.dumps(self._banner(self.make()))


def serve(start: Start, grace: float) -> None:
    """Serve with several processes until SIGTERM or SIGINT; end the command where they cannot start."""
    from mockserver.server import processes, sockets

    chosen = start.settings
    _empty_store(chosen)
    with sockets.reserve(chosen.host, chosen.port) as held:
        url = sockets.url(chosen.host, held)
        command = [sys.executable, *sys.orig_argv[1:], FLAG, str(held.getsockname()[1])]

        def ready(line: bytes) -> None:
            start.ready(url)
            start.print_banner(json.loads(line))

        try:
            processes.serve(command, chosen.workers, ready, grace)
        except processes.WorkersFailed as error:
            _give_up(error.code)


def _empty_store(chosen: Settings) -> None:
    if chosen.reset_store and chosen.store is not None:
        from mockserver.gateway.store import opening

        opening.empty_store(parse_store(chosen.store))


def _give_up(code: int) -> NoReturn:
    """End the command with the exit code of a process, which has printed the reason unless a signal ended it."""
    if code <= 0:
        servers.stop(f"a worker ended with code {code} before it was ready", 1)
    sys.exit(code)
