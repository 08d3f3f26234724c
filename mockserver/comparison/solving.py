"""Which options of switches account for what a live API answers: found by asking the simulator under each of them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from mockserver.comparison.facts import Aspect, Facts
from mockserver.comparison.matching import Contradiction
from mockserver.comparison.question import Question
from mockserver.comparison.simulator import Policy, Simulator
from mockserver.gateway.switches import AnySwitch, Option, Renaming, TimestampSwitch

DECISIVE = frozenset((Aspect.STATUS, Aspect.ROWS, Aspect.MARK))
"""Aspects that do not depend on data at all. Nothing else of an answer with another status can be compared."""

_DECISIVE_WEIGHT, _STRONG_WEIGHT, _WEAK_WEIGHT = 1000, 10, 1

Problem = tuple[str, Contradiction]
"""A contradiction in the answer to a question, by its name."""

Problems = frozenset[Problem]


@dataclass(frozen=True, slots=True)
class Choice:
    """An option of a switch, and that of an unseen switch beside which it shows, if need be."""

    switch: str
    option: Option
    beside: tuple[str, Option] | None = None

    def __str__(self) -> str:
        with_other = f" with {self.beside[0]}={self.beside[1]}" if self.beside else ""
        return f"{self.switch}={self.option}{with_other}"

    def set_in(self, policy: Policy) -> dict[str, Option]:
        """The policy with the option."""
        return {**policy, **dict([self.beside] if self.beside else []), self.switch: self.option}


Trial = tuple[Choice, Policy]
"""An option, and a policy with it."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """Problems, and the options of which each accounts for all of them: one if that is decided."""

    choices: tuple[Choice, ...]
    problems: Problems

    @property
    def is_settled(self) -> bool:
        """Whether only one option accounts for them."""
        return len(self.choices) == 1


@dataclass(slots=True)
class Solution:
    """The policy that accounts for most, why, and the problems that no option accounts for."""

    policy: dict[str, Option]
    explanations: list[Explanation] = field(default_factory=list)
    rest: Problems = frozenset()


class Solver:
    """Compares answers with the simulator under one policy after the other."""

    def __init__(self, simulator: Simulator, switches: Sequence[AnySwitch], answers: Mapping[str, Facts]) -> None:
        self._simulator = simulator
        plan = simulator.plan
        self._by_name = {each.name: each for each in switches}
        self._switches = [
            each
            for each in switches
            if not isinstance(each, Renaming | TimestampSwitch) and each.name not in plan.unseen
        ]
        self.asked = [(each, answers[each.name]) for each in plan.questions if each.name in answers]
        self._weak = {each.name for each in plan.questions if each.is_weak}
        self._set_aside: set[Problem] = set()

    def solve(self, start: Policy) -> Solution:
        """Set one switch after the other until no option accounts for anything more."""
        solution = Solution(dict(start))
        problems = self._problems(self.asked, solution.policy)
        while found := self._next(solution.policy, problems):
            explanation, left = found
            solution.explanations.append(explanation)
            if explanation.is_settled:
                solution.policy = explanation.choices[0].set_in(solution.policy)
            else:
                self._set_aside |= explanation.problems
            problems = left
        solution.rest = frozenset(each for each in problems if not each[1].is_weak and each[0] not in self._weak)
        return solution

    def _next(self, policy: Policy, problems: Problems) -> tuple[Explanation, Problems] | None:
        """The best options for the first question that any helps with, and the problems that they leave."""
        return self._best(self.trials(policy), policy, problems) or self._best(
            self._trials_of_two(policy), policy, problems
        )

    def _best(self, trials: Sequence[Trial], policy: Policy, problems: Problems) -> tuple[Explanation, Problems] | None:
        wrong = {name for name, _ in problems}
        for question, live in self.asked:
            if question.name in wrong:
                useful = self._useful(question, live, trials, policy, problems)
                if useful:
                    least = min(_weight(left) for _, left in useful)
                    left = next(left for _, left in useful if _weight(left) == least)
                    choices = tuple(choice for choice, other in useful if other == left)
                    explanation = Explanation(choices, problems - left)
                    return explanation, left if len(choices) == 1 else problems - explanation.problems
        return None

    def _useful(
        self, question: Question, live: Facts, trials: Iterable[Trial], policy: Policy, problems: Problems
    ) -> list[tuple[Choice, Problems]]:
        """The options that leave less than there is, among those that help with one question.

        Of several beside which the same option helps, the first counts.
        """
        helpful: dict[tuple[str, Option], Trial] = {}
        for choice, trial in trials:
            can_help = choice.switch in self._simulator.plan.seldom or self._simulator.differs(question, policy, trial)
            key = choice.switch, choice.option
            if can_help and key not in helpful and self._helps(question, live, trial, problems):
                helpful[key] = choice, trial
        found = [(choice, self._left(self.asked, trial, problems)) for choice, trial in helpful.values()]
        return [(choice, left) for choice, left in found if _weight(left) < _weight(problems)]

    def trials(self, policy: Policy) -> list[Trial]:
        """The policies with another option of one switch."""
        choices = [Choice(switch.name, option) for switch in self._switches for option in switch.options]
        return [(each, each.set_in(policy)) for each in choices if self._option(each.switch, policy) != each.option]

    def _trials_of_two(self, policy: Policy) -> list[Trial]:
        """The policies with another option of an unseen switch, and one of the seldom switch that depends on it."""
        choices = [
            Choice(name, option, (other, beside))
            for name, other in self._simulator.plan.beside.items()
            for option in self._by_name[name].options
            if option != self._by_name[name].default
            for beside in self._onward(other, policy)
        ]
        return [(each, each.set_in(policy)) for each in choices]

    def _option(self, name: str, policy: Policy) -> Option:
        return policy.get(name, self._by_name[name].default)

    def _onward(self, name: str, policy: Policy) -> Sequence[Option]:
        """The other options of a switch, from the one in force on, so that the next ones come first."""
        options = self._by_name[name].options
        number = options.index(self._option(name, policy))
        return (*options[number + 1 :], *options[:number])

    def _helps(self, question: Question, live: Facts, trial: Policy, problems: Problems) -> bool:
        before = frozenset(each for each in problems if each[0] == question.name)
        return _weight(self._left([(question, live)], trial, before)) < _weight(before)

    def _left(self, asked: Sequence[tuple[Question, Facts]], trial: Policy, problems: Problems) -> Problems:
        """The problems under another policy, with those that it only has nothing to say about."""
        found = self._problems(asked, trial)
        questions = {question.name: question for question, _ in asked}
        return found | {
            (name, each)
            for name, each in problems - found
            if not self._simulator.supports(questions[name], each.fact, trial)
        }

    def _problems(self, asked: Iterable[tuple[Question, Facts]], policy: Policy) -> Problems:
        found = (
            (question.name, each)
            for question, live in asked
            for each in self._simulator.contradictions(question, live, policy)
        )
        return frozenset(found) - self._set_aside


def _weight(problems: Problems) -> int:
    return sum(_weight_of(each) for _, each in problems)


def _weight_of(each: Contradiction) -> int:
    if each.fact.aspect in DECISIVE:
        return _DECISIVE_WEIGHT
    return _WEAK_WEIGHT if each.is_weak else _STRONG_WEIGHT
