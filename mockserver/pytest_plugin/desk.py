"""Answers the workers of pytest-xdist, which are processes of their own, where the one server is that they share.

The process that leads them holds the desk; the first who asks has the server started. Who asks sends one line, which
says how long they are ready to wait for the server to have ended, and gets one of JSON.
"""

import json
import socket
import socketserver
import threading
from collections.abc import Callable

from mockserver.pytest_plugin.program import DYING, START, ServerProcess, Status

HOST = "127.0.0.1"
PATIENCE = START + 10
"""Seconds that a worker waits at most: while the server starts, those who ask later stand in line."""

_POLL = 0.02
"""Seconds between two looks at whether to close."""


class UrlBroker:
    """A port at which the status of a program is told, one asker after the other."""

    def __init__(self, program: Callable[[], ServerProcess]) -> None:
        class Teller(socketserver.StreamRequestHandler):
            timeout = 5.0

            def handle(self) -> None:
                told = program().status(float(self.rfile.readline()))
                self.wfile.write(json.dumps({"url": told.url, "fate": told.fate}).encode() + b"\n")

        self._server = socketserver.TCPServer((HOST, 0), Teller)
        self.port: int = self._server.server_address[1]
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(_POLL,), name="mockserver-desk", daemon=True
        )
        self._thread.start()

    def close(self) -> None:
        """Tell nobody any more."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def ask(port: int, patience: float = 0) -> Status:
    """What the desk at a port says; where nobody is there any more, that is said in its place."""
    try:
        with socket.create_connection((HOST, port), PATIENCE) as connection, connection.makefile("rwb") as stream:
            stream.write(b"%f\n" % patience)
            stream.flush()
            told = json.loads(stream.readline())
            return Status(told["url"], told["fate"])
    except (OSError, ValueError) as error:
        return Status(None, f"the pytest process that leads the workers does not say where it is ({error})")


def asking(port: int) -> Callable[[], str]:
    """What asks what became of the server."""
    return lambda: ask(port, DYING).fate
