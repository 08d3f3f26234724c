"""Tests of Augment's invariants: what a violation names, and where a sample ends."""

import pytest

from mockserver.audit import reader
from mockserver.client import Client
from mockserver.vendors.augment import invariants
from tests.audit.conftest import client, url  # noqa: F401 (fixtures)
from tests.contract.audits import audit


def test_violation_names_the_day_or_user_and_both_numbers(client: Client) -> None:  # noqa: F811 (a fixture)
    results = audit(client, "dau-count-off-by-one", "records-gap", groups=("augment",))
    detail = results["augment-counts-are-lists"].detail
    assert detail == "2025-10-13: rows of the whole dau list and dau-count are 37 and 38"
    assert "@acme.example on 2025-10-19, completions_suggested_" in results["augment-records-are-users"].detail


def test_sample_states_its_limits(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    monkeypatch.setattr(reader, "PAGES", 0)
    results = audit(client, groups=("augment",))
    assert results["augment-users-are-days"].detail == "the list has more than 0 pages; --full reads them all"
    assert {each.outcome for each in audit(client, groups=("augment",), full=True).values()} == {"passed"}


def test_user_in_only_one_list_is_reported(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    monkeypatch.setattr(invariants, "_users", lambda *_: [])
    detail = audit(client, groups=("augment",))["augment-records-are-users"].detail
    assert detail.endswith("on 2025-10-19: there are records or user-activity, but not both")
