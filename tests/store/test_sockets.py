"""Servers with one store on real sockets, where cached answers wait for the engine without a thread of their own."""

import http.client
import json
import re
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask

from mockserver import server
from mockserver.app import create_app
from mockserver.gateway.store.shared_fastpath import SharedFastPath
from mockserver.settings import Settings
from tests.conftest import SETTINGS
from tests.contract.random_use import LIMITED, PATH, control
from tests.store.engine import EngineProcess
from tests.store.test_engine_away import impatient

__all__ = ["impatient"]

pytestmark = [
    pytest.mark.memory("the tests have servers with a store of their own"),
    pytest.mark.in_process("the tests start servers themselves"),
]

SEEDED = f"mock-{LIMITED.name}-acme"


@pytest.fixture
def urls(servers: list[Flask]) -> Iterator[list[str]]:
    """The URLs of three servers with one store."""
    with ExitStack() as stack:
        yield [stack.enter_context(server.in_thread(each)).url for each in servers]


def get(url: str, times: int = 1, target: str = PATH, token: str = SEEDED) -> list[tuple[int, bytes]]:
    """The answers to some requests on one connection."""
    connection = http.client.HTTPConnection(str(urlsplit(url).netloc), timeout=30)
    found = []
    for _ in range(times):
        connection.request("GET", target, headers={"Authorization": f"Bearer {token}"})
        answer = connection.getresponse()
        found.append((answer.status, answer.read()))
    connection.close()
    return found


def test_answers_are_those_of_one_server(servers: list[Flask], urls: list[str]) -> None:
    control(servers[0], "PUT", "/limits", {LIMITED.name: "off"})
    with server.in_thread(create_app(SETTINGS)) as alone:
        [expected] = {*get(alone.url, 2)}
    with ThreadPoolExecutor(24) as threads:
        found = threads.map(lambda number: get(urls[number % 3], 20), range(24))
    assert {answer for answers in found for answer in answers} == {expected}
    entries = control(servers[0], "GET", "/requests")["requests"]
    assert [each["id"] for each in entries] == list(range(1, 481))
    assert {(each["status"], each["outcome"]) for each in entries} == {(200, "answered")}


def test_limit_holds_for_cached_answers(servers: list[Flask], urls: list[str]) -> None:
    for url in urls:
        get(url, 2)
    control(servers[0], "PUT", "/limits", {LIMITED.name: {"per_minute": 1, "burst": 50}})
    with ThreadPoolExecutor(12) as threads:
        found = threads.map(lambda number: get(urls[number % 3], 10), range(12))
    assert Counter(status for answers in found for status, _ in answers) == {200: 50, 429: 70}
    entries = control(servers[1], "GET", "/requests")["requests"]
    assert Counter(each["refusal"] for each in entries[6:]) == {None: 50, "limited": 70}


def test_cached_answer_is_another_one_on_another_day(servers: list[Flask], urls: list[str]) -> None:
    control(servers[0], "PUT", "/limits", {LIMITED.name: "off"})
    [today] = {*get(urls[0], 3)}
    control(servers[1], "POST", "/clock/advance", {"days": 1})
    [tomorrow] = {*get(urls[0], 3), *get(urls[2], 3)}
    assert tomorrow != today


def test_running_clock_crosses_midnight_behind_a_cached_answer(servers: list[Flask], urls: list[str]) -> None:
    control(servers[0], "PUT", "/limits", {LIMITED.name: "off"})
    get(urls[0], 2)
    control(servers[1], "PUT", "/clock", {"now": "2025-10-21T23:59:59.5Z"})
    first_days = [re.findall(rb"[0-9]{4}-[0-9]{2}-[0-9]{2}", body)[0] for _, body in get(urls[0], 400)]
    control(servers[1], "PUT", "/clock", {"now": "2025-10-22T00:10:00Z"})
    [(_, body)] = get(urls[0])
    [next_day] = {*first_days, *re.findall(rb"[0-9]{4}-[0-9]{2}-[0-9]{2}", body)[:1]} - {first_days[0]}
    assert first_days == sorted(first_days)
    assert next_day > first_days[0]


def test_sandbox_that_is_deleted_has_no_cached_answers(servers: list[Flask], urls: list[str]) -> None:
    made = control(servers[0], "POST", "/sandboxes", {})
    token = made["tokens"][LIMITED.name]["token"]
    assert [status for status, _ in get(urls[0], 3, token=token)] == [200] * 3
    control(servers[1], "DELETE", f"/sandboxes/{made['id']}")
    assert [status for status, _ in get(urls[0], 3, token=token)] == [401] * 3


@pytest.mark.usefixtures("impatient")
def test_cached_answer_needs_the_engine(own_engine: EngineProcess) -> None:
    settings = replace(SETTINGS, store=own_engine.url("own"))
    with server.in_thread(create_app(settings)) as running:
        assert [status for status, _ in get(running.url, 2)] == [200, 200]
        own_engine.kill()
        [(status, body)] = get(running.url)
        assert (status, "does not answer" in json.loads(body)["error"]["message"]) == (503, True)
        own_engine.start()
        assert [status for status, _ in get(running.url, 2)] == [200, 200]


def test_error_on_the_way_is_logged_and_the_app_answers(
    shared: Settings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: Any) -> None:
        raise ZeroDivisionError

    with server.in_thread(create_app(shared)) as running:
        get(running.url, 2)
        with monkeypatch.context() as patch:
            patch.setattr(SharedFastPath, "_answered", fail)
            assert [status for status, _ in get(running.url)] == [200]
            patch.setattr(SharedFastPath, "_prepare", fail)
            assert [status for status, _ in get(running.url)] == [200]
    assert caplog.text.count("an answer that is nearly at hand cannot be given") == 2


def test_texts_that_are_kept_are_made_again_when_anything_changes(servers: list[Flask], urls: list[str]) -> None:
    control(servers[0], "PUT", "/limits", {LIMITED.name: "off"})
    connection = http.client.HTTPConnection(str(urlsplit(urls[0]).netloc), timeout=30)
    for number in range(8):
        for target in (PATH, f"{PATH}?page_size=7"):
            agent = {"Authorization": f"Bearer {SEEDED}", "User-Agent": f"agent {number // 2}"}
            connection.request("GET", target, headers=agent)
            connection.getresponse().read()
        if number == 4:
            control(servers[1], "PUT", "/clock", {"now": "2025-10-21T12:00:00Z", "frozen": True})
    connection.close()
    entries = control(servers[2], "GET", "/requests?include=headers")["requests"]
    agents = [each["request_headers"]["User-Agent"] for each in entries]
    assert agents == [f"agent {number // 4}" for number in range(16)]
    assert [each["at"][11:16] for each in entries] == ["10:30"] * 10 + ["12:00"] * 6
