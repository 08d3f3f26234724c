"""Answers how an undocumented choice is named, which values it may take, and what evidence there is for each.

Which choices a vendor has stays out (its `policy` lists them), and so does which value holds now (`sandbox`).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum

Value = str | int
Values = Mapping[str, Value]
"""The values in force for one vendor, by the switch's name."""


class Grade(StrEnum):
    """How much evidence stands behind the default."""

    DOCUMENTED = "D"
    OBSERVED = "O"
    INFERRED = "I"
    ASSUMED = "A"


class SwitchError(ValueError):
    """A switch or a value that does not exist; the text names what does."""


@dataclass(frozen=True, slots=True)
class Switch:
    """One undocumented choice: `says` tells what is chosen and the source; `default` is one of `choices`."""

    name: str
    choices: tuple[Value, ...]
    default: Value
    grade: Grade
    says: str

    def read(self, value: object) -> Value:
        """The choice that `value` means (a number may come as text); SwitchError names the choices otherwise."""
        for choice in self.choices:
            if not isinstance(value, bool) and value in (choice, str(choice)):
                return choice
        allowed = ", ".join(str(choice) for choice in self.choices)
        raise SwitchError(f"{self.name} cannot be {value!r}; it takes one of: {allowed}")


def switch(name: str, *choices: Value, grade: Grade, says: str) -> Switch:
    """A switch whose first choice is the default."""
    return Switch(name, choices, choices[0], grade, says)


def defaults(switches: Iterable[Switch]) -> dict[str, Value]:
    """Every switch at its default."""
    return {each.name: each.default for each in switches}


def read(switches: Iterable[Switch], stated: Mapping[str, object]) -> dict[str, Value]:
    """The stated values, checked; SwitchError for an unknown name (with the nearest one) or value."""
    known = {each.name: each for each in switches}
    found: dict[str, Value] = {}
    for name, value in stated.items():
        if name not in known:
            raise SwitchError(unknown("switch", name, known))
        found[name] = known[name].read(value)
    return found


def unknown(kind: str, name: str, known: Iterable[str]) -> str:
    """A sentence saying that a name is unknown, with the nearest one and the whole list."""
    names = list(known)
    near = get_close_matches(name, names, n=1)
    hint = f" (did you mean {near[0]!r}?)" if near else ""
    return f"there is no {kind} {name!r}{hint}; there are: {', '.join(names) or 'none'}"
