"""The records under `x-evidence` in an OpenAPI file.

A record with a `source` and without a `description` is the evidence for the thing that it is attached to, and for
everything inside that has none of its own; any other record describes a rule. The things are found by
`openapi_document`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mockserver.gateway.switches import Grade

Record = Mapping[str, str]
Node = Mapping[str, Any]

_KEYS = frozenset(("grade", "source", "description", "switch", "limit", "test"))

_DEFAULT_SOURCES = {
    Grade.OBSERVED: "seen in answers or public clients",
    Grade.INFERRED: "follows from what is documented",
    Grade.ASSUMED: "undocumented; chosen by the simulator",
}
"""The source of a rule that names none; a documented one always does."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """The evidence for something: its grade, where it is written, and the test as the record names it."""

    grade: Grade
    source: str
    test: str


def records(node: Node) -> list[Record]:
    """The records that are attached to a node."""
    found: list[Record] = node.get("x-evidence", [])
    return found


def own(node: Node) -> Evidence | None:
    """The evidence for the node itself, where a record has it."""
    return next((read(record) for record in records(node) if "description" not in record), None)


def read(record: Record) -> Evidence:
    """The evidence in a record without errors."""
    grade = Grade(record["grade"])
    return Evidence(grade, record["source"] if "source" in record else _DEFAULT_SOURCES[grade], record["test"])


def errors(record: Record) -> Iterator[str]:
    """What is wrong with a record, in words."""
    if unknown := sorted(set(record) - _KEYS):
        yield f"has {', '.join(unknown)}; a record has {', '.join(sorted(_KEYS))}"
    if record.get("grade") not in [*Grade]:
        grades = ", ".join(f"{grade} ({grade.evidence})" for grade in Grade)
        yield f"has the grade {record.get('grade')!r}; there are {grades}"
    if "source" not in record and ("description" not in record or record.get("grade") == Grade.DOCUMENTED):
        yield "has no source; only a rule that is not documented can be without one"
    if "description" not in record and {"switch", "limit"} & set(record):
        yield "has no description; a record with a switch or a limit describes a rule"
    if "::" not in record.get("test", ""):
        yield "names no test, as in test_authentication.py::test_head_is_get_without_the_body"


def label(record: Record) -> str:
    """Enough of a record to find it by."""
    return repr(record.get("description") or record.get("source") or dict(record))
