"""The Date header has the time of the sandbox's clock, on every way to an answer."""

from datetime import timedelta
from email.utils import parsedate_to_datetime

import pytest
from werkzeug.test import TestResponse

from mockserver.gateway.faults import FaultEffect, FaultRule
from mockserver.simulation.clock import Clock
from tests.gateway.parrot import NOW, PARROT, UNLIMITED, Aviary

DATE = "Tue, 21 Oct 2025 10:30:00 GMT"


def date(answer: TestResponse) -> str | None:
    return answer.headers.get("Date")


@pytest.mark.parametrize("path", ["/parrot/speak", "/parrot/nowhere", "/parrot"])
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
def test_every_answer_has_the_date_of_the_sandbox(path: str, method: str) -> None:
    aviary = Aviary(UNLIMITED)
    assert [date(aviary.send(path, method=method)) for _ in range(3)] == [DATE] * 3


def test_refusal_without_a_token_has_the_date_of_the_default_sandbox() -> None:
    answer = Aviary(PARROT).send(token=None)
    assert (answer.status_code, date(answer)) == (401, DATE)


def test_date_moves_with_the_clock() -> None:
    aviary, seen = Aviary(UNLIMITED), []
    for hours in range(3):
        aviary.advance(Clock.at(NOW + timedelta(hours=hours), frozen=True))
        seen += [parsedate_to_datetime(date(aviary.send()) or "") - NOW for _ in range(2)]
    assert seen == [timedelta(hours=hours) for hours in (0, 0, 1, 1, 2, 2)]


def test_fault_can_set_another_date() -> None:
    aviary = Aviary(UNLIMITED)
    aviary.registry.default.faults.add(FaultRule(FaultEffect(headers=(("Date", "yesterday"),)), times=1))
    assert [date(aviary.send()) for _ in range(3)] == ["yesterday", DATE, DATE]


def test_switch_leaves_the_date_to_the_server() -> None:
    aviary, seen = Aviary(UNLIMITED), []
    for policy in ({}, {"server": {"date_header": "server"}}, {}):
        aviary.registry.default.set_policy(policy)
        seen += [date(aviary.send()) for _ in range(2)]
    assert seen == [DATE, DATE, None, None, DATE, DATE]
