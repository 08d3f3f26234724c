"""Armed defects: none makes the server fail, under any option of any switch.

The tests in `tests/audit` check which invariants each defect violates.
"""

from collections.abc import Iterator

import pytest

from mockserver import vendors
from mockserver.app import create_app
from mockserver.gateway.defects import ArmedDefect
from mockserver.gateway.vendor import Vendor
from mockserver.validation import field_path
from tests.conftest import SETTINGS
from tests.contract import client as clients
from tests.contract import defects, probes
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
            client.sandbox.set_defects((ArmedDefect(defect.name, by_vendor={vendor.name: (defect,)}),))
            for path in {paths[operation] for operation in defect.operations if operation in paths}:
                assert current.get(path, queries[path]).status < 500, (defect.name, options)
        client.sandbox.set_defects(())
    watch.take()  # The OpenAPI file need not describe answers with defects.


@pytest.mark.parametrize("vendor", VENDORS.values(), ids=VENDORS)
def test_every_defect_in_a_field_changes_its_default_of_each_operation(vendor: Vendor, watch: Watch) -> None:
    client = clients.opened(create_app(SETTINGS), vendor, f"mock-{vendor.name}-acme", vendor.mounts[0])
    queries = probes.of(vendor).answered(client)
    plain = {operation: (path, client.got(path, **queries[path])) for path, operation in _operations(client, queries)}
    for each in (known for known in defects.known(vendor) if known.takes_at):
        client.sandbox.set_defects((defects.armed(each.name),))
        for operation in set(each.operations) & plain.keys():
            path, answer = plain[operation]
            [(holder, key)] = field_path.places(answer, field_path.parse(each.defaults[operation])) or [(None, None)]
            assert (client.got(path, **queries[path]) == answer) is (holder is None), (each.name, operation, key)
            assert client.sandbox.journal.records()[-1].state.notes.defects == (() if holder is None else (each.name,))
    watch.take()  # The OpenAPI file does not describe these answers.


def _operations(client: Client, queries: probes.Queries) -> Iterator[tuple[str, str | None]]:
    for path, query in queries.items():
        client.get(path, query)
        *_, entry = client.sandbox.journal
        yield path, entry.operation
