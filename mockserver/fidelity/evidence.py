"""The records under `x-evidence` in an OpenAPI file, and the rules that they describe.

A record with a `source` and without a `description` is the evidence for the item that it is attached to, and for
everything inside that has none of its own; any other record describes a rule. With `operations`, it is the evidence in
those operations alone, and with `bound`, that of a single bound of a parameter. `unconfirmed` says why a second reading
could not confirm what is documented. The items are found by `openapi_document`.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mockserver.gateway.switches import Grade

Record = Mapping[str, Any]
Node = Mapping[str, Any]

BOUNDS = {"minimum": "at least", "maximum": "at most", "default": "by default"}
"""What a parameter's schema can limit, and how the ledger words it."""

_RULE_KEYS = frozenset(("switch", "limit"))
_ITEM_KEYS = frozenset(("operations", "bound"))
_KEYS = frozenset(("grade", "source", "description", "test", "unconfirmed")) | _RULE_KEYS | _ITEM_KEYS

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
    """The evidence for an item: its grade, where it is written, and the test as the record names it.

    `unconfirmed` is why a second reading could not confirm it; empty where it could, and where nothing is documented.
    """

    grade: Grade
    source: str
    test: str
    unconfirmed: str = ""


def own(node: Node, operation: str = "", bound: str | None = None) -> Evidence | None:
    """The evidence for the node itself in an operation, or for one of its bounds, if a record has it.

    A record that names the operation goes before one that names none.
    """
    found = [
        record
        for record in node.get("x-evidence", ())
        if "description" not in record
        and record.get("bound") == bound
        and operation in record.get("operations", (operation,))
    ]
    return read(min(found, key=lambda record: "operations" not in record)) if found else None


def read(record: Record) -> Evidence:
    """The evidence in a record without errors."""
    grade = Grade(record["grade"])
    source = record["source"] if "source" in record else _DEFAULT_SOURCES[grade]
    return Evidence(grade, source, record["test"], record.get("unconfirmed", ""))


def errors(record: Record) -> Iterator[str]:
    """What is wrong with a record: the ends of sentences that begin with the record."""
    if unknown := sorted(set(record) - _KEYS):
        yield f"has {', '.join(unknown)}; a record has {', '.join(sorted(_KEYS))}"
    if record.get("grade") not in [*Grade]:
        grades = ", ".join(f"{grade} ({grade.evidence})" for grade in Grade)
        yield f"has the grade {record.get('grade')!r}; there are {grades}"
    if "source" not in record and ("description" not in record or record.get("grade") == Grade.DOCUMENTED):
        yield "has no source; only a rule that is not documented can be without one"
    if "description" not in record and _RULE_KEYS & set(record):
        yield "has no description; a record with a switch or a limit describes a rule"
    if "::" not in record.get("test", ""):
        yield "names no test, as in test_authentication.py::test_head_is_get_without_the_body"
    yield from _item_errors(record)


def _item_errors(record: Record) -> Iterator[str]:
    if "description" in record and _ITEM_KEYS & set(record):
        yield "has a description; a record with operations or a bound is the evidence for an item"
    if record.get("bound", "minimum") not in BOUNDS:
        yield f"has the bound {record['bound']!r}; there are {', '.join(BOUNDS)}"
    if "unconfirmed" in record and record.get("grade") != Grade.DOCUMENTED:
        yield "is unconfirmed; a second reading is only of what is documented"


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
