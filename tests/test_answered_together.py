"""Requests that come at the same time: they are answered at one moment, each counts, and equal ones share an answer."""

from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from time import sleep
from wsgiref.types import WSGIEnvironment

import pytest
from flask import Flask
from werkzeug.test import EnvironBuilder

from mockserver import server
from mockserver.app import create_app
from mockserver.gateway.fastpath import FastPath
from mockserver.gateway.known_request import KnownRequest, Response
from mockserver.simulation.clock import Clock
from tests.conftest import SETTINGS
from tests.contract.random_use import LIMITED, LOCAL, PATH, ask, control, journal
from tests.server import programs

pytestmark = [
    pytest.mark.in_process("the tests look at the layer itself, which servers ask first"),
    pytest.mark.fast_path_on("the tests look at the layer itself"),
    pytest.mark.usefixtures("undescribed"),
]

SEEDED = f"mock-{LIMITED.name}-acme"
OTHER = f"{PATH.partition('?')[0]}?start_date=2025-10-13"
AUTHORIZATION = f"Authorization: Bearer {SEEDED}\r\n"


@pytest.fixture
def running_clock() -> Flask:
    """An app whose clock runs, as that of a server does."""
    return create_app(replace(SETTINGS, freeze=False, limits="off"))


def sent(target: str, token: str = SEEDED) -> WSGIEnvironment:
    """What a server has read of a request."""
    headers = [*LOCAL.items(), ("Authorization", f"Bearer {token}")]
    return EnvironBuilder(target, headers=headers).get_environ()


def answers(app: Flask, *environs: WSGIEnvironment) -> list[Response | None]:
    """What the layer in front of an app gives to requests that come together."""
    assert isinstance(app.wsgi_app, FastPath)
    return app.wsgi_app.answers(environs)


def test_equal_requests_share_all_but_their_records(app: Flask) -> None:
    ask(app, PATH, SEEDED)
    ask(app, OTHER, SEEDED)
    first, other = sent(PATH), sent(OTHER)
    found = [each for each in answers(app, other, first, first, first) if each is not None]
    assert [each.content is found[1].content for each in found] == [False, True, True, True]
    assert [each.record.id for each in found] == [3, 4, 5, 6]
    asked = [ask(app, target, SEEDED).data for target in (OTHER, PATH)]
    assert [found[0].content.body, found[1].content.body] == asked
    found[2].abandon()
    outcomes = ["answered"] * 4 + ["abandoned"] + ["answered"] * 3
    assert [each["outcome"] for each in journal(app)] == outcomes


def test_requests_that_come_together_are_in_flight_at_the_same_time(running_clock: Flask) -> None:
    ask(running_clock, PATH, SEEDED)
    ask(running_clock, OTHER, SEEDED)
    first, other = sent(PATH), sent(OTHER)
    records = [each.record for each in answers(running_clock, first, other, first) if each is not None]
    assert len({each.start_seq for each in records}) == 3
    assert max(each.start_seq for each in records) < min(each.state.end_seq for each in records)
    assert len({each.at_ns for each in records}) == 1


def test_each_of_the_requests_that_come_together_counts_for_the_limit(app: Flask) -> None:
    control(app, "PUT", "/limits", {LIMITED.name: {"per_minute": 1, "burst": 4}})
    ask(app, PATH, SEEDED)
    known = sent(PATH)
    assert [each is not None for each in answers(app, *[known] * 5)] == [True, True, True, False, False]
    assert ask(app, PATH, SEEDED).status_code == 429


def test_what_is_not_known_is_left_to_the_app(app: Flask) -> None:
    ask(app, PATH, SEEDED)
    known, unknown, foreign = sent(PATH), sent(OTHER), sent(PATH, "unknown")
    assert [each is not None for each in answers(app, unknown, known, foreign, known)] == [False, True, False, True]


def test_requests_to_two_sandboxes_have_the_time_of_each(running_clock: Flask) -> None:
    made = control(running_clock, "POST", "/sandboxes", {"now": "2025-10-09T08:53:20Z", "frozen": True})
    token = made["tokens"][LIMITED.name]["token"]
    for each in (SEEDED, token):
        ask(running_clock, PATH, each)
    found = [each for each in answers(running_clock, sent(PATH), sent(PATH, token)) if each is not None]
    times = [f"{each.record.at:%Y-%m-%d %H:%M}" for each in found]
    assert times[1] == "2025-10-09 08:53"
    assert times[0] > times[1]
    assert [each.sandbox for each in found] == ["default", made["id"]]


def test_answers_to_many_connections_that_send_at_once_are_counted_and_listed(app: Flask) -> None:
    control(app, "PUT", "/limits", {LIMITED.name: {"per_minute": 1, "burst": 41}})
    raw = programs.request(PATH, headers=AUTHORIZATION)
    with server.in_thread(app) as running, ExitStack() as stack:
        connections = [stack.enter_context(programs.opened(running.url)) for _ in range(30)]
        statuses: list[int] = []
        for _ in range(2):
            for each in connections:
                each.sendall(raw)
            statuses += [programs.answer(each)[0] for each in connections]
    assert sorted(statuses) == [200] * 41 + [429] * 19
    assert [each["id"] for each in journal(app)] == list(range(1, 61))
    assert sorted(each["status"] for each in journal(app)) == sorted(statuses)


def test_an_answer_that_cannot_be_given_concerns_no_other(
    app: Flask, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    ask(app, PATH, SEEDED)
    ask(app, OTHER, SEEDED)
    plain = KnownRequest.date

    def fails_for_other(known: KnownRequest, ns: int) -> str | None:
        if known.last_request.query == OTHER.partition("?")[2]:
            raise RuntimeError("not foreseen")
        return plain(known, ns)

    monkeypatch.setattr(KnownRequest, "date", fails_for_other)
    known = sent(PATH)
    assert [each is not None for each in answers(app, known, sent(OTHER), known)] == [True, False, True]
    assert "an answer that is cached cannot be given" in caplog.messages
    assert len(journal(app)) == 4


def test_time_of_an_answer_is_not_before_what_others_did_until_it_has_the_lock(running_clock: Flask) -> None:
    ask(running_clock, PATH, SEEDED)
    layer = running_clock.wsgi_app
    assert isinstance(layer, FastPath)
    registry = layer._registry  # noqa: SLF001 (its lock stands for one that another thread held until now)
    kept = registry.lock

    class JustReleased:
        """A lock that another thread held to set the clock."""

        def acquire(self, *, blocking: bool) -> bool:
            sleep(0.01)
            registry.default.set_clock(Clock.at(datetime(2025, 10, 21, 11, tzinfo=UTC)))
            return kept.acquire(blocking=blocking)

        def release(self) -> None:
            kept.release()

    registry.lock = JustReleased()  # type: ignore[assignment]
    (found,) = answers(running_clock, sent(PATH))
    registry.lock = kept
    assert found is not None
    assert f"{found.record.at:%H:%M:%S}" == "11:00:00"
