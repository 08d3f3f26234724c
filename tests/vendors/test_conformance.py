"""Every vendor and its OpenAPI file: the server implements what the file describes, and nothing else."""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from flask import Flask
from openapi_spec_validator import validate

from mockserver import resources, vendors
from mockserver.fidelity import evidence
from mockserver.fidelity.evidence import Record
from mockserver.gateway.switches import AnySwitch
from mockserver.gateway.vendor import Vendor
from tests.contract import client, oracle
from tests.contract import client as clients
from tests.contract.client import Answer, Client
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
def client_of(app: Flask, transport: str) -> Callable[[Vendor], Client]:
    """A function that creates a client of any vendor; its paths include the mount. Both transports are tested."""
    assert transport
    return lambda vendor: client.opened(app, vendor, f"mock-{vendor.name}-acme")


@every_vendor
def test_file_is_valid_openapi(vendor: Vendor) -> None:
    document = _oracle(vendor).document
    validate(document)
    assert document["openapi"].startswith("3.1.")


@every_vendor
def test_operations_and_routes_are_the_same(app: Flask, vendor: Vendor) -> None:
    """Operation ids, paths and methods are equal; GET includes HEAD."""
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
def test_every_path_is_a_mount_or_below_one(vendor: Vendor) -> None:
    for path in _oracle(vendor).document["paths"]:
        assert any(f"{path}/".startswith(f"{mount}/") for mount in vendor.mounts), path
    assert any(vendor.sample_path.startswith(f"{mount}/") for mount in vendor.mounts)


@every_vendor
def test_operation_ids_are_unique(vendor: Vendor) -> None:
    ids = [operation["operationId"] for _, _, operation in oracle.operations(_oracle(vendor).document)]
    assert len(set(ids)) == len(ids)


def _parameters(vendor: Vendor, operation: Any) -> list[Any]:
    file = _oracle(vendor)
    return [file.at(each["$ref"]) if "$ref" in each else each for each in operation.get("parameters", [])]


def _example(parameter: Any) -> str:
    """Return the example of a parameter as text for a query; commas separate the elements of a list."""
    value = parameter["example"]
    if isinstance(value, list):
        return ",".join(value)
    return value if isinstance(value, str) else json.dumps(value)


def _link_sources(vendor: Vendor, operation_id: str) -> dict[str, tuple[str, Any, str]]:
    """Return the source of each parameter that a link provides: its path and operation, and the expression."""
    return {
        name: (path, operation, expression)
        for owner, path, _, operation in reversed(OPERATIONS.values())
        if owner is vendor and operation["operationId"] != operation_id
        for link in operation["responses"]["200"].get("links", {}).values()
        if link["operationId"] == operation_id
        for name, expression in link["parameters"].items()
    }


def _value(client: Client, vendor: Vendor, operation: Any, parameter: Any) -> str:
    """Return a value for a parameter: from a link if it has one, since ids differ by organization, or its example."""
    source = _link_sources(vendor, operation["operationId"]).get(parameter["name"])
    if source is None or not parameter.get("required"):
        return _example(parameter)
    path, other, expression = source
    url, required = _request(client, vendor, path, other)
    value = client.got(url, **required)
    for step in expression.removeprefix("$response.body#/").split("/"):
        value = value[int(step) if isinstance(value, list) else step]
    return str(value)


def _request(client: Client, vendor: Vendor, path: str, operation: Any) -> tuple[str, dict[str, str]]:
    """Return the path and the query of an operation, with the required parameters only."""
    query = {}
    for parameter in _parameters(vendor, operation):
        if parameter.get("required"):
            value = _value(client, vendor, operation, parameter)
            if parameter["in"] == "path":
                path = path.replace(f"{{{parameter['name']}}}", value)
            else:
                query[parameter["name"]] = value
    return path, query


def _send(client: Client, method: str, path: str, query: dict[str, str], operation: Any) -> Answer:
    """Send a request for an operation; a body is its example. A form is sent by a client with its id and secret."""
    if "requestBody" not in operation:
        return client.send(method.upper(), path, query)
    [(kind, media)] = operation["requestBody"]["content"].items()
    if kind == "application/json":
        body = json.dumps(media["example"]).encode()
        return client.send(method.upper(), path, query, headers={"Content-Type": kind}, body=body)
    assert client.exchange is not None
    sender = client.bearing(client.exchange.authorization)
    form = urlencode(media["example"]).encode()
    return sender.send(method.upper(), path, query, headers={"Content-Type": kind}, body=form)


