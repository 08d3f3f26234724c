"""The ledger lists what is served and nothing else: compared with answers of every endpoint with every option."""

from collections.abc import Iterator
from importlib import import_module
from inspect import signature
from pkgutil import walk_packages
from typing import Any

import pytest
from marshmallow import Schema

from mockserver import vendors
from mockserver.app import create_app
from mockserver.fidelity import ledger
from mockserver.fidelity.ledger import LedgerRow
from mockserver.fidelity.openapi_document import Kind
from mockserver.gateway import switches
from mockserver.gateway.switches import Switches
from mockserver.gateway.vendor import Vendor
from tests.conftest import SETTINGS
from tests.contract import client as clients
from tests.fidelity import seen
from tests.fidelity.seen import Seen

VENDORS = {vendor.name: vendor for vendor in vendors.discover()}
ROWS = {each.vendor: each.rows for each in ledger.all_ledgers()}

every_vendor = pytest.mark.parametrize("vendor", VENDORS.values(), ids=VENDORS, scope="module")


@pytest.fixture(scope="module")
def served(vendor: Vendor) -> Seen:
    """Everything that a vendor serves for acme."""
    mount = next(mount for mount in vendor.mounts if vendor.sample_path.startswith(mount))
    app = create_app(SETTINGS)
    client = clients.opened(app, vendor, f"mock-{vendor.name}-acme", mount)
    with pytest.MonkeyPatch.context() as patch:
        return seen.everything(client, vendor, "acme", patch)


def of(vendor: Vendor, kind: Kind) -> list[LedgerRow]:
    """The rows of a vendor that are of a kind."""
    return [row for row in ROWS[vendor.name] if row.kind is kind]


@every_vendor
def test_fields_of_answers_and_rows_are_the_same(vendor: Vendor, served: Seen) -> None:
    assert served.fields == {row.name for row in of(vendor, Kind.FIELD)}


@every_vendor
def test_errors_and_rows_are_the_same(vendor: Vendor, served: Seen) -> None:
    described = {row.name.partition(" ")[::2] for row in of(vendor, Kind.ERROR)}
    assert served.statuses == {first for first, _ in described if first.isdigit()}
    assert served.refused == {rest for first, rest in described if not first.isdigit()}


@every_vendor
def test_headers_and_rows_are_the_same(vendor: Vendor, served: Seen) -> None:
    described = [row.name.split() for row in of(vendor, Kind.HEADER)]
    assert served.headers == {f"{words[0]} {words[-1]}" for words in described if words[0] != "request"}


def queries(vendor: Vendor) -> Iterator[Any]:
    """The query schemas of a vendor's endpoints; some depend on the switches."""
    room = import_module(f"mockserver.vendors.{vendor.name.replace('-', '_')}.schemas")
    names = [each.name for each in walk_packages(getattr(room, "__path__", []), f"{room.__name__}.")]
    for module in [room, *map(import_module, names)]:
        for name, each in vars(module).items():
            if name.endswith("Query") and isinstance(each, type) and issubclass(each, Schema):
                schema: Any = each
                depends = "switches" in signature(schema).parameters
                yield schema(switches=Switches(switches.defaults(vendor.switches))) if depends else schema()


@every_vendor
def test_parameters_and_rows_are_the_same(vendor: Vendor) -> None:
    """Path variables and forms are not parameters of a query."""
    read = {field.data_key or name for each in queries(vendor) for name, field in each.fields.items()}
    paths = {row.name.partition(":")[0]: row.name for row in of(vendor, Kind.OPERATION)}
    described = [row.name.split() for row in of(vendor, Kind.PARAMETER)]
    assert read == {
        words[-1] for words in described if words[1] != "body" and f"{{{words[-1]}}}" not in paths[words[0]]
    }


def test_keys_have_the_form_of_rows() -> None:
    body = {"a": [{"b": {"c": 1}}, {"d": []}], "e": None}
    assert list(seen.keys(body)) == ["a", "a[].b", "a[].b.c", "a[].d", "e"]
    assert list(seen.keys([{"month": 0}])) == ["[].month"]
