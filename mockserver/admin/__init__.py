"""The control plane below /_mock: one JSON resource for each thing of ours that a client may see or change.

It knows sandboxes and no vendor: what it must know of the vendors is handed in as data.
"""

from collections.abc import Mapping
from typing import Any

from flask import Flask, Response

from mockserver.admin import guard, making, plane, problems, routes
from mockserver.admin.plane import Plane
from mockserver.cases.records import Case
from mockserver.gateway.sandbox import Made

__all__ = ["Plane", "install", "made_of", "refused"]


def install(app: Flask, handed: Plane) -> None:
    """Hang the control plane on an app that has its state already; `/` leads to it."""
    plane.onto(app, handed)
    app.register_blueprint(routes.blueprint())


def made_of(app: Flask, case: Case, first: Made, flags: Mapping[str, Any]) -> Made:
    """How the first sandbox of an app is made of a case; `flags` are members of its body that win over the case's."""
    with app.app_context():
        return making.started(case, first, flags)


def refused(error: Exception) -> Response:
    """Problem details for whatever went wrong with a request that is no vendor's; the guard comes first here too."""
    try:
        guard.check()
    except problems.Problem as problem:
        return problems.refused(problem)
    return problems.refused(error)
