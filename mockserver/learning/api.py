"""The operations of an OpenAPI document: their parameters, their answers by status, and the path to each."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from mockserver.learning.document import Document, Node, escape, listing, mapping, text
from mockserver.learning.schema_shape import SchemaReader
from mockserver.learning.shape import Shape

METHODS: Final = ("get", "put", "post", "patch", "delete")
SUCCESS: Final = "200"


@dataclass(frozen=True, slots=True)
class Parameter:
    """A query parameter; `default` is its default as text."""

    shape: Shape
    is_required: bool
    default: str | None = None
    minimum: int | None = None


@dataclass(frozen=True, slots=True)
class Header:
    """A header of an answer, its name in lower case."""

    name: str
    shape: Shape
    is_required: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """What an operation answers with one status: the shape of the body, and the headers."""

    shape: Shape | None
    headers: Collection[Header]
    where: str


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation with everything of it read; `parameters` are those of the query, by name."""

    id: str
    where: str
    parameters: Mapping[str, Parameter]
    answers: Mapping[str, Answer]

    @property
    def shape(self) -> Shape | None:
        """The body of a successful answer."""
        successes = sorted(status for status in self.answers if status.startswith("2"))
        found = next((self.answers[each] for each in (*successes, "default") if each in self.answers), None)
        return found.shape if found else None


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A method and the whole path of an operation that is not read yet, as in "GET /api/users/{id}"."""

    method: str
    path: str
    where: str

    def __str__(self) -> str:
        return f"{self.method.upper()} {self.path}"


class Api:
    """The API that a document describes."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self._reader = SchemaReader(document)
        self._paths = mapping(document.root["paths"])

    def endpoints(self) -> list[Endpoint]:
        """Every operation, its path below that of the server."""
        prefix = self._prefix()
        return [
            Endpoint(method, prefix + path, f"#/paths/{escape(path)}/{method}")
            for path, item in self._paths.items()
            for method in METHODS
            if method in mapping(item)
        ]

    def read(self, endpoint: Endpoint) -> Operation:
        """An operation; LearnError where a part of it refers to another file."""
        _, _, step, method = endpoint.where.split("/")
        item = mapping(self._paths[step.replace("~1", "/").replace("~0", "~")])
        node = mapping(item[method])
        parameters = dict(self._parameters(item, endpoint.where.rpartition("/")[0]))
        parameters |= self._parameters(node, endpoint.where)
        answers = dict(self._answers(node, endpoint.where))
        return Operation(text(node.get("operationId")) or str(endpoint), endpoint.where, parameters, answers)

    def schemes(self) -> dict[str, str]:
        """The HTTP schemes of the Authorization header in lower case, each with its place."""
        components = mapping(self.document.root.get("components"))
        return {
            text(scheme.get("scheme")).lower(): f"#/components/securitySchemes/{escape(name)}"
            for name, each in mapping(components.get("securitySchemes")).items()
            if (scheme := mapping(each)).get("type") == "http"
        }

    def _prefix(self) -> str:
        """The path of the server, which every path is below."""
        root = self.document.root
        servers = [text(mapping(each).get("url")) for each in listing(root.get("servers"))]
        found = text(root.get("basePath")) if self.document.is_swagger else next(iter(servers), "")
        try:
            return urlsplit(found).path.rstrip("/")
        except ValueError:
            return ""

    def _parameters(self, node: Node, pointer: str) -> Iterator[tuple[str, Parameter]]:
        for index, each in enumerate(listing(node.get("parameters"))):
            found, where, _ = self._document_node(each, f"{pointer}/parameters/{index}")
            if found.get("in") == "query":
                yield text(found.get("name")), self._parameter(found, where)

    def _parameter(self, node: Node, where: str) -> Parameter:
        schema, place = _schema(node, where)
        behind, _, _ = self._document_node(schema, place)
        beside = {**behind, **mapping(schema)}
        default = beside.get("default")
        return Parameter(
            self._reader.shape(schema, place),
            node.get("required") is True,
            None if default is None or isinstance(default, list | dict) else str(default),
            _minimum(beside),
        )

    def _answers(self, node: Node, pointer: str) -> Iterator[tuple[str, Answer]]:
        for status, each in mapping(node.get("responses")).items():
            found, where, _ = self._document_node(each, f"{pointer}/responses/{escape(status)}")
            yield status, Answer(self._body(found, where), tuple(self._headers(found, where)), where)

    def _headers(self, node: Node, where: str) -> Iterator[Header]:
        for name, each in mapping(node.get("headers")).items():
            found, place, _ = self._document_node(each, f"{where}/headers/{escape(name)}")
            yield Header(name.lower(), self._reader.shape(*_schema(found, place)), found.get("required") is True)

    def _body(self, node: Node, where: str) -> Shape | None:
        if self.document.is_swagger:
            return self._reader.shape(node["schema"], f"{where}/schema") if "schema" in node else None
        media = {name: mapping(each) for name, each in mapping(node.get("content")).items()}
        # Spring documents */* where a controller does not say what it produces.
        for name in sorted(media, key=lambda name: "json" not in name):
            if "schema" in media[name]:
                return self._reader.shape(media[name]["schema"], f"{where}/content/{escape(name)}/schema")
        return None

    def _document_node(self, node: object, pointer: str) -> tuple[Node, str, tuple[str, ...]]:
        return self.document.resolve(node, pointer)


def _schema(node: Node, where: str) -> tuple[object, str]:
    """The schema of a parameter or a header, with its place; in Swagger 2.0, that is the parameter or header itself."""
    return (node["schema"], f"{where}/schema") if "schema" in node else (node, where)


def _minimum(schema: Node) -> int | None:
    """The smallest whole number that a schema allows."""
    exclusive, minimum = schema.get("exclusiveMinimum"), schema.get("minimum")
    if isinstance(exclusive, int) and not isinstance(exclusive, bool):
        return exclusive + 1
    return minimum + (exclusive is True) if isinstance(minimum, int) else None
