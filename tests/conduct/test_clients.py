"""Promises about two programs that read all four surfaces: one is found out in all its habits, the other in nothing."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from flask import Flask

from mockserver.admin import admin_context
from mockserver.settings import Settings
from tests.admin.driver import Admin
from tests.conduct import careful, naive, programs
from tests.conduct.surfaces import DAY, FIRST, Surfaces
from tests.conftest import SETTINGS
from tests.contract.watch import Watch


@pytest.fixture
def settings() -> Settings:
    """Limits as they are documented, which the clock of every test lets no request through for by itself."""
    return replace(SETTINGS, limits="documented")


@pytest.fixture
def surfaces(app: Flask) -> Surfaces:
    """The four surfaces, with a wait that moves the clock."""

    def wait(seconds: float) -> None:
        with app.app_context():
            sandbox = admin_context.context().registry.default
        sandbox.set_clock(sandbox.clock.advanced(timedelta(seconds=seconds)))

    return Surfaces(app, wait)


@pytest.fixture
def found(app: Flask) -> Callable[[], set[tuple[str, str]]]:
    """Asks for the rules that were broken, by vendor."""
    admin = Admin(app, {"Host": "127.0.0.1:8080"})
    return lambda: {(each["vendor"], each["rule"]) for each in admin.get("/conduct")["findings"]}


def test_a_careful_client_hears_nothing(surfaces: Surfaces, found: Callable[[], set[tuple[str, str]]]) -> None:
    careful.read_all(surfaces)
    assert found() == set()


def test_a_naive_client_hears_all_that_it_deserves(
    surfaces: Surfaces, found: Callable[[], set[tuple[str, str]]]
) -> None:
    naive.read_all(surfaces)
    assert found() == naive.DESERVED


HOUR = 3600
OCTOBER = date(2025, 10, 30)


@pytest.fixture
def admin(app: Flask) -> Admin:
    """The control plane."""
    return Admin(app, {"Host": "127.0.0.1:8080"})


@pytest.mark.parametrize("at", ["02:10", "00:30"])
def test_a_job_at_night_hears_nothing_over_the_end_of_a_month(
    admin: Admin, surfaces: Surfaces, found: Callable[[], set[tuple[str, str]]], at: str
) -> None:
    for night in range(4):
        today = OCTOBER + night * DAY
        admin.done("PUT", "/clock", {"now": f"{today}T{at}:00Z", "frozen": True})
        programs.at_night(surfaces, today)
    assert found() == set()


def test_a_job_that_asks_again_when_late_data_have_arrived_hears_nothing(
    admin: Admin, surfaces: Surfaces, found: Callable[[], set[tuple[str, str]]]
) -> None:
    admin.done("PATCH", "/policy", {"augment": {"publication_hour": 5}})
    admin.done("PUT", "/clock", {"now": f"{OCTOBER}T04:50:00Z", "frozen": True})
    for wait in (0, 900):
        surfaces.wait(wait)
        surfaces.augment("/dau-count")
    assert found() == set()
    surfaces.augment("/dau-count")
    (finding,) = admin.get("/conduct")["findings"]
    assert finding["advice"] == "keep the answer until data of another day arrive, at 05:00 UTC"


def test_who_asks_again_under_other_switches_hears_nothing(
    admin: Admin, surfaces: Surfaces, found: Callable[[], set[tuple[str, str]]]
) -> None:
    for shape in ("nested", "flat"):
        admin.done("PATCH", "/policy", {"tabnine": {"error_shape": shape}})
        assert surfaces.tabnine("/organization/users", offset="no", limit=1)[0] == 400
    for last in ("empty", "absent"):
        admin.done("PATCH", "/policy", {"augment": {"last_cursor": last}})
        surfaces.augment("/dau", date=FIRST, page_size=250)
    assert found() == set()


def test_a_program_that_looks_up_details_between_pages_hears_nothing(
    surfaces: Surfaces, found: Callable[[], set[tuple[str, str]]]
) -> None:
    programs.with_details(surfaces)
    assert found() == set()


def test_a_program_that_was_restarted_once_hears_nothing(
    surfaces: Surfaces, found: Callable[[], set[tuple[str, str]]]
) -> None:
    for _ in range(2):
        programs.at_night(surfaces, date(2025, 10, 21))
        surfaces.wait(8 * HOUR)
    assert found() == set()


EFFECTS = [{"status": 503}, {"html": 502}, {"malformed_json": True}]


@pytest.mark.parametrize("effect", EFFECTS, ids=str)
def test_a_stubborn_program_is_told_at_every_vendor_whatever_broke(
    admin: Admin,
    surfaces: Surfaces,
    found: Callable[[], set[tuple[str, str]]],
    watch: Watch,
    effect: dict[str, object],
) -> None:
    for vendor in ("augment", "tabnine", "jetbrains-ide"):
        assert admin.ask("POST", "/faults", {"vendor": vendor, "times": 4, "effect": effect}).status == 201
    programs.stubborn(surfaces)
    assert found() == {(vendor, "no-backoff-after-5xx") for vendor in ("augment", "tabnine", "jetbrains-ide")}
    assert watch.take(), "the answers were broken on purpose"


def test_who_asks_again_with_other_defects_armed_hears_nothing(
    admin: Admin, surfaces: Surfaces, found: Callable[[], set[tuple[str, str]]]
) -> None:
    for armed in (["dau-count-off-by-one"], []):
        admin.done("PUT", "/defects", {"armed": armed})
        surfaces.augment("/dau-count")
    assert found() == set()
    admin.done("PUT", "/defects", {"armed": []})
    surfaces.augment("/dau-count")
    assert found() == {("augment", "same-question-again")}
