"""Answers which situations there are that clients break on, each with the lines to reach it on this server.

What a case says stays out (`cases`), and so does making a sandbox for it (`making`).
"""

from typing import Any

from flask import request
from marshmallow import ValidationError

from mockserver.admin import shapes
from mockserver.admin.admin_context import context
from mockserver.admin.admin_request import AdminRequest
from mockserver.admin.problems import Problem
from mockserver.cases.records import Case, UnknownCase
from mockserver.validation import suggestions


def list_all(asked: AdminRequest) -> dict[str, Any]:
    """Every case, or those of one vendor."""
    catalogue, vendor = context().cases(), asked.query.get("vendor")
    if vendor is not None and vendor not in catalogue.vendors:
        raise ValidationError({"vendor": [suggestions.unknown_name("vendor with cases", vendor, catalogue.vendors)]})
    found = [_told(case) for case in catalogue.cases if vendor in {None, case.vendor}]
    written: dict[str, Any] = shapes.Cases().dump({"cases": found})
    return written


def get(asked: AdminRequest) -> dict[str, Any]:
    """One case."""
    try:
        written: dict[str, Any] = shapes.Case().dump(_told(context().cases().find(asked.name)))
    except UnknownCase as error:
        raise Problem(404, str(error)) from error
    return written


def _told(case: Case) -> dict[str, Any]:
    from mockserver.cases import describe  # Telling is rare, and costs every start some time.

    guarded = context().admin_token is not None
    return describe.describe(case, context().vendors, request.host_url.rstrip("/"), guarded=guarded)
