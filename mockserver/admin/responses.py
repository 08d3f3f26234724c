"""Responses of the control plane: JSON, and problem details (RFC 9457) for every error.

They are never cached, never sniffed for another type, and never readable by another origin. Nothing of a bug in the
server reaches the client; its traceback goes to the log once.
"""

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any

from flask import Response, request
from marshmallow import Schema, ValidationError, fields
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound
from werkzeug.http import HTTP_STATUS_CODES

from mockserver.admin.admin_context import context
from mockserver.gateway import response_cache
from mockserver.gateway.rejection import StoreUnavailable
from mockserver.validation.schemas import flat_errors

log = logging.getLogger(__name__)

HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
"""On every response: state is not cached, and a page that embeds a response as a script gets none."""

CHUNK_BYTES = 64 * 1024
"""About how much of a large answer is made at a time."""

PROBLEM_TYPE = "application/problem+json"
_ERRORS_IN_DETAIL = 5

Errors = dict[str, list[str]]
"""What is wrong, by the dotted path of a field or the name of a parameter."""


class ProblemSchema(Schema):
    """Problem details: what is wrong, and with which field."""

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(required=True)
    errors = fields.Dict(keys=fields.String(), values=fields.List(fields.String()))


@dataclass(eq=False)
class Problem(Exception):
    """A refusal. `detail` is the rule; `headers` belong to the status (Allow, WWW-Authenticate)."""

    status: int
    detail: str
    errors: Errors | None = None
    headers: dict[str, str] | None = None


def json_response(
    body: dict[str, Any], status: int = 200, mimetype: str = "application/json", headers: dict[str, str] | None = None
) -> Response:
    data = _encoded(response_cache.to_json(body))
    return Response(data, status, {**HEADERS, **(headers or {})}, mimetype=mimetype)


def _encoded(text: str) -> bytes:
    # Half a surrogate pair, which only an echoed name can contain, has no UTF-8, and few clients read its escape.
    return text.encode("utf-8", "replace")


def json_list(name: str, rows: Iterable[dict[str, Any]]) -> Response:
    """A list under its name. A large one is sent in chunks, each made when it is sent, so that few are in memory."""
    chunks = _chunks(name, rows)
    first = next(chunks)
    second = next(chunks, None)
    body = first if second is None else chain((first, second), chunks)
    return Response(body, 200, HEADERS, mimetype="application/json")


def _chunks(name: str, rows: Iterable[dict[str, Any]]) -> Iterator[bytes]:
    """The bytes of json_response, in chunks of about CHUNK_BYTES."""
    texts, size, separator = [f'{{"{name}":['], 0, ""
    for row in rows:
        texts.append(separator + response_cache.to_json(row))
        separator = ","
        size += len(texts[-1])
        if size >= CHUNK_BYTES:
            yield _encoded("".join(texts))
            texts, size = [], 0
    yield _encoded("".join([*texts, "]}"]))


def created(body: dict[str, Any], location: str) -> Response:
    """A 201 with this body; `location` is the new resource's path."""
    return json_response(body, 201, headers={"Location": location})


def error_response(error: Exception) -> Response:
    """The problem details of an error, without credentials; an unexpected one is logged with its traceback."""
    problem, redact = _problem(error), context().registry.redactor.text
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTP_STATUS_CODES[problem.status],
        "status": problem.status,
        "detail": redact(problem.detail),
    }
    if problem.errors:
        body["errors"] = {redact(name): [redact(rule) for rule in rules] for name, rules in problem.errors.items()}
    return json_response(body, problem.status, PROBLEM_TYPE, problem.headers)


def _problem(error: Exception) -> Problem:
    if isinstance(error, Problem):
        return error
    if isinstance(error, ValidationError):
        return _invalid({".".join(map(str, path)): rules for path, rules in flat_errors(error.messages_dict)})
    if isinstance(error, MethodNotAllowed):
        allow = ", ".join(sorted(error.valid_methods or ()))
        return Problem(405, f"{request.method} is not allowed here; allowed: {allow}", headers={"Allow": allow})
    if isinstance(error, NotFound):
        mounts = ", ".join(f"{mount} ({vendor.title})" for vendor in context().vendors for mount in vendor.mounts)
        rule = f"there is nothing at {request.path}; the server has {mounts}, and the control plane at /_mock/"
        return Problem(404, rule)
    if isinstance(error, HTTPException) and error.code is not None and error.code < 500:
        return Problem(error.code, error.description or error.name)
    return _failure(error)


def _failure(error: Exception) -> Problem:
    if isinstance(error, StoreUnavailable):
        return Problem(error.status, str(error))
    log.error("a request failed", exc_info=error)
    return Problem(500, "the server failed; its log has the reason")


def _invalid(errors: Errors) -> Problem:
    lines = [f"{name}: {rule}" if name else rule for name, rules in errors.items() for rule in rules]
    more = len(lines) - _ERRORS_IN_DETAIL
    detail = "; ".join(lines[:_ERRORS_IN_DETAIL]) + (f"; and {more} more" if more > 0 else "")
    return Problem(400, detail, {name: rules for name, rules in errors.items() if name})
