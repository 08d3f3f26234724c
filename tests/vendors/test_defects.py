"""Armed defects: none makes the server fail, under any option of any switch.

The tests in `tests/audit` check which invariants each defect violates.
"""

from collections.abc import Iterator

import pytest

from mockserver import vendors
from mockserver.app import create_app
from mockserver.gateway.vendor import Vendor
from tests.conftest import SETTINGS
from tests.contract import client as clients
from tests.contract import probes
from tests.contract.client import Client
from tests.contract.watch import Watch
from tests.fidelity import seen

VENDORS = {vendor.name: vendor for vendor in vendors.discover()}


@pytest.mark.parametrize("vendor", VENDORS.values(), ids=VENDORS)
def test_no_defect_fails_under_any_option(vendor: Vendor, watch: Watch) -> None:
    client = clients.opened(create_app(SETTINGS), vendor, f"mock-{vendor.name}-acme", vendor.mounts[0])
    queries = probes.of(vendor).answered(client)
    paths = {operation: path for path, operation in _operations(client, queries)}
    for options in seen.variations(vendor.switches):
        client.sandbox.set_policy({vendor.name: options})
        current = client.signed_in()
        for defect in vendor.defects:
            client.sandbox.set_defects((defect.name,))
            for path in {paths[operation] for operation in defect.operations if operation in paths}:
                assert current.get(path, queries[path]).status < 500, (defect.name, options)
        client.sandbox.set_defects(())
    watch.take()  # The OpenAPI file need not describe answers with defects.


def _operations(client: Client, queries: probes.Queries) -> Iterator[tuple[str, str | None]]:
    for path, query in queries.items():
        client.get(path, query)
        *_, entry = client.sandbox.journal
        yield path, entry.operation
