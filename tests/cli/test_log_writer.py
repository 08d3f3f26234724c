"""Tests of the thread that writes the log: it delays nobody, and drops what nobody reads."""

import io
import json
import logging
import os
from collections.abc import Iterator
from functools import partial
from time import monotonic, sleep

import pytest

from mockserver.cli import log_writer, logs
from mockserver.cli.log_writer import LogWriter
from tests.server import programs

pytestmark = [
    pytest.mark.in_process("the log is that of this process"),
    pytest.mark.usefixtures("restored_root_logger"),
]


@pytest.fixture
def pipe() -> Iterator[tuple[int, io.TextIOWrapper]]:
    """A pipe whose end for reading is a number, and whose end for writing is a stream."""
    reading, writing = os.pipe()
    with open(writing, "w", encoding="utf-8", closefd=False) as stream:
        yield reading, stream
    for number in (reading, writing):
        try:
            os.close(number)
        except OSError:
            continue


def test_lines_that_nobody_reads_are_dropped_and_counted(
    pipe: tuple[int, io.TextIOWrapper], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_writer, "LINES_MAXIMUM", 50)
    monkeypatch.setattr(log_writer, "_FLUSH_SECONDS", 0.05)
    reading, stream = pipe
    logs.configure("info", stream)
    (writer,) = logging.root.handlers
    assert isinstance(writer, LogWriter)
    for _ in range(3):
        logging.root.info("x" * 100_000)
        writer.flush()
    for number in range(200):
        logging.root.info("line %d", number)
    monkeypatch.setattr(log_writer, "_FLUSH_SECONDS", 20)
    received = b""
    while b"were dropped" not in received:
        received += os.read(reading, 1 << 16)
    *_, dropped = [json.loads(each) for each in received.splitlines() if b"dropped" in each]
    lines = received.count(b'"line ')
    assert dropped["message"] == f"{200 - lines} lines of the log were dropped, because nobody read it"
    assert dropped["level"] == "warning"
    logging.root.info("and on")
    writer.flush()
    assert b"and on" in os.read(reading, 1 << 16)


class Writes(io.StringIO):
    """A stream that keeps what is written at a time."""

    def __init__(self) -> None:
        super().__init__()
        self.each: list[str] = []

    def write(self, text: str) -> int:
        self.each.append(text)
        return len(text)


def test_many_lines_that_must_be_made_are_written_some_at_a_time_and_in_order() -> None:
    stream = Writes()
    writer = LogWriter(stream)
    lines = [f"line {number}" for number in range(200)]
    for text in lines:
        writer.put(partial(str, text))
    writer.flush()
    assert "".join(stream.each).splitlines() == lines
    assert len(stream.each) > 1
    assert max(text.count("\n") for text in stream.each) <= 64


def test_line_is_written_as_often_as_it_was_put() -> None:
    stream = Writes()
    writer = LogWriter(stream)
    writer.put("a", 3)
    writer.put("b")
    writer.flush()
    assert "".join(stream.each) == "a\na\na\nb\n"


def test_lines_that_are_put_often_are_written_some_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_writer, "_BATCH_SECONDS", 60)
    monkeypatch.setattr(log_writer, "_WRITTEN_AT_ONCE", 30)
    stream = Writes()
    writer = LogWriter(stream)
    for text in "abcd":
        writer.put(text, 15)
    writer.flush()
    written = [text.splitlines() for text in stream.each if text]
    assert written == [["a"] * 15 + ["b"] * 15, ["c"] * 15 + ["d"] * 15]


def test_line_that_is_dropped_counts_as_often_as_it_was_put(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_writer, "LINES_MAXIMUM", 0)
    stream = io.StringIO()
    logs.configure("info", stream)
    (writer,) = logging.root.handlers
    assert isinstance(writer, LogWriter)
    writer.put("a", 3)
    writer.put("b")
    monkeypatch.setattr(log_writer, "LINES_MAXIMUM", 50)
    writer.put("c")
    writer.flush()
    assert "4 lines of the log were dropped" in stream.getvalue()


def test_many_lines_are_written_before_too_many_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody asks for them, and the thread that writes would gather lines for long."""
    monkeypatch.setattr(log_writer, "_BATCH_SECONDS", 60)
    monkeypatch.setattr(log_writer, "LINES_MAXIMUM", 100)
    stream = Writes()
    writer = LogWriter(stream)
    lines = [f"line {number}" for number in range(51)]
    for text in lines:
        writer.put(text)
    deadline = monotonic() + programs.PATIENCE
    while "".join(stream.each).splitlines() != lines:
        assert monotonic() < deadline
        sleep(0.01)


def test_log_that_is_gone_disturbs_nobody(pipe: tuple[int, io.TextIOWrapper]) -> None:
    reading, stream = pipe
    logs.configure("info", stream)
    os.close(reading)
    logging.root.info("nobody hears this")
    logging.root.handlers[0].flush()
    os.close(stream.fileno())
    logging.root.info("nor this")
    logging.root.handlers[0].flush()


def test_message_that_cannot_be_formatted_is_reported(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("info", io.StringIO())
    logging.root.info("%d", "no number")
    assert "Logging error" in capsys.readouterr().err
