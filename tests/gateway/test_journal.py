"""Promises about the journal: bounded, numbered without gaps, with every request from its authentication on."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from io import BytesIO
from threading import Event
from typing import Any

import pytest

from mockserver.gateway.journal import NEVER, TEXT_MAXIMUM, Entry, Journal, Outcome, Record, SentRequest
from mockserver.gateway.redaction import Redactor
from mockserver.gateway.rejection import Reason
from mockserver.gateway.request_body import CANONICAL_MAXIMUM, CONTENT_MAXIMUM
from mockserver.gateway.vendor import RequestContext, ViewRequest
from mockserver.simulation.clock import nanoseconds
from tests.gateway import parrot
from tests.gateway.parrot import PARROT, UNLIMITED, Aviary

NOW = datetime(2025, 10, 21, tzinfo=UTC)
JSON = {"Content-Type": "application/json"}


def _record(path: str = "/parrot/speak", query: str = "", method: str = "GET") -> Record:
    sent = SentRequest("parrot", "speak", method, path, query, "small", None, 0, None, None)
    return Record(nanoseconds(NOW), sent, 0, False, 0)  # noqa: FBT003


def _filled(size: int, count: int) -> Journal:
    journal = Journal(size, Redactor())
    for _ in range(count):
        journal.add(_record())
    return journal


@pytest.mark.parametrize(("size", "count", "kept"), [(3, 0, []), (3, 2, [1, 2]), (3, 3, [1, 2, 3]), (3, 5, [3, 4, 5])])
def test_newest_entries_are_kept_in_order(size: int, count: int, kept: list[int]) -> None:
    assert [entry.id for entry in _filled(size, count)] == kept


def test_clearing_removes_all_entries_and_restarts_ids() -> None:
    journal = _filled(3, 5)
    journal.clear()
    assert list(journal) == []
    journal.add(_record())
    assert [entry.id for entry in journal] == [1]


def test_entries_can_be_read_while_others_are_added() -> None:
    journal = _filled(3, 3)
    entries = iter(journal)
    journal.add(_record())
    assert [entry.id for entry in entries] == [1, 2, 3]


def test_entry_is_read_in_the_state_it_had_when_reading_began() -> None:
    journal = Journal(3, Redactor())
    record = _record()
    journal.add(record)
    entries = iter(journal)
    record.finish(200, None)
    assert [(entry.outcome, entry.status) for entry in entries] == [(Outcome.IN_PROGRESS, None)]


@pytest.mark.parametrize("text", ["path", "query", "method"])
def test_long_text_is_truncated(text: str) -> None:
    journal = Journal(3, Redactor())
    journal.add(_record(**{text: "a" * 5000}))
    (entry,) = journal
    assert getattr(entry, text) == f"{'a' * TEXT_MAXIMUM}…"


def test_credential_at_the_cut_of_a_long_query_is_not_in_it() -> None:
    aviary = Aviary(PARROT)
    aviary.send(f"/parrot/speak?say={'a' * (TEXT_MAXIMUM - 20)}&x=mock-parrot-small&y={'b' * 500}")
    (entry,) = aviary.registry.default.journal
    assert entry.query == f"say={'a' * (TEXT_MAXIMUM - 20)}&x=[redacted]&y=…"


def _only(aviary: Aviary) -> Entry:
    (entry,) = aviary.registry.default.journal
    return entry


def _seen_by(vendor_view: Callable[[], object]) -> Any:
    """A view that calls a function first."""
    return lambda request: [vendor_view(), parrot.speak(request)][1]


def test_request_is_in_the_journal_while_it_is_answered() -> None:
    seen: list[Entry] = []
    aviary = Aviary(parrot.speaking(_seen_by(lambda: seen.append(_only(aviary)))))
    aviary.send("/parrot/speak?say=hi")
    (entry,) = seen
    assert (entry.id, entry.operation, entry.query, entry.grant) == (1, "speak", "say=hi", "parrot-seeded")
    assert (entry.outcome, entry.status, entry.duration_us, entry.end_seq) == (Outcome.IN_PROGRESS, None, None, NEVER)
    finished = _only(aviary)
    assert (finished.id, finished.outcome, finished.status) == (1, Outcome.ANSWERED, 200)
    assert NEVER > finished.end_seq > finished.start_seq == entry.start_seq


@pytest.mark.parametrize("token", [None, "unknown"])
def test_request_refused_before_authentication_is_in_the_journal_when_refused(token: str | None) -> None:
    seen: list[list[Entry]] = []
    aviary = Aviary(
        replace(PARROT, stages=(lambda _: seen.append(list(aviary.registry.default.journal)), *PARROT.stages))
    )
    aviary.send(token=token)
    assert seen == [[]]
    assert (_only(aviary).outcome, _only(aviary).refusal) == (Outcome.ANSWERED, Reason.UNAUTHENTICATED)


def test_ids_follow_the_order_of_authentication() -> None:
    begun, free = Event(), Event()

    def speak(request: ViewRequest) -> dict[str, Any]:
        if request.args["say"] == "first":
            begun.set()
            assert free.wait(20)
        return parrot.speak(request)

    aviary = Aviary(parrot.speaking(speak))
    with ThreadPoolExecutor(1) as another:
        first = another.submit(aviary.send, "/parrot/speak?say=first")
        assert begun.wait(20)
        aviary.send("/parrot/speak?say=second")
        outcomes = [(entry.id, entry.query, entry.outcome) for entry in aviary.registry.default.journal]
        free.set()
        first.result(20)
    assert outcomes == [(1, "say=first", Outcome.IN_PROGRESS), (2, "say=second", Outcome.ANSWERED)]
    entries = list(aviary.registry.default.journal)
    assert [entry.outcome for entry in entries] == [Outcome.ANSWERED] * 2
    assert entries[0].end_seq > entries[1].end_seq


@pytest.mark.parametrize("empty", [lambda sandbox: sandbox.journal.clear(), lambda sandbox: sandbox.reset()])
def test_request_under_way_does_not_come_back_to_an_emptied_journal(empty: Callable[[Any], None]) -> None:
    aviary = Aviary(parrot.speaking(_seen_by(lambda: empty(aviary.registry.default))))
    assert aviary.send().status_code == 200
    assert list(aviary.registry.default.journal) == []


def test_fault_is_in_the_journal_while_the_request_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    aviary, seen = parrot.armed(Aviary(UNLIMITED), **parrot.LATE), []
    monkeypatch.setattr("mockserver.gateway.effects.wait", lambda *_: seen.append(_only(aviary)))
    aviary.send()
    assert [(entry.fault, entry.outcome) for entry in seen] == [("fault-1", Outcome.IN_PROGRESS)]
    assert (_only(aviary).fault, _only(aviary).outcome) == ("fault-1", Outcome.ANSWERED)


def test_client_that_leaves_during_a_delay_has_abandoned_its_request(monkeypatch: pytest.MonkeyPatch) -> None:
    aviary = parrot.armed(Aviary(UNLIMITED), **parrot.LATE)
    monkeypatch.setattr("mockserver.gateway.effects.wait", lambda *_: True)
    aviary.send()
    entry = _only(aviary)
    assert (entry.outcome, entry.status, entry.fault, entry.end_seq) == (Outcome.ABANDONED, None, "fault-1", NEVER)
    assert entry.duration_us is not None


@pytest.mark.in_process("over a socket, the body ends early")
def test_client_that_leaves_during_a_stall_has_abandoned_its_request(monkeypatch: pytest.MonkeyPatch) -> None:
    aviary = parrot.armed(Aviary(UNLIMITED), stall_seconds=parrot.LATE["delay_seconds"], after_bytes=3)
    monkeypatch.setattr("mockserver.gateway.effects.wait", lambda *_: True)
    assert parrot.send_with_effects(aviary).data == parrot.WHOLE
    assert (_only(aviary).outcome, _only(aviary).status) == (Outcome.ABANDONED, None)


def _digest(aviary: Aviary, body: bytes, method: str = "POST", **more: Any) -> str | None:
    aviary.registry.default.journal.clear()
    aviary.send("/parrot/learn", method=method, data=body, headers=JSON, **more)
    return _only(aviary).body_digest


CANONICAL = '{"a":[1,2.5,null],"ä":"é\\u0000"}'.encode()

DIGESTS: dict[str, tuple[bytes, bytes | None]] = {
    "no body": (b"", None),
    "JSON": (' {"ä": "\\u00e9\\u0000",\n "a": [1, 2.50, null] }'.encode(), CANONICAL),
    "JSON that is no object": (b" 7 ", b"7"),
    "half a surrogate pair": (b'"\\ud800"', b'"\xed\xa0\x80"'),
    "no JSON": (b'{"a": 1', b'{"a": 1'),
    "not UTF-8": (b'"\xff"', b'"\xff"'),
    "a repeated key": (b'{"a": 1, "a": 2}', b'{"a": 1, "a": 2}'),
    "no number of JSON": (b"[NaN, 1]", b"[NaN, 1]"),
    "nested too deep": (b"[" * 30_000, b"[" * 30_000),
    "a form": (b"a=1&b=2", b"a=1&b=2"),
    "the largest that is read as JSON": (b"7" + b" " * (CANONICAL_MAXIMUM - 1), b"7"),
    "a larger one": (b"7" + b" " * CANONICAL_MAXIMUM, b"7" + b" " * CANONICAL_MAXIMUM),
}


@pytest.mark.parametrize(("body", "digested"), DIGESTS.values(), ids=DIGESTS)
def test_digest_is_that_of_the_canonical_body(body: bytes, digested: bytes | None) -> None:
    expected = None if digested is None else sha256(digested).hexdigest()
    assert _digest(Aviary(UNLIMITED), body) == expected


def test_request_without_a_body_has_no_digest() -> None:
    aviary = Aviary(UNLIMITED)
    aviary.send()
    assert _only(aviary).body_digest is None


@pytest.mark.in_process("our own servers read bodies")
@pytest.mark.parametrize("size", [3, 70_000])
def test_body_from_the_stream_of_another_server_reaches_the_view_too(size: int) -> None:
    class Stream(BytesIO):
        """A stream without the bytes at hand."""

        def getvalue(self) -> bytes:
            raise AssertionError

    bodies: list[bytes] = []

    def learn(request: Any) -> dict[str, Any]:
        bodies.append(request.body)
        return {}

    body = b"x" * size
    aviary = Aviary(parrot.speaking(learn))
    reader = type("Reader", (), {"read": Stream(body).read, "readline": None, "readlines": None, "__iter__": None})()
    environ = {"wsgi.input": reader, "CONTENT_LENGTH": str(size), "wsgi.input_terminated": False}
    assert _digest(aviary, b"", environ_overrides=environ) == sha256(body).hexdigest()
    assert bodies == ([body] if size == 3 else [])


@pytest.mark.in_process("our own servers refuse it")
def test_body_too_large_for_any_view_has_no_digest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mockserver.gateway.socket_features.READ_MAXIMUM", 10)
    reader = type("Reader", (), {"read": BytesIO(b"x" * 50).read})()
    assert _digest(Aviary(UNLIMITED), b"", environ_overrides={"wsgi.input": reader, "CONTENT_LENGTH": "50"}) is None


@pytest.mark.parametrize(
    ("size", "is_kept"),
    [(CONTENT_MAXIMUM, True), (CONTENT_MAXIMUM + 1, False), (0, False)],
    ids=["kept", "large", "none"],
)
def test_small_body_can_be_read(size: int, is_kept: bool) -> None:  # noqa: FBT001
    aviary, body = Aviary(UNLIMITED), json.dumps("é" * size)[:size].encode()
    aviary.send("/parrot/learn", method="POST", data=body, headers=JSON)
    journal = aviary.registry.default.journal
    (record,) = journal.records()
    assert journal.body(record) == (body.decode() if is_kept else None)


def test_record_is_begun_once() -> None:
    aviary = Aviary(UNLIMITED)
    contexts: list[RequestContext] = []
    aviary = Aviary(replace(UNLIMITED, stages=(*UNLIMITED.stages, contexts.append)))
    aviary.send()
    assert contexts[0].journaled() is contexts[0].record
    assert len(list(aviary.registry.default.journal)) == 1
