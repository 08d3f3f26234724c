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


def test_module_that_a_vendor_may_lack_is_left_out() -> None:
    assert vendors.exported("horoscope", "SIGNS") == {}
    assert [*vendors.exported("advice", "ADVICE")] == [*vendors.room("advice")]


def test_module_without_its_variable_is_reported_with_its_path() -> None:
    with pytest.raises(vendors.BrokenModule, match=r"mockserver/vendors/\w+/policy.py must define SIGNS; .* attribute"):
        vendors.exported("policy", "SIGNS")
