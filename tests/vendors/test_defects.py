"""Promises about defects in every reading of a vendor: whatever is armed, the server answers.

Which identities each one breaks stays out (`audit`).
"""

from collections.abc import Iterator

import pytest

from mockserver import vendors
from mockserver.app import create_app
from mockserver.gateway.vendor import Vendor
from tests.conftest import SETTINGS
from tests.contract import client as clients
from tests.contract.client import Client
from tests.contract.watch import Watch
from tests.fidelity import seen

VENDORS = {vendor.name: vendor for vendor in vendors.discover()}


@pytest.mark.parametrize("vendor", VENDORS.values(), ids=VENDORS)
def test_no_defect_breaks_an_answer_in_any_reading(vendor: Vendor, watch: Watch) -> None:
    mount = next(mount for mount in vendor.mounts if vendor.sample_path.startswith(mount))
    client = clients.opened(create_app(SETTINGS), vendor, f"mock-{vendor.name}-acme", mount)
    paths = {operation: path for path, operation in _operations(client, vendor)}
    questions = seen.QUESTIONS[vendor.name](client)
    for reading in seen.readings(vendor.switches):
        client.sandbox.set_policy({vendor.name: reading})
        asking = client.signed_in()
        for defect in vendor.defects:
            client.sandbox.set_defects((defect.name,))
            for path in {paths[operation] for operation in defect.operations if operation in paths}:
                assert asking.get(path, questions[path]).status < 500, (defect.name, reading)
        client.sandbox.set_defects(())
    watch.take()  # What is armed need not be as the file describes.


def _operations(client: Client, vendor: Vendor) -> Iterator[tuple[str, str | None]]:
    for path, query in seen.QUESTIONS[vendor.name](client).items():
        client.get(path, query)
        *_, entry = client.sandbox.journal
        yield path, entry.operation
