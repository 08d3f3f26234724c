"""Programs under test: started with pipes, requested over sockets, and always stopped."""

import os
import socket
import struct
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parents[2]
OURS = Path(sys.executable)
UNMEASURED = {name: value for name, value in os.environ.items() if not name.startswith(("COVERAGE", "PYTEST"))}
"""The environment of a program in which coverage is not measured, as that takes time."""

PATIENCE = 20
"""Seconds after which a program counts as stuck; far beyond what any of them needs."""

Program = subprocess.Popen[str]


@contextmanager
def started(*arguments: str, python: Path = OURS) -> Iterator[Program]:
    """Python with arguments, in the checkout if it is ours; killed at the end if it still runs."""
    pipe, folder = subprocess.PIPE, ROOT if python == OURS else python.parent
    program = subprocess.Popen(
        [python, *arguments], cwd=folder, stdin=pipe, stdout=pipe, stderr=pipe, text=True, encoding="utf-8"
    )
    with program:
        try:
            yield program
        finally:
            program.kill()


def line(program: Program) -> str:
    """The next line that a program prints."""
    assert program.stdout is not None
    return program.stdout.readline().strip()


def press_enter(program: Program) -> None:
    """Give a program the line it waits for."""
    assert program.stdin is not None
    program.stdin.write("\n")
    program.stdin.flush()


def ended(program: Program) -> tuple[int, str, str]:
    """The exit code, and what was printed since, on stdout and on stderr."""
    out, err = program.communicate(timeout=PATIENCE)
    return program.returncode, out, err


def opened(url: str) -> socket.socket:
    """A connection to the server at a URL."""
    address = urlsplit(url)
    return socket.create_connection((address.hostname or "", address.port or 0), timeout=PATIENCE)


def reset(connection: socket.socket) -> None:
    """Close a connection so that the other side gets a reset."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def request(target: str | bytes, method: str = "GET", headers: str = "") -> bytes:
    """The bytes of a request, written as given."""
    raw = target if isinstance(target, bytes) else target.encode()
    return f"{method} ".encode() + raw + f" HTTP/1.1\r\nHost: 127.0.0.1\r\n{headers}\r\n".encode()


def answer(connection: socket.socket) -> tuple[int, str, str]:
    """One answer read off a connection: its status, head and body."""
    with connection.makefile("rb") as stream:
        head = b""
        while (read := stream.readline()) not in {b"\r\n", b""}:
            head += read
        text = head.decode("latin-1").lower()
        length = int(text.partition("content-length:")[2].partition("\r\n")[0] or 0)
        return int(text.split()[1]), text, stream.read(length).decode()


def send(url: str, raw: bytes) -> tuple[int, str, str]:
    """The answer to the bytes of one request, on a connection of its own."""
    with opened(url) as connection:
        connection.sendall(raw)
        return answer(connection)


def received(connection: socket.socket) -> bytes:
    """All bytes until the server closes the connection."""
    data = b""
    while piece := connection.recv(65536):
        data += piece
    return data


def terminal_output(descriptor: int) -> str:
    """Everything that was written to a terminal, from its other end, which is closed."""
    data = b""
    with suppress(OSError):  # Linux reports the end as an error.
        while piece := os.read(descriptor, 65536):
            data += piece
    os.close(descriptor)
    return data.decode()
