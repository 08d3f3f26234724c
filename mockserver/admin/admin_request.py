"""One request to the control plane: its sandbox, its query, and the id in its path.

The body is read by `bodies`.
"""

from dataclasses import dataclass
from threading import RLock
from typing import Any

from flask import request
from marshmallow import Schema, ValidationError, fields

from mockserver.admin.admin_context import context
from mockserver.admin.problems import Problem
from mockserver.gateway.sandbox import DEFAULT, Sandbox


@dataclass(frozen=True, slots=True)
class AdminRequest:
    """A parsed request; `name` is the part of the path that picks one of many, "" where there is none.

    `lock` is held while the sandbox is changed, and while several parts of it are read together.
    """

    lock: RLock
    sandbox: Sandbox
    query: dict[str, Any]
    name: str = ""


def parse(schema: Schema, sandbox: str = DEFAULT, name: str = "") -> AdminRequest:
    """The current request; a path without a sandbox means the default one. Problem 404 for an unknown sandbox."""
    registry = context().registry
    found = registry.find(sandbox)
    if found is None:
        raise Problem(
            404,
            f"there is no sandbox {sandbox!r:.100}: it never existed, was deleted, or its ttl_seconds are over; "
            "GET /_mock/sandboxes lists the sandboxes that exist",
        )
    return AdminRequest(registry.lock, found, _query(schema), name)


def _query(schema: Schema) -> dict[str, Any]:
    """The query parameters; ValidationError for each that is unknown, repeated or wrong."""
    lists = {field.data_key or name for name, field in schema.fields.items() if isinstance(field, fields.List)}
    repeated = [name for name in request.args if len(request.args.getlist(name)) > 1 and name not in lists]
    if repeated:
        raise ValidationError({name: ["must be given once"] for name in repeated})
    given = {name: texts if name in lists else texts[0] for name, texts in request.args.lists()}
    loaded: dict[str, Any] = schema.load(given)
    return loaded
