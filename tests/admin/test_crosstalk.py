"""Sandboxes that are used at the same time: what happens in one affects no answer in another."""

import sys
from collections.abc import Callable, Iterator, Mapping

import pytest
from flask import Flask

from benchmarks import crosstalk
from benchmarks.crosstalk import Ask
from mockserver.app import create_app
from tests.conftest import SETTINGS


def connecting(app: Flask) -> Callable[[], Ask]:
    """Connections to an app in this process."""

    def connect() -> Ask:
        client = app.test_client()

        def ask(method: str, path: str, headers: Mapping[str, str], body: bytes) -> tuple[int, bytes]:
            got = client.open(path, method=method, headers=dict(headers), data=body)
            return got.status_code, got.data

        return ask

    return connect


@pytest.fixture
def restless() -> Iterator[None]:
    """Threads that take turns a hundred times as often as usual."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(before / 100)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("restless")
def test_sandboxes_do_not_affect_each_other_under_threads() -> None:
    plans = crosstalk.plans(24, 15)
    shared = crosstalk.together(plans, connecting(create_app(SETTINGS)))
    for plan, used in zip(plans, shared, strict=True):
        alone = crosstalk.alone(plan, connecting(create_app(SETTINGS)))
        assert used.answers == alone.answers
    statuses = {status for used in shared for status, _ in used.answers}
    assert statuses >= {200, 400, 404, 429}
    assert statuses <= {200, 400, 401, 404, 422, 429}


def test_failing_thread_is_reported() -> None:
    def refuse() -> Ask:
        raise ConnectionError("no server")

    connected = iter([connecting(create_app(SETTINGS))(), None])

    def connect() -> Ask:
        return next(connected) or refuse()

    with pytest.raises(ConnectionError, match="no server"):
        crosstalk.together(crosstalk.plans(1, 1), connect, threads=1)


def test_differing_answers_are_counted() -> None:
    plan, other = crosstalk.plans(2, 10)
    connect = connecting(create_app(SETTINGS))
    one, same, another = (crosstalk.alone(each, connect) for each in (plan, plan, other))
    assert crosstalk.differing(one, same) == 0
    assert crosstalk.differing(one, another) > 0
