"""Armed defects for tests, with the OpenAPI files of the vendors that are served."""

from collections.abc import Iterator

from mockserver import app
from mockserver.gateway import arming, known_defects
from mockserver.gateway.arming import DefectRequest
from mockserver.gateway.defects import ArmedDefect
from mockserver.gateway.known_defects import KnownDefect
from mockserver.gateway.vendor import Vendor

SOURCES = app.sources()


def armed(name: str, at: str | None = None) -> ArmedDefect:
    """Return a defect as a sandbox holds it."""
    return arming.arm(DefectRequest(name, at), SOURCES.vendors, SOURCES.answers)


def known(vendor: Vendor) -> list[KnownDefect]:
    """Return every defect that a vendor has."""
    return known_defects.listed((vendor,), SOURCES.answers)


def every(vendor: Vendor) -> Iterator[ArmedDefect]:
    """Yield every defect that a vendor has, armed without a path."""
    return (armed(each.name) for each in known(vendor))
