"""Every vendor and browsers: refusals have the vendor's own form, and its live host name opens its paths alone."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import permutations
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from mockserver import resources, vendors
from mockserver.admin import admin_context
from mockserver.app import create_app
from mockserver.gateway.vendor import Vendor
from tests.conftest import SETTINGS
from tests.contract import client as contract_client
from tests.contract import oracle
from tests.contract.oracle import Oracle

VENDORS = {vendor.name: vendor for vendor in vendors.discover()}
every_vendor = pytest.mark.parametrize("vendor", VENDORS.values(), ids=VENDORS)


def read(vendor: Vendor) -> Oracle:
    """The vendor's OpenAPI file."""
    return oracle.read(resources.openapi() / vendor.openapi)


LIVE = {
    vendor.name: [name for each in read(vendor).document["servers"] if (name := urlsplit(each["url"]).hostname)][1:]
    for vendor in VENDORS.values()
}
"""The host names of each vendor's live service; the first server in a file is ours."""

OPERATIONS = {
    f"{vendor.name} {operation['operationId']}": (vendor, path, method)
    for vendor in VENDORS.values()
    for path, method, operation in oracle.operations(read(vendor).document)
}


@pytest.fixture(scope="module")
def shared() -> Flask:
    """One app for every test here: none of them leaves anything behind."""
    return create_app(replace(SETTINGS, limits="documented"))


@pytest.fixture(scope="module")
def dashboards() -> Flask:
    """An app that allows the pages of an origin."""
    return create_app(replace(SETTINGS, cors_origin=("http://localhost:3000",)))


@pytest.fixture(autouse=True)
def _nothing_happened(shared: Flask) -> Iterator[None]:
    """Fail a test whose requests are in the journal, or took something from a bucket."""
    with shared.app_context():
        sandbox = admin_context.context().registry.default
    yield
    assert list(sandbox.journal) == []
    assert [state.full_in_seconds for name in VENDORS for state in sandbox.buckets(name) if state.full_in_seconds] == []


def sent(app: Flask, vendor: Vendor, path: str, method: str, headers: dict[str, str]) -> TestResponse:
    """The answer to a request with the vendor's seeded token."""
    token = f"{vendor.schemes[0]} mock-{vendor.name}-acme"
    return app.test_client().open(path, method=method, headers={"Authorization": token, **headers})


@pytest.mark.parametrize(("vendor", "path", "method"), OPERATIONS.values(), ids=OPERATIONS)
def test_request_of_a_foreign_page_gets_a_403_in_the_vendors_form(
    shared: Flask, vendor: Vendor, path: str, method: str
) -> None:
    answer = sent(shared, vendor, path, method.upper(), {"Origin": "http://evil.example"})
    assert answer.status_code == 403
    assert "Access-Control-Allow-Origin" not in answer.headers
    assert "'http://evil.example'" in answer.text
    assert error_form(vendor, path, method, answer.get_json()) == []


def error_form(vendor: Vendor, path: str, method: str, body: Any) -> list[str]:
    """What is wrong with the form of a 403. Where the file describes none, it has the fields of RFC 6749."""
    file, responses = read(vendor), f"#/paths/{oracle.escaped(path)}/{method}/responses"
    if "403" in file.at(responses):
        return file.errors(file.schema(f"{responses}/403", "application/json"), body)
    return sorted({*body} ^ {"error", "error_description"})


@every_vendor
def test_unknown_path_is_refused_to_a_foreign_page_too(shared: Flask, vendor: Vendor) -> None:
    answer = sent(shared, vendor, f"{vendor.mounts[0]}/nowhere", "GET", {"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403


@pytest.mark.parametrize(("path", "method"), [each[1:] for each in OPERATIONS.values()], ids=OPERATIONS)
def test_preflight_of_an_allowed_origin_names_the_methods(path: str, method: str, dashboards: Flask) -> None:
    headers = {"Origin": "http://localhost:3000", "Access-Control-Request-Method": method.upper()}
    answer = dashboards.test_client().open(path, method="OPTIONS", headers=headers)
    assert (answer.status_code, answer.headers["Access-Control-Allow-Origin"]) == (204, "http://localhost:3000")
    assert method.upper() in answer.headers["Access-Control-Allow-Methods"].split(", ")


@pytest.mark.parametrize("host", ["evil.example", "%%%", ""])
@every_vendor
def test_foreign_name_gets_a_403(shared: Flask, vendor: Vendor, host: str) -> None:
    answer = sent(shared, vendor, vendor.sample_path, "GET", {"Host": host})
    assert (answer.status_code, "which is not this server" in answer.text) == (403, True)


def test_live_names_are_known() -> None:
    assert [name for name, hosts in LIVE.items() if hosts] == ["augment", "jetbrains-console", "tabnine"]


OTHERS = [
    pytest.param(host, VENDORS[other], id=f"{host} for {other}")
    for name, other in permutations(VENDORS, 2)
    for host in LIVE[name]
]


@pytest.mark.parametrize(("host", "vendor"), OTHERS)
def test_live_name_of_one_vendor_does_not_open_another(shared: Flask, host: str, vendor: Vendor) -> None:
    assert sent(shared, vendor, vendor.sample_path, "GET", {"Host": host}).status_code == 403


@pytest.mark.parametrize(("host", "vendor"), [(host, VENDORS[name]) for name, hosts in LIVE.items() for host in hosts])
@pytest.mark.parametrize("port", ["", ":443"])
def test_live_name_opens_the_vendors_paths(app: Flask, host: str, vendor: Vendor, port: str) -> None:
    client = contract_client.opened(app, vendor, f"mock-{vendor.name}-acme")
    path, _, query = vendor.sample_path.partition("?")
    assert client.send("GET", path, query, headers={"Host": host + port}).status == 200


@pytest.mark.parametrize("host", [host for hosts in LIVE.values() for host in hosts])
@pytest.mark.parametrize("path", ["/", "/_mock/", "/_mock/health", "/nowhere"])
def test_live_name_opens_nothing_else(shared: Flask, host: str, path: str) -> None:
    assert shared.test_client().get(path, headers={"Host": f"{host}:443"}).status_code == 403
