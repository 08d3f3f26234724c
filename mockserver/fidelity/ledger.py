"""Answers what the ledger of a vendor holds: its rows, and every fault for which it cannot be trusted.

It is made of the vendor's OpenAPI file, the evidence in it, and what the vendor says of itself. Writing it down stays
out.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from mockserver import resources, vendors
from mockserver.fidelity import evidence, statements
from mockserver.fidelity.description import ELSEWHERE, Description
from mockserver.fidelity.rows import Kind, Row
from mockserver.fidelity.statements import Statement
from mockserver.gateway.vendor import Vendor

RATE = "rate"
"""The limit that every vendor's ledger must tell, were it only that there is none."""


@dataclass(frozen=True, slots=True)
class Ledger:
    """The rows of a vendor, and what is wrong with them, in sentences."""

    vendor: str
    rows: list[Row] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


def all_ledgers() -> list[Ledger]:
    """The ledger of every vendor that is served."""
    return [of(vendor, read(resources.openapi() / vendor.openapi)) for vendor in vendors.discover()]


def read(file: Path) -> dict[str, Any]:
    """An OpenAPI file."""
    document: dict[str, Any] = yaml.load(file.read_bytes(), getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506
    return document


def of(vendor: Vendor, document: dict[str, Any]) -> Ledger:
    """The ledger of a vendor whose OpenAPI file is this."""
    made = Ledger(vendor.name)
    told = list(statements.found(document))
    broken = [
        f"{vendor.name}: the record {evidence.shown(record)} {fault}"
        for record in statements.records(document)
        for fault in evidence.faults(record)
    ]
    if broken:
        made.faults.extend(dict.fromkeys(broken))
        return made
    description = Description(document)
    made.rows.extend(sorted(_rows(vendor, description, told), key=lambda row: [*Kind].index(row.kind)))
    made.faults.extend(f"{vendor.name}: {fault}" for fault in _faults(vendor, description, told))
    return made


def _rows(vendor: Vendor, description: Description, told: list[Statement]) -> Iterator[Row]:
    for thing in description.things():
        if thing.evidence is not None:
            held = thing.evidence
            yield Row(vendor.name, thing.kind, thing.name, held.grade, held.source, _test(vendor, held.test))
    for each in told:
        if each.switch is None:
            kind = Kind.RULE if each.limit is None else Kind.LIMIT
            held = each.evidence
            yield Row(vendor.name, kind, each.name, held.grade, held.source, _test(vendor, held.test))
    tests = {each.switch: each.evidence.test for each in reversed(told)}
    for switch in vendor.switches:
        if switch.name in tests:
            test = _test(vendor, tests[switch.name])
            yield Row(vendor.name, Kind.SWITCH, switch.name, switch.grade, switch.description, test)


def _test(vendor: Vendor, test: str) -> str:
    """A test's place in the checkout; without a folder it is one of the vendor's own."""
    return f"tests/{test}" if "/" in test else f"tests/vendors/{vendor.name.replace('-', '_')}/{test}"


def _faults(vendor: Vendor, description: Description, told: list[Statement]) -> Iterator[str]:
    for thing in description.things():
        if thing.evidence is None:
            yield f"the {thing.kind} {thing.name} has no row: no record with a source stands at it or around it"
    yield from _unserved(vendor, description)
    yield from _unswitched(vendor, told)
    yield from _unlimited(vendor, told)
    yield from (f"{each} is described, and nothing refers to it" for each in sorted(_orphans(description.document)))


def _unserved(vendor: Vendor, description: Description) -> Iterator[str]:
    served = {
        (route.operation, re.sub(r"<(?:[^:<>]+:)?([^<>]+)>", r"{\1}", route.path), method.lower())
        for route in vendor.routes
        for method in route.methods
    }
    described = {(operation["operationId"], path, method) for path, method, operation in description.operations}
    yield from (
        f"the operation {name} ({path}) is served and has no row" for name, path, _ in sorted(served - described)
    )
    yield from (
        f"the operation {name} ({path}) has a row and is not served" for name, path, _ in sorted(described - served)
    )


def _unswitched(vendor: Vendor, told: list[Statement]) -> Iterator[str]:
    known = {each.name: each.grade for each in vendor.switches}
    named = {each.switch: each.evidence.grade for each in told if each.switch is not None}
    yield from (f"the switch {name} has no row: no record names it" for name in known if name not in named)
    for name, grade in named.items():
        if name not in known:
            yield f"the switch {name} has a row, and there is no such switch"
        elif grade is not known[name]:
            yield f"the switch {name} is graded {grade} in the file and {known[name]} in the policy"


def _unlimited(vendor: Vendor, told: list[Statement]) -> Iterator[str]:
    said = next((each.name for each in told if each.limit == RATE), None)
    if said is None:
        yield f"the limit {RATE} has no row, were it only that there is none"
    elif vendor.allowance is not None:
        numbers = (vendor.allowance.per_minute, vendor.allowance.burst)
        yield from (
            f"the limit {RATE} does not tell {number}"
            for number in numbers
            if str(number) not in re.findall("[0-9]+", said)
        )


def _orphans(document: dict[str, Any]) -> set[str]:
    """Components that no operation leads to."""
    reached: set[str] = set()
    pending = list(statements.references(document["paths"]))
    pending += [f"#/components/responses/{name}" for name in ELSEWHERE if name in document["components"]["responses"]]
    while pending:
        pointer = pending.pop()
        if pointer not in reached:
            reached.add(pointer)
            pending += statements.references(Description(document).at(pointer))
    rooms = ("schemas", "parameters", "responses")
    there = {f"#/components/{room}/{name}" for room in rooms for name in document["components"].get(room, ())}
    return there - reached
