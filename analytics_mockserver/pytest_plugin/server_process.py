"""The server of a pytest session: given by its URL, or a process that is started, watched, stopped, and shared.

The workers of pytest-xdist are processes of their own and share the server of the process that controls them. Requests
to the server are made in `servers`.
"""

import json
import os
import signal
import socket
import socketserver
import subprocess
import threading
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import partial
from typing import IO, TYPE_CHECKING, Any
from urllib.parse import urlsplit

from analytics_mockserver.pytest_plugin.server_command import COMMAND_TIMEOUT, ServerCommand

if TYPE_CHECKING:
    from analytics_mockserver.pytest_plugin.servers import MockserverFixture

STOP_TIMEOUT = 3.0  # seconds until the server must have ended; pending requests can delay it by one
EXIT_DELAY = 1.0  # seconds within which a server that stopped responding is seen to have ended
BROKER_TIMEOUT = COMMAND_TIMEOUT + 10  # seconds that a worker waits: while the server starts, later questions queue up
BROKER_PORT = "mockserver_broker_port"  # the key under which the workers of pytest-xdist receive the broker's port
LINE_SHOWN = 200  # how many characters of an unusable line are shown
LOG_LINES = 30  # how many lines of the server's log are kept for error messages

SANDBOX_LIFETIME = 4 * 3600
"""Seconds after which a sandbox left behind on a given server expires: longer than any test, even in a debugger."""


class MockserverGone(Exception):
    """The mock server did not start, or no longer responds; the message has what is known and ends with its log."""


class ServerManager:
    """The server of this pytest process, found or started when a test first needs it.

    `worker_input` is what the process that controls the workers passes to each of them; empty in any other process.
    """

    def __init__(
        self,
        url: str | None,
        admin_token: str | None,
        worker_input: Mapping[str, Any],
        command: "ServerCommand | None" = None,
    ) -> None:
        self._url = url
        self._admin_token = admin_token
        self._command = command or ServerCommand()
        self._broker_port: int | None = worker_input.get(BROKER_PORT)
        self._process: ServerProcess | NotStarted | None = None
        self._broker: UrlBroker | None = None

    def server(self) -> "MockserverFixture":
        """The server; MockserverGone if there is none."""
        from analytics_mockserver.client import Client
        from analytics_mockserver.pytest_plugin.servers import MockserverFixture, MonitoredTransport

        status = self._find()
        found = status(0)
        if found.url is None:
            raise MockserverGone(f"the mock server did not start: {found.status_text}")
        transport = MonitoredTransport(found.url, lambda: status(EXIT_DELAY).status_text)
        client = Client(found.url, admin_token=self._admin_token, transport=transport)
        return MockserverFixture(client, sandbox_lifetime=SANDBOX_LIFETIME if self._url else None)

    def _find(self) -> "Callable[[float], ServerStatus]":
        """A function that returns the status of the server; it waits up to so many seconds for a dying one to end."""
        if self._url is not None:
            given = ServerStatus(self._url, "pytest was given its URL and did not start it; is it running?")
            return lambda _wait: given
        if self._broker_port is not None:
            return partial(query_broker, self._broker_port)
        return self._started_process().status

    def worker_input(self) -> dict[str, int]:
        """What a worker needs to find the server of this process; nothing if a URL is given, as workers have it too."""
        if self._url is not None:
            return {}
        if self._broker is None:
            self._broker = UrlBroker(self._started_process)
        return {BROKER_PORT: self._broker.port}

    def close(self) -> None:
        """Stop what this process started."""
        if self._broker is not None:
            self._broker.close()
        if self._process is not None:
            self._process.stop()

    def _started_process(self) -> "ServerProcess | NotStarted":
        """The server's process, started once: if it dies, every later test fails with the same error."""
        if self._process is None:
            try:
                self._process = ServerProcess(self._command)
            except OSError as error:
                cause = f"{error.strerror}: {error.filename}"
                self._process = NotStarted(f"{self._command.name} cannot be started: {cause}")
        return self._process


@dataclass(frozen=True, slots=True)
class ServerStatus:
    """The server's URL, None if it never became ready, and a sentence about its process that ends with its log."""

    url: str | None
    status_text: str


class NotStarted:
    """In place of a process that could not be started; the text says why."""

    def __init__(self, text: str) -> None:
        self._status = ServerStatus(None, text)

    def status(self, _wait: float = 0) -> ServerStatus:
        return self._status

    def stop(self) -> None:
        """There is nothing to stop."""


