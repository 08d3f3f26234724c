"""What a comparison found: differences in tiers, each with its evidence and the switch that settles it."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from mockserver.comparison.facts import ABSENT, PRESENT, Aspect, Fact
from mockserver.comparison.matching import Contradiction
from mockserver.comparison.question import Plan, Question
from mockserver.comparison.solving import Choice, Explanation, Problem, Problems, Solution


class Tier(StrEnum):
    """What a difference does to a client that was written against the simulator, the worst first."""

    BREAKS = "breaks clients"
    MAY_BREAK = "may break clients"
    COSMETIC = "cosmetic"


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference; of several `choices`, each would settle it, and without any, none does.

    `switch` is one that would settle it with an option that is not known. `keys` name it in later runs.
    """

    tier: Tier
    summary: str
    evidence: tuple[str, ...]
    choices: tuple[Choice, ...]
    keys: frozenset[str]
    switch: str = ""


@dataclass(frozen=True, slots=True)
class OpenNames:
    """The fields whose names could not be told apart, with their candidates, and the switch that has the names."""

    switch: str
    candidates: Mapping[str, Sequence[str]]

    def problems_of(self, problems: Collection[Problem]) -> Problems:
        """The problems that such fields are missing, and that something new is in their place."""
        missing = {(name, each.fact.path) for name, each in problems if self._is_missing(each.fact)}
        places = {(name, path[:-1]) for name, path in missing}
        return frozenset(
            (name, each)
            for name, each in problems
            if (name, each.fact.path) in missing
            or self._is_candidate(each.fact)
            or (each.fact.aspect is Aspect.KEYS and (name, each.fact.path) in places)
        )

    def _is_missing(self, fact: Fact) -> bool:
        return fact.aspect is Aspect.PRESENCE and fact.value == ABSENT and fact.path[-1] in self.candidates

    def _is_candidate(self, fact: Fact) -> bool:
        is_new = fact.aspect is Aspect.PRESENCE and fact.value == PRESENT
        return is_new and any(fact.path[-1] in each for each in self.candidates.values())


NO_NAMES = OpenNames("", {})

_BREAKING = frozenset((Aspect.STATUS, Aspect.MEDIA, Aspect.KIND))
_ORDER = (*Tier,)


def listed(plan: Plan, solution: Solution, known: Iterable[str] = (), names: OpenNames = NO_NAMES) -> list[Difference]:
    """All differences, the worst first, without the known ones."""
    questions = {each.name: each for each in plan.questions}
    found = [_explained(each, questions) for each in solution.explanations]
    of_names = names.problems_of(solution.rest)
    found += _of_names(of_names, names, questions)
    found += _unexplained(solution.rest - of_names, questions)
    fresh = [each for each in found if not each.keys <= {*known}]
    return sorted(fresh, key=lambda each: (_ORDER.index(each.tier), each.summary))


def _explained(explanation: Explanation, questions: Mapping[str, Question]) -> Difference:
    options = " or ".join(map(str, explanation.choices))
    problems = sorted(_most_telling(explanation.problems), key=lambda each: _ORDER.index(_tier(each, questions)))
    tier = min((_tier(each, questions) for each in problems), key=_ORDER.index)
    keys = frozenset(_key(each, questions) for each in problems)
    return Difference(tier, options, tuple(map(_sentence, problems)), explanation.choices, keys)


def _of_names(problems: Iterable[Problem], names: OpenNames, questions: Mapping[str, Question]) -> Iterator[Difference]:
    """The one difference that open names make."""
    missing = [each for each in _most_telling(problems) if each[1].fact.value == ABSENT]
    fields = dict.fromkeys(each.fact.path[-1] for _, each in missing)
    if fields:
        found = [f"{name}={' or '.join(names.candidates[name]) or 'unknown'}" for name in fields]
        summary = f"{names.switch}: {', '.join(found)}"
        tier = min((_tier(each, questions) for each in missing), key=_ORDER.index)
        keys = frozenset(_key(each, questions) for each in problems)
        yield Difference(tier, summary, tuple(map(_sentence, missing)), (), keys, names.switch)


