"""The runs of a torture: their order, and how long and how often a client may send requests."""

import re
import sys
from decimal import Decimal

import pytest

from mockserver import vendors
from mockserver.cli.runs import command, served
from mockserver.cli.runs.command import Command
from mockserver.cli.torture import runs, trials
from tests.cli.conftest import Run
from tests.cli.test_torture import FROZEN, SENDS, USERS, only, python
from tests.conftest import SETTINGS

pytestmark = pytest.mark.usefixtures("undescribed")

FOLLOWS = (
    SENDS
    + """
page = get("/dau?date=2025-10-20&page_size=20")
while page["pagination"]["has_more"]:
    page = get("/dau?date=2025-10-20&page_size=20&cursor=" + page["pagination"]["next_cursor"])
"""
)


def test_client_that_follows_pages_without_an_end_is_stopped(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(served, "REQUESTS_LEAST", 20)
    monkeypatch.setattr(served, "REQUESTS_FACTOR", 2)
    result = run("torture", *FROZEN, "--limits", "off", *only("cursor-repeats"), *python(FOLLOWS))
    assert re.search(r"\| still running after \d+\.\d s, with [0-9,]+ requests\n", result.stdout), result.output


def test_trials_with_delays_begin_first_and_the_report_keeps_the_order() -> None:
    rule = {"times": 1, "effect": {"delay_seconds": Decimal("0.01")}}
    anything: frozenset[trials.Request] = frozenset({(None, None)})
    quick = trials.Trial(trials.Kind.CASE, "one", "", {}, anything)
    slow = trials.Trial(
        trials.Kind.CASE, "two", "", {"faults": [rule]}, anything, (), has_faults=True, delay_seconds=0.01
    )
    torture = runs.Torture(Command([sys.executable, "-c", USERS]), SETTINGS, "acme", vendors.discover(), [quick, slow])
    assert [name for name, _ in torture.ended()] == ["baseline", "case.two", "case.one"]
    assert [*torture.judged] == ["case.one", "case.two"]


BOUNDS = {
    "a defect": (trials.Kind.DEFECT, 0, None, 10),
    "a fault that delays": (trials.Kind.CASE, 2, None, 50),
    "a profile": (trials.Kind.PROFILE, 0, None, 120),
    "a profile that delays": (trials.Kind.PROFILE, 2, None, 160),
    "a timeout": (trials.Kind.PROFILE, 2, 3, 3),
}


@pytest.mark.parametrize(("kind", "delay", "timeout", "seconds"), BOUNDS.values(), ids=BOUNDS)
def test_trial_has_the_time_for_every_request_to_be_delayed(
    kind: trials.Kind, delay: float, timeout: float | None, seconds: float
) -> None:
    trial = trials.Trial(kind, "", "", {}, frozenset(), delay_seconds=delay)
    baseline = command.Run(0, 0.5, "", {"one": 15, "two": 5})
    assert runs.bounds_of(trial, baseline, 1, timeout).seconds == seconds
