"""The records under `x-evidence` in an OpenAPI file, and the rules that they describe.

A record with a `source` and without a `description` is the evidence for the item that it is attached to, and for
everything inside that has none of its own; any other record describes a rule. The items are found by
`openapi_document`.
"""

from collections import defaultdict
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
"""The source of a rule that names none; a documented rule always names one."""

_NAMED = ("securitySchemes", "schemas", "responses", "headers", "properties")
"""Objects whose keys are names."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """The evidence for an item: its grade, where it is written, and the test as the record names it."""

    grade: Grade
    source: str
    test: str


def own(node: Node) -> Evidence | None:
    """The evidence for the node itself, if a record has it."""
    return next((read(record) for record in node.get("x-evidence", ()) if "description" not in record), None)


def read(record: Record) -> Evidence:
    """The evidence in a record without errors."""
    grade = Grade(record["grade"])
    return Evidence(grade, record["source"] if "source" in record else _DEFAULT_SOURCES[grade], record["test"])


def errors(record: Record) -> Iterator[str]:
    """What is wrong with a record: the ends of sentences that begin with the record."""
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


def rules(document: Node) -> dict[str, Record]:
    """The first record of every rule, by what the rule is about and its description."""
    described: defaultdict[str, list[tuple[Record, str]]] = defaultdict(list)
    for record, label in records(document):
        if "description" in record:
            described[record["description"]].append((record, label))
    found: dict[str, Record] = {}
    for description, labelled in described.items():
        record, _ = labelled[0]
        about = record.get("limit") or ", ".join(dict.fromkeys(label for _, label in labelled if label))
        found[f"{about}: {description}" if about else description] = record
    return found


def records(node: Any, parent: str = "", label: str = "") -> Iterator[tuple[Record, str]]:
    """Every record with the nearest name around it: an operation's, a parameter's, a component's or a property's."""
    if isinstance(node, list):
        for each in node:
            yield from records(each, parent, label)
    if isinstance(node, dict):
        label = str(node.get("operationId") or (node["name"] if "in" in node else label))
        yield from ((record, label) for record in node.get("x-evidence", ()))
        for key, each in node.items():
            if key != "x-evidence":
                yield from records(each, key, key if parent in _NAMED else label)
