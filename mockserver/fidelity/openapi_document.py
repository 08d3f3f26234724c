"""Everything that an OpenAPI file describes, each with the evidence that holds for it.

What of it becomes a row, and what is really served, is decided by `ledger`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from mockserver.fidelity import evidence
from mockserver.fidelity.evidence import Evidence, Node
from mockserver.fidelity.rows import Kind

UNREFERENCED = {"NotFound": "404", "MethodNotAllowed": "405"}
"""What answers unknown paths and methods, to which no operation needs to refer."""

_COMBINED = ("allOf", "oneOf", "anyOf")
_BOUNDS = (("minimum", "at least"), ("maximum", "at most"), ("default", "by default"))


@dataclass(frozen=True, slots=True)
class LedgerItem:
    """Something that the file describes; `evidence` is None where there is none."""

    kind: Kind
    name: str
    evidence: Evidence | None


class OpenApiDocument:
    """An OpenAPI 3.1 document and its items."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.document = document
        self.operations: list[tuple[str, str, dict[str, Any]]] = [
            (path, method, operation)
            for path, item in document["paths"].items()
            for method, operation in item.items()
            if "operationId" in operation
        ]

    def items(self) -> Iterator[LedgerItem]:
        """Everything that is described, in the order of the kinds; shared parts are listed once for each operation."""
        found = [
            item
            for path, method, operation in self.operations
            for item in self._of_operation(f"{method.upper()} {path}", operation)
        ]
        found += [*self._security(), *self._errors(), *self._error_bodies()]
        yield from sorted(dict.fromkeys(found), key=lambda item: [*Kind].index(item.kind))

    def at(self, pointer: str) -> Any:
        """The node at a pointer into the file, as in "#/components/schemas/Day"."""
        node: Any = self.document
        for step in pointer.split("/")[1:]:
            node = node[step]
        return node

    def resolve(self, node: Node, inherited: Evidence | None) -> tuple[Node, Evidence | None]:
        """A node with its reference resolved, and its evidence: its own, its target's, or the inherited one."""
        if "$ref" not in node:
            return node, evidence.own(node) or inherited
        target, inherited = self.resolve(self.at(node["$ref"]), inherited)
        return {**target, **node}, evidence.own(node) or inherited

    def _of_operation(self, request: str, operation: dict[str, Any]) -> Iterator[LedgerItem]:
        name = operation["operationId"]
        yield LedgerItem(Kind.OPERATION, f"{name}: {request}", evidence.own(operation))
        for each in operation.get("parameters", ()):
            yield from self._of_parameter(name, *self.resolve(each, None))
        for media in operation.get("requestBody", {"content": {}})["content"].values():
            yield from self._fields(Kind.PARAMETER, f"{name} body ", media["schema"], None)
        for status, each in operation["responses"].items():
            if status < "400":
                yield from self._of_answer(status, name, each)

    def _of_parameter(self, operation: str, parameter: Node, found: Evidence | None) -> Iterator[LedgerItem]:
        name = f"{operation} {parameter['name']}"
        yield LedgerItem(Kind.PARAMETER, name, found)
        schema, _ = self.resolve(parameter["schema"], None)
        bounds = [f"{schema[keyword]} {meaning}" for keyword, meaning in _BOUNDS if keyword in schema]
        if "maximum" in schema:
            yield LedgerItem(Kind.LIMIT, f"{name}: {', '.join(bounds)}", found)

    def _of_answer(self, status: str, operation: str, answer: Node) -> Iterator[LedgerItem]:
        response, found = self.resolve(answer, None)
        yield from self._headers(f"{status} {operation}", response, found)
        for media in response.get("content", {}).values():
            yield from self._fields(Kind.FIELD, f"{operation} ", media["schema"], found)

    def _headers(self, name: str, response: Node, inherited: Evidence | None) -> Iterator[LedgerItem]:
        for header, each in response.get("headers", {}).items():
            yield LedgerItem(Kind.HEADER, f"{name} {header}", self.resolve(each, inherited)[1])

    def _security(self) -> Iterator[LedgerItem]:
        for name, scheme in self.document["components"]["securitySchemes"].items():
            yield LedgerItem(Kind.HEADER, f"request Authorization ({name})", evidence.own(scheme))

    def _errors(self) -> Iterator[LedgerItem]:
        for status, name in self.errors():
            response, found = self.resolve({"$ref": f"#/components/responses/{name}"}, None)
            yield LedgerItem(Kind.ERROR, f"{status} {name}", found)
            yield from self._headers(f"{status} {name}", response, found)

    def _error_bodies(self) -> Iterator[LedgerItem]:
        """The fields of the schemas that errors have: of each error, the schema that it refers to first."""
        for _, name in self.errors():
            for media in self.at(f"#/components/responses/{name}")["content"].values():
                schema = media["schema"].get("allOf", [media["schema"]])[0]
                yield from self._fields(Kind.ERROR, f"{schema['$ref'].rpartition('/')[2]} ", schema, None)

    def errors(self) -> list[tuple[str, str]]:
        """The status and name of every error, including those that no operation refers to."""
        responses = self.document["components"]["responses"]
        found = {(status, name) for name, status in UNREFERENCED.items() if name in responses}
        for _, _, operation in self.operations:
            found |= {
                (status, each["$ref"].rpartition("/")[2])
                for status, each in operation["responses"].items()
                if status >= "400"
            }
        return sorted(found)

    def _fields(self, kind: Kind, prefix: str, schema: Node, inherited: Evidence | None) -> Iterator[LedgerItem]:
        found: dict[str, Evidence | None] = {}
        self._collect(schema, inherited, "", found)
        for path, its_evidence in found.items():
            yield LedgerItem(kind, prefix + path, its_evidence)

    def _collect(self, schema: Node, inherited: Evidence | None, path: str, found: dict[str, Evidence | None]) -> None:
        """Add every property in a schema by its path; where one is described twice, the first evidence counts."""
        node, inherited = self.resolve(schema, inherited)
        for part in (part for keyword in _COMBINED for part in node.get(keyword, ())):
            self._collect(part, inherited, path, found)
        for name, each in node.get("properties", {}).items():
            inner = f"{path}.{name}" if path else name
            found.setdefault(inner, self.resolve(each, inherited)[1])
            self._collect(each, inherited, inner, found)
        if "items" in node:
            self._collect(node["items"], inherited, f"{path}[]", found)
