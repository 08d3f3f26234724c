"""The control plane below /_mock: one JSON resource for each thing of ours that a client may see or change.

It knows sandboxes and no vendor: what it must know of the vendors is handed in as data.
"""

from collections.abc import Mapping
from typing import Any

from flask import Flask, Response

from mockserver.admin import admin_context, guard, making, problems, routes
from mockserver.admin.admin_context import AdminContext
from mockserver.cases.records import Case
from mockserver.gateway.sandbox import SandboxConfig

__all__ = ["AdminContext", "install", "made_of", "refused"]


def install(app: Flask, handed: AdminContext) -> None:
    """Hang the control plane on an app that has its state already; `/` leads to it."""
    admin_context.attach(app, handed)
    app.register_blueprint(routes.blueprint())


def made_of(app: Flask, case: Case, first: SandboxConfig, flags: Mapping[str, Any]) -> SandboxConfig:
    """How the first sandbox of an app is made of a case; `flags` are members of its body that win over the case's."""
    with app.app_context():
        return making.from_case(case, first, flags)


def refused(error: Exception) -> Response:
    """Problem details for whatever went wrong with a request that is no vendor's; the guard comes first here too."""
    try:
        guard.check()
    except problems.Problem as problem:
        return problems.refused(problem)
    return problems.refused(error)
