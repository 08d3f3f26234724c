"""The access log: one line for each request, of a vendor's client or to the control plane.

The line of a request that the app answered is made when it is written (`log_writer`).
"""

import logging
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from http import HTTPMethod
from time import perf_counter_ns
from typing import Any, Final, cast
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Flask

from mockserver.cli import logs
from mockserver.cli.log_writer import LogWriter, UndatedLine
from mockserver.cli.logs import JsonLines, TextLines
from mockserver.gateway import journal, routing
from mockserver.gateway.fastpath import FastPath
from mockserver.gateway.journal import Outcome, Record
from mockserver.gateway.known_request import Response
from mockserver.gateway.redaction import Redactor
from mockserver.gateway.socket_features import Content
from mockserver.simulation import clock

LOGGER: Final = "mockserver.access"

_LINE: Final = "mockserver.log_line"
"""The environ's key of a _KnownLine."""

_KnownLine = tuple[tuple[tuple[str, ...], str, int, str], UndatedLine]
"""What the line of an answer depends on, beside what was sent, and the line; the known credentials come first."""

_METHODS: Final = frozenset(HTTPMethod)
"""Methods that need no search for credentials."""

_SEPARATORS: Final = "? "
"""What stands between the parts of a message, none of which has a credential."""


def install(app: Flask) -> None:
    """Log every request of an app, where the level of the log is `info` or lower, and redact whatever is logged."""
    redactor = app.extensions[routing.EXTENSION].redactor
    logs.redact_with(redactor.text)
    if logging.root.isEnabledFor(logging.INFO):
        for writer in logging.root.handlers:
            if isinstance(writer, LogWriter):
                app.wsgi_app = AccessLog(cast("FastPath", app.wsgi_app), writer, redactor)  # type: ignore[method-assign]


