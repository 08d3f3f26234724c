"""The ledger of a vendor: its rows, and every error that makes it untrustworthy.

It is made from the vendor's OpenAPI file, the evidence in it, and the vendor's own routes, switches and limits.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mockserver import resources, vendors
from mockserver.fidelity import evidence, rules
from mockserver.fidelity.openapi_document import UNREFERENCED, OpenApiDocument
from mockserver.fidelity.rows import Kind, LedgerRow
from mockserver.fidelity.rules import EvidencedRule
from mockserver.gateway.vendor import Vendor
from mockserver.validation import yaml_text

RATE = "rate"
"""The limit that every vendor's ledger must describe, even where there is none."""


@dataclass(frozen=True, slots=True)
class FidelityLedger:
    """The rows of a vendor, and what is wrong with them, in sentences."""

    vendor: str
    rows: list[LedgerRow] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


def all_ledgers() -> list[FidelityLedger]:
    """The ledger of every vendor."""
    return [load(vendor, resources.openapi()) for vendor in vendors.discover()]


def load(vendor: Vendor, folder: Path) -> FidelityLedger:
    """The ledger of a vendor whose OpenAPI file is in this folder; without the file, one that says what to write."""
    file = folder / vendor.openapi
    if not file.is_file():
        return FidelityLedger(vendor.name, errors=[missing_file(vendor)])
    return build(vendor, read(file))


def missing_file(vendor: Vendor) -> str:
    """The sentence for a vendor without an OpenAPI file."""
    return (
        f"{vendor.name}: there is no openapi/{vendor.openapi}; write it from the vendor's documentation, in OpenAPI "
        "3.1, with an x-evidence record for everything that it describes"
    )


def read(file: Path) -> dict[str, Any]:
    """An OpenAPI file."""
    document: dict[str, Any] = yaml_text.load_bundled(file.read_bytes())
    return document


def build(vendor: Vendor, document: dict[str, Any]) -> FidelityLedger:
    """The ledger of a vendor with this OpenAPI document."""
    ledger = FidelityLedger(vendor.name)
    bad_records = [
        f"{vendor.name}: the record {evidence.label(record)} in openapi/{vendor.openapi} {error}"
        for record in rules.records(document)
        for error in evidence.errors(record)
    ]
    if bad_records:
        ledger.errors.extend(dict.fromkeys(bad_records))
        return ledger
    described, found = OpenApiDocument(document), list(rules.find(document))
    ledger.rows.extend(sorted(_rows(vendor, described, found), key=lambda row: [*Kind].index(row.kind)))
    ledger.errors.extend(f"{vendor.name}: {error}" for error in _errors(vendor, described, found))
    return ledger


def _rows(vendor: Vendor, document: OpenApiDocument, found: list[EvidencedRule]) -> Iterator[LedgerRow]:
    def row(kind: Kind, name: str, its: evidence.Evidence) -> LedgerRow:
        return LedgerRow(vendor.name, kind, name, its.grade, its.source, _test_path(vendor, its.test))

    for item in document.items():
        if item.evidence is not None:
            yield row(item.kind, item.name, item.evidence)
    for each in found:
        if each.switch is None:
            yield row(Kind.RULE if each.limit is None else Kind.LIMIT, each.name, each.evidence)
    tests = {each.switch: each.evidence.test for each in reversed(found)}
    for switch in vendor.switches:
        if switch.name in tests:
            test = _test_path(vendor, tests[switch.name])
            yield LedgerRow(vendor.name, Kind.SWITCH, switch.name, switch.grade, switch.description, test)


def _test_path(vendor: Vendor, test: str) -> str:
    """A test's path in the checkout; without a folder it is one of the vendor's own."""
    return f"tests/{test}" if "/" in test else f"tests/vendors/{vendor.name.replace('-', '_')}/{test}"


def _errors(vendor: Vendor, document: OpenApiDocument, found: list[EvidencedRule]) -> Iterator[str]:
    file = f"openapi/{vendor.openapi}"
    for item in document.items():
        if item.evidence is None:
            yield (
                f"the {item.kind} {item.name} has no row; add an x-evidence record with grade, source and test to it, "
                f"or to what contains it, in {file}"
            )
    yield from _operation_errors(vendor, document)
    yield from _switch_errors(vendor, found)
    yield from _limit_errors(vendor, found)
    for each in sorted(_orphans(document.document)):
        yield f"nothing refers to {each}; remove it from {file}"


def _operation_errors(vendor: Vendor, document: OpenApiDocument) -> Iterator[str]:
    served = {
        (route.operation, re.sub(r"<(?:[^:<>]+:)?([^<>]+)>", r"{\1}", route.path), method.lower())
        for route in vendor.routes
        for method in route.methods
    }
    described = {(operation["operationId"], path, method) for path, method, operation in document.operations}
    for name, path, _ in sorted(served - described):
        yield f"the operation {name} ({path}) is served and has no row; describe it in openapi/{vendor.openapi}"
    for name, path, _ in sorted(described - served):
        yield f"the operation {name} ({path}) is in openapi/{vendor.openapi} and is not served"


def _switch_errors(vendor: Vendor, found: list[EvidencedRule]) -> Iterator[str]:
    known = {each.name: each.grade for each in vendor.switches}
    named = {each.switch: each.evidence.grade for each in found if each.switch is not None}
    for name in known:
        if name not in named:
            yield (
                f"the switch {name} has no row; add an x-evidence record with `switch: {name}` "
                f"to openapi/{vendor.openapi}"
            )
    for name, grade in named.items():
        if name not in known:
            yield f"the switch {name} has a row, and the vendor's policy has no such switch"
        elif grade is not known[name]:
            yield f"the switch {name} has the grade {grade} in openapi/{vendor.openapi} and {known[name]} in the policy"


def _limit_errors(vendor: Vendor, found: list[EvidencedRule]) -> Iterator[str]:
    name = next((each.name for each in found if each.limit == RATE), None)
    if name is None:
        yield (
            f"the limit {RATE} has no row; add an x-evidence record with `limit: {RATE}` to openapi/{vendor.openapi}, "
            "even if there is no limit"
        )
    elif vendor.allowance is not None:
        numbers = (vendor.allowance.per_minute, vendor.allowance.burst)
        mentioned = re.findall("[0-9]+", name)
        yield from (f"the limit {RATE} does not mention {each}" for each in numbers if str(each) not in mentioned)


def _orphans(document: dict[str, Any]) -> set[str]:
    """Components that no operation leads to."""
    reached: set[str] = set()
    pending = list(rules.references(document["paths"]))
    responses = document["components"]["responses"]
    pending += [f"#/components/responses/{name}" for name in UNREFERENCED if name in responses]
    while pending:
        pointer = pending.pop()
        if pointer not in reached:
            reached.add(pointer)
            pending += rules.references(OpenApiDocument(document).at(pointer))
    kinds = ("schemas", "parameters", "responses")
    existing = {f"#/components/{kind}/{name}" for kind in kinds for name in document["components"].get(kind, ())}
    return existing - reached
