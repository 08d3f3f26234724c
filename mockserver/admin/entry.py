"""The entry to the control plane: its rules in an app, and its answers to errors.

Its resources (`routes`) are imported with the first request for one, because no vendor's answer needs them.
"""

from typing import Any
from wsgiref.types import WSGIEnvironment

from flask import Flask, Response

from mockserver.admin.admin_context import EXTENSION, AdminContext
from mockserver.gateway.lazy_rules import LazyRule

_ENDPOINT = "control plane"


def install(app: Flask, context: AdminContext) -> None:
    """Add the control plane to an app, each route behind the guard; `/` and `/_mock/` are the index."""
    app.extensions[EXTENSION] = context
    for path in ("/", "/_mock", "/_mock/<path:rest>", "/_mock/"):
        app.url_map.add(LazyRule(path, endpoint=_ENDPOINT))  # for every method: the routes know which are allowed
    app.view_functions[_ENDPOINT] = _respond
    context.registry.restored_jobs |= {"audit": _restored_audit, "run": _restored_run}


def _restored_audit(given: dict[str, Any]) -> object:
    from mockserver.admin.audits import Audit

    return Audit.from_json(given)


def _restored_run(given: dict[str, Any]) -> object:
    from mockserver.admin.case_runs import CaseRun

    return CaseRun.from_json(given)


def render_error(error: Exception) -> Response:
    """Problem details for an error in a request to no vendor; a request that the guard refuses gets its refusal."""
    from mockserver.admin import guard, responses

    try:
        guard.check()
    except responses.Problem as refusal:
        return responses.error_response(refusal)
    return responses.error_response(error)


def needs_body(app: Flask, environ: WSGIEnvironment) -> bool:
    """Whether the answer to a request to no vendor may depend on its body; else it is refused in any case."""
    from mockserver.admin import routes

    with app.request_context(environ):
        return routes.needs_body()


def _respond(**_: str) -> Response:
    from mockserver.admin import routes

    return routes.respond()
