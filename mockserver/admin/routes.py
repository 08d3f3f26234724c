"""The table of routes: every path and method of the control plane, with its view and its query."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from flask import Blueprint, Response
from marshmallow import Schema, fields

from mockserver.admin import (
    admin_request,
    cases,
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
    policy,
    requests,
    reset,
    responses,
    sandboxes,
    tokens,
)
from mockserver.admin.admin_request import AdminRequest
from mockserver.admin.fields import Query
from mockserver.gateway.sandbox import DEFAULT
from mockserver.validation.schemas import dump

MOUNT = "/_mock"
SANDBOX = "/sandboxes/<sandbox>"
"""The prefix of a sandbox's resources below the mount; without it, they are the default sandbox's."""

View = Callable[[AdminRequest], dict[str, Any] | Response]


@dataclass(frozen=True, slots=True)
class Route:
    """One method on one path below the mount; `query` is the schema of its parameters.

    `documented_as` is the operationId of the same operation without a sandbox, "" where it is that operation itself.
    """

    method: str
    path: str
    operation: str
    view: View
    query: type[Schema] = Query
    documented_as: str = ""

    @property
    def of_sandbox(self) -> "Route":
        """The same in the sandbox that the path names."""
        return replace(
            self, path=SANDBOX + self.path, operation=f"{self.operation}OfSandbox", documented_as=self.operation
        )

    @property
    def template(self) -> str:
        """The whole path as in OpenAPI."""
        return f"{MOUNT}{self.path}".replace("<", "{").replace(">", "}")


class IndexSchema(Schema):
    """Every resource, with its methods."""

    resources = fields.Dict(keys=fields.String(), values=fields.List(fields.String()), required=True)


def index(_: AdminRequest) -> dict[str, Any]:
    """Every resource, with its methods."""
    resources: dict[str, list[str]] = {}
    for route in ROUTES:
        resources.setdefault(route.template, []).append(route.method)
    return dump(IndexSchema, {"resources": resources})


RESOURCES = (
    Route("GET", "/health", "getHealth", health.get),
    Route("GET", "/clock", "getClock", clock.get),
    Route("PUT", "/clock", "putClock", clock.replace),
    Route("POST", "/clock/advance", "advanceClock", clock.advance),
    Route("GET", "/limits", "getLimits", limits.get),
    Route("PUT", "/limits", "putLimits", limits.replace),
    Route("PATCH", "/limits", "patchLimits", limits.update),
    Route("GET", "/policy", "getPolicy", policy.get),
    Route("PUT", "/policy", "putPolicy", policy.replace),
    Route("PATCH", "/policy", "patchPolicy", policy.update),
    Route("GET", "/faults", "getFaults", faults.get),
    Route("PUT", "/faults", "putFaults", faults.replace),
    Route("POST", "/faults", "createFault", faults.create),
    Route("DELETE", "/faults/<fault>", "deleteFault", faults.delete),
    Route("GET", "/requests", "listRequests", requests.list_all, requests.RequestsQuery),
    Route("DELETE", "/requests", "deleteRequests", requests.clear),
    Route("GET", "/lint", "getLint", lint.get, lint.LintQuery),
    Route("GET", "/conduct", "getConduct", lint.get, lint.LintQuery),
    Route("GET", "/defects", "getDefects", defects.get),
    Route("PUT", "/defects", "putDefects", defects.replace),
    Route("POST", "/reset", "reset", reset.reset),
    Route("GET", "/tokens", "listTokens", tokens.list_all),
    Route("POST", "/tokens", "createToken", tokens.create),
    Route("DELETE", "/tokens/<token>", "deleteToken", tokens.revoke),
    Route("GET", "/metrics", "listMetrics", metrics.list_all),
    Route("GET", "/metrics/<metric>", "getMetric", metrics.get, metrics.RangeQuery),
    Route("GET", "/metrics/<metric>/people", "getMetricPeople", metrics.people, metrics.PeopleQuery),
    Route("GET", "/organizations", "listOrganizations", organizations.list_all),
    Route("GET", "/organizations/<slug>", "getOrganization", organizations.get),
    Route("GET", "/openapi/<vendor>.yaml", "getOpenapi", openapi.get),
)
"""What every sandbox has."""

ROUTES = (
    Route("GET", "/", "getIndex", index),
    *RESOURCES,
    Route("GET", "/cases", "listCases", cases.list_all, cases.CasesQuery),
    Route("GET", "/cases/<case>", "getCase", cases.get),
    Route("GET", "/sandboxes", "listSandboxes", sandboxes.list_all),
    Route("POST", "/sandboxes", "createSandbox", sandboxes.create),
    Route("GET", SANDBOX, "getSandbox", sandboxes.get),
    Route("DELETE", SANDBOX, "deleteSandbox", sandboxes.delete),
    *(resource.of_sandbox for resource in RESOURCES),
)


def blueprint() -> Blueprint:
    """The routes behind the guard, each endpoint named by its operationId; `/` redirects to the index."""
    built = Blueprint("admin", __name__)
    built.before_request(guard.check)
    for path in ("/", MOUNT):
        built.add_url_rule(path, "root", root, methods=["GET"], provide_automatic_options=False)
    for route in ROUTES:
        built.add_url_rule(
            MOUNT + route.path,
            route.operation,
            _endpoint(route),
            methods=[route.method],
            provide_automatic_options=False,
        )
    return built


def root() -> Response:
    """Redirect `/`, and the mount without its slash, to the index."""
    return responses.redirect(f"{MOUNT}/")


def _endpoint(route: Route) -> Callable[..., Response]:
    def respond(sandbox: str = DEFAULT, **names: str) -> Response:
        body = route.view(admin_request.parse(route.query(), sandbox, *names.values()))
        return body if isinstance(body, Response) else responses.json_response(body)

    return respond