@every_operation
def test_server_accepts_every_described_parameter(
    client_of: Callable[[Vendor], Client], vendor: Vendor, path: str, method: str, operation: Any
) -> None:
    client = client_of(vendor)
    url, required = _request(client, vendor, path, operation)
    for parameter in _parameters(vendor, operation):
        query = required if parameter["in"] == "path" else {parameter["name"]: _example(parameter)} | required
        answer = _send(client, method, url, query, operation)
        assert answer.status == 200, answer.body


@every_operation
def test_server_requires_exactly_the_required_parameters(
    client_of: Callable[[Vendor], Client], vendor: Vendor, path: str, method: str, operation: Any
) -> None:
    client = client_of(vendor)
    url, required = _request(client, vendor, path, operation)
    assert _send(client, method, url, required, operation).status == 200
    missing = {each["name"]: each.get("x-missing-status", 400) for each in _parameters(vendor, operation)}
    for name in required:
        without = {other: value for other, value in required.items() if other != name}
        assert _send(client, method, url, without, operation).status == missing[name]


@every_operation
def test_server_has_no_other_parameters(
    client_of: Callable[[Vendor], Client], vendor: Vendor, path: str, method: str, operation: Any
) -> None:
    """The switch decides whether they are rejected or ignored; without it, and for forms, they are ignored."""
    client = client_of(vendor)
    url, required = _request(client, vendor, path, operation)
    described = {parameter["name"] for parameter in _parameters(vendor, operation)}
    others = {
        parameter["name"] for other, *_, sibling in OPERATIONS.values() for parameter in _parameters(other, sibling)
    }
    switches = () if clients.FORM in operation.get("requestBody", {}).get("content", {}) else vendor.switches
    switch = next((each for each in switches if each.name == "unknown_parameters"), None)
    for name in sorted({"not_described", *others} - described):
        for option in switch.options if switch else ("ignore",):
            client.sandbox.set_policy({vendor.name: {switch.name: option} if switch else {}})
            answer = _send(client, method, url, {**required, name: "1"}, operation)
            assert answer.status == {"reject": 400, "ignore": 200}[str(option)]


@every_operation
def test_example_answer_matches_its_schema(vendor: Vendor, path: str, method: str, operation: Any) -> None:
    file = _oracle(vendor)
    checked = 0
    for status in operation["responses"]:
        at = f"#/paths/{oracle.escaped(path)}/{method}/responses/{status}"
        for kind, example in _examples(file.at(at)):
            assert file.errors(file.schema(at, kind), example) == []
            checked += 1
    assert checked


def _examples(response: Any) -> Iterator[tuple[str, Any]]:
    for kind, media in response.get("content", {}).items():
        yield from ((kind, example["value"]) for example in media.get("examples", {}).values())


@every_vendor
def test_evidence_records_are_complete(vendor: Vendor) -> None:
    records = [record for record, _ in evidence.records(_oracle(vendor).document)]
    assert records
    assert [(record, error) for record in records for error in evidence.errors(record)] == []


def _file_records(vendor: Vendor) -> dict[str, list[Record]]:
    """Return the evidence records of each switch, by its name."""
    result: dict[str, list[Record]] = {}
    for record, _ in evidence.records(_oracle(vendor).document):
        if "switch" in record:
            result.setdefault(record["switch"], []).append(record)
    return result


@every_vendor
def test_file_and_policy_have_the_same_switches_and_grades(vendor: Vendor) -> None:
    result = {(name, record["grade"]) for name, records in _file_records(vendor).items() for record in records}
    assert result == {(each.name, each.grade) for each in vendor.switches}


@every_vendor
def test_file_names_every_option_of_a_switch(vendor: Vendor) -> None:
    switches = {each.name: each for each in vendor.switches}
    for name, records in _file_records(vendor).items():
        description = " ".join(record["description"] for record in records)
        options = switches[name].options
        if options == tuple(range(len(options))):
            options = (options[0], options[-1])
        assert all(f"`{option}`" in description for option in options), name


@pytest.mark.parametrize(
    "switch", [each for vendor in VENDORS.values() for each in vendor.switches], ids=lambda each: each.name
)
def test_switch_has_options_a_default_and_a_description(switch: AnySwitch) -> None:
    assert switch.read(switch.to_json(switch.default)) == switch.default
    assert len(set(switch.options)) == len(switch.options) >= 2
    assert switch.description.endswith(".")
