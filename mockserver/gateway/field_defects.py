"""Defects in single fields, for every vendor: the OpenAPI file decides in which fields each can be.

Without a path, a defect is in one field of every operation, its default: in the first row, the first field of the right
kind that every row has, else the first of any; where the rows have none, the first in the answer.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from mockserver.gateway.defects import Defect
from mockserver.gateway.response_cache import to_json
from mockserver.validation import field_path
from mockserver.validation.answer_schema import AnswerNode, Answers
from mockserver.validation.field_path import EVERY, Path

NEW_FIELD: Final = "new_field"
"""The name of an added field."""

NEW_ENDING: Final = "_new"
"""What an unknown value has at its end."""


@dataclass(frozen=True, slots=True)
class FieldDefect:
    """A kind of defect in a field: `fits` is whether a field can have it, `is_default` whether it may be a default.

    `change` makes it: it gets the object or list with the field, and its key there. `rule` is what `fits` checks.
    """

    name: str
    description: str
    rule: str
    fits: Callable[[Path, AnswerNode], bool]
    is_default: Callable[[Path, AnswerNode], bool]
    change: Callable[[Any, Any], None]

    def by_default(self, answers: Answers, operations: frozenset[str]) -> Iterator[Defect]:
        """The defect at the default of each of some operations."""
        yield from (self.defect(name, path) for name, path in self.defaults(answers, operations).items())

    def defaults(self, answers: Answers, operations: frozenset[str]) -> dict[str, Path]:
        """The path of its default at each of some operations; an operation without one is left out."""
        found = {name: self._default(answer) for name, answer in answers.items() if name in operations}
        return {name: path for name, path in found.items() if path is not None}

    def defect(self, operation: str, path: Path) -> Defect:
        """The defect at a path of an operation's answer."""
        return Defect(self.name, (operation,), self.description, partial(_change_at, path, self.change))

    def _default(self, answer: AnswerNode) -> Path | None:
        base = _rows(answer)
        row = answer.at(base) or answer
        inside = self._usable([(base, row), *row.paths(base)])
        always = [path for path in inside if _is_always_there(row, path[len(base) :])]
        elsewhere = self._usable(answer.paths())
        found = next(iter((*always, *inside, *elsewhere)), None)
        return None if found is None else tuple(0 if step is EVERY else step for step in found)

    def _usable(self, places: Iterable[tuple[Path, AnswerNode]]) -> list[Path]:
        return [path for path, node in places if self.fits(path, node) and self.is_default(path, node)]


def _change_at(path: Path, change: Callable[[Any, Any], None], body: Any) -> None:
    for holder, key in field_path.places(body, path):
        change(holder, key)


def _rows(answer: AnswerNode) -> Path:
    """The path of the rows in an answer: of its first list of objects; the answer itself where there is none."""
    places = [((), answer), *answer.paths()]
    return next((path for path, node in places if path[-1:] == (EVERY,) and node.fields), ())


def _is_always_there(row: AnswerNode, path: Path) -> bool:
    """Whether every row has a field, so that its first row has it too."""
    node: AnswerNode | None = row
    for step in path:
        if node is None or (isinstance(step, str) and step not in node.required):
            return False
        node = node.at((step,))
    return True


def _set_null(holder: Any, key: Any) -> None:
    holder[key] = None


def _remove(holder: Any, key: Any) -> None:
    del holder[key]


def _make_unknown(holder: Any, key: Any) -> None:
    if isinstance(holder[key], str):
        holder[key] += NEW_ENDING


def _make_text(holder: Any, key: Any) -> None:
    if isinstance(holder[key], int | float) and not isinstance(holder[key], bool):
        holder[key] = to_json(holder[key])


def _add(holder: Any, key: Any) -> None:
    if isinstance(holder[key], dict):
        holder[key][NEW_FIELD] = "new"


def _is_object(_: Path, node: AnswerNode) -> bool:
    return "object" in node.types


def _is_inside(path: Path, _: AnswerNode) -> bool:
    return bool(path)


def _is_field(path: Path, _: AnswerNode) -> bool:
    return bool(path) and isinstance(path[-1], str)


def _has_values(_: Path, node: AnswerNode) -> bool:
    return any(isinstance(value, str) for value in node.values or ())


def _is_number(_: Path, node: AnswerNode) -> bool:
    return bool({"integer", "number"} & node.types)


def _is_only_number(_: Path, node: AnswerNode) -> bool:
    return bool(node.types) and node.types <= {"integer", "number"}


def _is_never_null(_: Path, node: AnswerNode) -> bool:
    return bool(node.types) and not {"object", "array", "null"} & node.types


FIELD_DEFECTS: Final = (
    FieldDefect(
        "field-added",
        f"An object has one more field, {NEW_FIELD!r}, as after a change of the API.",
        "an object, such as users[0]",
        _is_object,
        _is_object,
        _add,
    ),
    FieldDefect("field-null", "A field is null.", "a field or an item", _is_inside, _is_never_null, _set_null),
    FieldDefect("field-missing", "A field is missing.", "a field of an object", _is_field, _is_never_null, _remove),
    FieldDefect(
        "enum-unknown",
        f"A field has a value that is none of those described: the true one with {NEW_ENDING!r} at its end.",
        "a field with a set of values in the OpenAPI file",
        _has_values,
        _has_values,
        _make_unknown,
    ),
    FieldDefect("number-as-text", 'A number is text, as in "5".', "a number", _is_number, _is_only_number, _make_text),
)
"""Every kind of defect in a field. A vendor has those for which there is a default."""
