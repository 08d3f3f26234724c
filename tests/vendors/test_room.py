"""The modules that every vendor has: they are discovered, and a missing one is reported."""

import pytest

from mockserver import vendors


def test_every_vendor_has_advice() -> None:
    assert [*vendors.room("advice")] == [vendor.name for vendor in vendors.discover()]


def test_missing_module_is_reported_with_its_path() -> None:
    with pytest.raises(
        vendors.MissingModule, match=r"the vendor \S+ has no mockserver/vendors/\w+/horoscope.py; write one"
    ):
        vendors.room("horoscope")
