"""Tests of the log: plain text on a terminal, one JSON object per line elsewhere."""

import io
import json
import logging

import pytest

from mockserver.cli import logs


class Terminal(io.StringIO):
    """A stream that claims to be a terminal."""

    def isatty(self) -> bool:
        return True


pytestmark = pytest.mark.usefixtures("restored_root_logger")


def test_terminal_gets_plain_text() -> None:
    stream = Terminal()
    logs.configure("info", stream)
    logging.root.info("%s is up", "everything")
    logging.root.handlers[0].flush()
    assert stream.getvalue()[8:] == " INFO    everything is up\n"


def test_other_streams_get_one_json_object_per_line() -> None:
    stream = io.StringIO()
    logs.configure("info", stream)
    logging.root.info("one\nand %s", "ünother")
    logging.root.debug("below the level")
    logging.root.handlers[0].flush()
    entry = json.loads(stream.getvalue())
    assert entry.pop("at").endswith("+00:00")
    assert entry == {"level": "info", "logger": "root", "message": "one\nand ünother"}


def test_traceback_is_part_of_its_json_object() -> None:
    stream = io.StringIO()
    logs.configure("warning", stream)
    logging.root.error("a request failed", exc_info=RuntimeError("the reason"))
    logging.root.handlers[0].flush()
    (entry,) = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert entry["message"] == "a request failed"
    assert entry["traceback"].endswith("RuntimeError: the reason")
