"""The names that a live API has for our fields, as far as the shapes of its answers tell fields apart."""

from collections import defaultdict
from collections.abc import Mapping

from mockserver.comparison import facts
from mockserver.comparison.differences import NO_NAMES, Difference, OpenNames, Tier
from mockserver.comparison.facts import Facts
from mockserver.comparison.question import Plan
from mockserver.comparison.solving import Choice
from mockserver.gateway.switches import Option
from mockserver.learning import findings
from mockserver.learning.api import SUCCESS, Answer, Operation
from mockserver.learning.findings import Findings, Ours, Reading
from mockserver.learning.observation import Source
from mockserver.learning.shape import Shape, union


def learn(ours: Ours, plan: Plan, answers: Mapping[str, Facts]) -> Findings:
    """What the shapes of successful answers say about names."""
    shapes: defaultdict[str, list[Shape]] = defaultdict(list)
    for question in plan.questions:
        found = answers.get(question.name, frozenset())
        shape = facts.shape(found)
        if facts.status(found) == SUCCESS and not question.target and shape is not None:
            shapes[question.operation].append(shape)
    operations = [
        (name, Operation(name, "", {}, {SUCCESS: Answer(union(each), frozenset(), name)}))
        for name, each in shapes.items()
    ]
    return findings.learn(ours, [Reading(Source.SAMPLE, operations)])


def renamed(ours: Ours, found: Findings, options: Mapping[str, Option]) -> dict[str, Option]:
    """The options with the names that were found; the same options where these are not new, or cannot be set."""
    switch = ours.renaming
    if switch is None:
        return dict(options)
    before = switch.to_json(options.get(switch.name, switch.default))
    option = switch.read({**before, **{name: other for name, (other, _) in found.names.items()}})
    return {**options, switch.name: option} if switch.to_json(option) != before else dict(options)


def still_open(ours: Ours, found: Findings) -> OpenNames:
    """The names that are open."""
    candidates = {name: sorted(other for other, _ in each) for name, each in sorted(found.open_names.items())}
    return OpenNames(ours.renaming.name, candidates) if ours.renaming else NO_NAMES


def differences(
    ours: Ours, found: Findings, options: Mapping[str, Option], start: Mapping[str, Option]
) -> list[Difference]:
    """The difference that other names make, if they are new."""
    switch = ours.renaming
    if switch is None or options.get(switch.name) == start.get(switch.name):
        return []
    new = switch.to_json(options[switch.name])
    evidence = tuple(f"{name} is called {other}" for name, (other, _) in found.names.items() if name != other)
    summary = f"{switch.name}: {', '.join(f'{name}={other}' for name, other in new.items()) or 'none'}"
    return [
        Difference(Tier.BREAKS, summary, evidence, (Choice(switch.name, options[switch.name]),), frozenset((summary,)))
    ]
