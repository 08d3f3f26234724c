"""A vendor's OpenAPI file as an oracle: whether an answer has the status, headers, type and body it describes."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

import yaml
from jsonschema_rs import Draft202012, Draft202012Validator, Registry

from mockserver.admin import openapi

_SAID_BY_HTTP = frozenset(("content-type", "content-length"))
"""Headers that no OpenAPI file describes."""

_BASE = "urn:oracle"


@dataclass(frozen=True, slots=True)
class Recorded:
    """One answer as it left the app, with its request; header names are in lower case."""

    method: str
    path: str
    status: int
    headers: Mapping[str, str]
    body: bytes

    def __str__(self) -> str:
        return f"{self.method} {self.path} → {self.status}"


class Oracle:
    """An OpenAPI 3.1 file that judges answers."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.document = document
        self._registry = Registry([(_BASE, document)], draft=Draft202012)
        self._paths = {re.compile(re.sub(r"\{[^{}]+\}", "[^/]+", path)): path for path in document["paths"]}
        self._validators: dict[str, Draft202012Validator] = {}

    def faults(self, said: Recorded) -> list[str]:
        """Every way in which an answer is not what the file describes, as sentences; empty for a good one."""
        at = self._response(said)
        if at is None:
            return [f"{said}: the file describes no such answer"]
        found = [*self._header_faults(said, at), *self._content_faults(said, at)]
        return [f"{said}: {fault}" for fault in found]

    def at(self, pointer: str) -> Any:
        """The value at a pointer ("#/components/…"), references followed."""
        return self._follow(pointer)[1]

    def where(self, pointer: str) -> str:
        """The same position as a pointer that passes through no reference."""
        return self._follow(pointer)[0]

    def _follow(self, pointer: str) -> tuple[str, Any]:
        at: tuple[str, Any] = ("#", self.document)
        for step in pointer.split("/")[1:]:
            at = (f"{at[0]}/{step}", at[1][step.replace("~1", "/").replace("~0", "~")])
            if isinstance(at[1], dict) and "$ref" in at[1]:
                at = self._follow(at[1]["$ref"])
        return at

    def errors(self, pointer: str, value: object) -> list[str]:
        """How a value breaks the schema at a pointer; no reference takes the braces of a templated path as they are."""
        if pointer not in self._validators:
            schema = {"$ref": _BASE + quote(pointer, safe="#/~")}
            self._validators[pointer] = Draft202012Validator(schema, registry=self._registry, validate_formats=True)
        wrong = self._validators[pointer].iter_errors(value)
        return [f"{error.message} at /{'/'.join(map(str, error.instance_path))}" for error in wrong]

    def _response(self, said: Recorded) -> str | None:
        path = next((path for pattern, path in self._paths.items() if pattern.fullmatch(said.path)), None)
        status = str(said.status)
        if path is not None:
            item = f"#/paths/{escaped(path)}"
            operations = self.at(item)
            method = "get" if said.method == "HEAD" and "head" not in operations else said.method.lower()
            if method in operations:
                return f"{item}/{method}/responses/{status}" if status in operations[method]["responses"] else None
        return self._elsewhere().get(status)

    def _elsewhere(self) -> dict[str, str]:
        """Refusals that a path or a method outside the file may meet: those of its operations, and its own two."""
        shared = {
            status: f"#/paths/{escaped(path)}/{method}/responses/{status}"
            for path, method, operation in operations(self.document)
            for status in operation["responses"]
            if status >= "400"
        }
        named = {"404": "NotFound", "405": "MethodNotAllowed"}
        there = self.document["components"]["responses"]
        return shared | {status: f"#/components/responses/{name}" for status, name in named.items() if name in there}

    def _header_faults(self, said: Recorded, at: str) -> Iterator[str]:
        described = {name.lower(): name for name in self.at(at).get("headers", {})}
        yield from (
            f"the header {name} is not described" for name in said.headers if name not in {*described, *_SAID_BY_HTTP}
        )
        for small, name in described.items():
            header = self.at(f"{at}/headers/{name}")
            if small in said.headers:
                value = _typed(said.headers[small], header["schema"])
                wrong = self.errors(f"{self.where(f'{at}/headers/{name}')}/schema", value)
                yield from (f"the header {name} is wrong: {fault}" for fault in wrong)
            elif header.get("required"):
                yield f"the header {name} is missing"

    def _content_faults(self, said: Recorded, at: str) -> Iterator[str]:
        kind = said.headers.get("content-type", "").partition(";")[0]
        described = self.at(at).get("content", {})
        if not (described or said.body):
            return
        if kind not in described:
            yield f"the content type {kind!r} is not described"
        elif said.method == "HEAD":
            if said.body:
                yield "an answer to HEAD has no body"
        else:
            yield from self._body_faults(said.body, self.schema(at, kind))

    def schema(self, response: str, kind: str) -> str:
        """Where the schema of a response's content is written."""
        return f"{self.where(response)}/content/{escaped(kind)}/schema"

    def _body_faults(self, body: bytes, schema: str) -> list[str]:
        try:
            value = json.loads(body)
        except ValueError as error:
            return [f"the body is no JSON: {error}"]
        return self.errors(schema, value)


def escaped(key: str) -> str:
    """A key as a step of a JSON pointer."""
    return key.replace("~", "~0").replace("/", "~1")


def operations(document: Mapping[str, Any]) -> list[tuple[str, str, Mapping[str, Any]]]:
    """Path, method in small letters, and operation of every operation that a file describes."""
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
    """The oracle that an OpenAPI file is, with response names renamed: pairs of an old one and a new one."""
    return Oracle(yaml.safe_load(openapi.rename_text(file.read_bytes(), dict(names))))
