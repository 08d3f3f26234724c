"""Answers how the log is written: for people on a terminal, as one JSON object a line anywhere else, always on stderr.

What is logged stays out; each room says what it knows.
"""

import json
import logging
import sys
from datetime import UTC, datetime
from typing import TextIO


class JsonLines(logging.Formatter):
    """One object a line: `at`, `level`, `logger`, `message`, and `traceback` where there is one."""

    def format(self, record: logging.LogRecord) -> str:
        entry = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            entry["traceback"] = self.formatException(record.exc_info)
        return json.dumps(entry, ensure_ascii=False)


def configure(level: str, stream: TextIO | None = None) -> None:
    """Send everything from `level` up to the stream (stderr), in the form that suits it; once for a process."""
    stream = stream or sys.stderr
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        logging.Formatter("%(asctime)s %(levelname)-7s %(message)s", "%H:%M:%S") if stream.isatty() else JsonLines()
    )
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
