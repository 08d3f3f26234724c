"""Answers which rules an OpenAPI file states beside what it describes: about a parameter, an answer, or everything.

What vouches for the things themselves stays out (`description`).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from mockserver.fidelity import evidence
from mockserver.fidelity.evidence import Evidence, Record

_ROOMS = ("securitySchemes", "schemas", "responses", "headers", "properties")
"""Below these a key is a name."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A rule, with its evidence; `switch` is what changes it, `limit` what it limits, where there is one."""

    name: str
    evidence: Evidence
    switch: str | None
    limit: str | None


def found(document: dict[str, Any]) -> Iterator[Statement]:
    """Every rule once, named by what it is about and what it says; of records with faults none."""
    about: dict[str, list[str]] = {}
    first: dict[str, Record] = {}
    for record, label in _labelled(document, "", ""):
        if "says" in record and not any(evidence.faults(record)):
            first.setdefault(record["says"], record)
            about.setdefault(record["says"], []).append(label)
    for says, record in first.items():
        label = record.get("limit") or ", ".join(filter(None, dict.fromkeys(about[says])))
        name = f"{label}: {says}" if label else says
        yield Statement(name, evidence.read(record), record.get("switch"), record.get("limit"))


def records(document: dict[str, Any]) -> Iterator[Record]:
    """Every record, wherever it stands."""
    yield from (record for record, _ in _labelled(document, "", ""))


def references(part: Any) -> Iterator[str]:
    """Every pointer to which a part of a file refers."""
    if isinstance(part, dict):
        if isinstance(part.get("$ref"), str):
            yield part["$ref"]
        part = list(part.values())
    if isinstance(part, list):
        for each in part:
            yield from references(each)


def _labelled(part: Any, above: str, label: str) -> Iterator[tuple[Record, str]]:
    """Records with the nearest name around them: an operation's, a parameter's, a component's or a property's."""
    if isinstance(part, list):
        for each in part:
            yield from _labelled(each, above, label)
    if isinstance(part, dict):
        label = str(part.get("operationId") or (part["name"] if "in" in part else label))
        yield from ((record, label) for record in evidence.records(part))
        for key, each in part.items():
            if key != "x-evidence":
                yield from _labelled(each, key, key if above in _ROOMS else label)
