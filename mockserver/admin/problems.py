"""Answers how the control plane says that something is wrong: problem details as in RFC 9457.

Finding out what is wrong stays out. Nothing of a failure of our own reaches the client; the log has it once.
"""

import logging
from collections.abc import Iterator, Mapping
from typing import Any

from flask import Response, request
from marshmallow import ValidationError
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound
from werkzeug.http import HTTP_STATUS_CODES

from mockserver.admin import answers
from mockserver.admin.admin_context import context

log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
_NAMED_MAXIMUM = 5

Errors = dict[str, list[str]]
"""What is wrong, by the dotted path of a member (or the name of a parameter)."""


class Problem(Exception):
    """A refusal in the making. `detail` names the rule; `headers` belong to the status (Allow, WWW-Authenticate)."""

    def __init__(
        self, status: int, detail: str, *, errors: Errors | None = None, headers: dict[str, str] | None = None
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.errors = errors or {}
        self.headers = headers or {}


def refused(error: Exception) -> Response:
    """The answer to a request that met an error; what nobody foresaw is logged, with its traceback."""
    problem = _problem(error)
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTP_STATUS_CODES[problem.status],
        "status": problem.status,
        "detail": problem.detail,
    }
    if problem.errors:
        body["errors"] = problem.errors
    return answers.json_response(body, problem.status, MEDIA_TYPE, problem.headers)


def _problem(error: Exception) -> Problem:
    if isinstance(error, Problem):
        return error
    if isinstance(error, ValidationError):
        return _invalid(dict(_flat(error.messages_dict, "")))
    if isinstance(error, MethodNotAllowed):
        allow = ", ".join(sorted(error.valid_methods or ()))
        return Problem(405, f"{request.method} is not allowed here; allowed: {allow}", headers={"Allow": allow})
    if isinstance(error, NotFound):
        return Problem(404, _nowhere())
    if isinstance(error, HTTPException) and error.code is not None and error.code < 500:
        return Problem(error.code, error.description or error.name)
    log.error("a request failed", exc_info=error)
    return Problem(500, "the server failed; its log tells why")


def _invalid(errors: Errors) -> Problem:
    said = [f"{name}: {rule}" if name else rule for name, rules in errors.items() for rule in rules]
    more = len(said) - _NAMED_MAXIMUM
    detail = "; ".join(said[:_NAMED_MAXIMUM]) + (f"; and {more} more" if more > 0 else "")
    return Problem(400, detail, errors={name: rules for name, rules in errors.items() if name})


def _flat(messages: Mapping[str, Any], above: str) -> Iterator[tuple[str, list[str]]]:
    """Marshmallow's nested messages, one list for each path; "_schema" stands for the object itself."""
    for name, inner in messages.items():
        path = above if name == "_schema" else f"{above}.{name}" if above else str(name)
        if isinstance(inner, Mapping):
            yield from _flat(inner, path)
        else:
            yield path, inner


def _nowhere() -> str:
    mounts = ", ".join(f"{mount} ({vendor.title})" for vendor in context().vendors for mount in vendor.mounts)
    return f"there is nothing at {request.path}; served are {mounts}, and the control plane at /_mock/"
