"""Answers how an undocumented choice is named, which values it may take, and what evidence there is for each.

Which choices a vendor has stays out (its `policy` lists them), and so does which value holds now (`sandbox`).
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum

NAME_MAXIMUM = 100
"""The longest name that a response name may be given, in characters."""

Value = str | int
Values = Mapping[str, Value]
"""The values in force for one vendor, by the switch's name."""


class Grade(StrEnum):
    """How much evidence stands behind the default."""

    DOCUMENTED = "D"
    OBSERVED = "O"
    INFERRED = "I"
    ASSUMED = "A"

    @property
    def evidence(self) -> str:
        """The grade spelled out."""
        return self.name.lower()


class SwitchError(ValueError):
    """A switch or a value that does not exist; the text names what does."""


@dataclass(frozen=True, slots=True)
class Repeated:
    """Several values that are stated for one switch at once, in their order; at least one."""

    values: tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Switch:
    """One undocumented choice: `says` tells what is chosen and the source; `default` is one of `choices`."""

    name: str
    options: tuple[Value, ...]
    default: Value
    grade: Grade
    description: str

    def read(self, value: object) -> Value:
        """The choice that `value` means (a number may come as text); SwitchError names the choices otherwise."""
        for choice in self.options:
            if not isinstance(value, bool) and value in (choice, str(choice)):
                return choice
        allowed = ", ".join(str(choice) for choice in self.options)
        raise SwitchError(f"{self.name} cannot be {value!r}; it takes one of: {allowed}")

    def combine(self, values: Sequence[object]) -> Value:
        """What several statements mean that were made at once: the last one, but none may be wrong."""
        return [self.read(value) for value in values][-1]

    def to_json(self, value: Value) -> object:
        """A value of the switch as JSON has it."""
        return value


Known = Mapping[str, tuple[Switch, ...]]
"""Every switch there is, by its vendor, or by the name of a group that is no vendor's."""


@dataclass(frozen=True, slots=True)
class Renaming(Switch):
    """A switch that takes a mapping: `choices` are the response names that may be renamed; by default none is.

    `kept` are the response names beside them that are documented and never change. The value is the mapping as JSON
    text, in the order of the choices and without names that keep theirs.
    """

    kept: tuple[str, ...]

    def read(self, value: object) -> Value:
        """The value that a mapping means, or a text: JSON, or as in "items=rows,date=day".

        A name that is not in the list, a new one that is no name, or two that collide, is a SwitchError.
        """
        stated = self._parsed(value)
        for old, new in stated.items():
            self._check(old, new)
        called = {name: str(stated.get(name, name)) for name in (*map(str, self.options), *self.kept)}
        self._check_distinct(called)
        return json.dumps({old: new for old, new in called.items() if old != new}, ensure_ascii=False)

    def to_json(self, value: Value) -> dict[str, str]:
        """The mapping: what the response names are called instead."""
        return {old: str(new) for old, new in _object(str(value)).items()}

    def combine(self, values: Sequence[object]) -> Value:
        """What several mappings mean that were stated at once: one mapping, in which of a name the last one counts."""
        return self.read({old: new for value in values for old, new in self._parsed(value).items()})

    def _parsed(self, value: object) -> Mapping[str, object]:
        if isinstance(value, Mapping):
            return value
        try:
            if isinstance(value, str):
                return _object(value) if value.lstrip().startswith("{") else _listed(value)
        except (ValueError, RecursionError) as error:
            raise SwitchError(f"{self.name} cannot be {value!r:.100}: {error}") from error
        form = 'a mapping of response names to others, as in {"old": "new"} or old=new,older=newer'
        raise SwitchError(f"{self.name} cannot be {value!r:.100}; it takes {form}")

    def _check(self, old: object, new: object) -> None:
        if old in self.kept:
            raise SwitchError(f"{self.name} cannot rename {old!r}: it is documented, and never changes")
        if old not in self.options:
            raise SwitchError(f"{self.name}: {did_you_mean('response name', str(old), map(str, self.options))}")
        if not isinstance(new, str) or not 1 <= len(new) <= NAME_MAXIMUM or not new.isprintable() or new.isspace():
            rule = f"a name is text of 1 to {NAME_MAXIMUM} printable characters, not only spaces"
            raise SwitchError(f"{self.name} cannot call {old!r} {new!r:.110}: {rule}")

    def _check_distinct(self, called: Mapping[str, str]) -> None:
        for new, times in Counter(called.values()).items():
            if times > 1:
                both = " and ".join(repr(old) for old, given in called.items() if given == new)
                raise SwitchError(
                    f"{self.name} would call {both} alike, {new!r}: names must stay distinct (two may be swapped)"
                )


def _object(text: str) -> dict[str, object]:
    """A JSON object; ValueError for anything else, and for a member that is there twice."""
    found: dict[str, object] = json.loads(text, object_pairs_hook=_once)
    return found


def _listed(text: str) -> dict[str, object]:
    """Pairs as in "a=b, c=d"; ValueError for anything else."""
    pairs: list[tuple[str, object]] = []
    for part in text.split(","):
        old, equals, new = part.partition("=")
        if not equals:
            raise ValueError('it takes old=new,older=newer, or a JSON object as in {"old": "new"}')
        pairs.append((old.strip(), new.strip()))
    return _once(pairs)


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    for name, times in Counter(name for name, _ in pairs).items():
        if times > 1:
            raise ValueError(f"{name!r} is there {times} times")
    return dict(pairs)


def switch(name: str, *options: Value, grade: Grade, description: str) -> Switch:
    """A switch whose first choice is the default."""
    return Switch(name, options, options[0], grade, description)


def names(name: str, *renamable: str, kept: tuple[str, ...] = (), grade: Grade, description: str) -> Switch:
    """A switch that renames response names, none of them by default; those `kept` are taken, and never change."""
    return Renaming(name, renamable, "{}", grade, description, kept)


def renamed(switches: Iterable[Switch], values: Values) -> dict[str, str]:
    """What response names are called instead by the values in force; empty where nothing is renamed."""
    turned = [each for each in switches if isinstance(each, Renaming) and values[each.name] != each.default]
    return {old: new for each in turned for old, new in each.to_json(values[each.name]).items()}


def defaults(switches: Iterable[Switch]) -> dict[str, Value]:
    """Every switch at its default."""
    return {each.name: each.default for each in switches}


def parse(switches: Iterable[Switch], stated: Mapping[str, object]) -> dict[str, Value]:
    """The stated values, checked; SwitchError for an unknown name (with the nearest one) or value."""
    known = {each.name: each for each in switches}
    found: dict[str, Value] = {}
    for name, value in stated.items():
        if name not in known:
            raise SwitchError(did_you_mean("switch", name, known))
        found[name] = known[name].combine(value.values) if isinstance(value, Repeated) else known[name].read(value)
    return found


def did_you_mean(kind: str, name: str, known: Iterable[str]) -> str:
    """A sentence saying that a name is unknown, with the nearest one and the whole list."""
    names = list(known)
    near = get_close_matches(name, names, n=1)
    hint = f" (did you mean {near[0]!r}?)" if near else ""
    return f"there is no {kind} {name!r}{hint}; there are: {', '.join(names) or 'none'}"
