"""The app's answer to one request, as the app makes it, and the bytes of its head.

The app is called here in a worker's thread; `connection` sends what comes of it.
"""

import json
import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from email.utils import formatdate
from functools import lru_cache
from http import HTTPStatus
from time import monotonic_ns
from typing import Any
from wsgiref.types import WSGIApplication, WSGIEnvironment

from mockserver.gateway.socket_features import OVERLONG, BodyCut, ConnectionReset, Content, Head, Response

log = logging.getLogger(__name__)

_DATE_STEP = 200_000_000
"""Nanoseconds for which a Date header is used again."""

WholeAnswer = Callable[[WSGIEnvironment], Response | WSGIApplication | None]
"""Gives the answer to a request, or a WSGI app that gives it; None where the app must be called."""

_NO_BODY = frozenset((HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED))


@dataclass(slots=True, eq=False)
class Answer:
    """An answer whose head is known: `chunk` is the first part of its body, and `is_whole` whether it is all of it.

    `failed` is set where the app fails, or ends the body early, and `reset` where it resets the connection.
    """

    status: str = ""
    headers: list[tuple[str, str]] = field(default_factory=list)
    chunk: bytes = b""
    is_whole: bool = False
    failed: bool = False
    reset: bool = False
    _written: list[bytes] = field(default_factory=list)
    _body: Iterable[bytes] = ()
    _chunks: Iterator[bytes] = field(default_factory=lambda: iter(()))

    def start(self, status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Callable[[bytes], object]:
        """WSGI's `start_response`; the app may replace the head until its first chunk."""
        if exc_info is not None and self.chunk:
            raise exc_info[1]
        self.status, self.headers = status, headers
        return self._written.append

    def next_chunk(self) -> bytes | None:
        """The next part of the body; None at its end, and where the app cuts it or fails, which is logged."""
        try:
            return next(self._chunks, None)
        except BodyCut:
            self.failed = True
            return None
        except Exception as error:  # noqa: BLE001 (whatever the app raises)
            self.fail(error)
            return None

    def fail(self, error: Exception) -> None:
        """Log why the answer cannot be made or sent."""
        log.error("a request failed in the server", exc_info=error)
        self.failed = True

    def close(self) -> None:
        """Tell the app that its answer is sent, or that nobody reads it any more."""
        try:
            if close := getattr(self._body, "close", None):
                close()
        except Exception:
            log.exception("a request failed in the server")

    @property
    def closes(self) -> bool:
        """Whether the app asks for the connection to be closed."""
        return any(name.lower() == "connection" and value.lower() == "close" for name, value in self.headers)

    @property
    def code(self) -> int:
        return int(self.status[:3])

    @property
    def length(self) -> int | None:
        """The declared length of the body, in bytes; None where the app declares none."""
        return next((int(value) for name, value in self.headers if name.lower() == "content-length"), None)

    def call(
        self, app: WSGIApplication, environ: WSGIEnvironment, whole: WholeAnswer | None = None
    ) -> "Answer | Response":
        """Call the app until its head and the first part of its body are known; `whole` may answer in its place."""
        try:
            answer = None if whole is None else whole(environ)
            if answer is not None and not callable(answer):
                return answer
            self._body = (answer or app)(environ, self.start)
            is_list = isinstance(self._body, (list, tuple))
            self._chunks = iter((b"".join(self._body),) if is_list else self._body)
            self.chunk = b"".join((*self._written, next(self._chunks, b"")))
            is_at_end = self.length == len(self.chunk) and OVERLONG not in environ
            has_more = self.has_body(environ["REQUEST_METHOD"]) and not is_at_end
            self.is_whole = is_list or not has_more
        except ConnectionReset:
            self.reset = True
        except Exception as error:  # noqa: BLE001 (whatever the app raises)
            self.fail(error)
        if self.is_whole or self.reset or self.failed:
            self.close()
        return self

    @classmethod
    def of_response(cls, response: Response) -> "Answer":
        """An answer that the app had at hand."""
        content = response.content
        return cls(content.head.status, content.headers, content.body, is_whole=True)

    @classmethod
    def of_problem(cls, status: HTTPStatus, title: str, detail: str | None = None) -> "Answer":
        """An answer of the server itself, as problem details."""
        problem = {"type": "about:blank", "title": title, "status": status.value, "detail": detail}
        body = json.dumps({name: value for name, value in problem.items() if value is not None}).encode()
        headers = [("Content-Type", "application/problem+json"), ("Content-Length", str(len(body)))]
        return cls(f"{status.value} {status.phrase}", headers, body, is_whole=True)

    def has_body(self, method: str) -> bool:
        """Whether an answer to this method, with this status, has a body."""
        return method != "HEAD" and self.code not in _NO_BODY

    def head(self, *extra: tuple[str, str]) -> bytes:
        """The bytes of the head, with further headers; a date where the app gives none, no type where there is no body.

        ValueError for a header that would break out of its line.
        """
        return head(self.status, (*self.headers, *extra))


@lru_cache(maxsize=1)
def at_hand(content: Content) -> bytes:
    """The bytes of an answer that the app has at hand."""
    kept, date = content.head, content.date
    lines = kept.lines or _kept_lines(kept)
    end = _date_line(monotonic_ns() // _DATE_STEP) if date is None else _end(date)
    return b"".join((lines, end, *content.parts))


def _kept_lines(kept: Head) -> bytes:
    kept.lines, _ = _lines(kept.status, kept.headers)
    return kept.lines


@lru_cache(maxsize=64)
def _end(date: str) -> bytes:
    """The line of a date, and the end of the head."""
    return f"Date: {date}\r\n\r\n".encode("latin-1")


def head(status: str, headers: tuple[tuple[str, str], ...]) -> bytes:
    """The bytes of a head, with the date of this machine where the headers have none."""
    lines, has_date = _lines(status, headers)
    return lines + b"\r\n" if has_date else lines + _date_line(monotonic_ns() // _DATE_STEP)


@lru_cache(maxsize=1024)
def _lines(status: str, headers: tuple[tuple[str, str], ...]) -> tuple[bytes, bool]:
    """The lines of a head, and whether one is a date."""
    if int(status[:3]) == HTTPStatus.NO_CONTENT:
        headers = tuple(each for each in headers if each[0].lower() not in {"content-type", "content-length"})
    fields = "".join(f"{name}: {value}\r\n" for name, value in headers)
    if fields.count("\n") != len(headers) or fields.count("\r") != len(headers):
        raise ValueError("a header of the answer contains a line break")
    has_date = any(name.lower() == "date" for name, _ in headers)
    return f"HTTP/1.1 {status}\r\n{fields}".encode("latin-1"), has_date


@lru_cache(maxsize=1)
def _date_line(_: int) -> bytes:
    """The line of the date, and the end of the head."""
    return _end(formatdate(usegmt=True))
