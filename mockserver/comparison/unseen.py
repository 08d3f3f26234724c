"""Which switches, and which names of fields, the answers of a comparison do not show, each with the reason."""

from collections.abc import Sequence

from mockserver.comparison.facts import Facts
from mockserver.comparison.question import Question
from mockserver.comparison.simulator import Policy, Simulator
from mockserver.comparison.solving import Choice, Solution, Solver
from mockserver.learning.findings import Findings, Ours

_NO_ANSWER = "the answers of this comparison do not tell its options apart"


def switches(simulator: Simulator, solver: Solver, solution: Solution) -> dict[str, str]:
    """The switches of which another option accounts for the answers as well, but for those that settle a difference."""
    plan, policy = simulator.plan, solution.policy
    listed = {each.switch for explanation in solution.explanations for each in explanation.choices}
    hidden = {
        choice.switch: plan.seldom.get(choice.switch, _NO_ANSWER)
        for choice, trial in solver.trials(policy)
        if choice.switch not in listed and not _is_shown(simulator, solver.asked, choice, policy, trial)
    }
    return {**plan.unseen, **hidden}


def names(ours: Ours, found: Findings) -> list[str]:
    """The fields with another name, perhaps, that no answer had."""
    renamable = map(str, ours.renaming.options) if ours.renaming else ()
    return [each for each in renamable if each not in found.names and each not in found.open_names]


def _is_shown(
    simulator: Simulator, asked: Sequence[tuple[Question, Facts]], choice: Choice, policy: Policy, trial: Policy
) -> bool:
    is_seldom = choice.switch in simulator.plan.seldom
    return any(simulator.shows(question, live, policy, trial, is_seldom=is_seldom) for question, live in asked)
