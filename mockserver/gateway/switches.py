"""Switches: the choices that a vendor's documentation leaves open, their options, and the evidence for the default.

Each vendor's `policy` declares its own switches. The sandbox holds the options in force.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Generic, TypeVar, cast

from analytics_mockserver.suggestions import unknown_name
from mockserver.simulation.timestamps import format_utc, seconds
from mockserver.validation import json_text

NAME_MAXIMUM = 100
"""The longest name that a response field may be given, in characters."""

Option = str | int
"""An option of any switch; those with names are members of a StrEnum."""

Options = Mapping[str, Option]
"""An option for each of several switches of one vendor, by the switch's name."""

T = TypeVar("T", bound=Option)
E = TypeVar("E", bound=StrEnum)
Part = TypeVar("Part")


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
    """A switch or an option that does not exist; the text lists those that do."""


@dataclass(frozen=True, slots=True)
class Switch(Generic[T]):
    """One undocumented choice: `description` explains it, with the source; `default` is one of `options`."""

    name: str
    options: tuple[T, ...]
    default: T
    grade: Grade
    description: str

    def read(self, *values: object) -> T:
        """The option that the last value names (a number may be text); SwitchError if any value names no option."""
        return [self._option(value) for value in values][-1]

    def _option(self, value: object) -> T:
        for option in self.options:
            if not isinstance(value, bool) and value in (option, str(option)):
                return option
        allowed = ", ".join(str(option) for option in self.options)
        raise SwitchError(f"{self.name} cannot be {value!r:.100}; it takes one of: {allowed}")

    def to_json(self, option: Option) -> object:
        """An option of the switch as JSON has it."""
        return option


AnySwitch = Switch[Any]

Known = Mapping[str, tuple[AnySwitch, ...]]
"""All switches, by their vendor, or by the name of a group that belongs to no vendor."""


@dataclass(frozen=True, slots=True)
class Renaming(Switch[str]):
    """A switch that takes a mapping: `options` are the response fields that may be renamed; by default none is.

    `kept` are the other response fields, which are documented and never change. `groups` are the fields that can be in
    one body, whose names must stay distinct. The option in force is the mapping as JSON text, in the order of `options`
    and without fields that keep their names.
    """

    kept: tuple[str, ...]
    groups: tuple[tuple[str, ...], ...]

    def read(self, *values: object) -> str:
        """The option that mappings mean, merged in order; each may be text: JSON, or as in "items=rows,date=day".

        SwitchError for an unknown field, a new name that is not a name, or two names that collide.
        """
        mapping = {old: new for value in values for old, new in self._parse(value).items()}
        for old, new in mapping.items():
            self._check(old, new)
        renamed = {name: str(mapping.get(name, name)) for name in (*self.options, *self.kept)}
        for group in self.groups:
            self._check_distinct({name: renamed[name] for name in (*group, *self.kept)})
        return json.dumps({old: new for old, new in renamed.items() if old != new}, ensure_ascii=False)

    def to_json(self, option: Option) -> dict[str, str]:
        """The mapping: the new name of each renamed field."""
        return {old: str(new) for old, new in _json_object(str(option)).items()}

    def _parse(self, value: object) -> Mapping[str, object]:
        if isinstance(value, Mapping):
            return value
        try:
            if isinstance(value, str):
                return _json_object(value) if value.lstrip().startswith("{") else _pairs(value)
        except ValueError as error:
            raise SwitchError(f"{self.name} cannot be {value!r:.100}: {error}") from error
        form = 'a mapping of response names to others, as in {"old": "new"} or old=new,older=newer'
        raise SwitchError(f"{self.name} cannot be {value!r:.100}; it takes {form}")

    def _check(self, old: object, new: object) -> None:
        if old in self.kept:
            raise SwitchError(f"{self.name} cannot rename {old!r}: it is documented, and never changes")
        if old not in self.options:
            raise SwitchError(f"{self.name}: {unknown_name('response name', str(old), self.options)}")
        if not isinstance(new, str) or not 1 <= len(new) <= NAME_MAXIMUM or not new.isprintable() or new.isspace():
            rule = f"a name is text of 1 to {NAME_MAXIMUM} printable characters, not only spaces"
            raise SwitchError(f"{self.name} cannot call {old!r} {new!r:.110}: {rule}")

    def _check_distinct(self, renamed: Mapping[str, str]) -> None:
        for new, times in Counter(renamed.values()).items():
            if times > 1:
                both = " and ".join(repr(old) for old, given in renamed.items() if given == new)
                raise SwitchError(
                    f"{self.name} would call {both} alike, {new!r}: names must stay distinct (two may be swapped)"
                )


