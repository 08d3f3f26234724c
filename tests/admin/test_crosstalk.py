"""Sandboxes in use at the same time: nothing that happens in one affects the answers of another.

`benchmarks.crosstalk` chooses the requests; the benchmark runs more of them.
"""

import sys
from collections.abc import Callable, Iterator, Mapping

import pytest
from flask import Flask

from benchmarks import crosstalk
from benchmarks.crosstalk import Send
from mockserver.app import create_app
from tests.conftest import SETTINGS


def connector(app: Flask) -> Callable[[], Send]:
    """Return a function that opens connections to an app in this process."""

    def connect() -> Send:
        client = app.test_client()

        def send(method: str, path: str, headers: Mapping[str, str], body: bytes) -> tuple[int, bytes]:
            response = client.open(path, method=method, headers=dict(headers), data=body)
            return response.status_code, response.data

        return send

    return connect


@pytest.fixture
def frequent_switches() -> Iterator[None]:
    """Make threads switch a hundred times as often as usual."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(before / 100)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("frequent_switches")
def test_sandboxes_in_parallel_answer_as_each_does_alone() -> None:
    plans = crosstalk.plans(24, 15)
    runs = crosstalk.run_together(plans, connector(create_app(SETTINGS)))
    for plan, run in zip(plans, runs, strict=True):
        alone = crosstalk.run_alone(plan, connector(create_app(SETTINGS)))
        assert run.answers == alone.answers
    statuses = {status for run in runs for status, _ in run.answers}
    assert statuses >= {200, 400, 404, 429}
    assert statuses <= {200, 400, 401, 404, 422, 429}


def test_a_failing_thread_is_reported() -> None:
    def fail() -> Send:
        raise ConnectionError("no server")

    connected = iter([connector(create_app(SETTINGS))(), None])

    def connect() -> Send:
        return next(connected) or fail()

    with pytest.raises(ConnectionError, match="no server"):
        crosstalk.run_together(crosstalk.plans(1, 1), connect, threads=1)


def test_different_answers_are_counted() -> None:
    plan, other = crosstalk.plans(2, 10)
    connect = connector(create_app(SETTINGS))
    one, same, another = (crosstalk.run_alone(each, connect) for each in (plan, plan, other))
    assert crosstalk.count_differences(one, same) == 0
    assert crosstalk.count_differences(one, another) > 0
