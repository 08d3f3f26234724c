"""The log: text on a terminal, one JSON object per line anywhere else, always on stderr, without credentials."""

import json
import logging
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TextIO

from mockserver.cli.log_writer import LogWriter


class _Redacting(logging.Formatter):
    """A formatter that shows no credentials, once it is told how to recognize them."""

    redact: Callable[[str], str] = staticmethod(str)


class JsonLines(_Redacting):
    """One JSON object per line: `at`, `level`, `logger`, `message`, `traceback` if there is one, and further fields."""

    def format(self, record: logging.LogRecord) -> str:
        entry: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": self.redact(record.getMessage()),
        }
        if record.exc_info:
            entry["traceback"] = self.redact(self.formatException(record.exc_info))
        return json.dumps({**entry, **getattr(record, "fields", {})}, ensure_ascii=False)


class TextLines(_Redacting):
    """The time, the level and the message, and what belongs to it on further lines."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)-7s %(message)s", "%H:%M:%S")

    def format(self, record: logging.LogRecord) -> str:
        return self.redact(super().format(record))


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
