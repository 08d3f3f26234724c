"""The control plane under /_mock: one JSON resource for everything of the simulator that a client may see or change.

It knows sandboxes and no vendor: what it needs of the vendors is passed to it as data.
"""

from flask import Flask, Response

from mockserver.admin import admin_context, guard, responses, routes
from mockserver.admin.admin_context import AdminContext

__all__ = ["AdminContext", "install", "render_error"]


def install(app: Flask, context: AdminContext) -> None:
    """Add the control plane to an app."""
    admin_context.attach(app, context)
    routes.install(app)


def render_error(error: Exception) -> Response:
    """Problem details for an error in a request to no vendor; a request that the guard refuses gets its refusal."""
    try:
        guard.check()
    except responses.Problem as problem:
        return responses.error_response(problem)
    return responses.error_response(error)
