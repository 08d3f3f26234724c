"""The control plane below /_mock: one JSON resource for each thing of ours that a client may see or change.

It knows sandboxes and no vendor: what it must know of the vendors is handed in as data.
"""

from flask import Flask, Response

from mockserver.admin import guard, plane, problems, routes
from mockserver.admin.plane import Plane

__all__ = ["Plane", "install", "refused"]


def install(app: Flask, handed: Plane) -> None:
    """Hang the control plane on an app that has its state already; `/` leads to it."""
    plane.onto(app, handed)
    app.before_request(guard.check)
    app.register_blueprint(routes.blueprint())
    for path in ("/", routes.MOUNT):
        app.add_url_rule(path, "root", routes.root, methods=["GET"], provide_automatic_options=False)


def refused(error: Exception) -> Response:
    """Problem details for whatever went wrong with a request that is no vendor's."""
    return problems.refused(error)
