"""The parts of a comparison where a live API says little: no date, no answer to compare with, an expired token."""

from collections.abc import Iterator
from contextlib import nullcontext
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import click
import pytest

from mockserver import vendors
from mockserver.cli.compare import preparing, reports
from mockserver.client import Response
from mockserver.comparison import asking, facts, interview, matching, pace, reading
from mockserver.comparison.differences import Difference, Tier
from mockserver.comparison.facts import ABSENT, PRESENT, Aspect, Fact
from mockserver.comparison.interview import Interview
from mockserver.comparison.matching import Contradiction
from mockserver.comparison.solving import Choice, Explanation, Solver
from mockserver.comparison.state import Origin, State
from tests.comparison.conftest import PLANS

ORIGIN = Origin("1.0", "any", PLANS["tabnine"], "http://live.example", "a-token")
HERE = datetime(2026, 6, 24, 10, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("headers", "problem"),
    [
        ({}, "is missing"),
        ({"date": "yesterday"}, "is no time"),
        ({"date": ""}, "is no time"),
        ({"date": "Wed, 24 Jun 99999 10:30:00 GMT"}, "is no time"),
        ({"date": "Fri, 31 Dec 9999 23:59:00 -2359"}, "is no time"),
        ({"date": "Thu, 01 Jan 1970 00:00:00 GMT"}, "is more than 5 years off"),
        ({"date": "Wed, 24 Jun 2037 10:30:00 -0000"}, "is more than 5 years off"),
    ],
)
def test_time_that_cannot_be_used_is_that_of_this_machine(headers: dict[str, str], problem: str) -> None:
    found, note = asking.time_of(Response(200, headers, b""), HERE)
    assert (found, note) == (HERE, f"The header Date of the API {problem}, so the clock of this machine was used.")


@pytest.mark.parametrize("zone", ["GMT", "-0000", "+0000"])
def test_time_of_an_api_is_used(zone: str) -> None:
    found, note = asking.time_of(Response(200, {"date": f"Mon, 23 Jun 2025 08:00:00 {zone}"}, b""), HERE)
    assert (str(found), note) == ("2025-06-23 08:00:00+00:00", "")


def test_state_without_a_file_stays_in_memory() -> None:
    state = State(ORIGIN)
    state.load()
    state.save()
    state.remove()
    assert state.answers == {}


def test_answer_that_nothing_is_compared_with_contradicts_nothing() -> None:
    assert matching.contradictions(frozenset(), []) == frozenset()


@pytest.mark.parametrize("value", [PRESENT, ABSENT])
def test_header_that_is_missing_is_a_fact(value: str) -> None:
    found = frozenset((Fact(("Link",), Aspect.HEADER, PRESENT),))
    assert matching.has(found, Fact(("Link",), Aspect.HEADER, value)) is (value == PRESENT)


def test_pause_ends() -> None:
    pace.pause(0)


def test_vendor_without_questions_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vendors, "exported", lambda *_: {})
    with pytest.raises(click.BadParameter, match="has no questions to be compared by"):
        preparing.subject(next(iter(PLANS)), None)


def test_expired_token_is_exchanged_again() -> None:
    plan = PLANS["jetbrains-console"]
    login, report = plan.questions[0], next(each for each in plan.questions[1:] if not each.authorization)
    statuses = iter((401, 200, 200))
    asked: list[str] = []

    class Asker:
        """Refuses the first request."""

        def __init__(self) -> None:
            self.values: dict[str, Any] = {}
            self.unsure = frozenset[str]()

        def can_ask(self, _: object) -> bool:
            return True

        def ask(self, question: Any) -> tuple[facts.Facts, Response]:
            asked.append(question.name)
            return frozenset(), Response(next(statuses), {}, b"")

        def sure(self) -> dict[str, facts.Facts]:
            return {}

    class Pace:
        """Waits for nothing."""

        def before_request(self) -> None:
            """Do nothing."""

    talk = Interview(plan, Asker(), Pace(), State(ORIGIN))  # type: ignore[arg-type]
    talk._check = lambda *_: None  # type: ignore[method-assign]  # noqa: SLF001
    talk.run([report], lambda *_: nullcontext())
    assert asked == [report.name, login.name, report.name]
    assert interview.REQUESTS_MAXIMUM >= talk.requests == 3


def test_difference_that_two_options_account_for_is_not_settled() -> None:
    problem = ("a question", Contradiction(Fact((), Aspect.STATUS, "404"), ("200",), is_weak=False))
    tie = Explanation((Choice("one", "a"), Choice("other", "b")), frozenset((problem,)))
    steps: Iterator[Any] = iter([(tie, frozenset()), None])
    solver = Solver(SimpleNamespace(plan=PLANS["tabnine"]), [], {})  # type: ignore[arg-type]
    solver._next = lambda *_: next(steps)  # type: ignore[method-assign]  # noqa: SLF001
    solution = solver.solve({})
    assert (solution.policy, solution.explanations, solution.rest) == ({}, [tie], frozenset())


def test_keys_of_maps_in_a_list_are_no_fields() -> None:
    rows = [{"a@b.example": 1, "id": 1}, {"c d": 2, "id": 2}]
    assert not [each for each in reading.body(rows, {}, {}) if "example" in str(each)]


def test_options_that_each_settle_a_difference_are_listed() -> None:
    choices = Choice("one", "a"), Choice("other", "b")
    lines = [*reports._entry(Difference(Tier.BREAKS, "one=a or other=b", ("why",), choices, frozenset()))]  # noqa: SLF001
    assert lines == ["  one=a or other=b", "      why", "      Each of these options would settle it."]


def test_report_without_anything_unseen_has_one_line() -> None:
    subject = SimpleNamespace(vendor=SimpleNamespace(name="any"))
    result: Any = SimpleNamespace(
        subject=subject,
        requests=1,
        answers=1,
        differences=[],
        open_names={},
        unseen={},
        unseen_names=[],
        skipped=[],
        notes=[],
    )
    assert [*reports._lines(result)] == ["any: 0 differences in 1 answer; 1 request sent"]  # noqa: SLF001
