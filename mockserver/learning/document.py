"""An OpenAPI or Swagger document: its bytes read as JSON or YAML, and the references inside it resolved."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote

import yaml

from mockserver.learning.errors import LearnError
from mockserver.validation import json_text, yaml_text

Node = Mapping[str, Any]

_DEPTH_MAXIMUM = 100
"""How deep a file may be nested; a parser written in C crashes far beyond it."""

_CHAIN_MAXIMUM = 50
"""How many references may lead to the next before one leads to a value."""

_HTML = re.compile(rb"\s*<(!doctype|html|\?xml)", re.IGNORECASE)
_PLACES = "/v3/api-docs, /v2/api-docs, /openapi.json or /swagger.json"


def mapping(node: object) -> Node:
    """A mapping with its keys as text; an empty one in place of anything else."""
    return {str(key): value for key, value in node.items()} if isinstance(node, dict) else {}


def listing(node: object) -> list[Any]:
    """A list; an empty one in place of anything else."""
    return node if isinstance(node, list) else []


def text(node: object) -> str:
    """A text without the white space around it; an empty one in place of anything else."""
    return node.strip() if isinstance(node, str) else ""


def escape(key: str) -> str:
    """A key as one step of a JSON pointer."""
    return key.replace("~", "~0").replace("/", "~1")


class Document:
    """One file; `version` is as in "Swagger 2.0" or "OpenAPI 3.0.1"."""

    def __init__(self, content: bytes, name: str) -> None:
        self.name = name
        self.root = mapping(_parse(content, name))
        self.version = self._version()
        if not mapping(self.root.get("paths")):
            raise LearnError(f"{name}: this {self.version} file has no paths")

    @property
    def is_swagger(self) -> bool:
        """Whether it is of version 2, in which parameters and responses have another form."""
        return "swagger" in self.root

    def _version(self) -> str:
        for key, title, supported in (("swagger", "Swagger", ("2.0",)), ("openapi", "OpenAPI", ("3.0", "3.1"))):
            if key in self.root:
                version = str(self.root[key])
                if not version.startswith(supported):
                    raise LearnError(
                        f"{self.name}: {key} is {version!r:.20}; this command reads Swagger 2.0, OpenAPI 3.0 and 3.1"
                    )
                return f"{title} {version}"
        raise LearnError(
            f"{self.name}: not an OpenAPI file: it has neither `openapi` nor `swagger` at its top; "
            f"a server usually has its file at {_PLACES}"
        )

    def resolve(self, node: object, pointer: str) -> tuple[Node, str, tuple[str, ...]]:
        """A node behind its references, the pointer to it, and those of the nodes on the way.

        LearnError for a reference into another file, to nothing, or to itself.
        """
        passed: list[str] = []
        found = mapping(node)
        while isinstance(found.get("$ref"), str):
            reference = found["$ref"]
            if len(passed) >= _CHAIN_MAXIMUM or reference in passed:
                raise LearnError(f"{self.name}: the reference {reference!r} at {pointer} leads to itself")
            passed.append(reference)
            found = mapping(self._at(reference, pointer))
            pointer = reference
        return found, pointer, tuple(passed)

    def _at(self, reference: str, pointer: str) -> object:
        if not reference.startswith("#"):
            raise LearnError(
                f"{self.name}: the reference {reference!r} at {pointer} leads to another file, and only references "
                "inside the file are resolved; make one file of them, as `redocly bundle` does"
            )
        node: object = self.root
        for step in reference[1:].split("/")[1:]:
            key = unquote(step).replace("~1", "/").replace("~0", "~")
            node = listing(node)[int(key)] if _is_index(node, key) else mapping(node).get(key)
        if node is None:
            raise LearnError(f"{self.name}: the reference {reference!r} at {pointer} leads to nothing")
        return node


def _is_index(node: object, key: str) -> bool:
    return isinstance(node, list) and key.isdecimal() and int(key) < len(node)


def _parse(content: bytes, name: str) -> object:
    if _HTML.match(content):
        raise LearnError(
            f"{name}: an HTML page, not an OpenAPI file; the file behind a Swagger page is usually at {_PLACES}"
        )
    try:
        decoded = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise LearnError(f"{name}: not UTF-8 at byte {error.start}; it must be a text file in JSON or YAML") from error
    if decoded.lstrip().startswith("{"):
        return _parse_json(decoded, name)
    return _parse_yaml(decoded, name)


def _parse_json(decoded: str, name: str) -> object:
    if json_text.is_deeper(decoded, _DEPTH_MAXIMUM):
        raise LearnError(f"{name}: nested deeper than {_DEPTH_MAXIMUM} levels")
    try:
        return json.loads(decoded)
    except json.JSONDecodeError as error:
        raise LearnError(f"{name}: not JSON at line {error.lineno}, column {error.colno}: {error.msg}") from error
    except ValueError as error:
        raise LearnError(f"{name}: not JSON that can be read: a number is too long") from error


def _parse_yaml(decoded: str, name: str) -> object:
    try:
        if any(depth > _DEPTH_MAXIMUM for depth in _depths(decoded)):
            raise LearnError(f"{name}: nested deeper than {_DEPTH_MAXIMUM} levels")
        return yaml.load(decoded, yaml_text.DECIMAL_LOADER)  # noqa: S506 (derived from the safe loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        line = f" at line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        raise LearnError(f"{name}: neither JSON nor YAML{line}: {error.problem or error.context}") from error
    except (yaml.YAMLError, ValueError) as error:
        if isinstance(error, LearnError):
            raise
        raise LearnError(f"{name}: neither JSON nor YAML: {' '.join(str(error).split())}") from error


def _depths(decoded: str) -> Iterator[int]:
    depth = 0
    for event in yaml.parse(decoded, Loader=yaml_text.DECIMAL_LOADER):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        yield depth
