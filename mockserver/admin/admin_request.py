"""Answers what a request to the control plane asks: about which sandbox, with which query, for which one of many.

What the body says stays out (`bodies`).
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
    """One question; `name` is the part of the path that picks one of many, "" where there is none.

    `lock` is held while the sandbox is changed, or read in more than one place.
    """

    lock: RLock
    sandbox: Sandbox
    query: dict[str, Any]
    name: str = ""


def parse(schema: Schema, sandbox: str = DEFAULT, name: str = "") -> AdminRequest:
    """The question of the request in hand; the short form of a path, which names no sandbox, means the first one.

    404 as a Problem for a sandbox that is not there.
    """
    state = context().registry
    found = state.find(sandbox)
    if found is None:
        raise Problem(
            404,
            f"there is no sandbox {sandbox!r:.100}, or no longer: one that was deleted, or whose ttl_seconds are over, "
            "is forgotten; GET /_mock/sandboxes lists those there are",
        )
    return AdminRequest(state.lock, found, _query(schema), name)


def _query(schema: Schema) -> dict[str, Any]:
    """The parameters; ValidationError names each that is unknown, repeated or wrong."""
    lists = {field.data_key or name for name, field in schema.fields.items() if isinstance(field, fields.List)}
    repeated = [name for name in request.args if len(request.args.getlist(name)) > 1 and name not in lists]
    if repeated:
        raise ValidationError({name: ["must be given once"] for name in repeated})
    given = {name: texts if name in lists else texts[0] for name, texts in request.args.lists()}
    loaded: dict[str, Any] = schema.load(given)
    return loaded
