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
from mockserver.admin.fields import AdminQuery
from mockserver.gateway.sandbox import DEFAULT
from mockserver.validation.schemas import dump

MOUNT = "/_mock"
SANDBOX = "/sandboxes/<sandbox>"
"""The prefix of a sandbox's resources below the mount; without it, they are the default sandbox's."""

View = Callable[[AdminRequest], dict[str, Any] | Response]


@dataclass(frozen=True, slots=True)
class AdminRoute:
    """One method on one path below the mount; `query` is the schema of its parameters.

    `documented_as` is the operationId of the same operation without a sandbox, "" where it is that operation itself.
    """

    method: str
    path: str
    operation: str
    view: View
    query: type[Schema] = AdminQuery
    documented_as: str = ""

    @property
    def of_sandbox(self) -> "AdminRoute":
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
    AdminRoute("GET", "/health", "getHealth", health.get),
    AdminRoute("GET", "/clock", "getClock", clock.get),
    AdminRoute("PUT", "/clock", "putClock", clock.replace),
    AdminRoute("POST", "/clock/advance", "advanceClock", clock.advance),
    AdminRoute("GET", "/limits", "getLimits", limits.get),
    AdminRoute("PUT", "/limits", "putLimits", limits.replace),
    AdminRoute("PATCH", "/limits", "patchLimits", limits.update),
    AdminRoute("GET", "/policy", "getPolicy", policy.get),
    AdminRoute("PUT", "/policy", "putPolicy", policy.replace),
    AdminRoute("PATCH", "/policy", "patchPolicy", policy.update),
    AdminRoute("GET", "/faults", "getFaults", faults.get),
    AdminRoute("PUT", "/faults", "putFaults", faults.replace),
    AdminRoute("POST", "/faults", "createFault", faults.create),
    AdminRoute("DELETE", "/faults/<fault>", "deleteFault", faults.delete),
    AdminRoute("GET", "/requests", "listRequests", requests.list_all, requests.RequestsQuery),
    AdminRoute("DELETE", "/requests", "deleteRequests", requests.clear),
    AdminRoute("GET", "/lint", "getLint", lint.get, lint.LintQuery),
    AdminRoute("GET", "/conduct", "getConduct", lint.get, lint.LintQuery),
    AdminRoute("GET", "/defects", "getDefects", defects.get),
    AdminRoute("PUT", "/defects", "putDefects", defects.replace),
    AdminRoute("POST", "/reset", "reset", reset.reset),
    AdminRoute("GET", "/tokens", "listTokens", tokens.list_all),
    AdminRoute("POST", "/tokens", "createToken", tokens.create),
    AdminRoute("DELETE", "/tokens/<token>", "deleteToken", tokens.revoke),
    AdminRoute("GET", "/metrics", "listMetrics", metrics.list_all),
    AdminRoute("GET", "/metrics/<metric>", "getMetric", metrics.get, metrics.MetricRangeQuery),
    AdminRoute("GET", "/metrics/<metric>/people", "getMetricPeople", metrics.people, metrics.MetricPeopleQuery),
    AdminRoute("GET", "/organizations", "listOrganizations", organizations.list_all),
    AdminRoute("GET", "/organizations/<slug>", "getOrganization", organizations.get),
    AdminRoute("GET", "/openapi/<vendor>.yaml", "getOpenapi", openapi.get),
)
"""What every sandbox has."""

ROUTES = (
    AdminRoute("GET", "/", "getIndex", index),
    *RESOURCES,
    AdminRoute("GET", "/cases", "listCases", cases.list_all, cases.CasesQuery),
    AdminRoute("GET", "/cases/<case>", "getCase", cases.get),
    AdminRoute("GET", "/sandboxes", "listSandboxes", sandboxes.list_all),
    AdminRoute("POST", "/sandboxes", "createSandbox", sandboxes.create),
    AdminRoute("GET", SANDBOX, "getSandbox", sandboxes.get),
    AdminRoute("DELETE", SANDBOX, "deleteSandbox", sandboxes.delete),
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


def _endpoint(route: AdminRoute) -> Callable[..., Response]:
    def respond(sandbox: str = DEFAULT, **names: str) -> Response:
        body = route.view(admin_request.parse(route.query(), sandbox, *names.values()))
        return body if isinstance(body, Response) else responses.json_response(body)

    return respond
