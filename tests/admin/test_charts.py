"""`/_mock/charts`: the list, the parameters and their errors, the requests behind a chart, and every sandbox's own."""

import json
import subprocess
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from mockserver import server
from mockserver.app import create_app
from tests.admin.driver import Admin
from tests.admin.sandboxes import made
from tests.conftest import SETTINGS

USERS = "/charts/augment-active-users"


def by_name(admin: Admin, sandbox: str = "") -> dict[str, Any]:
    """Every chart of the list."""
    return {each["name"]: each for each in admin.get(f"{sandbox}/charts")["charts"]}


def test_list_describes_each_chart(admin: Admin) -> None:
    charts = by_name(admin)
    assert list(charts) == [
        "ai-active-users",
        "augment-active-users",
        "augment-credits",
        "augment-usage-by-editor",
        "augment-usage-by-language",
        "jetbrains-console-active-users",
        "jetbrains-console-credits",
        "jetbrains-console-limit-hits",
        "jetbrains-ide-active-users",
        "jetbrains-ide-activity-by-tool",
        "tabnine-active-users",
        "tabnine-usage-by-team",
        "tabnine-tokens-by-model",
    ]
    assert charts["tabnine-active-users"] == {
        "name": "tabnine-active-users",
        "vendor": "tabnine",
        "vendor_title": "Tabnine Usage Metrics API",
        "title": "Active users",
        "description": "Unique users with any activity in each bucket (activeUsers of the organization's usage).",
        "kind": "line",
        "series": [{"name": "activeUsers", "title": "Active users", "unit": "users", "stacked": False}],
        "label": None,
        "buckets": ["day", "week", "month", "all"],
        "from": "2025-09-21",
        "to": "2025-10-20",
        "bucket": "day",
        "first_day": "2022-01-03",
        "last_day": "2025-10-20",
        "days_maximum": 3660,
        "parameters": [
            {"name": "from", "description": "The first day.", "default": "2025-09-21", "values": None},
            {"name": "to", "description": "The last day, inclusive.", "default": "2025-10-20", "values": None},
            {
                "name": "bucket",
                "description": "What a row covers.",
                "default": "day",
                "values": ["day", "week", "month", "all"],
            },
        ],
        "periods": [
            {"title": "Last 7 days", "from": "2025-10-14", "to": "2025-10-20", "bucket": "day"},
            {"title": "Last 30 days", "from": "2025-09-21", "to": "2025-10-20", "bucket": "day"},
            {"title": "Last 90 days", "from": "2025-07-23", "to": "2025-10-20", "bucket": "day"},
        ],
    }


def test_series_across_vendors_have_the_names_and_titles_of_the_vendors(admin: Admin) -> None:
    chart = by_name(admin)["ai-active-users"]
    assert chart["vendor"] is None
    assert {each["name"]: each["title"] for each in chart["series"]} == {
        "ai-active-users": "AI Active Users",
        "augment": "Augment Code Analytics API",
        "jetbrains-console": "JetBrains Console Analytics API",
        "jetbrains-ide": "JetBrains IDE Services, AI analytics",
        "tabnine": "Tabnine Usage Metrics API",
    }


def test_first_day_is_the_oldest_that_the_vendor_shows(admin: Admin) -> None:
    charts = by_name(admin)
    assert charts["augment-active-users"]["first_day"] == "2023-10-20"
    assert charts["jetbrains-console-credits"]["first_day"] == "2022-01-03"
    assert charts["ai-active-users"]["first_day"] == "2022-01-03"


def test_periods_begin_with_the_data(admin: Admin) -> None:
    admin.done("PUT", "/clock", {"now": "2022-01-10T12:00:00Z", "frozen": True})
    chart = by_name(admin)["tabnine-active-users"]
    assert {each["from"] for each in chart["periods"]} == {chart["from"]} == {"2022-01-03"}


def test_period_before_the_data_is_one_day(admin: Admin) -> None:
    admin.done("PUT", "/clock", {"now": "2021-06-10T12:00:00Z", "frozen": True})
    chart = by_name(admin)["tabnine-active-users"]
    assert (chart["from"], chart["to"]) == ("2021-06-09", "2021-06-09")
    assert admin.get("/charts/tabnine-active-users")["rows"] == [{"date": "2021-06-09", "activeUsers": 0}]


