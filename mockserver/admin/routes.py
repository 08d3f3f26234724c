"""Every path and method of the control plane, with its view and its query, and how a request reaches its view."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from flask import Response, request
from marshmallow import Schema, ValidationError, fields
from werkzeug.exceptions import HTTPException, NotFound
from werkzeug.routing import Map

from analytics_mockserver.suggestions import nearest
from mockserver.admin import (
    audits,
    case_runs,
    cases,
    charts,
    clock,
    defects,
    faults,
    guard,
    health,
    limits,
    lint,
    metrics,
    openapi,
    organizations,
    overview,
    policy,
    profiles,
    ready,
    requests,
    responses,
    sandboxes,
    tokens,
    totals,
)
from mockserver.admin.admin_context import AdminRequest, context
from mockserver.admin.fields import AdminQuery
from mockserver.admin.responses import Problem
from mockserver.gateway.lazy_rules import LazyRule
from mockserver.gateway.sandbox import DEFAULT, Sandbox
from mockserver.validation.schemas import dump

MOUNT = "/_mock"
SANDBOX, OF_SANDBOX = "/sandboxes/<sandbox>", "OfSandbox"
"""The prefix of a sandbox's resources below the mount, and the ending of their operationIds."""


@dataclass(frozen=True, slots=True)
class AdminRoute:
    """One method on one path below the mount; `query` is the schema of its parameters.

    A probe gets the sandbox as the server knows it, without waiting for a store. A `view` returns a JSON body, a whole
    response, or None, which is a 204.
    """

    method: str
    path: str
    operation: str
    view: Callable[[AdminRequest], dict[str, Any] | Response | None]
    query: type[Schema] = AdminQuery
    is_probe: bool = False

    @property
    def template(self) -> str:
        """The whole path as in OpenAPI."""
        return f"{MOUNT}{self.path}".replace("<", "{").replace(">", "}")


class IndexSchema(Schema):
    """Every resource, with its methods."""

    resources = fields.Dict(keys=fields.String(), values=fields.List(fields.String()), required=True)


def index(_: AdminRequest) -> Response:
    """Every resource; whoever names text/html in Accept gets the console in its place."""
    resources: dict[str, list[str]] = {}
    for route in ROUTES:
        resources.setdefault(route.template, []).append(route.method)
    return responses.json_response(dump(IndexSchema, {"resources": resources}), headers={"Vary": "Accept"})


RESOURCES = (
    AdminRoute("GET", "/health", "getHealth", health.get, is_probe=True),
    AdminRoute("GET", "/ready", "getReady", ready.get, is_probe=True),
    AdminRoute("GET", "/overview", "getOverview", overview.get),
    AdminRoute("GET", "/clock", "getClock", clock.get),
    AdminRoute("PUT", "/clock", "putClock", clock.replace),
    AdminRoute("POST", "/clock/advance", "advanceClock", clock.advance),
    AdminRoute("GET", "/limits", "getLimits", limits.get),
    AdminRoute("PUT", "/limits", "putLimits", limits.change),
    AdminRoute("PATCH", "/limits", "patchLimits", limits.change),
    AdminRoute("GET", "/policy", "getPolicy", policy.get),
    AdminRoute("PUT", "/policy", "putPolicy", policy.change),
    AdminRoute("PATCH", "/policy", "patchPolicy", policy.change),
    AdminRoute("GET", "/faults", "getFaults", faults.get),
    AdminRoute("PUT", "/faults", "putFaults", faults.replace),
    AdminRoute("POST", "/faults", "createFault", faults.create),
    AdminRoute("DELETE", "/faults/<fault>", "deleteFault", faults.delete),
    AdminRoute("GET", "/requests", "listRequests", requests.list_all, requests.RequestsQuery),
    AdminRoute("GET", "/requests/<request>", "getRequest", requests.get),
    AdminRoute("DELETE", "/requests", "deleteRequests", requests.clear),
    AdminRoute("GET", "/lint", "getLint", lint.get, lint.LintQuery),
    AdminRoute("GET", "/conduct", "getConduct", lint.get, lint.LintQuery),
    AdminRoute("GET", "/defects", "getDefects", defects.get),
    AdminRoute("PUT", "/defects", "putDefects", defects.replace),
    AdminRoute("GET", "/audits", "listAudits", audits.list_all),
    AdminRoute("POST", "/audits", "createAudit", audits.create),
    AdminRoute("GET", "/audits/<audit>", "getAudit", audits.get),
    AdminRoute("DELETE", "/audits/<audit>", "deleteAudit", audits.delete),
    AdminRoute("POST", "/reset", "reset", sandboxes.reset),
    AdminRoute("GET", "/tokens", "listTokens", tokens.list_all),
    AdminRoute("POST", "/tokens", "createToken", tokens.create),
    AdminRoute("DELETE", "/tokens/<token>", "deleteToken", tokens.revoke),
    AdminRoute("GET", "/metrics", "listMetrics", metrics.list_all),
    AdminRoute("GET", "/metrics/<metric>", "getMetric", metrics.get, metrics.MetricRangeQuery),
    AdminRoute("GET", "/metrics/<metric>/people", "getMetricPeople", metrics.people, metrics.MetricPeopleQuery),
    AdminRoute("GET", "/totals", "listTotals", totals.list_all),
    AdminRoute("GET", "/totals/<total>", "getTotal", totals.get, totals.TotalQuery),
    AdminRoute("GET", "/charts", "listCharts", charts.list_all),
    AdminRoute("GET", "/charts/<chart>", "getChart", charts.get, charts.ChartQuery),
    AdminRoute("GET", "/organizations", "listOrganizations", organizations.list_all),
    AdminRoute("GET", "/organizations/<slug>", "getOrganization", organizations.get),
    AdminRoute("GET", "/openapi/<vendor>.yaml", "getOpenapi", openapi.get),
)
"""What every sandbox has; the paths without a sandbox lead to the default one. The routes below that are not here are
of the server: the index, the cases with their runs, the profiles, and the sandboxes themselves."""

