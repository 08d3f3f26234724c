"""Answers what the gateway must know of a vendor: one record, handed in by the vendor's folder.

The gateway imports no vendor; what the record's functions do inside stays out.
"""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from flask import Blueprint

from mockserver.gateway.limits import Allowance
from mockserver.gateway.rejection import Rejection
from mockserver.gateway.switches import Switch, Values

if TYPE_CHECKING:
    from mockserver.gateway.call import Call

Stage = Callable[["Call"], None]
"""A step before the view: passes, or raises Rejection."""


@dataclass(frozen=True, slots=True)
class Worded:
    """A refusal in a vendor's words."""

    status: int
    body: dict[str, Any]
    headers: dict[str, str]


@dataclass(frozen=True, slots=True)
class Vendor:
    """One API surface: where it is mounted, its door, its order of refusals, its choices, its words.

    `epoch` tells what of the present moment an answer depends on (None: everything), `stamp` writes an instant as this
    vendor does, `word` says a refusal, `blueprint` makes the routes, each endpoint named by its operationId.
    """

    name: str
    title: str
    mounts: tuple[str, ...]
    schemes: tuple[str, ...]
    stages: tuple[Stage, ...]
    allowance: Allowance | None
    switches: tuple[Switch, ...]
    blueprint: Callable[[], Blueprint]
    word: Callable[[Rejection, "Call"], Worded]
    epoch: Callable[[datetime, Values], Hashable | None]
    stamp: Callable[[datetime], str]
    try_path: str

    @property
    def openapi(self) -> str:
        """The name of the vendor's OpenAPI file."""
        return f"{self.name}.yaml"
