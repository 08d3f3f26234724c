"""The journal of one sandbox: a bounded record of its requests, from the moment each is authenticated.

What was sent is kept as it came, and redacted whenever it is read (`redaction`). Checking the behaviour of clients is
the client lint's job (`conduct`).
"""

import sys
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import partial
from itertools import count
from operator import attrgetter
from time import perf_counter_ns
from typing import Final, NamedTuple, TypeVar

from mockserver.gateway.kept_headers import NONE_SENT, Headers, SentHeaders
from mockserver.gateway.redaction import Redactor
from mockserver.gateway.request_body import RequestBody
from mockserver.simulation.clock import PreciseTime

TEXT_MAXIMUM = 2048
"""The longest method, path or query that is kept whole, in characters."""

NEVER: Final = sys.maxsize
"""The logical timestamp of an answer that was not written: later than every request."""

JOURNALED: Final = "mockserver.journaled"
"""The environ's key of the id of the sandbox in whose journal a request is, and its Record; missing where in none."""

next_sequence = partial(next, count(1))
"""Returns the next logical timestamp; larger ones are later, in whichever thread they are taken."""


class Outcome(StrEnum):
    """What became of a request. ABANDONED: the client left before the answer was written, or the server ended."""

    IN_PROGRESS = "in_progress"
    ANSWERED = "answered"
    ABANDONED = "abandoned"


class Entry(NamedTuple):
    """One request as it is read, without credentials. `refusal` is a Reason; `duration_us` is in microseconds.

    `status` is None unless the request was answered; `duration_us` is None while it is in progress. `grant` is the id
    of the token, if it is known, and `next_page` is the answer's link to the next page. `is_empty_page` is whether a
    page without rows leads to another one, and `defects` are those in the answer. `body_text` is the body of the
    request, for a reader of all entries and where it was kept. `started` is in nanoseconds of a monotonic clock.
    `generation` is that of the policy in force. `frozen` is whether the sandbox's clock stood still. `passed` is
    whether the fault did nothing to it: a step of a sequence can let a request pass.

    `start_seq` and `end_seq` are the logical timestamps of the request and of its answer. The `start_seq` of a request
    that is sent after the answer to another was received is above the other's `end_seq`, however long anything takes.
    """

    id: int
    at: datetime
    vendor: str
    operation: str | None
    method: str
    path: str
    query: str
    status: int | None
    duration_us: int | None
    organization: str
    fault: str | None
    refusal: str | None
    grant: str | None = None
    next_page: str | None = None
    started: int = 0
    generation: int = 0
    frozen: bool = False
    start_seq: int = 0
    end_seq: int = 0
    body_digest: str | None = None
    outcome: Outcome = Outcome.ANSWERED
    passed: bool = False
    is_empty_page: bool = False
    defects: tuple[str, ...] = ()
    body_text: str | None = None


class AnswerNotes(NamedTuple):
    """What is noted of an answer besides its status: its link to the next page, and the defects in it."""

    next_page: str | None = None
    is_empty_page: bool = False
    defects: tuple[str, ...] = ()


NO_NOTES: Final = AnswerNotes()


class State(NamedTuple):
    """How far a request has come. It is replaced as a whole, so that a reader gets parts that belong together."""

    outcome: Outcome = Outcome.IN_PROGRESS
    status: int | None = None
    duration_us: int | None = None
    fault: str | None = None
    refusal: str | None = None
    notes: AnswerNotes = NO_NOTES
    end_seq: int = NEVER
    headers: Headers = ()
    passed: bool = False


_BEGUN: Final = State()


def answered(
    started: int,
    status: int,
    fault: str | None,
    refusal: str | None,
    notes: AnswerNotes = NO_NOTES,
    headers: Headers = (),
) -> State:
    """The state of a request that began at `started` and is answered now, with these headers."""
    duration = (perf_counter_ns() - started) // 1000
    return State(Outcome.ANSWERED, status, duration, fault, refusal, notes, next_sequence(), headers)


class SentRequest(NamedTuple):
    """What a record says of a request besides its time: what was sent, by whom, and under which policy.

    The records of equal requests may share it. `authorization` is the header, None where nothing else that was sent may
    contain a part of it.
    """

    vendor: str
    operation: str | None
    method: str
    path: str
    query: str
    organization: str
    grant: str | None
    generation: int
    authorization: str | None
    body: RequestBody | None
    headers: SentHeaders = NONE_SENT

    def bounded(self, redactor: Redactor) -> "SentRequest":
        """The same with no text that is too long; texts are redacted before they are cut."""
        if len(self.path) + len(self.query) + len(self.method) <= TEXT_MAXIMUM:
            return self
        path, query = redactor.path(self.path, self.authorization), redactor.query(self.query, self.authorization)
        method = redactor.text(self.method)
        return self._replace(path=truncate(path), query=truncate(query), method=truncate(method))


