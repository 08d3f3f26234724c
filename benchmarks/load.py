"""Load on a server: each persistent connection sends its next request as soon as it has an answer.

wrk sends it where it is installed; the generator here takes more of the processor from the measured server.
"""

import re
import selectors
import shutil
import socket
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import repeat, takewhile
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory
from time import perf_counter
from urllib.parse import urlsplit

TOKEN = "mock-augment-acme"
_IN_TURN = """
local paths, last = {{}}, 0
for line in io.lines("{paths}") do paths[#paths + 1] = line end
request = function()
  last = last % #paths + 1
  return wrk.format(nil, paths[last])
end
"""
_LENGTH = re.compile(rb"content-length: *([0-9]+)", re.IGNORECASE)
_DONE = re.compile(r"(\d+) requests in ([\d.]+)(s|m)")
_P99 = re.compile(r"99% +([\d.]+)(us|ms|s)")
_MILLISECONDS = {"us": 0.001, "ms": 1.0, "s": 1000.0}


@dataclass(frozen=True, slots=True)
class Load:
    """What a load came to: how many answers in how many seconds, and the 99th percentile of their latency, in ms."""

    answers: int
    seconds: float
    p99: float

    @property
    def rate(self) -> float:
        """Answers per second."""
        return self.answers / self.seconds


def repeated(url: str, path: str, connections: int, seconds: int, token: str = TOKEN) -> Load:
    """Send one request again and again."""
    if shutil.which("wrk"):
        return _wrk(url + path, connections, seconds, token)
    end = perf_counter() + seconds
    return _send(url, takewhile(lambda _: perf_counter() < end, repeat(path)), connections, token)


def each(url: str, paths: Sequence[str], connections: int, token: str = TOKEN) -> Load:
    """Send every request once."""
    return _send(url, iter(paths), connections, token)


def again(url: str, paths: Sequence[str], connections: int, seconds: int, token: str = TOKEN) -> Load:
    """Send requests that were sent before, one after another, from the start again at the end."""
    if not shutil.which("wrk"):
        return each(url, paths, connections, token)
    with TemporaryDirectory() as folder:
        listed, script = Path(folder) / "paths", Path(folder) / "script.lua"
        listed.write_text("\n".join(paths), encoding="utf-8")
        script.write_text(_IN_TURN.format(paths=listed), encoding="utf-8")
        return _wrk(url, connections, seconds, token, "-s", str(script))


def _wrk(url: str, connections: int, seconds: int, token: str, *more: str) -> Load:
    options = ["-t1", f"-c{connections}", f"-d{seconds}s", "--latency", "-H", f"Authorization: Bearer {token}"]
    command = ["wrk", *options, *more]
    text = subprocess.run([*command, url], check=True, capture_output=True, text=True).stdout
    done, p99 = _DONE.search(text), _P99.search(text)
    assert "Non-2xx" not in text, text
    assert "Socket errors" not in text, text
    assert done is not None, text
    assert p99 is not None, text
    return Load(int(done[1]), float(done[2]) * (60 if done[3] == "m" else 1), float(p99[1]) * _MILLISECONDS[p99[2]])


@dataclass(slots=True)
class _Connection:
    """A connection, when its request was sent, and what is missing of the answer: None before its head was read."""

    socket: socket.socket
    sent: float = 0.0
    missing: int | None = None
    latencies: list[float] = field(default_factory=list)

    def send(self, request: bytes) -> None:
        self.sent = perf_counter()
        self.socket.sendall(request)

    def read(self) -> bool:
        """Read the available bytes; return True when an answer is complete."""
        received = self.socket.recv(1 << 18)
        if self.missing is None:
            head, _, body = received.partition(b"\r\n\r\n")
            found = _LENGTH.search(head)
            assert found is not None, "the head arrives in one piece and has a Content-Length"
            assert head.startswith(b"HTTP/1.1 200"), head + body
            self.missing = int(found[1]) - len(body)
        else:
            assert received, "the server closed the connection in the middle of an answer"
            self.missing -= len(received)
        if self.missing:
            return False
        self.missing = None
        self.latencies.append((perf_counter() - self.sent) * 1000)
        return True


def _send(url: str, paths: Iterator[str], connections: int, token: str) -> Load:
    parts = urlsplit(url)
    tail = f" HTTP/1.1\r\nHost: {parts.netloc}\r\nAuthorization: Bearer {token}\r\n\r\n"
    address = str(parts.hostname), int(parts.port or 80)
    opened = [_Connection(socket.create_connection(address)) for _ in range(connections)]
    waiting = selectors.DefaultSelector()
    start = perf_counter()
    for connection, path in zip(opened, paths, strict=False):
        waiting.register(connection.socket, selectors.EVENT_READ, connection)
        connection.send(f"GET {path}{tail}".encode())
    while waiting.get_map():
        for key, _ in waiting.select():
            if key.data.read():
                if path := next(paths, ""):
                    key.data.send(f"GET {path}{tail}".encode())
                else:
                    waiting.unregister(key.fileobj)
    seconds = perf_counter() - start
    for connection in opened:
        connection.socket.close()
    latencies = [latency for connection in opened for latency in connection.latencies]
    return Load(len(latencies), seconds, quantiles(latencies, n=100)[-1])
