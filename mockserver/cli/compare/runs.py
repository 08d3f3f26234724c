"""One run of `mockserver compare`: what it asks, the answers, and what they show."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any

import click

from mockserver.cli import options, progress
from mockserver.cli.compare import worlds
from mockserver.client import HttpTransport, Transport
from mockserver.comparison import differences, facts, fixture, interview, names, unseen
from mockserver.comparison.asking import Asker
from mockserver.comparison.differences import Difference, Tier
from mockserver.comparison.facts import Facts
from mockserver.comparison.interview import Interview, InterviewError
from mockserver.comparison.keys import Names
from mockserver.comparison.pace import Pace
from mockserver.comparison.question import Plan, Question
from mockserver.comparison.simulator import Simulator
from mockserver.comparison.solving import Solver
from mockserver.comparison.state import State, StateError
from mockserver.gateway.switches import Option
from mockserver.gateway.vendor import Vendor
from mockserver.learning.api import SUCCESS
from mockserver.learning.findings import Ours
from mockserver.simulation.clock import Clock

AGAIN = "The same command goes on where this one ended."


class NotComparedError(Exception):
    """Why a live API was not compared."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What is compared: a vendor with its plan, beside a policy with the differences that are known."""

    vendor: Vendor
    ours: Ours
    plan: Plan
    start: Mapping[str, Option]
    known: list[str]


@dataclass(frozen=True, slots=True)
class Result:
    """What a run found; `policy` is what the live API has, and `fixture` made-up answers, by question.

    `open_names` are the candidates of names that could not be told apart, and `renaming` is the switch that has them.
    `unseen` are the switches that no answer shows, with the reasons, and `unseen_names` the fields that no answer has
    under any name. `notes` are sentences about the run itself.
    """

    subject: Subject
    requests: int
    answers: int
    skipped: list[str]
    differences: list[Difference]
    policy: Mapping[str, Option]
    renaming: str
    open_names: Mapping[str, Sequence[str]]
    fixture: Mapping[str, Any]
    unseen: Mapping[str, str]
    unseen_names: list[str]
    notes: list[str]

    @property
    def breaks_clients(self) -> bool:
        """Whether a difference breaks clients."""
        return any(each.tier is Tier.BREAKS for each in self.differences)


class Run:
    """A run that is prepared: nothing is sent yet."""

    def __init__(self, subject: Subject, state: State, *, with_bad: bool) -> None:
        self._subject = subject
        self._state = state
        self._asked = interview.questions(subject.plan, with_bad=with_bad)
        self._pace = Pace(subject.vendor.limits.values())
        self.todo = interview.to_ask(self._asked, state, self._needs)

    def _needs(self, question: Question) -> set[str]:
        path = self._subject.ours.endpoints[question.operation].path
        return question.needs(path, self._subject.plan.authorization)

    def announcement(self) -> str:
        """How many requests it sends, and how long that takes."""
        answers = options.count(len(self._state.answers), "answer")
        done = f"; of an earlier run, {answers} are there" if self._state.answers else ""
        length = _duration(self._pace.seconds(len(self.todo)))
        return f"{options.count(len(self.todo), 'request')} that only read, in about {length}{done}."

    def compare(self, timeout: float, *, verbose: bool = False) -> Result:
        """Ask the live API, and compare its answers; NotComparedError where it cannot be asked to the end."""
        transport = HttpTransport(self._state.origin.live, timeout, interview.ANSWER_MAXIMUM)
        talk = Interview(self._subject.plan, self._asker(transport), self._pace, self._state)
        try:
            self._state.check()
            talk.run(self.todo, lambda question, number: self._around(question, number, verbose=verbose))
        except InterviewError as error:
            if not error.can_go_on:
                self._state.remove()
            raise NotComparedError(f"{error}\n{AGAIN}" if error.can_go_on else str(error)) from error
        except StateError as error:
            raise NotComparedError(str(error)) from error
        finally:
            transport.close()
        with progress.shown("comparing"):
            return self._result(talk.requests)

    def forget(self) -> None:
        """Remove the state file, when everything is written that was wanted."""
        self._state.remove()

    def _asker(self, transport: Transport) -> Asker:
        origin, subject, known = self._state.origin, self._subject, Names()
        known.learn(self._state.answers.values())
        identity = origin.organization
        given = {"organization": identity, "organization_upper": identity.upper()} if identity else {}
        return Asker(subject.plan, subject.ours, transport, origin.token, given, names=known)

    def _around(self, question: Question, number: int, *, verbose: bool) -> AbstractContextManager[None]:
        of = f"request {number + 1} of {len(self.todo)}"
        if verbose:
            click.echo(f"{of}: {question.name}", err=True)
            return nullcontext()
        return progress.shown(f"{of}, about {_duration(self._pace.seconds(len(self.todo) - number))} left")

    def _result(self, requests: int) -> Result:
        subject, ours, plan = self._subject, self._subject.ours, self._subject.plan
        answers = {
            each.name: self._state.answers[each.name] for each in self._asked if each.name in self._state.answers
        }
        found = names.learn(ours, plan, answers)
        still_open = names.still_open(ours, found)
        start = names.renamed(ours, found, subject.start)
        simulator = worlds.simulator(ours, plan, self._state.now or Clock().now())
        solver = Solver(simulator, subject.vendor.switches, answers)
        solution = solver.solve(start)
        defaults = {each.name: each.default for each in subject.vendor.switches}
        return Result(
            subject,
            requests,
            len(answers),
            [each.name for each in self._asked if each.name not in answers],
            [
                *names.differences(ours, found, start, subject.start),
                *differences.listed(plan, solution, subject.known, still_open),
            ],
            {name: option for name, option in solution.policy.items() if option != defaults[name]},
            still_open.switch,
            still_open.candidates,
            _fixture(simulator, answers, solution.policy),
            unseen.switches(simulator, solver, solution),
            unseen.names(ours, found),
            [self._state.note] if self._state.note else [],
        )


def _fixture(simulator: Simulator, answers: Mapping[str, Facts], policy: Mapping[str, Option]) -> dict[str, Any]:
    return {
        each.name: fixture.body(answers[each.name], simulator.sample(each, policy))
        for each in simulator.plan.questions
        if each.name in answers and not each.is_bad and facts.status(answers[each.name]) == SUCCESS
    }


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
