"""A vendor's OpenAPI file as an oracle: it checks the status, headers, content type and body of an answer."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jsonschema_rs import Draft202012, Draft202012Validator, Registry

from mockserver.admin import openapi
from mockserver.validation import yaml_text

_UNDESCRIBED_HEADERS = frozenset(("content-type", "content-length", "date"))
"""Headers that no OpenAPI file describes."""

_BASE = "urn:oracle"


@dataclass(frozen=True, slots=True)
class Recorded:
    """An answer as it left the app, and its request; header names are in lower case."""

    method: str
    path: str
    status: int
    headers: Mapping[str, str]
    body: bytes

    def __str__(self) -> str:
        return f"{self.method} {self.path} → {self.status}"


class Oracle:
    """An OpenAPI 3.1 file that answers are checked against."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.document = document
        self._registry = Registry([(_BASE, document)], draft=Draft202012)
        self._paths = {re.compile(re.sub(r"\{[^{}]+\}", "[^/]+", path)): path for path in document["paths"]}
        self._validators: dict[str, Draft202012Validator] = {}

    def faults(self, answer: Recorded) -> list[str]:
        """Return a sentence for each difference between an answer and the file; empty if there is none."""
        at = self._response(answer)
        if at is None:
            return [f"{answer}: the file describes no such answer"]
        found = [*self._header_errors(answer, at), *self._content_errors(answer, at)]
        return [f"{answer}: {error}" for error in found]

    def at(self, pointer: str) -> Any:
        """Return the value at a pointer ("#/components/…"), with references resolved."""
        return self._follow(pointer)[1]

    def where(self, pointer: str) -> str:
        """Return the same position as a pointer without references on its path."""
        return self._follow(pointer)[0]

    def _follow(self, pointer: str) -> tuple[str, Any]:
        at: tuple[str, Any] = ("#", self.document)
        for step in pointer.split("/")[1:]:
            at = (f"{at[0]}/{step}", at[1][step.replace("~1", "/").replace("~0", "~")])
            if isinstance(at[1], dict) and "$ref" in at[1]:
                at = self._follow(at[1]["$ref"])
        return at

    def errors(self, pointer: str, value: object) -> list[str]:
        """Return the errors of a value against the schema at a pointer.

        The pointer is percent-encoded, because a reference cannot contain the braces of a templated path.
        """
        if pointer not in self._validators:
            schema = {"$ref": _BASE + quote(pointer, safe="#/~")}
            self._validators[pointer] = Draft202012Validator(schema, registry=self._registry, validate_formats=True)
        found = self._validators[pointer].iter_errors(value)
        return [f"{error.message} at /{'/'.join(map(str, error.instance_path))}" for error in found]

    def _response(self, answer: Recorded) -> str | None:
        path = next((path for pattern, path in self._paths.items() if pattern.fullmatch(answer.path)), None)
        status = str(answer.status)
        if path is not None:
            item = f"#/paths/{escaped(path)}"
            operations = self.at(item)
            method = "get" if answer.method == "HEAD" and "head" not in operations else answer.method.lower()
            if method in operations:
                return f"{item}/{method}/responses/{status}" if status in operations[method]["responses"] else None
        return self._shared_errors().get(status)

    def _shared_errors(self) -> dict[str, str]:
        """Return the responses, by status, that an undescribed path or method may get: any error, and 404, 405, 501."""
        of_operations = {
            status: f"#/paths/{escaped(path)}/{method}/responses/{status}"
            for path, method, operation in operations(self.document)
            for status in operation["responses"]
            if status >= "400"
        }
        named = {"404": "NotFound", "405": "MethodNotAllowed", "501": "NotSimulated"}
        components = self.document["components"]["responses"]
        own = {status: f"#/components/responses/{name}" for status, name in named.items() if name in components}
        return of_operations | own

    def _header_errors(self, answer: Recorded, at: str) -> Iterator[str]:
        described = {name.lower(): name for name in self.at(at).get("headers", {})}
        expected = {*described, *_UNDESCRIBED_HEADERS}
        yield from (f"the header {name} is not described" for name in answer.headers if name not in expected)
        for lower, name in described.items():
            header = self.at(f"{at}/headers/{name}")
            if lower in answer.headers:
                value = _typed(answer.headers[lower], header["schema"])
                found = self.errors(f"{self.where(f'{at}/headers/{name}')}/schema", value)
                yield from (f"the header {name} is wrong: {error}" for error in found)
            elif header.get("required"):
                yield f"the header {name} is missing"

    def _content_errors(self, answer: Recorded, at: str) -> Iterator[str]:
        kind = answer.headers.get("content-type", "").partition(";")[0]
        described = self.at(at).get("content", {})
        if not (described or answer.body):
            return
        if kind not in described:
            yield f"the content type {kind!r} is not described"
        elif answer.method == "HEAD":
            if answer.body:
                yield "an answer to HEAD has no body"
        else:
            yield from self._body_errors(answer.body, self.schema(at, kind))

    def schema(self, response: str, kind: str) -> str:
        """Return a pointer to the schema of a response's content."""
        return f"{self.where(response)}/content/{escaped(kind)}/schema"

    def _body_errors(self, body: bytes, schema: str) -> list[str]:
        try:
            value = json.loads(body)
        except ValueError as error:
            return [f"the body is no JSON: {error}"]
        return self.errors(schema, value)


def escaped(key: str) -> str:
    """Escape a key for use in a JSON pointer."""
    return key.replace("~", "~0").replace("/", "~1")


def operations(document: Mapping[str, Any]) -> list[tuple[str, str, Mapping[str, Any]]]:
    """Return the path, the method in lower case, and the object of every operation in a file."""
    return [
        (path, method, operation)
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if "operationId" in operation
    ]


def _typed(text: str, schema: Mapping[str, Any]) -> str | int:
    return int(text) if schema.get("type") == "integer" and re.fullmatch("[0-9]+", text) else text


@cache
def read(file: Path, names: tuple[tuple[str, str], ...] = ()) -> Oracle:
    """Return the oracle for an OpenAPI file. `names` renames response fields: pairs of old and new names."""
    return Oracle(openapi.rename(yaml_text.load_bundled(file.read_bytes()), dict(names)))