def _unexplained(problems: Iterable[Problem], questions: Mapping[str, Question]) -> list[Difference]:
    """Differences that no switch settles, the same one of several questions to an operation once."""
    grouped: defaultdict[str, list[Problem]] = defaultdict(list)
    for each in _most_telling(problems):
        grouped[_key(each, questions)].append(each)
    return [
        Difference(
            min((_tier(each, questions) for each in group), key=_ORDER.index),
            f"{questions[group[0][0]].operation}: {_what(group[0][1])}",
            tuple(map(_sentence, group)),
            (),
            frozenset((key,)),
        )
        for key, group in grouped.items()
    ]


def _most_telling(problems: Iterable[Problem]) -> list[Problem]:
    """The problems in order, without what is inside a field that is a problem itself."""
    listing = sorted(problems, key=lambda each: (each[1].is_weak, each))
    missing = {(name, each.fact.path) for name, each in listing if each.fact.aspect is Aspect.PRESENCE}
    return [
        (name, each)
        for name, each in listing
        if not any((name, each.fact.path[:end]) in missing for end in range(1, len(each.fact.path)))
    ]


def _tier(problem: Problem, questions: Mapping[str, Question]) -> Tier:
    name, contradiction = problem
    fact = contradiction.fact
    if fact.value == PRESENT:
        return Tier.COSMETIC
    breaks = fact.aspect in _BREAKING or (fact.aspect is Aspect.PRESENCE and fact.value == ABSENT)
    return Tier.BREAKS if breaks and not questions[name].is_bad else Tier.MAY_BREAK


def _key(problem: Problem, questions: Mapping[str, Question]) -> str:
    name, contradiction = problem
    fact = contradiction.fact
    subject = questions[name].operation if fact.path or fact.aspect is Aspect.KEYS else name
    value = "" if fact.aspect is Aspect.KEYS else fact.value
    return f"{subject} {fact.aspect} {fact.place} {value}"


def _sentence(problem: Problem) -> str:
    return f"{problem[0]}: {_what(problem[1])}"


def _what(contradiction: Contradiction) -> str:
    fact = contradiction.fact
    template = _SENTENCES.get((fact.aspect, fact.value)) or _SENTENCES[fact.aspect, ""]
    expected = f", not {' or '.join(contradiction.expected)}" if contradiction.expected else ""
    return template.format(place=fact.place or "the answer", value=fact.value, expected=expected)


_SENTENCES: dict[tuple[Aspect, str], str] = {
    (Aspect.STATUS, ""): "the status is {value}{expected}",
    (Aspect.MEDIA, ""): "the body is {value}{expected}",
    (Aspect.HEADER, PRESENT): "the header {place} is new",
    (Aspect.HEADER, ABSENT): "the header {place} is missing",
    (Aspect.PRESENCE, PRESENT): "the field {place} is new",
    (Aspect.PRESENCE, ABSENT): "the field {place} is missing",
    (Aspect.KIND, ""): "{place} has the type {value}{expected}",
    (Aspect.FORMAT, ""): "{place} has the format {value}{expected}",
    (Aspect.ENUM, ""): "{place} has a value that is {value}{expected}",
    (Aspect.ORDER, ""): "{place} {value} from row to row{expected}",
    (Aspect.ROWS, ""): "{place} has {value}{expected}",
    (Aspect.CLOCK, ""): "{place} has {value} after the decimal point{expected}",
    (Aspect.MARK, ""): "{place}: {value}{expected}",
    (Aspect.FIELDS, ""): "{place} has other fields at the same time",
    (Aspect.LETTERS, ""): "{place} is in {value}{expected}",
    (Aspect.ECHO, ""): "{place} is the parameter {value}",
    (
        Aspect.KEYS,
        "",
    ): "{place} has {value} that the simulator does not know, which are hidden because they may be data",
}
