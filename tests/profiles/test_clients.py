"""Every profile separates a careful client, which gets the right totals and has no findings, from a naive one."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask

from mockserver import app as apps
from mockserver.admin import admin_context
from mockserver.app import create_app
from mockserver.gateway import effects
from mockserver.gateway.faults import FaultPhase, MatchInput
from tests.admin.driver import Admin
from tests.conduct.surfaces import DAY, FIRST, LAST, TODAY
from tests.conftest import SETTINGS
from tests.profiles.clients import WAITS, Client, read_carefully, read_naively

pytestmark = [
    pytest.mark.in_process("the seconds of delays are counted, and none of them pass"),
    pytest.mark.usefixtures("undescribed"),
]

LOCAL = {"Host": "127.0.0.1:8080"}
BY_NAME = {profile.name: profile for profile in apps.profiles().profiles}
PROFILES = [*BY_NAME]

Connect = Callable[..., Client]


@pytest.fixture
def connect(monkeypatch: pytest.MonkeyPatch) -> Connect:
    """Makes a client of a new server with a profile; it moves the clock instead of waiting."""
    delays: list[float] = []

    def delay(_: object, seconds: Decimal, __: object) -> bool:
        delays.append(float(seconds))
        return False

    monkeypatch.setattr(effects, "wait", delay)

    def make(profile: str | None = None, **behavior: Any) -> Client:
        app = create_app(replace(SETTINGS, limits="documented", profile=profile))

        def wait(seconds: float) -> None:
            sandbox = _sandbox(app)
            sandbox.set_clock(sandbox.clock.advanced(timedelta(seconds=seconds)))

        return Client(app, wait, delays, **behavior)

    return make


def _sandbox(app: Flask) -> Any:
    with app.app_context():
        return admin_context.context().registry.default


def hits(client: Client) -> int:
    """How many answers have a defect of the profile, or met a rule of it that did not let them pass."""
    journal = _sandbox(client.app).journal
    return sum(bool(entry.defects) or (entry.fault is not None and not entry.passed) for entry in journal)


def restates(profile: str) -> bool:
    """Whether days change after they were published."""
    return "restatement" in BY_NAME[profile].policy


@pytest.fixture
def expected(connect: Connect) -> dict[str, int]:
    """The totals on a server without a profile; two of them are the expected values of the control plane."""
    client = connect()
    found = read_naively(client)
    assert min(found.values()) > 0
    admin = Admin(client.app, LOCAL)
    days, yesterday = f"from={FIRST}&to={LAST}", TODAY - DAY
    actions = admin.get(f"/metrics/total-ai-actions?{days}&vendor=jetbrains-ide")
    people = admin.get(f"/metrics/ai-active-users?from={yesterday}&to={yesterday}&vendor=augment")
    assert (found["invocations"], found["active people"]) == (actions["sum"], people["headline"])
    return found


@pytest.mark.parametrize("profile", PROFILES)
def test_careful_client_gets_the_right_totals_without_findings(
    connect: Connect, expected: dict[str, int], profile: str
) -> None:
    client = connect(profile, timeout=30, waits=WAITS, tolerant=True)
    assert read_carefully(client, until_final=restates(profile)) == expected
    assert (hits(client) > 0) is bool(BY_NAME[profile].faults or BY_NAME[profile].defects)
    assert Admin(client.app, LOCAL).get("/lint")["findings"] == []


@pytest.mark.parametrize("profile", PROFILES)
def test_naive_client_gets_wrong_totals(connect: Connect, expected: dict[str, int], profile: str) -> None:
    found = read_naively(connect(profile))
    assert found != expected
    assert [name for name, total in found.items() if total > expected[name]] == []


def test_slow_profile_delays_its_shares_of_the_first_ten_answers_of_each_vendor(connect: Connect) -> None:
    sandbox = _sandbox(connect("slow").app)
    for vendor in sandbox.profiles:
        request = MatchInput(
            vendor, None, "GET", "/", lambda _: (), sandbox.clock.now(), ("token", "client"), lambda _: None
        )
        hits = [sandbox.faults.match(request, FaultPhase.BEFORE) for _ in range(10)]
        delays = [hit.effect.delay_seconds for hit in hits if hit is not None]
        assert (delays.count(6), delays.count(2) in {2, 3}, {*delays}) == (1, True, {2, 6}), vendor


@pytest.mark.parametrize("profile", PROFILES)
def test_same_requests_fail_in_every_run(connect: Connect, profile: str) -> None:
    runs = []
    for _ in range(2):
        client = connect(profile, timeout=30, waits=WAITS, tolerant=True)
        found = read_carefully(client)
        runs.append(
            (found, [(each.path, each.status, each.fault, each.defects) for each in _sandbox(client.app).journal])
        )
    assert runs[0] == runs[1]
