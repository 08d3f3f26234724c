"""Answers which resource is where: every path and method of the control plane, and the one way that each takes.

What a resource does stays out; each has a module of its own.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from flask import Blueprint, Response
from marshmallow import Schema

from mockserver.admin import (
    admin_request,
    answers,
    cases,
    clock,
    conduct,
    defects,
    faults,
    guard,
    limits,
    metrics,
    organizations,
    policy,
    requests,
    reset,
    sandboxes,
    schemas,
    server,
    shapes,
    tokens,
)
from mockserver.admin.admin_request import AdminRequest
from mockserver.gateway.sandbox import DEFAULT

MOUNT = "/_mock"
SANDBOX = "/sandboxes/<sandbox>"
"""Below the mount, what goes before a resource of any sandbox; without it, the resource is the first one's."""

View = Callable[[AdminRequest], dict[str, Any] | Response]


@dataclass(frozen=True, slots=True)
class Route:
    """One method on one path below the mount; `query` is what may stand behind the question mark.

    `told` is the operationId under which the operation is described, where it is another's in one sandbox.
    """

    method: str
    path: str
    operation: str
    view: View
    query: type[Schema] = schemas.Nothing
    told: str = ""

    @property
    def of_sandbox(self) -> "Route":
        """The same, in the sandbox that the path names."""
        return replace(self, path=SANDBOX + self.path, operation=f"{self.operation}OfSandbox", told=self.operation)

    @property
    def template(self) -> str:
        """The whole path as OpenAPI writes it."""
        return f"{MOUNT}{self.path}".replace("<", "{").replace(">", "}")


def index(_: AdminRequest) -> dict[str, Any]:
    """Every resource, with the methods that it knows."""
    resources: dict[str, list[str]] = {}
    for route in ROUTES:
        resources.setdefault(route.template, []).append(route.method)
    written: dict[str, Any] = shapes.Index().dump({"resources": resources})
    return written


RESOURCES = (
    Route("GET", "/health", "getHealth", server.health),
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
    Route("GET", "/requests", "listRequests", requests.list_all, schemas.RequestsQuery),
    Route("DELETE", "/requests", "deleteRequests", requests.clear),
    Route("GET", "/conduct", "getConduct", conduct.get, schemas.LintQuery),
    Route("GET", "/defects", "getDefects", defects.get),
    Route("PUT", "/defects", "putDefects", defects.replace),
    Route("POST", "/reset", "reset", reset.reset),
    Route("GET", "/tokens", "listTokens", tokens.list_all),
    Route("POST", "/tokens", "createToken", tokens.create),
    Route("DELETE", "/tokens/<token>", "deleteToken", tokens.revoke),
    Route("GET", "/metrics", "listMetrics", metrics.list_all),
    Route("GET", "/metrics/<metric>", "getMetric", metrics.get, schemas.MetricQuery),
    Route("GET", "/metrics/<metric>/people", "getMetricPeople", metrics.people, schemas.MetricPeopleQuery),
    Route("GET", "/organizations", "listOrganizations", organizations.list_all),
    Route("GET", "/organizations/<slug>", "getOrganization", organizations.get),
    Route("GET", "/openapi/<vendor>.yaml", "getOpenapi", server.openapi),
)
"""What every sandbox has."""

ROUTES = (
    Route("GET", "/", "getIndex", index),
    *RESOURCES,
    Route("GET", "/cases", "listCases", cases.list_all, schemas.CasesQuery),
    Route("GET", "/cases/<case>", "getCase", cases.get),
    Route("GET", "/sandboxes", "listSandboxes", sandboxes.list_all),
    Route("POST", "/sandboxes", "createSandbox", sandboxes.create),
    Route("GET", SANDBOX, "getSandbox", sandboxes.get),
    Route("DELETE", SANDBOX, "deleteSandbox", sandboxes.delete),
    *(resource.of_sandbox for resource in RESOURCES),
)


def blueprint() -> Blueprint:
    """The routes behind the guard, each endpoint named by its operationId; `/` leads to the index."""
    made = Blueprint("admin", __name__)
    made.before_request(guard.check)
    for path in ("/", MOUNT):
        made.add_url_rule(path, "root", root, methods=["GET"], provide_automatic_options=False)
    for route in ROUTES:
        made.add_url_rule(
            MOUNT + route.path,
            route.operation,
            _answering(route),
            methods=[route.method],
            provide_automatic_options=False,
        )
    return made


def root() -> Response:
    """The way from `/`, and from the mount without its slash, to the index."""
    return answers.redirect(f"{MOUNT}/")


def _answering(route: Route) -> Callable[..., Response]:
    def answer(sandbox: str = DEFAULT, **names: str) -> Response:
        said = route.view(admin_request.parse(route.query(), sandbox, *names.values()))
        return said if isinstance(said, Response) else answers.json_response(said)

    return answer
