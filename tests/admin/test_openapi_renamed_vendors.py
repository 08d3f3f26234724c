"""Vendors with undocumented response names: with all of them renamed, answers and OpenAPI file agree."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from openapi_spec_validator import validate

from mockserver import resources, vendors
from mockserver.gateway.switches import Renaming
from mockserver.validation import yaml_text
from tests.contract import client, oracle
from tests.contract.client import Client
from tests.contract.oracle import Oracle, Recorded, operations

SERVED = {vendor.name: vendor for vendor in vendors.discover()}
RENAMABLE = {
    name: [str(choice) for each in vendor.switches if isinstance(each, Renaming) for choice in each.options]
    for name, vendor in SERVED.items()
}
RANGE = "fromDate=2025-10-01&toDate=2025-10-14"
IDE, METRICS = "/api/analytics/ai", "/api/analytics/ai/effectiveness/metrics"
READ: dict[str, list[tuple[str, str]]] = {
    "jetbrains-ide": [
        (f"{IDE}/users-adoption", f"{RANGE}&groupBy=WEEK"),
        (METRICS, RANGE),
        (f"{METRICS}-by-feature", f"{RANGE}&groupBy=MONTH"),
        (f"{METRICS}/totals", RANGE),
        (f"{METRICS}/users.paged", f"{RANGE}&limit=3"),
        ("/api/v1/users", "limit=3"),
        ("/api/v1/profiles", ""),
    ],
    "jetbrains-console": [
        (f"/metrics/api/{version}/adoption/{report}/group-by/date", f"{RANGE}&groupBy=week")
        for version in ("v1", "v2")
        for report in ("users-adoption", "limit-hits", "quota-consumption")
    ],
}
every_surface = pytest.mark.parametrize("vendor", READ)


def keys(part: Any) -> set[str]:
    """Every key in a body, at any depth."""
    if isinstance(part, dict):
        return set(part).union(*map(keys, part.values()))
    return set().union(*map(keys, part)) if isinstance(part, list) else set()


@pytest.fixture
def client_of(app: Flask) -> Callable[[str], Client]:
    """A client of any vendor, whose paths are whole ones."""
    return lambda vendor: client.opened(app, SERVED[vendor], f"mock-{vendor}-acme")


def read(opened: Client, vendor: str) -> list[Recorded]:
    """The answers of every endpoint of a vendor."""
    answers = [(path, opened.get(path, query)) for path, query in READ[vendor]]
    assert [answer.body for _, answer in answers if answer.status != 200] == []
    return [
        Recorded(
            "GET", path, answer.status, {name.lower(): value for name, value in answer.headers.items()}, answer.body
        )
        for path, answer in answers
    ]


def rename(opened: Client, vendor: str, names: dict[str, str]) -> Oracle:
    """Rename response fields, and return the OpenAPI document that is then served."""
    changed = opened.app.test_client().patch("/_mock/policy", json={vendor: {"names": names}})
    assert changed.status_code == 200
    return Oracle(yaml_text.load_bundled(served(opened, vendor)))


def served(opened: Client, vendor: str) -> bytes:
    """The vendor's OpenAPI file as it is served."""
    file: bytes = opened.app.test_client().get(f"/_mock/openapi/{vendor}.yaml").data
    return file


def test_every_vendor_with_renaming_is_covered() -> None:
    assert {name for name, renamable in RENAMABLE.items() if renamable} == set(READ)


@every_surface
def test_every_endpoint_is_covered(vendor: str) -> None:
    document = oracle.read(resources.openapi() / SERVED[vendor].openapi).document
    assert {path for path, _ in READ[vendor]} == {path for path, method, _ in operations(document) if method == "get"}


@every_surface
def test_answers_and_file_use_the_new_names(client_of: Callable[[str], Client], vendor: str) -> None:
    names = {name: f"{name.upper()} ünïcode" for name in RENAMABLE[vendor]}
    opened = client_of(vendor)
    before = read(opened, vendor)
    document = rename(opened, vendor, names)
    after = read(opened, vendor)
    validate(document.document)
    assert [fault for answer in after for fault in document.faults(answer)] == []
    assert all(document.faults(answer) for answer in before), "the old names are no longer described"
    used = set().union(*(keys(json.loads(answer.body)) for answer in after))
    assert set(names.values()) <= used
    assert not set(names) & used


@every_surface
def test_swapped_names_are_swapped_in_answers_and_file(client_of: Callable[[str], Client], vendor: str) -> None:
    first, second = RENAMABLE[vendor][:2]
    opened = client_of(vendor)
    document = rename(opened, vendor, {first: second, second: first})
    assert [fault for answer in read(opened, vendor) for fault in document.faults(answer)] == []


@every_surface
def test_examples_of_the_renamed_file_match_its_schemas(client_of: Callable[[str], Client], vendor: str) -> None:
    document = rename(client_of(vendor), vendor, {name: f"x{name}" for name in RENAMABLE[vendor]})
    examples = [
        (document.schema(response, kind), example["value"])
        for path, method, operation in operations(document.document)
        for status in operation["responses"]
        for response in [f"#/paths/{oracle.escaped(path)}/{method}/responses/{status}"]
        for kind, content in document.at(response).get("content", {}).items()
        for example in content.get("examples", {}).values()
    ]
    assert [fault for schema, value in examples for fault in document.errors(schema, value)] == []
    assert any("x" + RENAMABLE[vendor][0] in value for _, value in examples)


@every_surface
def test_file_without_renaming_is_byte_identical(client_of: Callable[[str], Client], vendor: str) -> None:
    first, opened = RENAMABLE[vendor][0], client_of(vendor)
    rename(opened, vendor, {first: "x"})
    rename(opened, vendor, {first: first})
    assert served(opened, vendor) == (resources.openapi() / SERVED[vendor].openapi).read_bytes()