class ServerProcess:
    """The server's process. Creating this starts it, and returns when the server is ready or cannot be used.

    OSError if there is no such program.
    """

    def __init__(self, command: ServerCommand) -> None:
        self._name = command.name
        self._url: str | None = None
        self._failure: str | None = None
        self._log: deque[str] = deque(maxlen=LOG_LINES)
        self._process = command.start()
        self._log_reader = threading.Thread(
            target=self._log.extend, args=(_pipe(self._process.stderr),), name="mockserver-log", daemon=True
        )
        self._log_reader.start()
        self._wait_until_ready(command.timeout)

    def _wait_until_ready(self, timeout: float) -> None:
        deadline = threading.Timer(timeout, self._give_up, (f"printed nothing for {timeout:g} s and was killed",))
        deadline.start()
        try:
            line = _pipe(self._process.stdout).readline()
        finally:
            deadline.cancel()
        self._url = _read_url(line)
        if line and self._url is None:
            self._give_up(f"printed {line[:LINE_SHOWN]!r}, not a line of JSON with the server's URL, and was killed")

    def _give_up(self, failure: str) -> None:
        self._failure = failure
        self._kill()

    def _kill(self) -> None:
        """Kill the process and its children, as a command may have started the server as one."""
        with suppress(OSError):  # All of them have ended.
            getattr(os, "killpg", os.kill)(self._process.pid, getattr(signal, "SIGKILL", signal.SIGTERM))

    def status(self, wait: float = 0) -> ServerStatus:
        """The status; waits up to so many seconds for the process to end, since it may be about to."""
        try:
            code = self._process.wait(EXIT_DELAY if self._url is None else wait)
        except subprocess.TimeoutExpired:
            return ServerStatus(self._url, self._with_log("is running but does not respond"))
        self._log_reader.join(EXIT_DELAY)
        how = f"exited with code {code}" if code >= 0 else f"was terminated by signal {-code}"
        return ServerStatus(self._url, self._with_log(self._failure or how))

    def _with_log(self, what: str) -> str:
        log = "".join(tuple(self._log)).rstrip("\n")  # a tuple, because the log may grow meanwhile
        ending = f"the end of its log:\n{log}" if log else "its log is empty"
        return f"{self._name} {what}; {ending}"

    def stop(self) -> None:
        """End the process; kill it after STOP_TIMEOUT."""
        with self._process:  # Its end closes the other pipes.
            _pipe(self._process.stdin).close()
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(STOP_TIMEOUT)
            self._kill()
            self._log_reader.join(EXIT_DELAY)


def _read_url(line: str) -> str | None:
    """The URL in the line that a server prints when it is ready; None if there is none."""
    try:
        url = json.loads(line)["url"]
        usable = urlsplit(url).scheme in {"http", "https"} and bool(urlsplit(url).hostname)
    except (ValueError, LookupError, TypeError, AttributeError):
        return None
    return str(url) if usable else None


def _pipe(stream: IO[str] | None) -> IO[str]:
    assert stream is not None  # noqa: S101 (for the types: all three are pipes)
    return stream


class UrlBroker:
    """A local port where the workers of pytest-xdist, processes of their own, learn the URL of the shared server.

    It runs in the process that controls the workers; the first question starts the server. A worker sends one line,
    the seconds to wait for the server to end, and receives one line of JSON.
    """

    def __init__(self, get_process: Callable[[], ServerProcess | NotStarted]) -> None:
        class WorkerHandler(socketserver.StreamRequestHandler):
            timeout = 5.0

            def handle(self) -> None:
                status = get_process().status(float(self.rfile.readline()))
                self.wfile.write(json.dumps(asdict(status)).encode() + b"\n")

        self._server = socketserver.TCPServer(("127.0.0.1", 0), WorkerHandler)
        self.port: int = self._server.server_address[1]
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, name="mockserver-broker", daemon=True
        )
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def query_broker(port: int, wait: float = 0) -> ServerStatus:
    """The status from the broker at a port; a status without a URL when nothing answers there."""
    try:
        with (
            socket.create_connection(("127.0.0.1", port), BROKER_TIMEOUT) as connection,
            connection.makefile("rwb") as stream,
        ):
            stream.write(b"%f\n" % wait)
            stream.flush()
            return ServerStatus(**json.loads(stream.readline()))
    except (OSError, ValueError) as error:
        return ServerStatus(None, f"the pytest process that controls the workers does not answer ({error})")
