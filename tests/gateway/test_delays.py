"""Promises about requests that a fault delays: no other request waits with them, and a reset releases them."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import BoundedSemaphore, Event
from typing import Any

import pytest

from mockserver.gateway import effects, socket_features
from mockserver.gateway.faults import FaultEffect, FaultRule
from tests.gateway.parrot import ABLE, LATE, UNLIMITED, WHOLE, Aviary, armed, ask_with_effects


@pytest.fixture(autouse=True)
def waited(monkeypatch: pytest.MonkeyPatch) -> list[Decimal]:
    """The seconds that were waited for, none of which pass."""
    seconds: list[Decimal] = []
    monkeypatch.setattr(effects, "wait", lambda _, wanted: seconds.append(wanted))
    return seconds


def full() -> dict[str, Any]:
    """The environ of a server whose threads all wait, but the spared ones."""
    waits = BoundedSemaphore(1)
    assert waits.acquire(blocking=False)
    return {**ABLE, socket_features.DELAY_SLOTS: waits}


@pytest.mark.in_process("how many threads the server can spare is stated by the test")
def test_delay_without_a_free_thread_fails(caplog: pytest.LogCaptureFixture, waited: list[Decimal]) -> None:
    assert armed(Aviary(UNLIMITED), **LATE).ask(environ_overrides=full()).status_code == 500
    assert waited == []
    assert "no thread would be left; raise --threads, or use --server threaded" in caplog.text


@pytest.mark.in_process("how many threads the server can spare is stated by the test")
def test_body_that_cannot_be_stalled_is_truncated(caplog: pytest.LogCaptureFixture) -> None:
    aviary = armed(Aviary(UNLIMITED), stall_seconds=Decimal(30), after_bytes=4)
    assert aviary.ask(environ_overrides=full()).data == WHOLE[:4]
    assert caplog.messages == ["a response ends early, because it cannot be stalled"]


def test_delay_slot_is_released_after_the_wait() -> None:
    waits = BoundedSemaphore(1)
    aviary = armed(Aviary(UNLIMITED), **LATE, stall_seconds=Decimal(1), after_bytes=1)
    for _ in range(3):
        assert aviary.ask(environ_overrides={**ABLE, socket_features.DELAY_SLOTS: waits}).data == WHOLE
    assert waits.acquire(blocking=False)


def is_free(aviary: Aviary) -> bool:
    """Whether another thread could have the lock of the state."""

    def got() -> bool:
        found = aviary.state.lock.acquire(blocking=False)
        if found:
            aviary.state.lock.release()
        return found

    with ThreadPoolExecutor(1) as another:
        return another.submit(got).result()


def test_waiting_does_not_hold_the_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    aviary, free = armed(Aviary(UNLIMITED), **LATE, stall_seconds=Decimal(1), after_bytes=1), []

    def wait(*_: object) -> None:
        free.append(is_free(aviary))

    monkeypatch.setattr(effects, "wait", wait)
    assert ask_with_effects(aviary).data == WHOLE
    assert free == [True, True]


def test_hits_are_counted_under_the_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    aviary, free = armed(Aviary(UNLIMITED), **LATE), []

    def meet(*_: object) -> None:
        free.append(is_free(aviary))

    monkeypatch.setattr("mockserver.gateway.faults.FaultRules.match", meet)
    aviary.ask()
    assert free == [False, False]


def test_fault_hits_are_exact_across_threads() -> None:
    aviary = Aviary(UNLIMITED)
    aviary.state.default.faults.add(FaultRule(FaultEffect(status=503), times=50, skip=20))
    with ThreadPoolExecutor(8) as threads:
        statuses = list(threads.map(lambda _: aviary.ask().status_code, range(200)))
    assert (statuses.count(503), statuses.count(200)) == (50, 150)


LETTING_GO: dict[str, Any] = {
    "a reset": lambda aviary: aviary.state.default.reset(),
    "a deletion": lambda aviary: aviary.state.delete(aviary.state.default),
}


@pytest.mark.parametrize("let_go", LETTING_GO.values(), ids=LETTING_GO)
def test_reset_releases_waiting_requests(monkeypatch: pytest.MonkeyPatch, let_go: Any) -> None:
    waiting = Event()

    def wait(released: Event, wanted: Decimal) -> None:
        waiting.set()
        assert released.wait(float(wanted))

    monkeypatch.setattr(effects, "wait", wait)
    aviary = armed(Aviary(UNLIMITED), delay_seconds=Decimal(3600))
    with ThreadPoolExecutor(1) as another:
        answer = another.submit(aviary.ask)
        assert waiting.wait(20)
        let_go(aviary)
        assert answer.result(20).status_code == 200
