"""The journal of a sandbox that several servers share: its entries are in the engine, without credentials."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from threading import Event
from typing import Any, NamedTuple

from mockserver.gateway.journal import (
    NO_NOTES,
    TEXT_MAXIMUM,
    AnswerNotes,
    Journal,
    Outcome,
    Record,
    SentRequest,
    State,
    truncate,
)
from mockserver.gateway.kept_headers import Headers
from mockserver.gateway.redaction import Redactor
from mockserver.gateway.store.batches import Batches
from mockserver.gateway.store.engine import Engine
from mockserver.simulation.clock import Clock, PreciseTime, nanoseconds

_PAUSE = 0.01
_PAUSES = 10
"""How long a server may take to publish the state of a request that it has answered: so many pauses, in seconds."""

_FLUSH_SECONDS = 1.0
"""How long a reader waits for what this server has not yet published; an engine that is away takes its own time."""

_READ_AT_ONCE = 500
"""How many entries are read in one command: the engine does nothing else meanwhile."""


class _Written(NamedTuple):
    """A record as it was written, and the server that wrote it."""

    record: Record
    server: str


class _Body(NamedTuple):
    """The body of a request as it was redacted when it was written."""

    digest: str
    content: bytes | None


class _Sent(NamedTuple):
    """Headers of a request as they were redacted when they were written."""

    pairs: Headers
    authorization: None = None


class _Redacted:
    """Stands for a redactor of texts that were redacted when they were written."""

    def text(self, text: str) -> str:
        return text

    def path(self, text: str, _: str | None) -> str:
        return text

    query = path

    def headers(self, headers: Headers, _: str | None) -> Headers:
        return headers

    def body(self, content: bytes, _: str | None) -> str:
        return content.decode()


@dataclass(slots=True, weakref_slot=True, eq=False)
class SharedRecord(Record):
    """A record of this server; every change of its state is published. `volume`: how often its journal was emptied."""

    publish: Callable[["SharedRecord"], None] | None = None
    volume: int = 0

    def meet(self, fault: str, *, passed: bool = False) -> None:
        Record.meet(self, fault, passed=passed)
        self._publish()

    def finish(self, status: int, refusal: str | None, notes: AnswerNotes = NO_NOTES, headers: Headers = ()) -> None:
        is_first = self.state.outcome is Outcome.IN_PROGRESS
        Record.finish(self, status, refusal, notes, headers)
        if is_first:
            self._publish()

    def abandon(self) -> None:
        Record.abandon(self)
        self._publish()

    def _publish(self) -> None:
        assert self.publish is not None  # noqa: S101 (who makes a record gives it)
        self.publish(self)


class SharedJournal(Journal):
    """Reads the entries of one sandbox; they are written with its requests, and emptied with a change of it."""

    def __init__(self, size: int, engine: Engine, batches: Batches, sandbox_id: str) -> None:
        super().__init__(size, _Redacted())  # type: ignore[arg-type] # it has the same methods
        self._engine = engine
        self._batches = batches
        self._sandbox = engine.key("s", sandbox_id)
        self._key = engine.key("j", sandbox_id)
        self.is_cleared = False
        self._pause = Event()  # It is never set.

    def clear(self) -> None:
        """Drop every record when the sandbox is changed."""
        self.is_cleared = True

    def records(self) -> list[Record]:
        """Every record, in the order of their ids, as it is now.

        A server publishes the final state of a request right after its answer. Where requests seem to be in progress,
        it gets a moment to do so.
        """
        self._batches.flush(_FLUSH_SECONDS)
        found = self._read_all()
        unfinished = self._unfinished(found)
        for _ in range(_PAUSES):
            if not unfinished:
                break
            self._pause.wait(_PAUSE)
            unfinished = self._still_unfinished(unfinished)
        return [record for record, _ in found]

    def _read_all(self) -> list[_Written]:
        last = int(self._engine.command("HGET", self._sandbox, "requests") or 0)
        found = list[_Written]()
        for first in range(max(1, last - self._size + 1), last + 1, _READ_AT_ONCE):
            ids = range(first, min(first + _READ_AT_ONCE, last + 1))
            texts = self._engine.command("HMGET", self._key, *(name for each in ids for name in (each, f"{each}e")))
            found += _records(ids, texts)
        return found

    def _unfinished(self, found: list[_Written]) -> list[Record]:
        """Those in progress. One whose server has ended is abandoned: nobody will tell what became of it."""
        begun = [each for each in found if each.record.state.outcome is Outcome.IN_PROGRESS]
        keys = {each.server: self._engine.key("r", each.server) for each in begun}
        signs = self._engine.commands(*(("EXISTS", key) for key in keys.values()))
        is_alive = dict(zip(keys, signs, strict=True))
        for record, server in begun:
            if not is_alive[server]:
                record.state = record.state._replace(outcome=Outcome.ABANDONED)
        return [record for record, server in begun if is_alive[server]]

    def _still_unfinished(self, records: list[Record]) -> list[Record]:
        """Those that are in progress after their states were read again."""
        for first in range(0, len(records), _READ_AT_ONCE):
            page = records[first : first + _READ_AT_ONCE]
            texts = self._engine.command("HMGET", self._key, *(f"{each.id}e" for each in page))
            for each, text in zip(page, texts, strict=True):
                each.state = each.state if text is None else _read_state(text, each.start_seq)
        return [each for each in records if each.state.outcome is Outcome.IN_PROGRESS]


def _records(ids: range, texts: list[str | None]) -> Iterator[_Written]:
    for record_id, begun, ended in zip(ids, texts[::2], texts[1::2], strict=True):
        if begun is not None:
            yield _read(record_id, begun, ended)


def written(record: Record, clock: Clock, redactor: Redactor) -> str:
    """What was sent, without credentials. The time is not in it: the engine adds it."""
    request = record.request
    path, query = redactor.path(request.path, request.authorization), request.query
    query = redactor.query(query, request.authorization) if query else ""
    method = redactor.text(request.method)
    if len(path) + len(query) + len(method) > TEXT_MAXIMUM:
        path, query, method = truncate(path), truncate(query), truncate(method)
    content = None if request.body is None else request.body.content
    return dumps(
        (
            None if clock.frozen_at is None else nanoseconds(clock.frozen_at),
            clock.offset,
            request.vendor,
            request.operation,
            method,
            path,
            query,
            request.organization,
            request.grant,
            request.generation,
            None if request.body is None else request.body.digest,
            None if content is None else redactor.body(content, request.authorization),
            redactor.headers(request.headers.pairs, request.headers.authorization),
        )
    )


def written_state(state: State, authorization: str | None, redactor: Redactor) -> str:
    """The state of a request with an Authorization header as text, without credentials."""
    headers = redactor.headers(state.headers, authorization) if state.headers else ()
    return dumps((*state[:5], state.notes, state.end_seq, headers, state.passed))


def _read(record_id: int, begun: str, ended: str | None) -> _Written:
    at_us, sequence, server, text = begun.split(" ", 3)
    frozen_ns, offset, *given, digest, content, sent = json.loads(text)
    wall_ns = int(at_us) * 1000
    at = Clock(offset).at_wall(wall_ns) if frozen_ns is None else PreciseTime.from_ns(frozen_ns)
    body: Any = None if digest is None else _Body(digest, None if content is None else content.encode())
    headers: Any = _Sent(_pairs(sent))
    vendor, operation, method, path, query, organization, grant, generation = given
    request = SentRequest(vendor, operation, method, path, query, organization, grant, generation, None, body, headers)
    state = State() if ended is None else _read_state(ended, int(sequence))
    record = Record(nanoseconds(at), request, wall_ns, frozen_ns is not None, int(sequence), state, record_id)
    return _Written(record, server)


def _read_state(text: str, sequence: int) -> State:
    """A state; one that was written before the request was let in ends right after its beginning."""
    outcome, status, duration_us, fault, refusal, notes, end_seq, headers, passed = json.loads(text)
    next_page, is_empty_page, defects = notes
    return State(
        Outcome(outcome),
        status,
        duration_us,
        fault,
        refusal,
        AnswerNotes(next_page, is_empty_page, tuple(defects)),
        end_seq or sequence + 1,
        _pairs(headers),
        passed,
    )


def _pairs(given: list[list[str]]) -> Headers:
    return tuple((name, value) for name, value in given)


def dumps(values: object) -> str:
    """A value as JSON, as short as it can be."""
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"))
