"""Tests of whole client programs: a naive one has all its findings, and careful ones have none."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta

import pytest
from flask import Flask

from mockserver.admin import admin_context
from mockserver.settings import Settings
from tests.admin.driver import Admin
from tests.conduct import careful, naive, paging, programs
from tests.conduct.surfaces import DAY, FIRST, Surfaces
from tests.conftest import SETTINGS
from tests.contract.watch import Watch

HOUR = 3600
OCTOBER = date(2025, 10, 30)

Findings = Callable[[], set[tuple[str, str]]]


@pytest.fixture
def settings() -> Settings:
    """Documented limits, on a frozen clock."""
    return replace(SETTINGS, limits="documented")


@pytest.fixture
def surfaces(app: Flask) -> Surfaces:
    """All vendors, with a wait that advances the clock."""

    def wait(seconds: float) -> None:
        with app.app_context():
            sandbox = admin_context.context().registry.default
        sandbox.set_clock(sandbox.clock.advanced(timedelta(seconds=seconds)))

    return Surfaces(app, wait)


@pytest.fixture
def admin(app: Flask) -> Admin:
    """The control plane."""
    return Admin(app, {"Host": "127.0.0.1:8080"})


@pytest.fixture
def found(admin: Admin) -> Findings:
    """Returns the violated rules, by vendor."""
    return lambda: {(each["vendor"], each["rule"]) for each in admin.get("/conduct")["findings"]}


def test_careful_client_has_no_findings(surfaces: Surfaces, found: Findings) -> None:
    careful.read_all(surfaces)
    assert found() == set()


def test_naive_client_has_all_its_findings(surfaces: Surfaces, found: Findings) -> None:
    naive.read_all(surfaces)
    assert found() == naive.EXPECTED


def test_custom_limit_applies(admin: Admin, surfaces: Surfaces, found: Findings) -> None:
    admin.done("PATCH", "/limits", {"tabnine": {"per_minute": 2, "burst": 3}})
    for _ in range(8):
        surfaces.tabnine("/organization")
    assert found() == {("tabnine", "hammering"), ("tabnine", "no-backoff-after-429")}
    advice = [each["advice"] for each in admin.get("/conduct")["findings"]]
    assert advice == [
        "wait before the next request, and longer after each further 429; one request comes back every 30 s",
        "spread requests evenly; the limit is 2 a minute, 3 at once",
    ]


@pytest.mark.parametrize("threads", [1, 16])
def test_pool_of_any_size_has_the_same_findings(admin: Admin, surfaces: Surfaces, threads: int) -> None:
    def get(day: int) -> None:
        start = FIRST + day * DAY
        surfaces.get("/api/analytics/ai/effectiveness/metrics", "Bearer unknown", fromDate=start, toDate=start)

    get(0)
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(get, range(1, 40)))
    (finding,) = admin.get("/conduct")["findings"]
    # Which six are the last to be answered depends on the threads.
    assert (finding["rule"], len(finding["requests"])) == ("unauthorized-ignored", 6)


@pytest.mark.parametrize("at", ["02:10", "00:30"])
def test_nightly_job_has_no_findings_over_a_month_end(
    admin: Admin, surfaces: Surfaces, found: Findings, at: str
) -> None:
    for night in range(4):
        today = OCTOBER + night * DAY
        admin.done("PUT", "/clock", {"now": f"{today}T{at}:00Z", "frozen": True})
        programs.nightly(surfaces, today)
    assert found() == set()


@pytest.mark.parametrize(("again", "expected"), [(1, {("augment", "restated-day-not-read-again")}), (4, set())])
def test_job_that_does_not_look_back_is_found_while_days_are_restated(
    admin: Admin, surfaces: Surfaces, found: Findings, again: int, expected: set[tuple[str, str]]
) -> None:
    for night in range(6):
        today = OCTOBER + night * DAY
        admin.done("PUT", "/clock", {"now": f"{today}T02:10:00Z", "frozen": True})
        surfaces.augment("/dau-count", start_date=today - again * DAY, end_date=today - DAY)
    assert found() == set()
    admin.done("PATCH", "/policy", {"augment": {"restatement": "late_rows"}})
    for night in range(6, 12):
        today = OCTOBER + night * DAY
        admin.done("PUT", "/clock", {"now": f"{today}T02:10:00Z", "frozen": True})
        surfaces.augment("/dau-count", start_date=today - again * DAY, end_date=today - DAY)
    assert found() == expected


def test_request_repeated_after_late_data_arrive_is_fine(admin: Admin, surfaces: Surfaces, found: Findings) -> None:
    admin.done("PATCH", "/policy", {"augment": {"publication_hour": 5}})
    admin.done("PUT", "/clock", {"now": f"{OCTOBER}T04:50:00Z", "frozen": True})
    for wait in (0, 900):
        surfaces.wait(wait)
        surfaces.augment("/dau-count")
    assert found() == set()
    surfaces.augment("/dau-count")
    (finding,) = admin.get("/conduct")["findings"]
    assert finding["advice"] == "keep the answer until data of another day arrive, at 05:00 UTC"


def test_request_repeated_under_other_switches_is_fine(admin: Admin, surfaces: Surfaces, found: Findings) -> None:
    for shape in ("nested", "flat"):
        admin.done("PATCH", "/policy", {"tabnine": {"error_shape": shape}})
        assert surfaces.tabnine("/organization/users", offset="no", limit=1)[0] == 400
    for last in ("empty", "absent"):
        admin.done("PATCH", "/policy", {"augment": {"last_cursor": last}})
        surfaces.augment("/dau", date=FIRST, page_size=250)
    assert found() == set()


def test_looking_up_details_between_pages_is_fine(surfaces: Surfaces, found: Findings) -> None:
    programs.with_details(surfaces)
    assert found() == set()


def test_one_restart_is_fine(surfaces: Surfaces, found: Findings) -> None:
    for _ in range(2):
        programs.nightly(surfaces, date(2025, 10, 21))
        surfaces.wait(8 * HOUR)
    assert found() == set()


@pytest.mark.parametrize("effect", [{"status": 503}, {"html": 502}, {"malformed_json": True}], ids=str)
def test_retries_without_a_wait_are_found_at_every_vendor(
    admin: Admin, surfaces: Surfaces, found: Findings, watch: Watch, effect: dict[str, object]
) -> None:
    for vendor in ("augment", "tabnine", "jetbrains-ide"):
        assert admin.send("POST", "/faults", {"vendor": vendor, "times": 4, "effect": effect}).status == 201
    programs.retry_at_once(surfaces)
    assert found() == {(vendor, "no-backoff-after-5xx") for vendor in ("augment", "tabnine", "jetbrains-ide")}
    assert watch.take(), "the answers were damaged on purpose"


def test_request_repeated_with_other_defects_is_fine(admin: Admin, surfaces: Surfaces, found: Findings) -> None:
    for armed in (["dau-count-off-by-one"], []):
        admin.done("PUT", "/defects", {"armed": armed})
        surfaces.augment("/dau-count")
    assert found() == set()
    admin.done("PUT", "/defects", {"armed": []})
    surfaces.augment("/dau-count")
    assert found() == {("augment", "same-question-again")}


def test_answer_that_a_fault_lets_pass_is_judged_like_any_other(
    admin: Admin, surfaces: Surfaces, found: Findings, watch: Watch
) -> None:
    admin.send("POST", "/faults", {"vendor": "augment", "steps": [{"status": 503}, "pass"]})
    surfaces.augment("/dau-count")
    surfaces.wait(60)
    for expected in (set(), {("augment", "same-question-again")}):
        surfaces.augment("/dau-count")
        assert found() == expected
    assert [entry["fault"] for entry in admin.get("/requests")["requests"]] == [
        "fault-1 step 1",
        "fault-1 step 2",
        None,
    ]
    assert watch.take(), "the first answer was an error on purpose"


PAGED = ("augment", "jetbrains-ide", "tabnine")


@pytest.mark.parametrize("defect", ["cursor-repeats", "cursor-on-empty-page", "row-on-two-pages"])
def test_client_that_watches_the_links_of_pages_has_no_findings(
    admin: Admin, surfaces: Surfaces, found: Findings, defect: str
) -> None:
    whole = paging.read_carefully(surfaces)
    assert min(whole) > 50
    admin.done("PUT", "/defects", {"armed": [defect]})
    admin.send("DELETE", "/requests")
    counted = paging.read_carefully(surfaces)
    assert found() == set()
    assert (counted == whole) is (defect == "cursor-on-empty-page")


@pytest.mark.parametrize(
    ("defect", "rules"),
    [
        ("cursor-on-empty-page", {"stopped-at-empty-page"}),
        ("cursor-repeats", {"repeated-cursor-followed"}),
        ("row-on-two-pages", set()),
    ],
)
def test_client_that_trusts_pages_has_its_finding_at_every_vendor(
    admin: Admin, surfaces: Surfaces, found: Findings, defect: str, rules: set[str]
) -> None:
    admin.done("PUT", "/defects", {"armed": [defect]})
    paging.read_naively(surfaces)
    by_rule = {(vendor, rule) for vendor, rule in found() if rule != "same-question-again"}
    assert by_rule == {(vendor, rule) for vendor in PAGED for rule in rules}


def test_finding_of_a_repeated_link_names_the_parameter_and_what_to_do(admin: Admin, surfaces: Surfaces) -> None:
    admin.done("PUT", "/defects", {"armed": ["cursor-repeats"]})
    paging.read_naively(surfaces)
    findings = admin.get("/lint?ignore=same-question-again")["findings"]
    [costs] = [each for each in findings if each["operation"] == "queryCostAnalytics"]
    assert costs["advice"] == (
        "remember each cursor of a list, and stop with an error when an answer has one that was requested before"
    )
    assert costs["observed"].endswith("and 3 more: a page requested again because an answer led back to it")
    [users] = [each for each in findings if each["operation"] == "getOrganizationUsers"]
    assert users["advice"].startswith("remember each offset of a list")
