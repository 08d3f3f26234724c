"""Answers what the records under `x-evidence` in an OpenAPI file say, and what is wrong with one.

A record with a `source` and nothing that it `says` vouches for the thing that it stands at, and for whatever is inside
and has none of its own; any other states a rule about it. Finding the things stays out (`description`).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mockserver.gateway.switches import Grade

Record = Mapping[str, str]
Node = Mapping[str, Any]

_KEYS = frozenset(("grade", "source", "says", "switch", "limit", "test"))

_UNSAID = {
    Grade.OBSERVED: "seen in answers or public clients",
    Grade.INFERRED: "follows from what is documented",
    Grade.ASSUMED: "nobody says; chosen here",
}
"""Where a rule comes from, unless it says so itself; what is documented always does."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What vouches for something: the grade, where it is written, and the test as the record has it."""

    grade: Grade
    source: str
    test: str


def records(node: Node) -> list[Record]:
    """The records that stand at a node."""
    found: list[Record] = node.get("x-evidence", [])
    return found


def own(node: Node) -> Evidence | None:
    """What vouches for the node itself, where it has a record that does."""
    return next((read(record) for record in records(node) if "says" not in record), None)


def read(record: Record) -> Evidence:
    """The evidence of a record without faults."""
    grade = Grade(record["grade"])
    return Evidence(grade, record["source"] if "source" in record else _UNSAID[grade], record["test"])


def faults(record: Record) -> Iterator[str]:
    """What is wrong with a record, in words."""
    if strange := sorted(set(record) - _KEYS):
        yield f"has {', '.join(strange)}; a record has {', '.join(sorted(_KEYS))}"
    if record.get("grade") not in [*Grade]:
        yield f"has the grade {record.get('grade')!r}; there are {', '.join(Grade)}"
    if "source" not in record and ("says" not in record or record.get("grade") == Grade.DOCUMENTED):
        yield "has no source; what vouches for a thing has one, and so has what is documented"
    if "says" not in record and {"switch", "limit"} & set(record):
        yield "says nothing; what names a switch or a limit states a rule"
    if "::" not in record.get("test", ""):
        yield "names no test, as in test_door.py::test_head_is_get_without_the_body"


def shown(record: Record) -> str:
    """Enough of a record to find it by."""
    return repr(record.get("says") or record.get("source") or dict(record))
