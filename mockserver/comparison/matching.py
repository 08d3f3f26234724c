"""Which facts of an answer contradict what the simulator can answer, in any of its worlds."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from mockserver.comparison.facts import ABSENT, FALLS, PRESENT, RISES, WEAK, Aspect, Fact, Facts, Path, status
from mockserver.comparison.reading import PADDED
from mockserver.learning.shape import DECIMALS, DIGITS, EMPTY, LARGE, NEGATIVE, NUMERIC, STRONG, TEXT, Kind

_TELLING = frozenset((EMPTY, LARGE, NEGATIVE, PADDED))
"""Formats that are always a difference."""

_OPPOSITE = {RISES: FALLS, FALLS: RISES}
_NULL, _OBJECT, _INTEGER, _NUMBER = Kind.NULL.value, Kind.OBJECT.value, Kind.INTEGER.value, Kind.NUMBER.value
_NEVER = frozenset((Aspect.LENGTH,))


@dataclass(frozen=True, slots=True, order=True)
class Contradiction:
    """A fact that no possible answer has, and what possible answers have in its place."""

    fact: Fact
    expected: tuple[str, ...]
    is_weak: bool


Known = Mapping[tuple[Path, Aspect], set[str]]


def contradictions(live: Facts, possible: Sequence[Facts], optional: Collection[Path] = ()) -> frozenset[Contradiction]:
    """What no possible answer has, as far as possible answers say anything about it.

    If none has the status, that is all that is said. A field that is missing is a fact, too; whether one of the
    `optional` fields is there depends on data.
    """
    if not possible:
        return frozenset()
    same = [each for each in possible if status(each) == status(live)]
    if not same:
        expected = tuple(sorted({status(each) for each in possible}))
        return frozenset((Contradiction(Fact((), Aspect.STATUS, status(live)), expected, is_weak=False),))
    names = _names((live, *same))
    seen = frozenset(fact for each in same for fact in _completed(each, names))
    known: defaultdict[tuple[Path, Aspect], set[str]] = defaultdict(set)
    for each in seen:
        known[each.path, each.aspect].add(each.value)
    found = (each for each in _completed(live, names) - seen if _contradicts(each, known))
    return frozenset(_contradiction(each, known, optional) for each in found)


def tells(live: Facts, ours: Facts, other: Facts, passed_over: Collection[str] = ()) -> bool:
    """Whether an answer has something of one possible answer that another one, to the same data, lacks.

    The fields at the top that are `passed_over` tell nothing. Nor does a clock that ran in one of the possible answers
    only, which is luck.
    """
    names = _names((live, ours, other))
    answers = [_completed(_without_echo(each, ours | other), names) for each in (live, ours, other)]
    special = answers[0] & answers[1] - answers[2]
    ran = {each.path for each in other if each.aspect is Aspect.CLOCK}
    return any(
        each.aspect not in _NEVER
        and each.path[:1] not in {(name,) for name in passed_over}
        and (each.aspect is not Aspect.CLOCK or each.path in ran)
        for each in special
    )


def _without_echo(facts: Facts, others: Facts) -> Facts:
    """The facts, and that fields have not the value of a parameter that they have in another answer."""
    fields = {each.path for each in facts if each.aspect is Aspect.KIND}
    echoes = {each for each in others - facts if each.aspect is Aspect.ECHO and each.path in fields}
    return facts | {Fact(each.path, Aspect.ECHO, f"not {each.value}") for each in echoes}


def has(facts: Facts, fact: Fact) -> bool:
    """Whether an answer has a fact, where a field that is missing is one."""
    if fact.aspect is Aspect.PRESENCE and fact.value == ABSENT:
        around = Fact(fact.path[:-1], Aspect.KIND, _OBJECT)
        return fact in facts or (around in facts and Fact(fact.path, Aspect.PRESENCE, PRESENT) not in facts)
    if fact.aspect is Aspect.HEADER and fact.value == ABSENT:
        return Fact(fact.path, Aspect.HEADER, PRESENT) not in facts
    return fact in facts or (fact.value == _INTEGER and Fact(fact.path, Aspect.KIND, _NUMBER) in facts)


def _contradiction(fact: Fact, known: Known, optional: Collection[Path]) -> Contradiction:
    expected = known.get((fact.path, fact.aspect), set())
    is_optional = fact.value == ABSENT and fact.path in optional
    is_weak = is_optional or fact.aspect in WEAK or (fact.value in STRONG and TEXT in expected)
    return Contradiction(fact, tuple(sorted(expected)), is_weak)


def _names(answers: Iterable[Facts]) -> dict[tuple[Path, Aspect], set[str]]:
    """The fields of each object, and the headers, in any of the answers."""
    found: defaultdict[tuple[Path, Aspect], set[str]] = defaultdict(set)
    for facts in answers:
        for each in facts:
            if each.aspect in {Aspect.PRESENCE, Aspect.HEADER}:
                found[each.path[:-1], each.aspect].add(each.path[-1])
    return found


def _completed(facts: Facts, names: Mapping[tuple[Path, Aspect], set[str]]) -> Facts:
    """The facts, and that fields and headers are missing which another answer has."""
    objects = {(each.path, Aspect.PRESENCE) for each in facts if each.aspect is Aspect.KIND and each.value == _OBJECT}
    missing = {
        Fact((*path, name), aspect, ABSENT)
        for path, aspect in objects | {((), Aspect.HEADER)}
        for name in names.get((path, aspect), ())
        if Fact((*path, name), aspect, PRESENT) not in facts
    }
    return facts | missing


def _contradicts(fact: Fact, known: Known) -> bool:
    if fact.aspect in _NEVER:
        return False
    if fact.aspect is Aspect.HEADER:
        return True
    if fact.aspect in {Aspect.PRESENCE, Aspect.KEYS}:
        # Of an object without any known field, the names may be data.
        around = fact.path[:-1] if fact.aspect is Aspect.PRESENCE else fact.path
        return any(
            path[:-1] == around and PRESENT in values
            for (path, aspect), values in known.items()
            if path and aspect is Aspect.PRESENCE
        )
    kinds = known.get((fact.path, Aspect.KIND), set())
    values = known.get((fact.path, fact.aspect), set())
    if fact.aspect in {Aspect.ECHO, Aspect.FORMAT} and not kinds - {_NULL}:
        return False
    rule = {Aspect.KIND: _is_other_kind, Aspect.FORMAT: _is_other_format, Aspect.ORDER: _is_other_order}
    return rule[fact.aspect](fact.value, values) if fact.aspect in rule else fact.aspect is Aspect.ECHO or bool(values)


def _is_other_kind(kind: str, known: set[str]) -> bool:
    if kind == _INTEGER and _NUMBER in known:
        return False
    return bool(known) if kind == _NULL else bool(known - {_NULL})


def _is_other_format(form: str, known: set[str]) -> bool:
    if form in _TELLING or (form in STRONG and known):
        return True
    if form.startswith(DECIMALS):
        decimals = [int(each.removeprefix(DECIMALS)) for each in known if each.startswith(DECIMALS)]
        return bool(decimals) and int(form.removeprefix(DECIMALS)) > max(decimals)
    free = {TEXT} if form == NUMERIC else {TEXT, EMPTY}
    return bool(known) and not known & free if not form.startswith(DIGITS) else bool(known) and TEXT not in known


def _is_other_order(direction: str, known: set[str]) -> bool:
    return _OPPOSITE[direction] in known