@pytest.mark.parametrize(
    ("query", "period"),
    [
        ("", ("2025-09-21", "2025-10-20")),
        ("?to=2025-03-31", ("2025-03-02", "2025-03-31")),
        ("?from=2025-10-18", ("2025-10-18", "2025-10-20")),
        ("?from=2025-10-18&to=2025-10-18", ("2025-10-18", "2025-10-18")),
    ],
)
def test_end_that_is_left_out_has_its_default(admin: Admin, query: str, period: tuple[str, str]) -> None:
    shown = admin.get(f"{USERS}{query}")
    assert (shown["from"], shown["to"]) == period
    assert (shown["rows"][0]["date"], shown["rows"][-1]["date"]) == period


@pytest.mark.parametrize(
    ("query", "errors"),
    [
        ("from=2025-10-02&to=2025-10-01", {"to": ["must not be before from, which is 2025-10-02"]}),
        ("from=2025-10-21", {"from": ["must not be after to, which is 2025-10-20 by default"]}),
        ("from=yesterday", {"from": ["must be a date that exists, written YYYY-MM-DD"]}),
        ("to=2025-02-29", {"to": ["must be a date that exists, written YYYY-MM-DD"]}),
        (
            "bucket=daily",
            {"bucket": ["there is no bucket 'daily' (did you mean 'day'?); there are: day"]},
        ),
        (
            "from=2023-10-01&to=2025-10-20",
            {"to": ["a period of augment-active-users can have at most 732 days; this one has 751"]},
        ),
        (
            "since=2025-10-01",
            {"since": ["there is no parameter 'since'; there are: from, to, bucket"]},
        ),
        ("from=2025-10-01&from=2025-10-02", {"from": ["must be given once"]}),
    ],
)
def test_bad_parameter_is_refused_with_its_rule(admin: Admin, query: str, errors: dict[str, list[str]]) -> None:
    assert admin.refused("GET", f"{USERS}?{query}").errors == errors


def test_unknown_chart_is_refused_with_the_nearest_name(admin: Admin) -> None:
    detail = admin.refused("GET", "/charts/tabnine-active-user", status=404).detail
    assert detail.startswith(
        "there is no chart 'tabnine-active-user' (did you mean 'tabnine-active-users'?); there are: ai-active-users, "
    )


def test_metric_stands_beside_the_count_of_each_vendor(admin: Admin) -> None:
    query = "from=2025-10-13&to=2025-10-26&bucket=week"
    shown, metric = admin.get(f"/charts/ai-active-users?{query}"), admin.get(f"/metrics/ai-active-users?{query}")
    whole = admin.get(f"/metrics/ai-active-users/people?{query}")["point"]["value"]
    assert [row["ai-active-users"] for row in shown["rows"]] == [each["value"] for each in metric["points"]]
    assert (shown["headline"], shown["totals"]["ai-active-users"]) == (metric["headline"], whole)
    for vendor, series in (
        ("jetbrains-console", "activeUsers"),
        ("jetbrains-ide", "activeUsers"),
        ("tabnine", "activeUsers"),
    ):
        own = admin.get(f"/charts/{vendor}-active-users?{query}")
        assert [row[vendor] for row in shown["rows"]] == [row[series] for row in own["rows"]]
        assert shown["totals"][vendor] == own["totals"].get(series)
    assert [row["augment"] for row in shown["rows"]] == [None, None]
    assert shown["note"] == "Augment Code Analytics API: there is no count of users by week, only by day"


def test_adding_the_vendors_counts_people_twice(admin: Admin) -> None:
    shown = admin.get("/charts/ai-active-users?from=2025-10-14&to=2025-10-16")
    for row in shown["rows"]:
        assert row["augment"] + row["jetbrains-ide"] + row["tabnine"] > row["ai-active-users"]
    assert shown["totals"]["ai-active-users"] > shown["headline"]


def test_refusal_of_one_vendor_is_noted_with_its_name(admin: Admin) -> None:
    shown = admin.get("/charts/ai-active-users?from=2025-10-20&to=2025-10-21")
    assert shown["note"] == "Augment Code Analytics API: end_date cannot be later than yesterday (UTC)"
    assert [row["augment"] is None for row in shown["rows"]] == [False, True]


def test_every_curl_line_works() -> None:
    app = create_app(SETTINGS)
    with server.in_thread(app) as running:
        admin = Admin(app, {"Host": running.url.removeprefix("http://")})
        admin.done("PATCH", "/policy", {"jetbrains-ide": {"schemes": "automation"}})
        sandbox = f"/sandboxes/{made(admin, organization='initech')['id']}"
        for prefix in ("", sandbox):
            for name in by_name(admin, prefix):
                shown = admin.get(f"{prefix}/charts/{name}")
                line = shown["request"]["curl"]
                pasted = subprocess.run(["bash", "-c", f"{line} -sf"], capture_output=True, text=True, check=True)
                assert json.loads(pasted.stdout), line
        assert (
            f"/_mock{sandbox}/metrics/ai-active-users?"
            in admin.get(f"{sandbox}/charts/ai-active-users")["request"]["path"]
        )