class AccessLog:
    """Passes requests on to the layer in front of an app, and logs each."""

    def __init__(self, app: FastPath, writer: LogWriter, redactor: Redactor) -> None:
        self._app = app
        self.urgent_paths = app.urgent_paths
        self.needs_body = app.needs_body
        self._writer = writer
        self._formatter = cast("JsonLines | TextLines", writer.formatter)
        self._redactor = redactor
        self._last: tuple[UndatedLine | None, int, str] = None, 0, ""

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        return self._logged(self._app, perf_counter_ns(), environ, start_response)

    def whole_answer(self, environ: WSGIEnvironment) -> Response | WSGIApplication | None:
        """The answer to a request, logged, or a WSGI app that gives it; None where the app must be called."""
        started = perf_counter_ns()
        answer = self._app.whole_answer(environ)
        if isinstance(answer, Response):
            self._note(environ, answer.content.head.status, started)
            return answer
        return None if answer is None else partial(self._logged, answer, started)

    def _logged(
        self, app: WSGIApplication, started: int, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        status = ""

        def start(line: str, *more: Any) -> Any:
            nonlocal status
            status = line
            return start_response(line, *more)

        chunks = app(environ, start)
        self._note(environ, status, started)
        return chunks

    def answers(self, environs: Sequence[WSGIEnvironment]) -> list[Response | None]:
        """The answers that the app has at hand, logged; None for each request for which it must be called."""
        responses = self._app.answers(environs)
        last: Content | None = None
        line, times = "", 0
        for environ, response in zip(environs, responses, strict=True):
            if response is None:
                continue
            if response.content is not last:  # Only equal requests share one.
                if times:
                    self._writer.put(line, times)
                last, times = response.content, 0
                line = self._answered_line(environ, response)
            times += 1
        if times:
            self._writer.put(line, times)
        return responses

    def answer_later(
        self, environ: WSGIEnvironment, deliver: Callable[[Response | None], None], flush: Callable[[], None]
    ) -> bool:
        """Whether the app has an answer soon: then `deliver` is called with it, and it is logged."""

        def deliver_logged(response: Response | None) -> None:
            if response is not None:
                self._writer.put(self._answered_line(environ, response))
            deliver(response)

        return self._app.answer_later(environ, deliver_logged, flush)

    def send_waiting(self) -> None:
        """Have the app send what the answers wait for."""
        self._app.send_waiting()

    def _note(self, environ: WSGIEnvironment, status: str, started: int) -> None:
        """Have the line of a request written; what became of it may be known only then."""
        shown = *self._sent(environ), status[:3], _milliseconds(started)
        self._writer.put(partial(self._line, shown, environ.get(journal.JOURNALED), _now()))

    def _answered_line(self, environ: WSGIEnvironment, response: Response) -> str:
        """The line of an answer that was at hand: all of it but the time is known, and mostly the same.

        It is made here, as that takes less time than to have the thread that writes make it. What is the same for
        equal requests is kept in their environ.
        """
        status, duration_ms = response.content.head.status, _milliseconds(response.record.started)
        shown = self._redactor.secrets, status, duration_ms, response.sandbox
        known: _KnownLine | None = environ.get(_LINE)
        if known is None or known[0] != shown:
            line = self._undated(*self._sent(environ), status[:3], duration_ms, response.sandbox)
            known = environ[_LINE] = shown, line
        line, now, last = known[1], _now(), self._last
        if last[0] is not line or last[1] != now:
            last = self._last = line, now, line.at(now)
        return last[2]

    def _sent(self, environ: WSGIEnvironment) -> tuple[str, str, str, str | None]:
        """The method, the path, the query string and the Authorization header, of which nothing is too long."""
        path, query = environ["PATH_INFO"], environ.get("QUERY_STRING", "")
        authorization = environ.get("HTTP_AUTHORIZATION")
        if not path.isascii():
            path = path.encode("latin-1").decode(errors="replace")
        if len(path) + len(query) > journal.TEXT_MAXIMUM:
            path, query = self._shown(path, query, authorization)
        return environ["REQUEST_METHOD"], path, query, authorization

    def _shown(self, path: str, query: str, authorization: str | None) -> tuple[str, str]:
        """A path and a query string as they are shown: without credentials, and not too long."""
        path = self._redactor.path(path, authorization)
        query = self._redactor.query(query, authorization) if query else query
        return journal.truncate(path), journal.truncate(query)

    def _line(
        self,
        shown: tuple[str, str, str, str | None, str, int],
        journaled: tuple[str, Record] | None,
        milliseconds: int,
    ) -> str:
        """The line of a request, in the format of the log."""
        return self._undated(*shown, *_journal_fields(journaled)).at(milliseconds)

    def _undated(
        self,
        method: str,
        path: str,
        query: str,
        authorization: str | None,
        status: str,
        duration_ms: int,
        sandbox: str | None = None,
        fault: str | None = None,
        outcome: str | None = None,
    ) -> UndatedLine:
        """The line of a request without its time."""
        if method not in _METHODS:
            method = journal.truncate(self._redactor.text(method))
        path, query = self._shown(path, query, authorization)
        fields: dict[str, Any] = {
            "method": method,
            "path": path,
            "query": query,
            "status": int(status),
            "duration_ms": duration_ms,
            "sandbox": sandbox,
            "fault": fault,
        }
        if outcome is not None:
            fields["outcome"] = outcome
        message = _message(fields)
        if self._redactor.has_separators(_SEPARATORS):
            message = self._redactor.text(message)
        return self._formatter.undated(LOGGER, message, fields)


def _milliseconds(started: int) -> int:
    """How long ago that was, in whole milliseconds."""
    return (perf_counter_ns() - started + 500_000) // 1_000_000


def _now() -> int:
    """The time that a line has, in milliseconds since 1970."""
    return clock.wall_ns() // 1_000_000


def _journal_fields(journaled: tuple[str, Record] | None) -> tuple[str | None, str | None, str | None]:
    """What the journal knows of a request: its sandbox, its fault, and that its client left, if it did."""
    if journaled is None:
        return None, None, None
    sandbox, record = journaled
    outcome = record.state.outcome
    return sandbox, record.state.fault, outcome if outcome is Outcome.ABANDONED else None


def _message(fields: dict[str, Any]) -> str:
    target = f"{fields['path']}?{fields['query']}" if fields["query"] else fields["path"]
    notes = [fields["sandbox"], fields["fault"], fields.get("outcome")]
    done = f"{fields['status']} {fields['duration_ms']} ms"
    text = " ".join((fields["method"], target, done, *filter(None, notes)))
    return text if text.isprintable() else text.encode("unicode_escape").decode()
