"""Answers what is served at all: whether it works, and its OpenAPI files.

Whatever changes between two requests stays out, but for the clock.
"""

from importlib import metadata
from typing import Any

from flask import Response

from mockserver.admin import answers, organizations, renaming, shapes
from mockserver.admin.asked import Asked
from mockserver.admin.plane import plane
from mockserver.admin.problems import Problem
from mockserver.gateway import switches
from mockserver.simulation.chance import DATA_VERSION

DISTRIBUTION = "analytics-mockserver"
OWN_FILE = "admin"


def health(asked: Asked) -> dict[str, Any]:
    """That the server works, and what it serves."""
    written: dict[str, Any] = shapes.Health().dump(
        {
            "version": metadata.version(DISTRIBUTION),
            "data_version": DATA_VERSION,
            "now": asked.sandbox.clock.now(),
            "vendors": list(asked.sandbox.surfaces),
            "organizations": organizations.slugs(),
        }
    )
    return written


def openapi(asked: Asked) -> Response:
    """The OpenAPI file of a vendor with the response names in force, or of the control plane as it is shipped."""
    files = {vendor.name: vendor.openapi for vendor in plane().vendors} | {OWN_FILE: f"{OWN_FILE}.yaml"}
    if asked.name not in files:
        raise Problem(404, switches.unknown("OpenAPI file", asked.name, files))
    content = (plane().openapi / files[asked.name]).read_bytes()
    return answers.text(renaming.text(content, _names(asked)), "application/yaml")


def _names(asked: Asked) -> dict[str, str]:
    surface = asked.sandbox.surfaces.get(asked.name)
    return switches.renamed(surface.switches, asked.sandbox.policy.values[surface.name]) if surface else {}
