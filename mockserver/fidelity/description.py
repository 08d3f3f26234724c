"""Answers which things an OpenAPI file describes, each with the evidence that holds for it, or none.

What of it is a row, and what is served, stays out (`ledger`).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from mockserver.fidelity import evidence
from mockserver.fidelity.evidence import Evidence, Node
from mockserver.fidelity.rows import Kind

ELSEWHERE = {"NotFound": "404", "MethodNotAllowed": "405"}
"""Answers for paths and methods that the file does not have, to which no operation needs to refer."""

_COMBINED = ("allOf", "oneOf", "anyOf")


@dataclass(frozen=True, slots=True)
class LedgerItem:
    """Something that is described; `evidence` is None where nothing vouches for it."""

    kind: Kind
    name: str
    evidence: Evidence | None


class Description:
    """An OpenAPI 3.1 document, walked."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.document = document
        self.operations: list[tuple[str, str, dict[str, Any]]] = [
            (path, method, operation)
            for path, item in document["paths"].items()
            for method, operation in item.items()
            if "operationId" in operation
        ]

    def things(self) -> Iterator[LedgerItem]:
        """Everything that is described, in the order of the kinds; what is shared by operations comes once for each."""
        found = [
            thing
            for path, method, operation in self.operations
            for thing in self._of_operation(f"{method.upper()} {path}", operation)
        ]
        found += [*self._doors(), *self._refusals(), *self._bodies()]
        yield from sorted(dict.fromkeys(found), key=lambda thing: [*Kind].index(thing.kind))

    def at(self, pointer: str) -> Any:
        """What stands at a pointer into the file, as in "#/components/schemas/Day"."""
        node: Any = self.document
        for step in pointer.split("/")[1:]:
            node = node[step]
        return node

    def entered(self, node: Node, held: Evidence | None) -> tuple[Node, Evidence | None]:
        """A node with its reference followed, and what vouches for it: its own, its target's, or what held around."""
        if "$ref" not in node:
            return node, evidence.own(node) or held
        target, held = self.entered(self.at(node["$ref"]), held)
        return {**target, **node}, evidence.own(node) or held

    def _of_operation(self, request: str, operation: dict[str, Any]) -> Iterator[LedgerItem]:
        asked = operation["operationId"]
        yield LedgerItem(Kind.OPERATION, f"{asked}: {request}", evidence.own(operation))
        for each in operation.get("parameters", ()):
            yield from self._of_parameter(asked, *self.entered(each, None))
        for media in operation.get("requestBody", {"content": {}})["content"].values():
            yield from self._fields(Kind.PARAMETER, f"{asked} body ", media["schema"], None)
        for status, each in operation["responses"].items():
            if status < "400":
                yield from self._of_answer(status, asked, each)

    def _of_parameter(self, asked: str, parameter: Node, held: Evidence | None) -> Iterator[LedgerItem]:
        name = f"{asked} {parameter['name']}"
        yield LedgerItem(Kind.PARAMETER, name, held)
        schema, _ = self.entered(parameter["schema"], None)
        said = [f"{schema[word]} {means}" for word, means in _BOUNDS if word in schema]
        if "maximum" in schema:
            yield LedgerItem(Kind.LIMIT, f"{name}: {', '.join(said)}", held)

    def _of_answer(self, status: str, asked: str, answer: Node) -> Iterator[LedgerItem]:
        response, held = self.entered(answer, None)
        yield from self._headers(f"{status} {asked}", response, held)
        for media in response.get("content", {}).values():
            yield from self._fields(Kind.FIELD, f"{asked} ", media["schema"], held)

    def _headers(self, name: str, response: Node, held: Evidence | None) -> Iterator[LedgerItem]:
        for header, each in response.get("headers", {}).items():
            yield LedgerItem(Kind.HEADER, f"{name} {header}", self.entered(each, held)[1])

    def _doors(self) -> Iterator[LedgerItem]:
        for name, scheme in self.document["components"]["securitySchemes"].items():
            yield LedgerItem(Kind.HEADER, f"request Authorization ({name})", evidence.own(scheme))

    def _refusals(self) -> Iterator[LedgerItem]:
        for status, name in self.refusals():
            response, held = self.entered({"$ref": f"#/components/responses/{name}"}, None)
            yield LedgerItem(Kind.ERROR, f"{status} {name}", held)
            yield from self._headers(f"{status} {name}", response, held)

    def _bodies(self) -> Iterator[LedgerItem]:
        """The fields of the shapes that refusals have: the one that an answer refers to first."""
        for _, name in self.refusals():
            for media in self.at(f"#/components/responses/{name}")["content"].values():
                shape = media["schema"].get("allOf", [media["schema"]])[0]
                yield from self._fields(Kind.ERROR, f"{shape['$ref'].rpartition('/')[2]} ", shape, None)

    def refusals(self) -> list[tuple[str, str]]:
        """Status and name of every refusal, those that no operation refers to included."""
        there = self.document["components"]["responses"]
        found = {(status, name) for name, status in ELSEWHERE.items() if name in there}
        for _, _, operation in self.operations:
            found |= {
                (status, each["$ref"].rpartition("/")[2])
                for status, each in operation["responses"].items()
                if status >= "400"
            }
        return sorted(found)

    def _fields(self, kind: Kind, before: str, schema: Node, held: Evidence | None) -> Iterator[LedgerItem]:
        found: dict[str, Evidence | None] = {}
        self._gather(schema, held, "", found)
        for path, vouched in found.items():
            yield LedgerItem(kind, before + path, vouched)

    def _gather(self, schema: Node, held: Evidence | None, at: str, found: dict[str, Evidence | None]) -> None:
        """Note every property below a schema by its path; of several descriptions of one the first vouches for it."""
        node, held = self.entered(schema, held)
        for part in (part for word in _COMBINED for part in node.get(word, ())):
            self._gather(part, held, at, found)
        for name, each in node.get("properties", {}).items():
            path = f"{at}.{name}" if at else name
            found.setdefault(path, self.entered(each, held)[1])
            self._gather(each, held, path, found)
        if "items" in node:
            self._gather(node["items"], held, f"{at}[]", found)


_BOUNDS = (("minimum", "at least"), ("maximum", "at most"), ("default", "by default"))
