"""The engine of the tests: that it is a real one, and that each test has keys of its own."""

from pathlib import Path

import pytest
import redis

from tests.store import engine as engines
from tests.store.engine import EngineProcess


def test_engine_keeps_nothing_on_disk(engine: EngineProcess, tmp_path: Path) -> None:
    with engines.started(engine.executable, tmp_path) as own, own.client() as client:
        client.set("name", "value")
        own.restart()
        assert client.get("name") is None
    assert list(tmp_path.iterdir()) == []


def test_engine_is_stopped_when_a_test_fails(engine: EngineProcess, tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), engines.started(engine.executable, tmp_path) as own:
        _ = 1 / 0
    with own.client() as client, pytest.raises(redis.ConnectionError):
        client.ping()


def test_paused_engine_answers_nothing(own_engine: EngineProcess) -> None:
    own_engine.pause()
    with redis.Redis(port=own_engine.port, socket_timeout=0.1) as client, pytest.raises(redis.TimeoutError):
        client.ping()
    own_engine.resume()
    with own_engine.client() as client:
        assert client.ping() is True


def test_tests_do_not_share_keys(store: str, request: pytest.FixtureRequest) -> None:
    assert request.getfixturevalue("store") == store
    assert "?prefix=test-" in store


def test_engine_that_cannot_start_is_reported(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="the engine /bin/false does not start"):
        EngineProcess("/bin/false", tmp_path).start()