@dataclass(frozen=True, slots=True)
class TimestampSwitch(Switch[str]):
    """A switch that takes any timestamp in whole seconds; `options` are the default and another one to try.

    The option in force is the timestamp in UTC, as in 2026-05-01T00:00:00Z.
    """

    def _option(self, value: object) -> str:
        try:
            moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
            if moment.tzinfo is not None and not moment.microsecond:
                return format_utc(seconds(moment))
        except (ValueError, OverflowError):
            pass
        rule = "a timestamp in whole seconds with its time zone, as in 2026-05-01T00:00:00Z"
        raise SwitchError(f"{self.name} cannot be {value!r:.100}; it takes {rule}")


@dataclass(frozen=True, slots=True)
class Switches:
    """The options in force for one vendor, by the names of their switches, each as the switch has read it.

    A switch is the key to its option, so the type checker knows the option.
    """

    by_name: Mapping[str, Any]
    _parts: dict[Callable[[Any], Any], Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    def of(self, part: "Callable[[Switches], Part]") -> "Part":
        """What depends on nothing but the options, such as a schema: made when first needed, and the same from then on.

        Making a schema takes longer than most of what it does.
        """
        found = self._parts.get(part)
        if found is None:
            found = self._parts.setdefault(part, part(self))
        return cast("Part", found)

    def __getitem__(self, switch: Switch[T]) -> T:
        option: T = self.by_name[switch.name]
        return option

    def renamed_fields(self, switches: Iterable[AnySwitch]) -> dict[str, str]:
        """The new names of response fields; empty where none is renamed."""
        renaming = [each for each in switches if isinstance(each, Renaming) and self[each] != each.default]
        return {old: new for each in renaming for old, new in each.to_json(self[each]).items()}


def switch(name: str, options: type[E], *, default: E | None = None, grade: Grade, description: str) -> Switch[E]:
    """A switch over the members of an enumeration, the default first: by default, the first member."""
    members = tuple(sorted(options, key=lambda member: member is not default))
    return Switch(name, members, members[0], grade, description)


def timestamp_switch(name: str, default: str, other: str, *, grade: Grade, description: str) -> TimestampSwitch:
    """A switch that takes any timestamp."""
    return TimestampSwitch(name, (default, other), default, grade, description)


def names(
    name: str,
    *renamable: str,
    kept: tuple[str, ...] = (),
    groups: tuple[tuple[str, ...], ...] = (),
    grade: Grade,
    description: str,
) -> Renaming:
    """A switch that renames response fields, none of them by default; those in `kept` never change.

    Each group has the fields that can be in one body, where not all fields can; fields that share no group may get the
    same name.
    """
    return Renaming(name, renamable, "{}", grade, description, kept, groups or (renamable,))


def declared(variables: Mapping[str, object]) -> tuple[AnySwitch, ...]:
    """The switches among a module's variables, in the order of their declaration."""
    return tuple(each for each in variables.values() if isinstance(each, Switch))


def defaults(switches: Iterable[AnySwitch]) -> dict[str, Option]:
    """The default option of each switch, by its name."""
    return {each.name: each.default for each in switches}


def parse(switches: Iterable[AnySwitch], given: Mapping[str, object]) -> dict[str, Option]:
    """The options that were given, by name; SwitchError for an unknown switch (with the nearest one) or option.

    A tuple holds several values given for one switch, in their order.
    """
    known = {each.name: each for each in switches}
    found: dict[str, Option] = {}
    for name, value in given.items():
        if name not in known:
            raise SwitchError(unknown_name("switch", name, known))
        found[name] = known[name].read(*(value if isinstance(value, tuple) else (value,)))
    return found


def _json_object(text: str) -> dict[str, object]:
    """A JSON object; ValueError for anything else, and for a field given twice."""
    if json_text.is_deeper(text, json_text.DEPTH_MAXIMUM):
        raise ValueError("it is nested too deeply")
    found: dict[str, object] = json.loads(text, object_pairs_hook=_unique)
    return found


def _pairs(text: str) -> dict[str, object]:
    """Pairs as in "a=b, c=d"; ValueError for anything else."""
    pairs: list[tuple[str, object]] = []
    for part in text.split(","):
        old, equals, new = part.partition("=")
        if not equals:
            raise ValueError('it takes old=new,older=newer, or a JSON object as in {"old": "new"}')
        pairs.append((old.strip(), new.strip()))
    return _unique(pairs)


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    for name, times in Counter(name for name, _ in pairs).items():
        if times > 1:
            raise ValueError(f"{name!r} is there {times} times")
    return dict(pairs)
