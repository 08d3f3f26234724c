"""The JSON answers that an OpenAPI file describes, as a tree of fields for each operation.

Only types, fields and sets of values are kept. Alternatives are merged, so that a tree allows at least what the file
allows, and never less.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from mockserver.validation.field_path import EVERY, Path

JSON: Final = "application/json"
_REFINED: Final = ("allOf", "oneOf", "anyOf")
_TYPES: Final[dict[str, type | tuple[type, ...]]] = {
    "object": dict,
    "array": list,
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "null": type(None),
}


@dataclass(frozen=True, slots=True)
class AnswerNode:
    """One place in an answer. Without `types`, any value is allowed; `values` are the only ones, where they are listed.

    `items` is every item of a list, `others` every further field of an object. With `is_closed`, an object has no
    fields but its own.
    """

    types: frozenset[str] = frozenset()
    values: tuple[Any, ...] | None = None
    fields: Mapping[str, "AnswerNode"] = field(default_factory=dict)
    required: frozenset[str] = frozenset()
    is_closed: bool = False
    items: "AnswerNode | None" = None
    others: "AnswerNode | None" = None

    def at(self, path: Path) -> "AnswerNode | None":
        """The place at a path; None where there is none."""
        node: AnswerNode | None = self
        for step in path:
            if node is None:
                return None
            node = node.fields.get(step, node.others) if isinstance(step, str) else node.items
        return node

    def paths(self, path: Path = ()) -> Iterator[tuple[Path, "AnswerNode"]]:
        """Every place below this one with its path, in the order of the file."""
        for name, node in self.fields.items():
            yield (*path, name), node
            yield from node.paths((*path, name))
        if self.items is not None:
            yield (*path, EVERY), self.items
            yield from self.items.paths((*path, EVERY))

    def errors(self, value: Any, where: str = "") -> Iterator[str]:
        """A sentence for each difference between a value and what is described."""
        if self.types and not any(_has_type(value, name) for name in self.types):
            yield f"{where or 'the answer'} is {_shown(value)}, and not {' or '.join(sorted(self.types))}"
        elif self.values is not None and value not in self.values:
            yield f"{where} is {_shown(value)}, and not one of {', '.join(map(str, self.values))}"
        elif isinstance(value, dict):
            yield from self._errors_of_fields(value, where)
        elif isinstance(value, list) and self.items is not None:
            for index, each in enumerate(value):
                yield from self.items.errors(each, f"{where}[{index}]")

    def _errors_of_fields(self, value: dict[str, Any], where: str) -> Iterator[str]:
        prefix = f"{where}." if where else ""
        yield from (f"{prefix}{name} is missing" for name in sorted(self.required - value.keys()))
        for name, each in value.items():
            node = self.fields.get(name, self.others)
            if node is not None:
                yield from node.errors(each, f"{prefix}{name}")
            elif self.is_closed:
                yield f"{prefix}{name} is not described"


ANY: Final = AnswerNode()
Answers = Mapping[str, AnswerNode]
"""The JSON answer of each operation that has one, by its operationId."""


@dataclass(frozen=True, slots=True)
class DescribedOperation:
    """An operation of an OpenAPI file: its id, its method, a pattern of its path, and its JSON answer."""

    name: str
    method: str
    path: re.Pattern[str]
    answer: AnswerNode


def operations(document: Mapping[str, Any]) -> list[DescribedOperation]:
    """Every operation of a file whose success has a JSON body."""
    found = []
    for path, item in document["paths"].items():
        pattern = re.compile("[^/]+".join(map(re.escape, re.split(r"\{[^{}]+\}", path))))
        for method, operation in item.items():
            schema = _answer_schema(document, operation) if "operationId" in operation else None
            if schema is not None:
                answer = _node(document, schema)
                found.append(DescribedOperation(operation["operationId"], method.upper(), pattern, answer))
    return found


def answers(document: Mapping[str, Any]) -> Answers:
    """The JSON answers in a file."""
    return {each.name: each.answer for each in operations(document)}


def _answer_schema(document: Mapping[str, Any], operation: Mapping[str, Any]) -> Mapping[str, Any] | None:
    for status, response in operation["responses"].items():
        content = _resolved(document, response).get("content", {})
        if status < "300" and JSON in content:
            schema: Mapping[str, Any] = content[JSON]["schema"]
            return schema
    return None


def _resolved(document: Mapping[str, Any], node: Mapping[str, Any]) -> Mapping[str, Any]:
    while "$ref" in node:
        target: Any = document
        for step in node["$ref"].split("/")[1:]:
            target = target[step]
        node = {**target, **{key: value for key, value in node.items() if key != "$ref"}}
    return node


def _node(document: Mapping[str, Any], schema: Mapping[str, Any]) -> AnswerNode:
    """A schema with its references and alternatives merged; what it says itself wins over its parts."""
    schema = _resolved(document, schema)
    closed = schema.get("additionalProperties")
    own = AnswerNode(
        _types(schema),
        tuple(schema["enum"]) if "enum" in schema else (schema["const"],) if "const" in schema else None,
        {name: _node(document, each) for name, each in schema.get("properties", {}).items()},
        frozenset(schema.get("required", ())),
        closed is False,
        _node(document, schema["items"]) if "items" in schema else None,
        _node(document, closed) if isinstance(closed, dict) else None,
    )
    for keyword in _REFINED:
        parts = [_node(document, each) for each in schema.get(keyword, ())]
        if parts:
            own = _refined(own, parts if keyword == "allOf" else [_either(parts)])
    return own


def _types(schema: Mapping[str, Any]) -> frozenset[str]:
    given = schema.get("type", ())
    return frozenset((given,) if isinstance(given, str) else given)


def _refined(own: AnswerNode, parts: list[AnswerNode]) -> AnswerNode:
    """A place that is like all of these; of two that describe the same, the first counts."""
    for part in parts:
        own = AnswerNode(
            own.types or part.types,
            part.values if own.values is None else own.values,
            {**own.fields, **{name: node for name, node in part.fields.items() if name not in own.fields}},
            own.required | part.required,
            own.is_closed or part.is_closed,
            own.items or part.items,
            own.others or part.others,
        )
    return own


def _either(parts: list[AnswerNode]) -> AnswerNode:
    """A place that is like one of these."""
    fields = [part.fields for part in reversed(parts)]
    lists = [part.values for part in parts]
    return AnswerNode(
        frozenset().union(*(part.types for part in parts)) if all(part.types for part in parts) else frozenset(),
        None if None in lists else tuple(value for values in lists for value in values or ()),
        {name: node for each in fields for name, node in each.items()},
        frozenset.intersection(*(part.required for part in parts)),
        all(part.is_closed or not part.fields for part in parts) and any(part.is_closed for part in parts),
        next((part.items for part in parts if part.items), None),
        next((part.others for part in parts if part.others), None),
    )


def _has_type(value: Any, name: str) -> bool:
    kinds = _TYPES[name]
    if isinstance(value, bool):
        return name == "boolean"
    return isinstance(value, kinds) or (name == "integer" and isinstance(value, float) and value.is_integer())


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else f"{text[:60]}…"
