"""The layer in front of Flask answers by itself while no armed rule can fire, and leaves a request to the app else."""

from typing import Any

import pytest
from flask import Flask

from tests import test_fastpath as layer
from tests.contract import random_use
from tests.contract.random_use import PATH
from tests.test_fastpath import SEEDED, answers

__all__ = ["answers"]

pytestmark = layer.pytestmark

DOWN = {"status": 503}
PERIOD = {"from": "2025-10-22T02:00:00Z", "until": "2025-10-22T02:10:00Z"}


def statuses(app: Flask, times: int) -> list[int]:
    return [random_use.ask(app, PATH, SEEDED).status_code for _ in range(times)]


def arm(app: Flask, rule: dict[str, Any]) -> None:
    assert random_use.control(app, "POST", "/faults", rule)["id"] == "fault-1"


@pytest.mark.parametrize(
    ("time", "status", "by_itself"),
    [("02:00:00", 503, 0), ("02:09:59", 503, 0), ("01:59:59", 200, 2), ("02:10:00", 200, 2)],
)
def test_rule_is_no_obstacle_outside_its_period(
    app: Flask, answers: layer.Answers, time: str, status: int, by_itself: int
) -> None:
    random_use.control(app, "PUT", "/clock", {"now": f"2025-10-22T{time}Z", "frozen": True})
    statuses(app, 2)
    arm(app, {"effect": DOWN, **PERIOD})
    answers.count = 0
    assert statuses(app, 2) == [status] * 2
    assert answers.count == by_itself


def test_running_clock_reaches_the_period_between_two_cached_answers(app: Flask, answers: layer.Answers) -> None:
    random_use.control(app, "PUT", "/clock", {"now": "2025-10-22T01:00:00Z"})
    arm(app, {"effect": DOWN, **PERIOD})
    assert statuses(app, 3) == [200] * 3
    assert answers.count == 2
    random_use.control(app, "POST", "/clock/advance", {"minutes": 61})
    assert statuses(app, 1) == [503]
    random_use.control(app, "POST", "/clock/advance", {"minutes": 61})
    assert statuses(app, 3) == [200] * 3
    assert answers.count == 4


def test_spent_sequence_is_no_obstacle(app: Flask, answers: layer.Answers) -> None:
    statuses(app, 2)
    arm(app, {"steps": [DOWN, "pass", DOWN]})
    answers.count = 0
    assert statuses(app, 5) == [503, 200, 503, 200, 200]
    assert answers.count == 2
