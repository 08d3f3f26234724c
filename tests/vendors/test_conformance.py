"""Every vendor and its OpenAPI file say the same, in both directions; a vendor that is added is held to it at once.

What a vendor's numbers are stays out (its own folder of tests).
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from openapi_spec_validator import validate

from mockserver import resources, vendors
from mockserver.gateway.switches import Grade, Switch
from mockserver.gateway.vendor import Vendor
from tests.contract import oracle
from tests.contract.client import Client
from tests.contract.oracle import Oracle

VENDORS = {vendor.name: vendor for vendor in vendors.discover()}
every_vendor = pytest.mark.parametrize("vendor", VENDORS.values(), ids=VENDORS)


def _oracle(vendor: Vendor) -> Oracle:
    return oracle.read(resources.openapi() / vendor.openapi)


OPERATIONS = {
    f"{vendor.name} {operation['operationId']}": (vendor, path, method, operation)
    for vendor in VENDORS.values()
    for path, method, operation in oracle.operations(_oracle(vendor).document)
}
every_operation = pytest.mark.parametrize(
    ("vendor", "path", "method", "operation"), OPERATIONS.values(), ids=OPERATIONS
)


@pytest.fixture
def client_of(app: Flask) -> Callable[[Vendor], Client]:
    """A client of any vendor, whose paths are whole ones."""
    return lambda vendor: Client(app, "", f"{vendor.schemes[0]} mock-{vendor.name}-acme")


@every_vendor
def test_the_file_is_openapi(vendor: Vendor) -> None:
    document = _oracle(vendor).document
    validate(document)
    assert document["openapi"].startswith("3.1.")


@every_vendor
def test_every_operation_is_routed_and_every_route_is_described(app: Flask, vendor: Vendor) -> None:
    """The endpoint's name is the operationId, the path and the methods are the same, and HEAD comes with GET."""
    routed = {
        (rule.endpoint.partition(":")[2], re.sub(r"<(?:[^:<>]+:)?([^<>]+)>", r"{\1}", rule.rule), method)
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith(f"{vendor.name}:")
        for method in (rule.methods or set()) - {"HEAD"}
    }
    described = {
        (operation["operationId"], path, method.upper())
        for path, method, operation in oracle.operations(_oracle(vendor).document)
    }
    assert routed == described
    assert described


@every_vendor
def test_every_path_lies_below_a_mount(vendor: Vendor) -> None:
    for path in _oracle(vendor).document["paths"]:
        assert any(path.startswith(f"{mount}/") for mount in vendor.mounts), path
    assert any(vendor.try_path.startswith(f"{mount}/") for mount in vendor.mounts)


@every_vendor
def test_no_two_operations_have_the_same_id(vendor: Vendor) -> None:
    ids = [operation["operationId"] for _, _, operation in oracle.operations(_oracle(vendor).document)]
    assert len(set(ids)) == len(ids)


def _parameters(vendor: Vendor, operation: Any) -> list[Any]:
    known = _oracle(vendor)
    return [known.at(each["$ref"]) if "$ref" in each else each for each in operation.get("parameters", [])]


@every_operation
def test_the_server_knows_every_parameter_that_is_described(
    client_of: Callable[[Vendor], Client], vendor: Vendor, path: str, method: str, operation: Any
) -> None:
    for parameter in _parameters(vendor, operation):
        answer = client_of(vendor).ask(method.upper(), path, {parameter["name"]: str(parameter["example"])})
        assert answer.status == 200, answer.body


@every_operation
def test_the_server_knows_no_other_parameter(
    client_of: Callable[[Vendor], Client], vendor: Vendor, path: str, method: str, operation: Any
) -> None:
    """Refused or ignored, as the switch says."""
    client = client_of(vendor)
    names = {parameter["name"] for parameter in _parameters(vendor, operation)}
    strange = {
        parameter["name"] for other, *_, sibling in OPERATIONS.values() for parameter in _parameters(other, sibling)
    }
    for name in sorted({"not_described", *strange} - names):
        for reading, status in (("reject", 400), ("ignore", 200)):
            client.sandbox.set_policy({vendor.name: {"unknown_parameters": reading}})
            assert client.ask(method.upper(), path, {name: "1"}).status == status


@every_operation
def test_an_examples_answer_is_one_that_the_schema_allows(
    vendor: Vendor, path: str, method: str, operation: Any
) -> None:
    known = _oracle(vendor)
    checked = 0
    for status in operation["responses"]:
        at = f"#/paths/{path.replace('/', '~1')}/{method}/responses/{status}"
        for kind, example in _examples(known.at(at)):
            assert known.errors(known.schema(at, kind), example) == []
            checked += 1
    assert checked


def _examples(response: Any) -> Iterator[tuple[str, Any]]:
    for kind, media in response.get("content", {}).items():
        yield from ((kind, example["value"]) for example in media.get("examples", {}).values())


def _evidence(node: Any) -> Iterator[dict[str, str]]:
    """Every record of `x-evidence`, wherever it stands."""
    if isinstance(node, dict):
        yield from node.get("x-evidence", [])
    for each in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from _evidence(each)


@every_vendor
def test_every_evidence_has_a_grade_and_a_sentence(vendor: Vendor) -> None:
    for record in _evidence(_oracle(vendor).document):
        assert set(record) <= {"grade", "switch", "says"}, record
        assert record["grade"] in {Grade.OBSERVED, Grade.INFERRED, Grade.ASSUMED}
        assert record["says"]


@every_vendor
def test_the_file_and_the_policy_name_the_same_switches_with_the_same_grades(vendor: Vendor) -> None:
    """What is documented itself needs no evidence, even where a switch can change it."""
    told = {(record["switch"], record["grade"]) for record in _evidence(_oracle(vendor).document) if "switch" in record}
    assert told == {(each.name, each.grade) for each in vendor.switches if each.grade is not Grade.DOCUMENTED}


@every_vendor
def test_the_file_tells_every_reading_of_a_switch(vendor: Vendor) -> None:
    told: dict[str, str] = {}
    for record in _evidence(_oracle(vendor).document):
        if "switch" in record:
            told[record["switch"]] = told.get(record["switch"], "") + record["says"]
    for each in vendor.switches:
        if each.grade is not Grade.DOCUMENTED:
            assert all(f"`{choice}`" in told[each.name] for choice in each.choices), each.name


@pytest.mark.parametrize(
    "switch", [each for vendor in VENDORS.values() for each in vendor.switches], ids=lambda each: each.name
)
def test_the_first_value_is_the_default_and_every_switch_says_what_it_is_about(switch: Switch) -> None:
    assert switch.default in switch.choices
    assert len(set(switch.choices)) == len(switch.choices) >= 2
    assert switch.says.endswith(".")
