"""An engine that is away, paused, restarted or without its data, and a server that sends something twice."""

import json
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
import redis
from flask import Flask

from mockserver.app import create_app
from mockserver.gateway.rejection import StoreUnavailable
from mockserver.gateway.store import batches as batches_module
from mockserver.gateway.store import engine as engine_module
from mockserver.gateway.store import shared_journal
from mockserver.gateway.store.batches import BATCH_MAXIMUM, Batches
from mockserver.gateway.store.shared_registry import SharedRegistry
from mockserver.settings import Settings
from tests.conftest import SETTINGS
from tests.contract.random_use import LIMITED, PATH, ask, control
from tests.store.engine import EngineProcess

pytestmark = pytest.mark.memory("the tests have servers with a store of their own")

SEEDED = f"mock-{LIMITED.name}-acme"


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Servers wait a tenth of a second for their engine."""
    for module in (engine_module, batches_module):
        monkeypatch.setattr(module, "WAIT_SECONDS", 0.1)
    monkeypatch.setattr(engine_module, "ANSWER_SECONDS", 0.1)


@pytest.fixture
def own(own_engine: EngineProcess) -> Settings:
    """The settings of servers whose engine may go away."""
    return replace(SETTINGS, store=own_engine.url("own"))


def registry_of(app: Flask) -> SharedRegistry:
    found = app.extensions["mockserver.gateway"]
    assert isinstance(found, SharedRegistry)
    return found


@pytest.mark.usefixtures("impatient")
def test_engine_that_is_away_is_a_503_in_the_words_of_the_vendor(own: Settings, own_engine: EngineProcess) -> None:
    app = create_app(own)
    assert [ask(app, PATH, SEEDED).status_code for _ in range(2)] == [200, 200]
    own_engine.kill()
    for token in (SEEDED, "unknown"):
        answer = ask(app, PATH, token)
        assert answer.status_code == 503
        assert "does not answer" in answer.get_json()["error"]["message"]
    problem = control(app, "GET", "/policy")
    assert (problem["status"], "does not answer" in problem["detail"]) == (503, True)


def test_requests_wait_for_an_engine_that_comes_back(own: Settings, own_engine: EngineProcess) -> None:
    app = create_app(own)
    own_engine.pause()
    threading.Timer(0.3, own_engine.resume).start()
    assert ask(app, PATH, SEEDED).status_code == 200


def test_engine_without_its_data_has_the_default_sandbox_again(
    own: Settings, own_engine: EngineProcess, caplog: pytest.LogCaptureFixture
) -> None:
    app = create_app(own)
    token = control(app, "POST", "/sandboxes", {})["tokens"][LIMITED.name]["token"]
    assert [ask(app, PATH, each).status_code for each in (SEEDED, token)] == [200, 200]
    own_engine.restart()
    assert [ask(app, PATH, each).status_code for each in (SEEDED, token, SEEDED)] == [200, 401, 200]
    assert [each["id"] for each in control(app, "GET", "/requests")["requests"]] == [1, 2, 3]
    assert [each["id"] for each in control(app, "GET", "/sandboxes")["sandboxes"]] == ["default"]
    assert "without its data" in caplog.text


def test_scripts_are_loaded_again(own: Settings, own_engine: EngineProcess) -> None:
    app = create_app(own)
    ask(app, PATH, SEEDED)
    with own_engine.client() as client:
        client.script_flush()
    assert ask(app, PATH, SEEDED).status_code == 200
    assert len(control(app, "GET", "/requests")["requests"]) == 2


def lose_replies(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the engine do what it is sent, and its first reply to each get lost."""
    engine = registry_of(app).engine
    run: Callable[..., Any] = engine.run
    lost: list[tuple[str, str | int]] = []

    def run_and_lose(name: str, *args: str | int) -> Any:
        reply, sent = run(name, *args), (name, args[1])
        if name in {"batch", "change", "make", "write"} and sent not in lost:
            lost.append(sent)
            raise redis.ConnectionError("the reply is lost")
        return reply

    monkeypatch.setattr(engine, "run", run_and_lose)