@dataclass(slots=True, eq=False)
class Record:
    """One request as it is kept: its `state` is replaced. The journal that it is added to gives it its `id`.

    `at_ns` is its time by the sandbox's clock, in nanoseconds since 1970.
    """

    at_ns: int
    request: SentRequest
    started: int
    frozen: bool
    start_seq: int
    state: State = _BEGUN
    id: int = 0

    @property
    def at(self) -> datetime:
        """Its time by the sandbox's clock."""
        return PreciseTime.from_ns(self.at_ns)

    def meet(self, fault: str, *, passed: bool = False) -> None:
        """Note the rule that fired for it, and whether the rule's step lets it pass to its genuine answer."""
        self.state = self.state._replace(fault=fault, passed=passed)

    def finish(self, status: int, refusal: str | None, notes: AnswerNotes = NO_NOTES, headers: Headers = ()) -> None:
        """Note its answer, unless its client has left."""
        if self.state.outcome is Outcome.IN_PROGRESS:
            passed = self.state.passed
            state = answered(self.started, status, self.state.fault, refusal, notes, headers)
            self.state = state._replace(passed=True) if passed else state

    def abandon(self) -> None:
        """Note that its client left before the answer was written."""
        duration = (perf_counter_ns() - self.started) // 1000
        self.state = State(Outcome.ABANDONED, None, duration, self.state.fault, self.state.refusal)


AnyRecord = TypeVar("AnyRecord", bound=Record)


class _Volume:
    """The records since the journal was last emptied, and their ids."""

    def __init__(self, size: int) -> None:
        self.records: deque[Record] = deque(maxlen=size)
        self.ids = count(1)


class Journal:
    """The newest requests, oldest first; ids grow by one in the order of authentication, and restart with `clear`.

    Taking an id and appending a record are atomic, so no lock is needed; records that overtake each other between the
    two are put in order when they are read. A request that began before `clear` is not listed after it.
    """

    def __init__(self, size: int, redactor: Redactor) -> None:
        self._size = size
        self._redactor = redactor
        self._volume = _Volume(size)

    def add(self, record: Record) -> None:
        """Give a record its id and keep it; the oldest is dropped when the journal is full."""
        record.request = record.request.bounded(self._redactor)
        self.append(record)

    def append(self, record: Record) -> None:
        """The same for a record with a request of which nothing is too long, as that of one that was added."""
        volume = self._volume
        record.id = next(volume.ids)
        volume.records.append(record)

    def clear(self) -> None:
        """Drop every record, those in progress too, and restart the ids."""
        self._volume = _Volume(self._size)

    def records(self) -> list[Record]:
        """Every record, in the order of their ids. Those in progress still change."""
        return sorted(self._volume.records.copy(), key=attrgetter("id"))

    def read(self, record: Record, state: State) -> Entry:
        """A record without credentials."""
        request = record.request
        return Entry(
            record.id,
            record.at,
            request.vendor,
            request.operation,
            self._redactor.text(request.method),
            self.path(record),
            self._redactor.query(request.query, request.authorization) if request.query else "",
            state.status,
            state.duration_us,
            request.organization,
            state.fault,
            state.refusal,
            request.grant,
            state.notes.next_page,
            record.started,
            request.generation,
            record.frozen,
            record.start_seq,
            state.end_seq,
            request.body.digest if request.body else None,
            state.outcome,
            state.passed,
            state.notes.is_empty_page,
            state.notes.defects,
        )

    def path(self, record: Record) -> str:
        """The path of a record, without credentials."""
        return self._redactor.path(record.request.path, record.request.authorization)

    def body(self, record: Record) -> str | None:
        """The body of a record as text, without credentials; None if there is none, or if it was too large to keep."""
        if record.request.body is None or record.request.body.content is None:
            return None
        return self._redactor.body(record.request.body.content, record.request.authorization)

    def request_headers(self, record: Record) -> dict[str, str]:
        """The headers of a record that are kept, without credentials."""
        return dict(self._redactor.headers(record.request.headers.pairs, record.request.headers.authorization))

    def response_headers(self, record: Record, state: State) -> dict[str, str] | None:
        """The headers of its answer that are kept, without credentials; None where it was not answered."""
        if state.outcome is not Outcome.ANSWERED:
            return None
        shown: dict[str, str] = {}
        for name, value in self._redactor.headers(state.headers, record.request.headers.authorization):
            shown[name] = f"{shown[name]}, {value}" if name in shown else value
        return shown

    def __iter__(self) -> Iterator[Entry]:
        """Every record at the moment of the call with its body, without credentials."""
        states = [(record, record.state) for record in self.records()]
        return (self._read_whole(record, state) for record, state in states)

    def _read_whole(self, record: Record, state: State) -> Entry:
        entry = self.read(record, state)
        return entry if record.request.body is None else entry._replace(body_text=self.body(record))


def truncate(text: str) -> str:
    """A text as it is kept: cut at TEXT_MAXIMUM, with an ellipsis."""
    return text if len(text) <= TEXT_MAXIMUM else f"{text[:TEXT_MAXIMUM]}…"
