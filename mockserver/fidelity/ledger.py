"""The ledger of a vendor: its rows and its errors.

It is made from the vendor's OpenAPI file, the evidence in it, and the vendor's routes, switches and limits.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from mockserver import resources, vendors
from mockserver.fidelity import evidence
from mockserver.fidelity.evidence import Evidence, Record
from mockserver.fidelity.openapi_document import Kind, LedgerItem, OpenApiDocument
from mockserver.gateway.switches import Grade
from mockserver.gateway.unserved import UnservedPath
from mockserver.gateway.vendor import Vendor
from mockserver.validation import yaml_text

_RATE = "rate"
"""The limit that every vendor's ledger must describe, even where there is none."""


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One item that a vendor's API serves; `test` is the path of a test file in the checkout, `::`, its name.

    `unconfirmed` is why a second reading could not confirm what is documented; empty for everything else.
    """

    kind: Kind
    name: str
    grade: Grade
    source: str
    test: str
    unconfirmed: str


@dataclass(frozen=True, slots=True)
class FidelityLedger:
    """The rows of a vendor, and a sentence for each error in them."""

    vendor: str
    rows: list[LedgerRow]
    errors: list[str]


def openapi_path(path: str) -> str:
    """The path of a route as OpenAPI writes it."""
    return re.sub(r"<(?:[^:<>]+:)?([^<>]+)>", r"{\1}", path)


def unserved_request(unserved: UnservedPath) -> str:
    """The methods of what is not simulated, if any are given, and its path, as in "PUT /users/{id}"."""
    return f"{', '.join(unserved.methods)} {openapi_path(unserved.path)}".lstrip()


def counts(rows: Iterable[LedgerRow]) -> dict[Grade, int]:
    """How many rows have each grade; the numbers are never combined into one score."""
    found = Counter(row.grade for row in rows)
    return {grade: found[grade] for grade in Grade}


def all_ledgers() -> list[FidelityLedger]:
    """The ledger of every vendor."""
    return [load(vendor, resources.openapi()) for vendor in vendors.discover()]


def load(vendor: Vendor, folder: Path) -> FidelityLedger:
    """The ledger of a vendor whose OpenAPI file is in this folder; without the file, its error says what to write."""
    file = folder / vendor.openapi
    if file.is_file():
        return build(vendor, yaml_text.load_bundled(file.read_bytes()))
    missing = (
        f"{vendor.name}: there is no openapi/{vendor.openapi}; write it from the vendor's documentation, in OpenAPI "
        "3.1, with an x-evidence record for everything that it describes"
    )
    return FidelityLedger(vendor.name, [], [missing])


def build(vendor: Vendor, content: dict[str, Any]) -> FidelityLedger:
    """The ledger of a vendor with this content of its OpenAPI file."""
    errors = [
        f"the record {record.get('description') or record.get('source') or dict(record)!r} in openapi/{vendor.openapi} "
        + error
        for record, _ in evidence.records(content)
        for error in evidence.errors(record)
    ]
    rows: list[LedgerRow] = []
    if not errors:
        document, rules = OpenApiDocument(content), evidence.rules(content)
        rows += _rows(vendor, document, rules)
        errors += _errors(vendor, document, rules)
    return FidelityLedger(vendor.name, rows, [f"{vendor.name}: {error}" for error in dict.fromkeys(errors)])


def _rows(vendor: Vendor, document: OpenApiDocument, rules: Mapping[str, Record]) -> Iterator[LedgerRow]:
    items = [*document.items()]
    for name, record in rules.items():
        if "switch" not in record:
            items.append(LedgerItem(Kind.LIMIT if "limit" in record else Kind.RULE, name, evidence.read(record)))
    switches = {record.get("switch"): evidence.read(record) for record in reversed([*rules.values()])}
    for switch in vendor.switches:
        if switch.name in switches:
            found = replace(switches[switch.name], grade=switch.grade, source=switch.description)
            items.append(LedgerItem(Kind.SWITCH, switch.name, found))
    items += _unserved_items(vendor, switches)
    for item in sorted(items, key=lambda item: [*Kind].index(item.kind)):
        if item.evidence is not None:
            found = item.evidence
            # A test without a folder is one of the vendor's own.
            folder = "tests" if "/" in found.test else f"tests/vendors/{vendor.name.replace('-', '_')}"
            test = f"{folder}/{found.test}"
            yield LedgerRow(item.kind, item.name, found.grade, found.source, test, found.unconfirmed)


def _unserved_items(vendor: Vendor, switches: Mapping[str | None, Evidence]) -> Iterator[LedgerItem]:
    """What is known and not simulated, with the test of its switch."""
    unserved = vendor.unserved
    if unserved is not None and unserved.switch.name in switches:
        for each in unserved.paths:
            found = Evidence(each.grade, each.source, switches[unserved.switch.name].test)
            yield LedgerItem(Kind.UNSERVED, f"{unserved_request(each)}: {each.description}", found)


def _errors(vendor: Vendor, document: OpenApiDocument, rules: Mapping[str, Record]) -> Iterator[str]:
    file = f"openapi/{vendor.openapi}"
    for item in document.items():
        if item.evidence is None:
            yield (
                f"the {item.kind} {item.name} has no row; add an x-evidence record with grade, source and test to it, "
                f"or to what contains it, in {file}"
            )
    yield from _operation_errors(vendor, document)
    yield from _switch_errors(vendor, rules)
    yield from _limit_errors(vendor, rules)
    for each in sorted(document.unused()):
        yield f"nothing refers to {each}; remove it from {file}"


def _operation_errors(vendor: Vendor, document: OpenApiDocument) -> Iterator[str]:
    served = {
        (route.operation, openapi_path(route.path), method.lower())
        for route in vendor.routes
        for method in route.methods
    }
    described = {(operation["operationId"], path, method) for path, method, operation in document.operations}
    for name, path, _ in sorted(served - described):
        yield f"the operation {name} ({path}) is served and has no row; describe it in openapi/{vendor.openapi}"
    for name, path, _ in sorted(described - served):
        yield f"the operation {name} ({path}) is in openapi/{vendor.openapi} and is not served"
    named = {name for record, _ in evidence.records(document.document) for name in record.get("operations", ())}
    for name in sorted(named - {name for name, _, _ in described}):
        yield f"a record has the operation {name}, which is not in openapi/{vendor.openapi}"


def _switch_errors(vendor: Vendor, rules: Mapping[str, Record]) -> Iterator[str]:
    known = {each.name: each.grade for each in vendor.switches}
    named = {record["switch"]: record["grade"] for record in rules.values() if "switch" in record}
    for name in known:
        if name not in named:
            yield (
                f"the switch {name} has no row; add an x-evidence record with `switch: {name}` "
                f"to openapi/{vendor.openapi}"
            )
    for name, grade in named.items():
        if name not in known:
            yield f"the switch {name} has a row, and the vendor's policy has no such switch"
        elif grade != known[name]:
            yield f"the switch {name} has the grade {grade} in openapi/{vendor.openapi} and {known[name]} in the policy"


def _limit_errors(vendor: Vendor, rules: Mapping[str, Record]) -> Iterator[str]:
    name = next((name for name, record in rules.items() if record.get("limit") == _RATE), None)
    if name is None:
        yield (
            f"the limit {_RATE} has no row; add an x-evidence record with `limit: {_RATE}` to "
            f"openapi/{vendor.openapi}, even if there is no limit"
        )
    elif vendor.allowance is not None:
        mentioned = re.findall("[0-9]+", name)
        for number in (vendor.allowance.per_minute, vendor.allowance.burst):
            if str(number) not in mentioned:
                yield f"the limit {_RATE} does not mention {number}"
