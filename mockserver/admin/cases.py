"""Answers which situations there are that clients break on, each with the lines to reach it on this server.

What a case says stays out (`cases`), and so does making a sandbox for it (`making`).
"""

from typing import Any

from flask import request
from marshmallow import ValidationError

from mockserver.admin import shapes
from mockserver.admin.asked import Asked
from mockserver.admin.plane import plane
from mockserver.admin.problems import Problem
from mockserver.cases.records import Case, UnknownCase
from mockserver.gateway import switches


def listed(asked: Asked) -> dict[str, Any]:
    """Every case, or those of one vendor."""
    catalogue, vendor = plane().cases(), asked.query.get("vendor")
    if vendor is not None and vendor not in catalogue.vendors:
        raise ValidationError({"vendor": [switches.unknown("vendor with cases", vendor, catalogue.vendors)]})
    found = [_told(case) for case in catalogue.cases if vendor in {None, case.vendor}]
    written: dict[str, Any] = shapes.Cases().dump({"cases": found})
    return written


def shown(asked: Asked) -> dict[str, Any]:
    """One case."""
    try:
        written: dict[str, Any] = shapes.Case().dump(_told(plane().cases().find(asked.name)))
    except UnknownCase as error:
        raise Problem(404, str(error)) from error
    return written


def _told(case: Case) -> dict[str, Any]:
    from mockserver.cases import telling  # Telling is rare, and costs every start some time.

    guarded = plane().admin_token is not None
    return telling.told(case, plane().vendors, request.host_url.rstrip("/"), guarded=guarded)