def test_curl_line_of_the_control_plane_sends_the_admin_token() -> None:
    secured = create_app(replace(SETTINGS, admin_token="a-token-of-sixteen-letters"))
    admin = Admin(secured, {"Host": "127.0.0.1:8080", "Authorization": "Bearer a-token-of-sixteen-letters"})
    line = admin.get("/charts/ai-active-users")["request"]["curl"]
    assert line.startswith('curl -H "Authorization: Bearer $MOCKSERVER_ADMIN_TOKEN" ')
    assert "sixteen" not in line


def test_curl_line_has_a_token_that_still_works(admin: Admin) -> None:
    seeded = admin.get(USERS)["request"]["curl"]
    assert "Bearer mock-augment-acme'" in seeded
    created = admin.send("POST", "/tokens", {"vendor": "augment", "permission": "granted"}).json["token"]
    admin.send("DELETE", "/tokens/augment-seeded")
    assert f"Bearer {created}'" in admin.get(USERS)["request"]["curl"]
    for token in admin.get("/tokens")["tokens"]:
        if token["vendor"] == "augment":
            admin.send("DELETE", f"/tokens/{token['id']}")
    shown = admin.get(USERS)
    assert shown["request"]["curl"] is None
    assert all(row["user_count"] is not None for row in shown["rows"])


def test_curl_line_has_no_token_that_sees_only_some_people(admin: Admin) -> None:
    chart = "/charts/jetbrains-console-credits"
    assert "mock-jetbrains-console-acme:mock-secret" in admin.get(chart)["request"]["curl"]
    admin.send("DELETE", "/tokens/jetbrains-console-seeded")
    left = [each["id"] for each in admin.get("/tokens")["tokens"] if each["vendor"] == "jetbrains-console"]
    assert left == ["jetbrains-console-seeded-forbidden", "jetbrains-console-seeded-groups"]
    assert admin.get(chart)["request"]["curl"] is None


def test_charts_are_those_of_the_sandbox(admin: Admin) -> None:
    sandbox = made(admin, organization="initech", seed=7, now="2025-08-01T12:00:00Z", frozen=True)
    prefix = f"/sandboxes/{sandbox['id']}"
    token = sandbox["tokens"]["augment"]["token"]
    shown = admin.get(f"{prefix}{USERS}")
    assert (shown["from"], shown["to"]) == ("2025-07-02", "2025-07-31")
    got = admin.app.test_client().get(shown["request"]["path"], headers={"Authorization": f"Bearer {token}"})
    assert [row["user_count"] for row in shown["rows"]] == [
        row["user_count"] for row in got.get_json()["daily_active_user_counts"]
    ]
    other = made(admin, organization="initech", seed=8, now="2025-08-01T12:00:00Z", frozen=True)
    assert admin.get(f"/sandboxes/{other['id']}{USERS}")["rows"] != shown["rows"]


def test_charts_follow_the_clock_and_the_policy(admin: Admin) -> None:
    before = admin.get(USERS)
    admin.done("POST", "/clock/advance", {"days": 1})
    after = admin.get(USERS)
    assert (after["from"], after["to"]) == ("2025-09-22", "2025-10-21")
    assert after["rows"][:-1] == before["rows"][1:]
    admin.done("PATCH", "/policy", {"augment": {"publication_hour": 23}})
    assert admin.get(USERS)["rows"] == before["rows"]


def test_chart_is_drawn_once(admin: Admin, monkeypatch: pytest.MonkeyPatch) -> None:
    first = admin.get("/charts/tabnine-usage-by-team")
    monkeypatch.setattr("mockserver.charts.drawing.VendorChart.draw", None)
    assert admin.get("/charts/tabnine-usage-by-team") == first


def test_broken_module_is_an_error_in_the_log(app: Flask, admin: Admin, caplog: pytest.LogCaptureFixture) -> None:
    def broken() -> Any:
        raise ImportError("mockserver/vendors/lark/charts.py must define CHARTS")

    context = app.extensions["mockserver.admin"]
    app.extensions["mockserver.admin"] = replace(context, charts=broken)
    assert admin.refused("GET", "/charts", status=500).detail == "the server failed; its log has the reason"
    assert "lark/charts.py" in caplog.text
