"""Promises about surfaces whose response names nobody documents: with every one of them renamed, all of it speaks anew.

Every endpoint is read, and judged by the OpenAPI file that is served beside it.
"""

from typing import Any

import pytest
import yaml
from flask.testing import FlaskClient
from openapi_spec_validator import validate

from mockserver import resources, vendors
from mockserver.gateway.switches import Renaming
from tests.contract import oracle
from tests.contract.oracle import Oracle, Said

RANGE = "fromDate=2025-10-01&toDate=2025-10-14"
READ = {
    "jetbrains-ide": [
        f"/api/analytics/ai/users-adoption?{RANGE}&groupBy=WEEK",
        f"/api/analytics/ai/effectiveness/metrics?{RANGE}",
        f"/api/analytics/ai/effectiveness/metrics-by-feature?{RANGE}&groupBy=MONTH",
        f"/api/analytics/ai/effectiveness/metrics/totals?{RANGE}",
        f"/api/analytics/ai/effectiveness/metrics/users.paged?{RANGE}&limit=3",
    ],
}
RENAMABLE = {
    vendor.name: [str(name) for each in vendor.switches if isinstance(each, Renaming) for name in each.choices]
    for vendor in vendors.discover()
}
every_surface = pytest.mark.parametrize("vendor", READ)


def keys(part: Any) -> set[str]:
    """Every key in a body, at any depth."""
    if isinstance(part, dict):
        return set(part).union(*map(keys, part.values()))
    return set().union(*map(keys, part)) if isinstance(part, list) else set()


def read(client: FlaskClient, path: str, headers: dict[str, str]) -> Said:
    """An answer of a vendor."""
    got = client.get(path, headers=headers)
    assert got.status_code == 200, got.data
    named = {name.lower(): value for name, value in got.headers.items()}
    return Said("GET", path.partition("?")[0], got.status_code, named, got.data)


def served(client: FlaskClient, vendor: str) -> bytes:
    """The vendor's OpenAPI file as it is served."""
    file: bytes = client.get(f"/_mock/openapi/{vendor}.yaml").data
    return file


@every_surface
def test_every_endpoint_and_the_file_speak_other_names_together(app: Any, vendor: str) -> None:
    client: FlaskClient = app.test_client()
    names = {name: f"{name.upper()} ünïcode" for name in RENAMABLE[vendor]}
    headers = {"Authorization": f"Bearer mock-{vendor}-acme"}
    before = [read(client, path, headers) for path in READ[vendor]]
    assert client.patch("/_mock/policy", json={vendor: {"names": names}}).status_code == 200
    after = [read(client, path, headers) for path in READ[vendor]]
    file = served(client, vendor)
    validate(yaml.safe_load(file))
    judge = Oracle(yaml.safe_load(file))
    assert [fault for said in after for fault in judge.faults(said)] == []
    assert all(judge.faults(said) for said in before), "the old names are no longer described"
    spoken = set().union(*(keys(yaml.safe_load(said.body)) for said in after))
    assert set(names.values()) <= spoken
    assert not set(names) & spoken


@every_surface
def test_two_names_that_are_swapped_are_swapped_in_answers_and_file(app: Any, vendor: str) -> None:
    client: FlaskClient = app.test_client()
    first, second = RENAMABLE[vendor][:2]
    client.patch("/_mock/policy", json={vendor: {"names": {first: second, second: first}}})
    judge = Oracle(yaml.safe_load(served(client, vendor)))
    said = [read(client, path, {"Authorization": f"Bearer mock-{vendor}-acme"}) for path in READ[vendor]]
    assert [fault for each in said for fault in judge.faults(each)] == []


@every_surface
def test_every_example_of_the_renamed_file_is_as_the_renamed_file_says(app: Any, vendor: str) -> None:
    client: FlaskClient = app.test_client()
    client.patch("/_mock/policy", json={vendor: {"names": {name: f"x{name}" for name in RENAMABLE[vendor]}}})
    judge = Oracle(yaml.safe_load(served(client, vendor)))
    judged = 0
    for path, method, operation in oracle.operations(judge.document):
        for status in operation["responses"]:
            response = f"#/paths/{oracle.escaped(path)}/{method}/responses/{status}"
            for kind, content in judge.at(response).get("content", {}).items():
                for example in content.get("examples", {}).values():
                    assert judge.errors(judge.schema(response, kind), example["value"]) == []
                    judged += 1
    assert judged


@every_surface
def test_with_its_own_names_the_file_is_the_shipped_one_byte_for_byte(app: Any, vendor: str) -> None:
    client: FlaskClient = app.test_client()
    client.patch("/_mock/policy", json={vendor: {"names": {RENAMABLE[vendor][0]: "x"}}})
    client.patch("/_mock/policy", json={vendor: {"names": {RENAMABLE[vendor][0]: RENAMABLE[vendor][0]}}})
    assert served(client, vendor) == (resources.openapi() / f"{vendor}.yaml").read_bytes()
    assert client.get("/_mock/policy").get_json()[vendor]["names"]["value"] == {}
