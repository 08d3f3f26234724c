"""Every chart of every vendor: under each option of each switch, with each defect, and without a trace in the sandbox.

The tests in `tests/vendors` compare the numbers with those of the API.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from flask import Flask

from mockserver import vendors
from mockserver.app import create_app
from mockserver.gateway.switches import Renaming
from mockserver.gateway.vendor import Vendor
from tests.admin.driver import Admin
from tests.charts import reading
from tests.conftest import SETTINGS
from tests.contract import client as clients
from tests.contract import defects
from tests.contract.client import Client

VENDORS = {vendor.name: vendor for vendor in vendors.discover()}
WEEK = {"from_": "2025-10-13", "to": "2025-10-19"}


def client_of(vendor: Vendor) -> Client:
    """A client of a vendor, on an app of its own."""
    return clients.opened(create_app(SETTINGS), vendor, f"mock-{vendor.name}-acme", vendor.mounts[0])


def charts_with(app: Flask, vendor: Vendor) -> Iterator[str]:
    """The charts with numbers of a vendor: its own, and the one across vendors."""
    for name, each in reading.listed(app).items():
        if each["vendor"] in {None, vendor.name}:
            yield name


def every_option(vendor: Vendor) -> Iterator[dict[str, Any]]:
    """Each option of each switch alone; a switch that renames fields renames all of them."""
    for switch in vendor.switches:
        if isinstance(switch, Renaming):
            yield {switch.name: {old: f"{old}2" for old in switch.options}}
        else:
            yield from ({switch.name: option} for option in switch.options)


@pytest.mark.parametrize("vendor", VENDORS.values(), ids=VENDORS)
def test_every_chart_has_rows_under_every_option(vendor: Vendor) -> None:
    client = client_of(vendor)
    names = [*charts_with(client.app, vendor)]
    for options in every_option(vendor):
        client.sandbox.set_policy({vendor.name: options})
        for name in names:
            shown = reading.chart(client.app, name, **WEEK)
            dates = {row["date"] for row in shown["rows"]}
            assert (dates, shown["note"]) == ({*reading.days(*WEEK.values())}, None), (name, options)
            found = [value for row in reading.numbers(shown).values() for value in row.values()]
            assert any(value is not None for value in found), (name, options)


@pytest.mark.parametrize("option", ["omitted", "zeros"])
def test_chart_across_vendors_works_under_every_option_of_the_metrics(app: Flask, option: str) -> None:
    admin = Admin(app, reading.HOST)
    admin.done("PUT", "/policy", {"metrics": {"empty_buckets": option, "partial_buckets": "omitted"}})
    shown = reading.chart(app, "ai-active-users", from_="2025-10-15", to="2025-10-21", bucket="week")
    metric = admin.get("/metrics/ai-active-users?from=2025-10-15&to=2025-10-21&bucket=week")
    assert metric["points"] == []
    assert [row["ai-active-users"] for row in shown["rows"]] == [None, None]
    assert shown["headline"] == metric["headline"]


@pytest.mark.parametrize("vendor", VENDORS.values(), ids=VENDORS)
def test_defects_reach_the_charts_and_break_none(vendor: Vendor) -> None:
    client = client_of(vendor)
    names = [*charts_with(client.app, vendor)]
    plain = {name: reading.chart(client.app, name, **WEEK) for name in names}
    changed = set()
    for armed in defects.every(vendor):
        client.sandbox.set_defects((armed,))
        changed |= {name for name in names if reading.chart(client.app, name, **WEEK) != plain[name]}
    assert changed
    client.sandbox.set_defects(())
    assert {name: reading.chart(client.app, name, **WEEK) for name in names} == plain


@pytest.mark.parametrize("vendor", VENDORS.values(), ids=VENDORS)
def test_no_chart_leaves_a_trace(vendor: Vendor) -> None:
    client = client_of(vendor)
    admin = Admin(client.app, reading.HOST)
    admin.done("PUT", "/limits", {vendor.name: {"per_minute": 1, "burst": 1}})
    admin.done("PUT", "/faults", {"rules": [{"effect": {"status": 503}}]})
    hits = admin.get("/faults")
    client.sandbox.journal.clear()
    for name in reading.listed(client.app):
        assert reading.chart(client.app, name)["rows"], name
    assert admin.get("/requests") == {"requests": []}
    assert admin.get("/faults") == hits
    assert admin.get("/limits")[vendor.name]["buckets"] == []
    assert admin.get("/lint")["requests_checked"] == 0


def test_every_preset_and_bucket_of_the_list_works(app: Flask) -> None:
    for name, each in reading.listed(app).items():
        periods = each["periods"] + [{**each, "bucket": bucket} for bucket in each["buckets"]]
        for period in periods:
            query = {"from_": period["from"], "to": period["to"], "bucket": period["bucket"]}
            shown = reading.chart(app, name, **query)
            assert (shown["from"], shown["to"], shown["bucket"]) == tuple(query.values())
            assert shown["rows"], (name, period)
            assert shown["note"] is None or "there is no count of users by" in shown["note"], (name, period)


def test_rows_have_exactly_the_series_and_labels_of_the_list(app: Flask) -> None:
    for name, each in reading.listed(app).items():
        names = ["date", *(["label"] if each["label"] else []), *(series["name"] for series in each["series"])]
        shown = reading.chart(app, name)
        assert {tuple(row) for row in shown["rows"]} == {tuple(names)}, name
        assert shown["totals"].keys() <= set(names)
        for row in reading.numbers(shown).values():
            assert all(value is None or isinstance(value, int | float) for value in row.values()), name


def test_empty_organization_has_zeros_or_no_rows_and_a_note() -> None:
    app = create_app(replace(SETTINGS, organization="empty"))
    for name, each in reading.listed(app).items():
        shown = reading.chart(app, name)
        counted = [series["name"] for series in each["series"] if series["name"] != "enabledUsers"]
        assert not any(row[series] for row in shown["rows"] for series in counted), name
        assert bool(shown["rows"]) == (shown["note"] is None), name


def test_default_is_the_last_thirty_complete_days(app: Flask) -> None:
    for name, each in reading.listed(app).items():
        days = (date.fromisoformat(each["to"]) - date.fromisoformat(each["from"])).days + 1
        assert each["to"] == each["last_day"] == "2025-10-20"
        assert days == (1 if name.startswith("augment-usage-by") else 30)
        assert each["bucket"] == each["buckets"][0] == "day"
