"""Answers where the server of this session is: given, started by this process, or by the one that leads its workers.

Starting a process stays out (`program`), and so does the talk between processes (`desk`).
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mockserver.pytest_plugin.desk import UrlBroker
    from mockserver.pytest_plugin.program import ServerProcess
    from mockserver.pytest_plugin.servers import Server

PORT = "mockserver_desk"
"""What the workers of pytest-xdist are told: the port of the desk where they ask."""

LIFETIME = 4 * 3600
"""Seconds that a sandbox left behind in somebody else's server stays there: beyond any test, even one in a debugger."""


class ServerManager:
    """The server of one pytest process, found or started when it is first wanted; `told` is what its leader says."""

    def __init__(self, url: str | None, admin_token: str | None, told: Mapping[str, Any]) -> None:
        self._url = url
        self._admin_token = admin_token
        self._port: int | None = told.get(PORT)
        self._program: ServerProcess | None = None
        self._desk: UrlBroker | None = None

    def server(self) -> "Server":
        """What the tests ask; MockserverGone when there is none."""
        from mockserver.pytest_plugin.control import Control
        from mockserver.pytest_plugin.servers import Server
        from mockserver.pytest_plugin.wire import HttpTransport

        if self._url is not None:
            control = Control(HttpTransport(self._url), self._url, self._admin_token, _given)
            return Server.found(self._url, control, lifetime=LIFETIME)
        if self._port is not None:
            from mockserver.pytest_plugin import desk

            url, fate = desk.ask(self._port).ready(), desk.asking(self._port)
        else:
            program = self._started()
            url, fate = program.status().ready(), program.fate
        return Server.found(url, Control(HttpTransport(url), url, self._admin_token, fate))

    def shared(self) -> dict[str, int]:
        """What a worker is told, so that it asks here for the server; nothing where it was told of one itself."""
        if self._url is not None:
            return {}
        if self._desk is None:
            from mockserver.pytest_plugin.desk import UrlBroker

            self._desk = UrlBroker(self._started)
        return {PORT: self._desk.port}

    def close(self) -> None:
        """End what this process started."""
        if self._desk is not None:
            self._desk.close()
        if self._program is not None:
            self._program.stop()

    def _started(self) -> "ServerProcess":
        """The program of this session; one that ended stays ended, so that every test says so."""
        if self._program is None:
            from mockserver.pytest_plugin.program import ServerProcess

            self._program = ServerProcess()
        return self._program


def _given() -> str:
    return "it was given to pytest, and is not started by it; is it running there?"