def test_request_that_is_sent_again_counts_once(own: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    app = create_app(replace(own, limits="documented"))
    control(app, "POST", "/faults", {"effect": {"status": 503}, "times": 2})
    lose_replies(app, monkeypatch)
    assert [ask(app, PATH, SEEDED).status_code for _ in range(4)] == [503, 503, 200, 200]
    assert [each["status"] for each in control(app, "GET", "/requests")["requests"]] == [503, 503, 200, 200]
    [bucket] = control(app, "GET", "/limits")[LIMITED.name]["buckets"]
    assert bucket["remaining"] == 18


def test_change_that_is_sent_again_is_made_once(own: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    app, other = create_app(own), create_app(own)
    lose_replies(app, monkeypatch)
    assert control(app, "POST", "/clock/advance", {"hours": 1})["now"] == "2025-10-21T11:30:00Z"
    control(app, "POST", "/faults", {"effect": {"status": 503}})
    control(other, "POST", "/clock/advance", {"hours": 1})
    assert control(app, "GET", "/clock")["now"] == "2025-10-21T12:30:00Z"
    assert [each["id"] for each in control(other, "GET", "/faults")["rules"]] == ["fault-1"]


def test_sandbox_that_is_sent_again_counts_once(own: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    app = create_app(replace(own, sandboxes_maximum=1))
    lose_replies(app, monkeypatch)
    assert control(app, "POST", "/sandboxes", {})["id"]
    assert control(app, "POST", "/sandboxes", {})["status"] == 409


@pytest.mark.usefixtures("impatient")
def test_what_became_of_requests_is_told_when_the_engine_is_back(
    own: Settings, own_engine: EngineProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = create_app(own)
    batches, publish = registry_of(app).batches, registry_of(app).publish

    def publish_while_it_is_away(*args: Any) -> None:
        own_engine.pause()
        publish(*args)

    monkeypatch.setattr(registry_of(app), "publish", publish_while_it_is_away)
    assert ask(app, PATH, SEEDED).status_code == 200
    batches.flush(0.5)
    own_engine.resume()
    [entry] = control(app, "GET", "/requests")["requests"]
    assert (entry["status"], entry["outcome"]) == (200, "answered")


def publish_something(batches: Batches) -> None:
    """Send an item that nobody waits for, and that changes nothing."""
    batches.send(shared_journal.dumps({"id": 1, "sandbox": "none", "volume": 1}), "text", None)


def items_of_calls(app: Flask, monkeypatch: pytest.MonkeyPatch) -> list[list[Any]]:
    """The items of each call to the engine from now on."""
    engine = registry_of(app).engine
    run: Callable[..., Any] = engine.run
    found: list[list[Any]] = []

    def run_and_note(name: str, *args: str | int) -> Any:
        if args[2] == 0:  # It is not sent again.
            asked, indexes = json.loads(str(args[3])), json.loads(str(args[4]))
            found.append([asked[index - 1] for index in indexes[::3]])
        return run(name, *args)

    monkeypatch.setattr(engine, "run", run_and_note)
    return found


def test_what_nobody_waits_for_holds_up_no_request(
    own: Settings, own_engine: EngineProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = create_app(own)
    batches, calls = registry_of(app).batches, items_of_calls(app, monkeypatch)
    own_engine.pause()
    for _ in range(10 * BATCH_MAXIMUM):
        publish_something(batches)
    waiting = threading.Thread(target=ask, args=(app, PATH, SEEDED))
    waiting.start()
    while not batches._awaited.items:  # noqa: SLF001
        pass
    own_engine.resume()
    waiting.join()
    batches.flush()
    sizes = [len(each) for each in calls]
    [(index, call)] = [(index, each) for index, each in enumerate(calls) if any("version" in item for item in each)]
    assert index < 3
    assert len(call) == 1 + BATCH_MAXIMUM // 2
    assert max(sizes) == BATCH_MAXIMUM


def test_request_that_waited_too_long_is_not_sent(own: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    app = create_app(own)
    with monkeypatch.context() as patch:
        patch.setattr(batches_module, "WAIT_SECONDS", 0)
        answer = ask(app, PATH, SEEDED)
    assert answer.status_code == 503
    assert "it did not answer in time" in answer.get_json()["error"]["message"]
    assert control(app, "GET", "/requests")["requests"] == []


def test_only_what_waited_too_long_is_left_out_of_a_call(own: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    app = create_app(own)
    batches, calls, found = registry_of(app).batches, items_of_calls(app, monkeypatch), list[Any]()
    for number, seconds in enumerate((0, 10)):
        item = shared_journal.dumps({"id": number, "sandbox": "none", "volume": 1})
        with monkeypatch.context() as patch:
            patch.setattr(batches_module, "WAIT_SECONDS", seconds)
            batches.send(item, "text", lambda result, _: found.append(result), flush=lambda: None)
    batches.start()
    batches.flush()
    refused, done = found
    assert isinstance(refused, StoreUnavailable)
    assert done == ["ok"]
    assert [[item["id"] for item in call] for call in calls if call] == [[1]]


def time_of_a_refusal(app: Flask) -> float:
    """How many seconds a request waits for its 503."""
    began = time.monotonic()
    assert ask(app, PATH, SEEDED).status_code == 503
    return time.monotonic() - began


def test_request_that_comes_while_a_call_hangs_waits_no_longer_than_others(
    own: Settings, own_engine: EngineProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (engine_module, batches_module):
        monkeypatch.setattr(module, "WAIT_SECONDS", 2)
    monkeypatch.setattr(engine_module, "ANSWER_SECONDS", 0.2)
    app = create_app(own)
    batches = registry_of(app).batches
    own_engine.pause()
    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(time_of_a_refusal, app)
        while not batches._awaited.added > len(batches._awaited.items):  # noqa: SLF001
            pass
        second = threads.submit(time_of_a_refusal, app)
    assert 1.5 < first.result() < 3.5
    assert 1.5 < second.result() < 3.5


def test_request_whose_call_is_made_again_waits_as_long_as_others(
    own: Settings, own_engine: EngineProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two that go in one call have their own deadlines: the first is refused, and the second has its answer."""
    app = create_app(own)
    batches, item = registry_of(app).batches, shared_journal.dumps({"id": 1, "sandbox": "none", "volume": 1})
    found: list[Any] = []
    own_engine.kill()
    with monkeypatch.context() as patch:
        patch.setattr(batches_module, "WAIT_SECONDS", 0.3)
        batches.send(item, "text", lambda result, _: found.append(result), flush=lambda: None)
    batches.send(item, "text", lambda result, _: found.append(result), flush=lambda: None)
    batches.start()
    while not found:
        pass
    assert isinstance(found[0], StoreUnavailable)
    own_engine.start()
    batches.flush()
    assert found[1:] == [["ok"]]


@pytest.mark.usefixtures("impatient")
def test_oldest_of_what_nobody_waits_for_are_dropped(
    own: Settings, own_engine: EngineProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches_module, "WAITING_MAXIMUM", 5)
    batches = registry_of(create_app(own)).batches
    own_engine.kill()
    for _ in range(20):
        publish_something(batches)
    while batches._unawaited.done < 15:  # noqa: SLF001
        pass
    own_engine.start()
    batches.flush()
    assert batches._unawaited.done == 20  # noqa: SLF001


def test_closed_server_has_sent_everything(own: Settings) -> None:
    app, other = create_app(own), create_app(own)
    ask(app, PATH, SEEDED)
    registry_of(app).close()
    assert [each["status"] for each in control(other, "GET", "/requests")["requests"]] == [200]


def test_request_that_waits_goes_on_when_another_server_disarms_its_rule(own: Settings) -> None:
    app, other = create_app(own), create_app(own)
    control(app, "POST", "/faults", {"effect": {"delay_seconds": 60}})
    found: list[int] = []
    waiting = threading.Thread(target=lambda: found.append(ask(app, PATH, SEEDED).status_code))
    waiting.start()
    while not control(other, "GET", "/requests")["requests"]:
        pass
    [entry] = control(other, "GET", "/requests")["requests"]
    assert (entry["outcome"], entry["status"]) == ("in_progress", None)
    control(other, "PUT", "/faults", {"rules": []})
    waiting.join(20)
    assert found == [200]
