"""The rules that the evidence records of an OpenAPI file describe: about a parameter, an answer, or everything.

The evidence for the things themselves is found by `openapi_document`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from mockserver.fidelity import evidence
from mockserver.fidelity.evidence import Evidence, Record

_NAMED = ("securitySchemes", "schemas", "responses", "headers", "properties")
"""Objects whose keys are names."""


@dataclass(frozen=True, slots=True)
class EvidencedRule:
    """A rule with its evidence; `switch` is what changes it, `limit` what it limits, where there is one."""

    name: str
    evidence: Evidence
    switch: str | None
    limit: str | None


def find(document: dict[str, Any]) -> Iterator[EvidencedRule]:
    """Every rule once, named by what it is about and its description; records with errors are left out."""
    labels: dict[str, list[str]] = {}
    first: dict[str, Record] = {}
    for record, label in _labelled(document, "", ""):
        if "description" in record and not any(evidence.errors(record)):
            first.setdefault(record["description"], record)
            labels.setdefault(record["description"], []).append(label)
    for description, record in first.items():
        label = record.get("limit") or ", ".join(filter(None, dict.fromkeys(labels[description])))
        name = f"{label}: {description}" if label else description
        yield EvidencedRule(name, evidence.read(record), record.get("switch"), record.get("limit"))


def records(document: dict[str, Any]) -> Iterator[Record]:
    """Every record of a file."""
    yield from (record for record, _ in _labelled(document, "", ""))


def references(node: Any) -> Iterator[str]:
    """Every pointer to which a part of a file refers."""
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        node = list(node.values())
    if isinstance(node, list):
        for each in node:
            yield from references(each)


def _labelled(node: Any, parent: str, label: str) -> Iterator[tuple[Record, str]]:
    """Records with the nearest name around them: an operation's, a parameter's, a component's or a property's."""
    if isinstance(node, list):
        for each in node:
            yield from _labelled(each, parent, label)
    if isinstance(node, dict):
        label = str(node.get("operationId") or (node["name"] if "in" in node else label))
        yield from ((record, label) for record in evidence.records(node))
        for key, each in node.items():
            if key != "x-evidence":
                yield from _labelled(each, key, key if parent in _NAMED else label)
