"""The log: text on a terminal, one JSON object per line anywhere else, always on stderr, without credentials."""

import json
import logging
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from time import localtime, strftime
from typing import Any, TextIO

from mockserver.cli.log_writer import LogWriter, UndatedLine

_ENCODER = json.JSONEncoder(ensure_ascii=False)
_TIMES_MAXIMUM = 64
"""How many times are kept as text: lines that are written together have few of them."""


class _Redacting(logging.Formatter):
    """A formatter that shows no credentials, once it is told how to recognize them."""

    redact: Callable[[str], str] = staticmethod(str)


class JsonLines(_Redacting):
    """One JSON object per line: `at`, `level`, `logger`, `message`, `traceback` if there is one, and further fields."""

    def undated(self, logger: str, message: str, fields: dict[str, str | int | None]) -> UndatedLine:
        """The line of a message for information, and of further fields, none of which has credentials."""
        values = tuple([_json(each) for each in (message, *fields.values())])
        return UndatedLine('{"at": "', self.time_of, _layout(logger, tuple(fields)) % values)

    @staticmethod
    def time_of(milliseconds: int) -> str:
        return _iso(milliseconds)

    def format(self, record: logging.LogRecord) -> str:
        entry: dict[str, Any] = {
            "at": self.time_of(int(record.created * 1000)),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": self.redact(record.getMessage()),
        }
        if record.exc_info:
            entry["traceback"] = self.redact(self.formatException(record.exc_info))
        return _ENCODER.encode({**entry, **getattr(record, "fields", {})})


class TextLines(_Redacting):
    """The time, the level and the message, and what belongs to it on further lines."""

    def undated(self, _: str, message: str, __: dict[str, Any]) -> UndatedLine:
        """The line of a message for information that has no credentials."""
        return UndatedLine("", self.time_of, f" {'INFO':7} {message}")

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)-7s %(message)s")

    @staticmethod
    def time_of(milliseconds: int) -> str:
        return _time_of_day(milliseconds // 1000)

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: ARG002, N802 (its form)
        """The time of a record, as `time_of` writes it."""
        return self.time_of(int(record.created * 1000))

    def format(self, record: logging.LogRecord) -> str:
        return self.redact(super().format(record))


@lru_cache(64)
def _layout(logger: str, names: tuple[str, ...]) -> str:
    """What stands after the time in the lines of a logger for information, with places for the values."""
    entry = {"level": "info", "logger": logger, "message": None, **dict.fromkeys(names)}
    return f'", {_ENCODER.encode(entry)[1:]}'.replace("%", "%%").replace(": null", ": %s")


def _json(value: str | int | None) -> str:
    """A value in JSON; the library takes a line as a whole in three times the time."""
    if isinstance(value, str):
        return _ENCODER.encode(value)
    return "null" if value is None else str(value)


@lru_cache(_TIMES_MAXIMUM)
def _iso(milliseconds: int) -> str:
    return datetime.fromtimestamp(milliseconds / 1000, UTC).isoformat(timespec="milliseconds")


@lru_cache(_TIMES_MAXIMUM)
def _time_of_day(seconds: int) -> str:
    return strftime("%H:%M:%S", localtime(seconds))


def configure(level: str, stream: TextIO | None = None) -> None:
    """Write records of `level` and above to the stream (stderr), in the format that suits it; once per process."""
    stream = stream or sys.stderr
    writer = LogWriter(stream)
    writer.setFormatter(TextLines() if stream.isatty() else JsonLines())
    logging.basicConfig(level=level.upper(), handlers=[writer], force=True)


def redact_with(redact: Callable[[str], str]) -> None:
    """Redact every message and traceback from now on."""
    for writer in logging.root.handlers:
        if isinstance(writer.formatter, _Redacting):
            writer.formatter.redact = redact
