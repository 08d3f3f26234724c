"""Tests of Augment's invariants: what a violation names, and where a sample ends."""

import pytest

from mockserver.audit import reader
from mockserver.client import Client
from mockserver.vendors.augment.invariants import activity
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
    monkeypatch.setattr(activity, "_users", lambda *_: [])
    detail = audit(client, groups=("augment",))["augment-records-are-users"].detail
    assert detail.endswith("on 2025-10-19: there are records or user-activity, but not both")


def test_defect_of_costs_is_named_with_both_numbers(client: Client) -> None:  # noqa: F811
    results = audit(client, "user-credits-gap", "cost-point-twice", "billed-off-by-a-dollar", groups=("augment",))
    assert "credits_consumed of costs and of users are " in results["augment-costs-are-credits"].detail
    assert "the total and the sum over days are " in results["augment-cost-points-add-up"].detail
    assert "billed_amount_usd and base and surcharge are " in results["augment-billed-is-base-and-surcharge"].detail


def test_person_who_spends_without_being_active_is_named(client: Client) -> None:  # noqa: F811
    detail = audit(client, "lost-row", groups=("augment",))["augment-spenders-are-active"].detail
    assert detail == "2025-10-13: ada@acme.example consumed credits and is not in the dau list"


def test_rounded_bills_are_not_checked(client: Client) -> None:  # noqa: F811
    client.policy.update({"augment": {"billed_identity": "loose"}})
    result = audit(client, groups=("augment",))["augment-billed-is-base-and-surcharge"]
    assert result.outcome == "not applicable"
    assert result.detail == "under billed_identity=loose, billed amounts are rounded up"
