"""The server of one run: how it is made, and how long its client may take."""

import os

import pytest
from flask import Flask

from mockserver.app import create_app
from mockserver.cli.runs import served
from mockserver.cli.runs.command import Run
from mockserver.settings import Settings


def test_no_two_apps_are_made_at_the_same_time() -> None:
    held: list[bool] = []

    def create() -> Flask:
        held.append(served.MAKING.locked())
        return create_app(Settings())

    assert served.make(create).name == "mockserver"
    assert (held, served.MAKING.locked()) == ([True], False)


def test_app_that_cannot_be_made_does_not_stop_others() -> None:
    def fail() -> Flask:
        raise KeyError

    with pytest.raises(KeyError):
        served.make(fail)
    assert not served.MAKING.locked()


TIMEOUTS = {
    "a short baseline": (0.5, 1, 10),
    "a long baseline": (3, 1, 30),
    "a core for each": (3, 2, 30),
    "two on a core": (3, 4, 60),
    "more than two on a core": (3, 5, 90),
}


@pytest.mark.parametrize(("seconds", "count", "timeout"), TIMEOUTS.values(), ids=TIMEOUTS)
def test_run_may_take_longer_if_it_shares_a_core(
    monkeypatch: pytest.MonkeyPatch, seconds: float, count: int, timeout: float
) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1}, raising=False)
    assert served.bounds_after(Run(0, seconds, ""), count).seconds == timeout
    assert served.bounds_after(Run(0, seconds, ""), count, 0.5).seconds == 0.5


@pytest.mark.parametrize(("requests", "maximum"), [({"one": 3}, 1000), ({"one": 10, "two": 20}, 3000)])
def test_run_may_send_many_times_the_requests_of_the_baseline(requests: dict[str, int], maximum: int) -> None:
    assert served.bounds_after(Run(0, 1, "", requests), 1).requests == maximum
