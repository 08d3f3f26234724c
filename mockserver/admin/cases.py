"""`/_mock/cases`: the catalogue of cases, each with the commands that reproduce it on this server.

Cases are described by the `cases` room; a sandbox is made from one by `sandboxes`, and
`case_runs` runs one.
"""

from typing import Any

from flask import request as http_request
from marshmallow import Schema, ValidationError, fields, validate

from analytics_mockserver.suggestions import unknown_name
from mockserver.admin.admin_context import AdminRequest, context
from mockserver.admin.fields import AdminQuery
from mockserver.admin.responses import Problem
from mockserver.cases.records import Case, UnknownCase
from mockserver.gateway.switches import Grade
from mockserver.validation.schemas import dump


class ExpectationSchema(Schema):
    """A request of a case, and what its answer must be, in words."""

    request = fields.String(required=True)
    answer = fields.List(fields.String(), required=True)


class CaseSchema(Schema):
    """A scenario that breaks clients, how to reproduce it, and what must come back.

    `serve` starts a server in this state, for which `curl` has the commands. `sandbox` is the body that makes a sandbox
    in this state, and `curl_in_sandbox` the commands that do so on this server. `marker` is for a test. `needs` is a
    socket, or a server that can cut connections; null: nothing. `grade` is the first letter of `evidence`.
    """

    id = fields.String(required=True)
    title = fields.String(required=True)
    vendor = fields.String(required=True)
    rationale = fields.String(required=True)
    needs = fields.String(required=True, allow_none=True, validate=validate.Equal("socket"))
    serve = fields.String(required=True)
    curl = fields.List(fields.String(), required=True)
    sandbox = fields.Dict(keys=fields.String(), required=True)
    curl_in_sandbox = fields.List(fields.String(), required=True)
    marker = fields.String(required=True)
    expect = fields.List(fields.Nested(ExpectationSchema), required=True)
    returns = fields.String(required=True)
    grade = fields.String(required=True, validate=validate.OneOf([*Grade]))
    evidence = fields.String(required=True)
    source = fields.String(required=True)


class CasesSchema(Schema):
    """Cases, in the order of their ids."""

    cases = fields.List(fields.Nested(CaseSchema), required=True)


class CasesQuery(AdminQuery):
    """Filters of the catalogue."""

    kind = "filter"

    vendor = fields.String(metadata={"description": "Only cases of this vendor (`cross-vendor`: of several vendors)."})


def list_all(request: AdminRequest) -> dict[str, Any]:
    catalogue, vendor = context().sources.cases(), request.query.get("vendor")
    if vendor is not None and vendor not in catalogue.vendors:
        raise ValidationError({"vendor": [unknown_name("vendor with cases", vendor, catalogue.vendors)]})
    return dump(CasesSchema, {"cases": [_describe(case) for case in catalogue.cases if vendor in {None, case.vendor}]})


def get(request: AdminRequest) -> dict[str, Any]:
    return dump(CaseSchema, _describe(_find(request.name)))


def _find(name: str) -> Case:
    try:
        return context().sources.cases().find(name)
    except UnknownCase as error:
        raise Problem(404, str(error)) from error


def _describe(case: Case) -> dict[str, Any]:
    from mockserver.cases import describe  # Describing is rare, and its import would delay every start.

    guarded = context().admin_token is not None
    return describe.describe(case, context().vendors, http_request.host_url.rstrip("/"), guarded=guarded)
