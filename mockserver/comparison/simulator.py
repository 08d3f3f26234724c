"""The simulator in this process, asked the questions of a plan under any policy, in several worlds.

What it answers in any of them is possible, so that what depends on people's data is no difference.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from flask import Flask

from analytics_mockserver.client import in_process
from mockserver.comparison import asking, reading
from mockserver.comparison.asking import Asker
from mockserver.comparison.facts import Aspect, Fact, Facts, status
from mockserver.comparison.matching import Contradiction, contradictions, has, tells
from mockserver.comparison.question import Plan, Question
from mockserver.gateway import routing, tokens
from mockserver.gateway.limits import LimitMode
from mockserver.gateway.sandbox import Sandbox, SandboxConfig
from mockserver.gateway.switches import Option
from mockserver.learning.findings import Ours
from mockserver.simulation.clock import Clock
from mockserver.simulation.organization import Organization

Policy = Mapping[str, Option]
Answers = Mapping[str, Facts]
"""The facts of answers, by the names of the questions."""

_FROZEN = (0, None, 123_456_789, 120_000_000, 123_456_000)
"""The nanoseconds at which the clock of a world stands, one after the other; None: it moves with each question."""

_STEP_NS = 123_456_789


@dataclass(slots=True)
class _Session:
    """What was asked in a world under one policy."""

    asker: Asker
    facts: dict[str, Facts | None] = field(default_factory=dict)
    paging: Facts | None = None


class _World:
    """A sandbox, and the default one, which answers requests with an unknown token; with the sessions in them."""

    def __init__(self, sandboxes: tuple[Sandbox, ...], token: str, now: datetime, stands_at: int | None) -> None:
        self._sandboxes = sandboxes
        self._token = token
        self._now = now.replace(microsecond=0)
        self._stands_at = stands_at
        self._steps = 0
        self._sessions: dict[frozenset[tuple[str, Option]], _Session] = {}

    @property
    def is_moving(self) -> bool:
        """Whether its clock moves."""
        return self._stands_at is None

    def session(self, simulator: "Simulator", policy: Policy) -> _Session:
        """What was asked under a policy."""
        key = frozenset(policy.items())
        session = self._sessions.get(key)
        if session is None:
            moments = asking.moments(self._now)
            asker = Asker(simulator.plan, simulator.ours, simulator.transport, self._token, moments, simulator.memo)
            session = self._sessions[key] = _Session(asker)
        return session

    def facts(self, simulator: "Simulator", question: Question, policy: Policy) -> Facts | None:
        """The facts of the answer under a policy; None where the question needs what the world does not have."""
        session = self.session(simulator, policy)
        if question.name not in session.facts:
            key = frozenset(policy.items())
            if simulator.in_force != (self, key):
                for each in self._sandboxes:
                    each.set_policy({simulator.ours.vendor: policy})
                simulator.in_force = self, key
            self._ask(simulator, session, question)
        return session.facts[question.name]

    def body(self, simulator: "Simulator", question: Question, policy: Policy) -> Any:
        """The body of the answer under a policy; None where it has none."""
        self.facts(simulator, question, policy)
        asker = self.session(simulator, policy).asker
        return reading.whole(asker.ask(question)[1])[1] if asker.can_ask(question) else None

    def _ask(self, simulator: "Simulator", session: _Session, question: Question) -> None:
        """Ask a question, and before it those that it depends on."""
        session.facts[question.name] = None
        for other in simulator.before(question):
            if other.name not in session.facts:
                self._ask(simulator, session, other)
        if session.asker.can_ask(question):
            self._move_clock()
            session.facts[question.name], _ = session.asker.ask(question)

    def _move_clock(self) -> None:
        self._steps += self._stands_at is None
        nanoseconds = self._steps * _STEP_NS % 10_000_000_000 if self._stands_at is None else self._stands_at
        for each in self._sandboxes:
            each.set_clock(Clock.at(self._now, frozen=True).advanced(timedelta(), nanoseconds))


class Simulator:
    """An app, and a world of it for each organization."""

    def __init__(
        self, app: Flask, ours: Ours, plan: Plan, now: datetime, organizations: Iterable[Organization]
    ) -> None:
        self.ours = ours
        self.plan = plan
        self.transport = in_process(app)
        self._optional = {name: reading.optional(each.shape) for name, each in ours.operations.items()}
        self._paging = {(name,) for name in plan.paging}
        self.memo: asking.Memo = {}
        self.in_force: tuple[_World, frozenset[tuple[str, Option]]] | None = None
        registry = app.extensions[routing.EXTENSION]
        clock = Clock.at(now, frozen=True)
        limits = dict.fromkeys(registry.profiles[ours.vendor].limits, LimitMode.OFF)
        self._worlds = []
        for number, each in enumerate(organizations):
            sandbox = registry.make_sandbox(SandboxConfig(each, each.seed, clock, limits))
            grant = sandbox.grants[tokens.seeded_id(ours.vendor, permitted=True)]
            token = grant.token if grant.secret is None else f"{grant.token}:{grant.secret}"
            stands_at = _FROZEN[number % len(_FROZEN)]
            self._worlds.append(_World((sandbox, registry.default), token, now, stands_at))

    def before(self, question: Question) -> list[Question]:
        """The questions that keep what a question needs."""
        needed = question.needs(self.ours.endpoints[question.operation].path, self.plan.authorization)
        schemes = [each for each in self.plan.questions if each.scheme and not question.scheme]
        return [*schemes, *(each for each in self.plan.questions if needed & each.keeps.keys() and each != question)]

    def contradictions(self, question: Question, live: Facts, policy: Policy) -> frozenset[Contradiction]:
        """What the simulator cannot answer under a policy. A world is asked only while something is left.

        A clock that runs is only compared with that of a world where it does, and a mark with that of one that has it.
        """
        needs_clock = any(each.aspect is Aspect.CLOCK for each in live)
        marks = _marks(live)
        possible: list[Facts] = []
        found: frozenset[Contradiction] = frozenset()
        for world in self._worlds:
            facts = world.facts(self, question, policy)
            if facts is not None:
                possible.append(facts)
                found = contradictions(live, possible, self._optional[question.operation])
                if any(each.fact.path[:1] in self._paging for each in found):
                    possible.append(facts | self._pages(world, policy))
                    found = contradictions(live, possible, self._optional[question.operation])
                marks -= _marks(facts)
                if not found and not marks and (world.is_moving or not needs_clock):
                    break
        return found

    def supports(self, question: Question, fact: Fact, policy: Policy) -> bool:
        """Whether the simulator has a fact in a world under a policy, not only says nothing against it.

        A fact of pagination may be that of any answer, or of this one alone: one that a cursor is absent is of the last
        page, and not of those before it.

        Whether a moving clock passes a second at a certain question is luck, so nothing is asked of it.
        """
        is_paging = fact.path[:1] in self._paging
        for world in self._worlds:
            facts = world.facts(self, question, policy) or frozenset()
            is_here = fact.aspect is Aspect.CLOCK or has(facts, fact)
            if is_here or (is_paging and has(facts | self._pages(world, policy), fact)):
                return True
        return False

    def _pages(self, world: _World, policy: Policy) -> Facts:
        """What any answer says of paging; all questions are asked for it, once."""
        session = world.session(self, policy)
        if session.paging is None:
            answers = (world.facts(self, each, policy) for each in self.plan.questions if not each.is_bad)
            session.paging = frozenset(
                fact
                for facts in answers
                if facts and status(facts) == "200"
                for fact in facts
                if fact.path[:1] in self._paging
            )
        return session.paging

    def differs(self, question: Question, policy: Policy, other: Policy) -> bool:
        """Whether two policies lead to different answers in the first world."""
        first = self._worlds[0]
        return first.facts(self, question, policy) != first.facts(self, question, other)

    def shows(self, question: Question, live: Facts, policy: Policy, other: Policy, *, is_seldom: bool) -> bool:
        """Whether an answer shows that a policy is in force, and not another one.

        The first world has what most organizations have. What is seldom is looked for in all worlds, whose lists have
        other lengths, so that pagination tells nothing.
        """
        for world in self._worlds if is_seldom else self._worlds[:1]:
            ours, theirs = world.facts(self, question, policy), world.facts(self, question, other)
            if ours and theirs and tells(live, ours, theirs, self.plan.paging if is_seldom else ()):
                return True
        return False

    def facts(self, question: Question, policy: Policy) -> list[Facts | None]:
        """What each world answers under a policy; None where it lacks what the question needs."""
        return [world.facts(self, question, policy) for world in self._worlds]

    def sample(self, question: Question, policy: Policy) -> Any:
        """The simulator's own answer in its first world; None where it has none."""
        return self._worlds[0].body(self, question, policy)


def _marks(facts: Facts) -> set[tuple[str, ...]]:
    return {each.path for each in facts if each.aspect is Aspect.MARK}
