"""Promises about requests that a fault delays: no other request waits with them, and a reset releases them."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Event
from typing import Any

import pytest

from mockserver.gateway import effects, socket_features
from mockserver.gateway.faults import FaultEffect, FaultRule
from tests.gateway.parrot import ABLE, LATE, UNLIMITED, WHOLE, Aviary, armed, send_with_effects


class Slots:
    """So many requests may wait."""

    def __init__(self, free: int) -> None:
        self.free = free

    def acquire(self) -> bool:
        self.free -= 1
        return self.free >= 0

    def release(self) -> None:
        self.free += 1


WAIT = effects.wait
"""The function itself, which the tests replace."""


@pytest.fixture(autouse=True)
def waited(monkeypatch: pytest.MonkeyPatch) -> list[Decimal]:
    """The seconds that were waited for, none of which pass."""
    seconds: list[Decimal] = []
    monkeypatch.setattr(effects, "wait", lambda _, wanted, __: seconds.append(wanted))
    return seconds


def full() -> dict[str, Any]:
    """The environ of a server in which no further request may wait."""
    return {**ABLE, socket_features.WAIT_SLOTS: Slots(0)}


@pytest.mark.in_process("the test sets how many threads the server can spare")
def test_delay_without_a_free_thread_fails(caplog: pytest.LogCaptureFixture, waited: list[Decimal]) -> None:
    assert armed(Aviary(UNLIMITED), **LATE).send(environ_overrides=full()).status_code == 500
    assert waited == []
    assert "so many requests wait already that no further one can" in caplog.text


@pytest.mark.in_process("the test sets how many threads the server can spare")
def test_body_that_cannot_be_stalled_is_truncated(caplog: pytest.LogCaptureFixture) -> None:
    aviary = armed(Aviary(UNLIMITED), stall_seconds=Decimal(30), after_bytes=4)
    assert aviary.send(environ_overrides=full()).data == WHOLE[:4]
    assert caplog.messages == ["a response ends early, because it cannot be stalled"]


@pytest.mark.in_process("the test sets how many threads the server can spare")
def test_chunked_body_that_cannot_be_stalled_is_cut(caplog: pytest.LogCaptureFixture) -> None:
    aviary = armed(Aviary(UNLIMITED), chunked=True, stall_seconds=Decimal(30), after_bytes=4)
    answer = aviary.send(environ_overrides=full())
    with pytest.raises(socket_features.BodyCut):
        answer.get_data()
    assert caplog.messages == ["a response ends early, because it cannot be stalled"]


def test_delay_slot_is_released_after_the_wait() -> None:
    waits = Slots(1)
    aviary = armed(Aviary(UNLIMITED), **LATE, stall_seconds=Decimal(1), after_bytes=1)
    for _ in range(3):
        assert aviary.send(environ_overrides={**ABLE, socket_features.WAIT_SLOTS: waits}).data == WHOLE
    assert waits.free == 1


def is_free(aviary: Aviary) -> bool:
    """Whether another thread could have the lock of the registry."""

    def got() -> bool:
        found = aviary.registry.lock.acquire(blocking=False)
        if found:
            aviary.registry.lock.release()
        return found

    with ThreadPoolExecutor(1) as another:
        return another.submit(got).result()


def test_waiting_does_not_hold_the_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    aviary, free = armed(Aviary(UNLIMITED), **LATE, stall_seconds=Decimal(1), after_bytes=1), []

    def wait(*_: object) -> None:
        free.append(is_free(aviary))

    monkeypatch.setattr(effects, "wait", wait)
    assert send_with_effects(aviary).data == WHOLE
    assert free == [True, True]


def test_hits_are_counted_under_the_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    aviary, free = armed(Aviary(UNLIMITED), **LATE), []

    def match(*_: object) -> None:
        free.append(is_free(aviary))

    monkeypatch.setattr("mockserver.gateway.armed_faults.FaultRules.match", match)
    aviary.send()
    assert free == [False, False]


def test_fault_hits_are_exact_across_threads() -> None:
    aviary = Aviary(UNLIMITED)
    aviary.registry.default.faults.add(FaultRule(FaultEffect(status=503), times=50, skip=20))
    with ThreadPoolExecutor(8) as threads:
        statuses = list(threads.map(lambda _: aviary.send().status_code, range(200)))
    assert (statuses.count(503), statuses.count(200)) == (50, 150)


RELEASES: dict[str, Any] = {
    "a reset": lambda aviary: aviary.registry.default.reset(),
    "a deletion of the sandbox": lambda aviary: aviary.registry.delete(aviary.registry.default),
    "the rule is removed": lambda aviary: aviary.registry.default.faults.remove("fault-1"),
    "other rules": lambda aviary: aviary.registry.default.faults.replace([FaultRule(FaultEffect(status=503))]),
    "no rules": lambda aviary: aviary.registry.default.faults.replace([]),
}


@pytest.mark.parametrize("release", RELEASES.values(), ids=RELEASES)
def test_disarmed_rule_releases_waiting_requests(monkeypatch: pytest.MonkeyPatch, release: Any) -> None:
    waiting = Event()

    def wait(disarmed: Event, wanted: Decimal, _: object) -> None:
        waiting.set()
        assert disarmed.wait(float(wanted))

    monkeypatch.setattr(effects, "wait", wait)
    slots = Slots(1)
    aviary = armed(Aviary(UNLIMITED), delay_seconds=Decimal(3600))
    with ThreadPoolExecutor(1) as another:
        answer = another.submit(aviary.send, environ_overrides={socket_features.WAIT_SLOTS: slots})
        assert waiting.wait(20)
        release(aviary)
        assert answer.result(20).status_code == 200
    assert slots.free == 1


def test_rule_that_stays_armed_releases_nobody() -> None:
    aviary = armed(Aviary(UNLIMITED), delay_seconds=Decimal(3600))
    faults = aviary.registry.default.faults
    faults.add(FaultRule(FaultEffect(status=503)))
    faults.remove("fault-2")
    assert not faults.armed[0].disarmed.is_set()


def test_client_that_leaves_ends_the_wait() -> None:
    assert WAIT(Event(), Decimal(3600), lambda: True)


@pytest.mark.parametrize("has_left", [True, False])
def test_wait_tells_whether_the_client_has_left(has_left: bool) -> None:  # noqa: FBT001
    disarmed = Event()
    assert WAIT(disarmed, Decimal("0.001"), lambda: has_left) is has_left
    disarmed.set()
    assert WAIT(disarmed, Decimal(3600), lambda: has_left) is has_left
