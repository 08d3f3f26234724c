"""Answers what the control plane was handed when it was installed.

What a sandbox holds stays out (`gateway.sandbox`), and so does where organisations and files come from (`app`).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from flask import Flask, current_app

from mockserver.cases.records import Catalogue
from mockserver.conduct.advice import Advice
from mockserver.gateway.sandbox import SandboxRegistry
from mockserver.gateway.vendor import Vendor
from mockserver.simulation.organization import Organization

_EXTENSION = "mockserver.admin"


@dataclass(frozen=True, slots=True)
class AdminContext:
    """What the control plane shows, changes and checks: the sandboxes in `registry`, and what stays as it is.

    `organizations` are the slugs that `load` knows, `host` is the address or name that the server listens on, `openapi`
    the folder of the OpenAPI files. `cases` and `advice` read the catalogue and the vendors' advice when they are first
    needed. With an `admin_token`, every request must have it.
    """

    registry: SandboxRegistry
    vendors: tuple[Vendor, ...]
    organizations: tuple[str, ...]
    load: Callable[[str], Organization]
    host: str
    admin_token: str | None
    openapi: Path
    cases: Callable[[], Catalogue]
    advice: Callable[[], Mapping[str, Advice]]


def attach(app: Flask, handed: AdminContext) -> None:
    """Give an app its plane."""
    app.extensions[_EXTENSION] = handed


def context() -> AdminContext:
    """The plane of the app in hand."""
    held: AdminContext = current_app.extensions[_EXTENSION]
    return held
