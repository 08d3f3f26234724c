"""A log handler that never blocks: a thread writes the lines in their order, and drops those that nobody reads."""

import logging
import os
import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import Final, NamedTuple, TextIO

LINES_MAXIMUM: Final = 5000
"""How many lines wait to be written at most; further ones are dropped, and counted.

A line that is put several times at once counts as one here."""

_BATCH_SECONDS: Final = 0.2
"""How long lines are gathered before they are written together; a warning or an error is written at once.

Measured at 20,000 requests a second: with a quarter of this, 99 of 100 took at most 2.0 ms instead of 1.6."""

_MADE_AT_ONCE: Final = 64
"""How many lines are made without a pause.

Measured: without pauses, the thread took the interpreter for milliseconds, and of 20,000 requests a second each
hundredth waited for it."""

_WRITTEN_AT_ONCE: Final = 500
"""How many lines are written without a pause.

Measured at 40,000 requests a second: with ten times as many, this took the interpreter for milliseconds too, and 99 of
100 requests took at most 4.1 ms instead of 2.1."""

_PAUSE_SECONDS: Final = 0.001
"""How long the threads that answer requests have the interpreter for themselves before more lines are written."""

_FLUSH_SECONDS: Final = 1.0
"""How long the end of the process waits until the lines are written."""

Line = str | Callable[[], str]
"""A line, or what makes it when it is written."""


class UndatedLine(NamedTuple):
    """What is before and after the time in a line, and what writes a time: milliseconds since 1970."""

    before: str
    time_of: Callable[[int], str]
    after: str

    def at(self, milliseconds: int) -> str:
        """The line with this time."""
        return f"{self.before}{self.time_of(milliseconds)}{self.after}"


class LogWriter(logging.Handler):
    """Writes lines to a stream."""

    def __init__(self, stream: TextIO) -> None:
        super().__init__()
        self._stream = stream
        self._waiting: deque[tuple[Line, int] | threading.Event] = deque()
        self._dropped = 0
        self._wake, self._hurry = threading.Event(), threading.Event()
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()

    def put(self, line: Line, times: int = 1) -> None:
        """Write a line soon, so many times; drop it if too many others wait."""
        count = len(self._waiting)
        if count >= LINES_MAXIMUM:
            self._dropped += times
            return
        self._waiting.append((line, times))
        if not self._wake.is_set():
            self._start()
        if count == LINES_MAXIMUM // 2:
            self._hurry.set()

    def emit(self, record: logging.LogRecord) -> None:
        try:
            self.put(self.format(record))
        except Exception:  # noqa: BLE001 (as every handler of the library does)
            self.handleError(record)
        if record.levelno >= logging.WARNING:
            self._hurry.set()

    def flush(self) -> None:
        """Wait until everything is written, but not for a stream that nobody reads."""
        if self._thread is not None:
            written = threading.Event()
            self._waiting.append(written)
            self._hurry.set()
            self._wake.set()
            written.wait(_FLUSH_SECONDS)

    def _start(self) -> None:
        """Wake the thread, which is made for the first line."""
        with self._starting, suppress(RuntimeError):  # At the very end of the process, there are no new threads.
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="mockserver-log", daemon=True)
                self._thread.start()
        self._wake.set()

    def _run(self) -> None:
        while True:
            self._wake.wait()
            self._hurry.wait(_BATCH_SECONDS)
            self._hurry.clear()
            self._wake.clear()
            self._write_waiting()

    def _write_waiting(self) -> None:
        """Write what waits, with a pause after many lines."""
        while self._waiting and self._write_some():
            self._hurry.wait(_PAUSE_SECONDS)

    def _write_some(self) -> bool:
        """Write lines, and then tell those who wait for them; return whether there may be more, as these were many."""
        lines: list[str] = []
        flushed: list[threading.Event] = []
        made, are_many = 0, False
        for _ in range(len(self._waiting)):  # Nobody else takes any.
            each = self._waiting.popleft()
            if isinstance(each, threading.Event):
                flushed.append(each)
                continue
            line, times = each
            if not isinstance(line, str):
                line = line()
                made += 1
            lines += [line] * times
            are_many = made >= _MADE_AT_ONCE or len(lines) >= _WRITTEN_AT_ONCE
            if are_many:
                break
        if self._dropped:
            count, self._dropped = self._dropped, 0
            lines.append(self.format(_warning(f"{count} lines of the log were dropped, because nobody read it")))
        lines.append("")
        self._write("\n".join(lines))
        for each in flushed:
            each.set()
        return are_many

    def _write(self, text: str) -> None:
        """Write to the file of the stream, whose own lock must not be held when the process ends."""
        try:
            number = self._stream.fileno()
        except (OSError, ValueError):  # There is no file behind it, as in tests.
            number = None
        with suppress(OSError, ValueError):  # The stream is gone, and so is everybody who could be told.
            if number is None:
                self._stream.write(text)
                return
            data = text.encode("utf-8", "replace")
            while data:
                data = data[os.write(number, data) :]


def _warning(message: str) -> logging.LogRecord:
    return logging.LogRecord(__name__, logging.WARNING, __file__, 0, message, None, None)