ROUTES = (
    AdminRoute("GET", "/", "getIndex", index),
    *RESOURCES,
    AdminRoute("GET", "/cases", "listCases", cases.list_all, cases.CasesQuery),
    AdminRoute("GET", "/cases/<case>", "getCase", cases.get),
    AdminRoute("GET", "/case-runs", "listCaseRuns", case_runs.list_all),
    AdminRoute("POST", "/case-runs", "createCaseRun", case_runs.create),
    AdminRoute("GET", "/case-runs/<run>", "getCaseRun", case_runs.get),
    AdminRoute("DELETE", "/case-runs/<run>", "deleteCaseRun", case_runs.delete),
    AdminRoute("GET", "/profiles", "listProfiles", profiles.list_all),
    AdminRoute("GET", "/profiles/<profile>", "getProfile", profiles.get),
    AdminRoute("GET", "/sandboxes", "listSandboxes", sandboxes.list_all),
    AdminRoute("POST", "/sandboxes", "createSandbox", sandboxes.create),
    AdminRoute("GET", SANDBOX, "getSandbox", sandboxes.get),
    AdminRoute("DELETE", SANDBOX, "deleteSandbox", sandboxes.delete),
    *(replace(each, path=SANDBOX + each.path, operation=each.operation + OF_SANDBOX) for each in RESOURCES),
)


@cache
def _url_map() -> Map:
    """The routes as one map, which all apps of a process share: an app has one rule for all of them."""
    rules = [LazyRule(MOUNT + route.path, endpoint=route, methods=[route.method]) for route in ROUTES]
    shorter = [LazyRule("/", endpoint=ROUTES[0], methods=["GET"]), LazyRule(MOUNT, methods=["GET"])]
    return Map([*rules, *shorter], merge_slashes=False)


def respond() -> Response:
    """The response to the request at hand; Problem or an HTTPException where there is none.

    The console needs no admin token: it contains nothing secret, and its own requests to the control plane carry one.
    """
    guard.check_sender()
    page = context().page()
    if page is not None:
        return page
    guard.check()
    route, variables = _route()
    if not isinstance(route, AdminRoute):
        return Response(status=302, headers={**responses.HEADERS, "Location": f"{MOUNT}/"})
    sandbox_id = variables.get("sandbox", DEFAULT)
    known = context().registry.last_known(sandbox_id) if route.is_probe else None
    sandbox = known or _sandbox(sandbox_id)
    names = [value for name, value in variables.items() if name != "sandbox"]
    reply = route.view(AdminRequest(context().registry, sandbox, _query(route.query()), *names))
    if reply is None:
        nothing = Response(status=204, headers=responses.HEADERS)
        del nothing.headers["Content-Type"]
        return nothing
    return reply if isinstance(reply, Response) else responses.json_response(reply)


def _route() -> tuple[object, Mapping[str, Any]]:
    try:
        return _url_map().bind("").match(request.path, request.method)
    except NotFound:
        near = nearest(request.path, (route.template for route in ROUTES))
        hint = f" (did you mean {near}?)" if near else ""
        raise Problem(
            404, f"there is nothing at {request.path}{hint}; GET {MOUNT}/ lists the resources of the control plane"
        ) from None


def needs_body() -> bool:
    """Whether the request at hand may be read: its sender, path and method are right, and its body not too large."""
    try:
        guard.check()
        _, variables = _route()
    except (Problem, HTTPException):
        return False
    return context().registry.may_exist(variables.get("sandbox", DEFAULT))


def _sandbox(sandbox_id: str) -> Sandbox:
    found = context().registry.find(sandbox_id)
    if found is None:
        shown = context().registry.redactor.text(sandbox_id)  # Before it is cut: half a credential would be no text.
        raise Problem(
            404,
            f"there is no sandbox {shown!r:.100}: it never existed, was deleted, or its ttl_seconds are over; "
            "GET /_mock/sandboxes lists the sandboxes that exist",
        )
    return found


def _query(schema: Schema) -> dict[str, Any]:
    """The query parameters; ValidationError for each that is unknown, repeated or wrong."""
    lists = {field.data_key or name for name, field in schema.fields.items() if isinstance(field, fields.List)}
    repeated = [name for name in request.args if len(request.args.getlist(name)) > 1 and name not in lists]
    if repeated:
        raise ValidationError({name: ["must be given once"] for name in repeated})
    given = {name: texts if name in lists else texts[0] for name, texts in request.args.lists()}
    loaded: dict[str, Any] = schema.load(given)
    return loaded
