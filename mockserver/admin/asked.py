"""Answers what a request to the control plane asks: about which sandbox, with which query, for which one of many.

What the body says stays out (`bodies`).
"""

from dataclasses import dataclass
from threading import RLock
from typing import Any

from flask import request
from marshmallow import Schema, ValidationError

from mockserver.admin.plane import plane
from mockserver.gateway.sandbox import Sandbox


@dataclass(frozen=True, slots=True)
class Asked:
    """One question; `name` is the part of the path that picks one of many, "" where there is none.

    `lock` is held while the sandbox is changed, or read in more than one place.
    """

    lock: RLock
    sandbox: Sandbox
    query: dict[str, Any]
    name: str = ""


def read(schema: Schema, name: str = "") -> Asked:
    """The question of the request in hand; the short form of a path, the only one there is, means the first sandbox."""
    state = plane().state
    return Asked(state.lock, state.default, _query(schema), name)


def _query(schema: Schema) -> dict[str, Any]:
    """The parameters; ValidationError names each that is unknown, repeated or wrong."""
    repeated = [name for name in request.args if len(request.args.getlist(name)) > 1]
    if repeated:
        raise ValidationError({name: ["must be given once"] for name in repeated})
    loaded: dict[str, Any] = schema.load(request.args.to_dict())
    return loaded
