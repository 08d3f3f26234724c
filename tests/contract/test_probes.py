"""Probes: every vendor has some, and a vendor without probes is reported."""

from dataclasses import replace

import pytest

from mockserver import vendors
from mockserver.gateway.vendor import Vendor
from tests.contract import probes
from tests.contract.probes import MissingProbes


@pytest.mark.parametrize("vendor", vendors.discover(), ids=lambda each: each.name)
def test_vendor_has_probes(vendor: Vendor) -> None:
    assert probes.of(vendor).refused


def test_vendor_without_probes_is_reported_with_the_file() -> None:
    strange = replace(vendors.discover()[0], name="made-up")
    with pytest.raises(MissingProbes) as caught:
        probes.of(strange)
    assert str(caught.value) == (
        "made-up has no probes: write PROBES = Probes(...) in tests/vendors/made_up/probes.py, "
        "as tests/contract/probes.py describes them"
    )
