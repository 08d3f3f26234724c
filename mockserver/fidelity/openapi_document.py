"""The items that an OpenAPI file describes, each with its evidence.

`ledger` makes rows of them, and compares them with what is served.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from mockserver.fidelity import evidence
from mockserver.fidelity.evidence import Evidence, Node

_UNREFERENCED = {"NotFound": "404", "MethodNotAllowed": "405", "NotSimulated": "501"}
"""The errors for unknown paths and methods, and for what is not simulated; no operation needs to refer to them."""


class Kind(StrEnum):
    """What an item or a row of the ledger is about, in the order in which rows are listed."""

    OPERATION = "operation"
    PARAMETER = "parameter"
    FIELD = "field"
    ERROR = "error"
    HEADER = "header"
    LIMIT = "limit"
    SWITCH = "switch"
    RULE = "rule"
    UNSERVED = "not simulated"


@dataclass(frozen=True, slots=True)
class LedgerItem:
    """One thing that a file describes; `evidence` is None where there is none."""

    kind: Kind
    name: str
    evidence: Evidence | None


class OpenApiDocument:
    """An OpenAPI 3.1 document and its items."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.document = document
        self._responses: dict[str, Any] = document["components"]["responses"]
        self._unreferenced = {name: status for name, status in _UNREFERENCED.items() if name in self._responses}
        self.operations: list[tuple[str, str, dict[str, Any]]] = [
            (path, method, operation)
            for path, item in document["paths"].items()
            for method, operation in item.items()
            if "operationId" in operation
        ]

    def items(self) -> Iterable[LedgerItem]:
        """Every item; if one is described more than once, the first description counts.

        Shared parts are listed once for each operation.
        """
        found: dict[tuple[Kind, str], LedgerItem] = {}
        for item in self._all_items():
            found.setdefault((item.kind, item.name), item)
        return found.values()

    def unused(self) -> set[str]:
        """Pointers to the components that no operation leads to."""
        reached: set[str] = set()
        pending = [*_references(self.document["paths"])]
        pending += [f"#/components/responses/{name}" for name in self._unreferenced]
        while pending:
            pointer = pending.pop()
            if pointer not in reached:
                reached.add(pointer)
                pending += _references(self._at(pointer))
        components = self.document["components"]
        kinds = ("schemas", "parameters", "responses")
        return {f"#/components/{kind}/{name}" for kind in kinds for name in components.get(kind, ())} - reached

    def _at(self, pointer: str) -> Any:
        """The node at a pointer into the file, as in "#/components/schemas/Day"."""
        node: Any = self.document
        for step in pointer.split("/")[1:]:
            node = node[step]
        return node

    def _resolve(self, node: Node, operation: str, inherited: Evidence | None = None) -> tuple[Node, Evidence | None]:
        """A node with its reference resolved, and its evidence: its own, its target's, or an inherited one.

        `operation` is empty for what belongs to none.
        """
        if "$ref" not in node:
            return node, evidence.own(node, operation) or inherited
        target, inherited = self._resolve(self._at(node["$ref"]), operation, inherited)
        return {**target, **node}, evidence.own(node, operation) or inherited

    def _all_items(self) -> Iterator[LedgerItem]:
        for path, method, operation in self.operations:
            yield from self._of_operation(f"{method.upper()} {path}", operation)
        for name, scheme in self.document["components"]["securitySchemes"].items():
            yield LedgerItem(Kind.HEADER, f"request Authorization ({name})", evidence.own(scheme))
        errors = self._errors()
        for status, name in errors:
            response, found = self._resolve(self._responses[name], "")
            yield LedgerItem(Kind.ERROR, f"{status} {name}", found)
            yield from self._headers("", f"{status} {name}", response, found)
        for _, name in errors:
            for media in self._responses[name]["content"].values():
                # Errors combine a shared schema, which comes first, with values of their own.
                schema = media["schema"].get("allOf", [media["schema"]])[0]
                yield from self._fields(Kind.ERROR, "", f"{schema['$ref'].rpartition('/')[2]} ", schema)

    def _of_operation(self, request: str, operation: dict[str, Any]) -> Iterator[LedgerItem]:
        name = operation["operationId"]
        yield LedgerItem(Kind.OPERATION, f"{name}: {request}", evidence.own(operation))
        for each in operation.get("parameters", ()):
            yield from self._of_parameter(name, *self._resolve(each, name))
        for media in operation.get("requestBody", {"content": {}})["content"].values():
            yield from self._fields(Kind.PARAMETER, name, f"{name} body ", media["schema"])
        for status, each in operation["responses"].items():
            if status < "400":
                response, found = self._resolve(each, name)
                yield from self._headers(name, f"{status} {name}", response, found)
                for media in response.get("content", {}).values():
                    yield from self._fields(Kind.FIELD, name, f"{name} ", media["schema"], found)

    def _of_parameter(self, operation: str, parameter: Node, found: Evidence | None) -> Iterator[LedgerItem]:
        name = f"{operation} {parameter['name']}"
        yield LedgerItem(Kind.PARAMETER, name, found)
        schema, _ = self._resolve(parameter["schema"], operation)
        if "maximum" in schema:
            # Bounds with the same evidence are one row.
            bounds: defaultdict[Evidence | None, list[str]] = defaultdict(list)
            for bound in [each for each in evidence.BOUNDS if each in schema]:
                text = f"{schema[bound]} {evidence.BOUNDS[bound]}"
                bounds[evidence.own(parameter, operation, bound) or found].append(text)
            for each, listed in bounds.items():
                yield LedgerItem(Kind.LIMIT, f"{name}: {', '.join(listed)}", each)

    def _headers(self, operation: str, name: str, response: Node, inherited: Evidence | None) -> Iterator[LedgerItem]:
        for header, each in response.get("headers", {}).items():
            yield LedgerItem(Kind.HEADER, f"{name} {header}", self._resolve(each, operation, inherited)[1])

    def _errors(self) -> list[tuple[str, str]]:
        """The status and name of every error, including those that no operation refers to."""
        found = {(status, name) for name, status in self._unreferenced.items()}
        for _, _, operation in self.operations:
            found |= {
                (status, each["$ref"].rpartition("/")[2])
                for status, each in operation["responses"].items()
                if status >= "400"
            }
        return sorted(found)

    def _fields(
        self,
        kind: Kind,
        operation: str,
        prefix: str,
        schema: Node,
        inherited: Evidence | None = None,
        path: str = "",
    ) -> Iterator[LedgerItem]:
        """Every property in a schema, by its path after a prefix."""
        node, inherited = self._resolve(schema, operation, inherited)
        for part in (part for keyword in ("allOf", "oneOf", "anyOf") for part in node.get(keyword, ())):
            yield from self._fields(kind, operation, prefix, part, inherited, path)
        for name, each in node.get("properties", {}).items():
            inner = f"{path}.{name}" if path else name
            yield LedgerItem(kind, prefix + inner, self._resolve(each, operation, inherited)[1])
            yield from self._fields(kind, operation, prefix, each, inherited, inner)
        if "items" in node:
            yield from self._fields(kind, operation, prefix, node["items"], inherited, f"{path}[]")


def _references(node: Any) -> Iterator[str]:
    """Every pointer that a part of a file refers to."""
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        node = list(node.values())
    if isinstance(node, list):
        for each in node:
            yield from _references(each)
