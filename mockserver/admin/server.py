"""Answers what is served at all: whether it works, and its OpenAPI files.

Whatever changes between two requests stays out, but for the clock.
"""

from importlib import metadata
from typing import Any

from flask import Response

from mockserver.admin import answers, organizations, renaming, shapes
from mockserver.admin.admin_context import context
from mockserver.admin.admin_request import AdminRequest
from mockserver.admin.problems import Problem
from mockserver.simulation.hashing import DATA_VERSION
from mockserver.validation import suggestions

DISTRIBUTION = "analytics-mockserver"
OWN_FILE = "admin"


def health(asked: AdminRequest) -> dict[str, Any]:
    """That the server works, and what it serves."""
    written: dict[str, Any] = shapes.Health().dump(
        {
            "version": metadata.version(DISTRIBUTION),
            "data_version": DATA_VERSION,
            "now": asked.sandbox.clock.now(),
            "vendors": list(asked.sandbox.profiles),
            "organizations": organizations.slugs(),
        }
    )
    return written


def openapi(asked: AdminRequest) -> Response:
    """The OpenAPI file of a vendor with the response names in force, or of the control plane as it is shipped."""
    files = {vendor.name: vendor.openapi for vendor in context().vendors} | {OWN_FILE: f"{OWN_FILE}.yaml"}
    if asked.name not in files:
        raise Problem(404, suggestions.unknown_name("OpenAPI file", asked.name, files))
    content = (context().openapi / files[asked.name]).read_bytes()
    return answers.text_response(renaming.text(content, _names(asked)), "application/yaml")


def _names(asked: AdminRequest) -> dict[str, str]:
    surface = asked.sandbox.profiles.get(asked.name)
    return asked.sandbox.policy.switches[surface.name].renamed_fields(surface.switches) if surface else {}
