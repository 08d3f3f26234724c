"""Answers what openapi/admin.yaml says: the control plane's routes and schemas, described for its clients.

`python -m tools.admin_openapi` writes the file, `--check` only compares. The vendors' files stay out: they are oracles,
kept by hand.
"""

import inspect
import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml
from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from marshmallow import Schema
from werkzeug.http import HTTP_STATUS_CODES

from mockserver.admin import answers, metric_shapes, problems, routes, rules, sandbox_body, schemas, shapes
from mockserver.admin.routes import Route
from mockserver.gateway.limits import LimitMode

TARGET = Path(__file__).resolve().parent.parent / "openapi" / "admin.yaml"

HEAD = "# Made by `python -m tools.admin_openapi` from the control plane's routes and schemas; do not edit.\n"

ABOUT = """\
What is not a vendor's: the clock, limits, undocumented choices, faults and journal of the simulated server.

Each sandbox is a server of its own, opened by its own tokens, and has every resource below /_mock/sandboxes/<id>/; the
short paths mean the first one, `default`.

Unknown members and parameters are refused by name. PUT sets what is given and puts the rest back to how the sandbox
was made, so that `{}` resets; PATCH changes only what is given; both answer with the whole new state. Refusals are
problem details (RFC 9457). A request from another origin, or to a host name that is not this server's, is refused with
403; where the server was started with an admin token, every request must bear it. `HEAD` answers as `GET` does,
without the body.
"""


@dataclass(frozen=True, slots=True)
class Told:
    """An operation in words, with the schemas of what it answers and takes."""

    summary: str
    answer: Any
    body: Any = None
    body_required: bool = True
    created: bool = False
    conflict: bool = False


def _by_name(schema: Any, names: str = "vendor") -> dict[str, Any]:
    return {"type": "object", "description": f"By the name of a {names}.", "additionalProperties": schema}


def _named(schema: type[Schema]) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{schema.__name__}"}


NAMED = (shapes.VendorLimit, shapes.SwitchState, schemas.AllowanceBody, sandbox_body.SandboxBody)
"""Schemas inside objects that have a member for each vendor, where apispec does not look for them."""


REFUSALS = (400, 401, 403, 404, 405, 409, 413, 415, 500)

_LIMITS = _by_name(_named(shapes.VendorLimit))
_POLICY = _by_name(_by_name(_named(shapes.SwitchState), "switch"))
_SET_LIMITS = _by_name({"oneOf": [{"type": "string", "enum": [*LimitMode]}, _named(schemas.AllowanceBody)]})
_VALUE = {"type": ["string", "integer", "object"], "description": "An object renames: new names by the old ones."}
_SET_POLICY = _by_name(_by_name(_VALUE, "switch"))
_SANDBOX = _named(sandbox_body.SandboxBody)
_DEFECTS = {
    "type": "array",
    "items": {"type": "string"},
    "description": "The names of the defects that are armed in it from the start.",
}

SAID_HERE = {"AdvanceBody": {"minProperties": 1}}
"""What a schema cannot say of itself."""

ADDED = {"SandboxBody": {"limits": _SET_LIMITS, "policy": _SET_POLICY, "defects": _DEFECTS}}
"""Members that a schema has only once the vendors are known."""

OPERATIONS = {
    "getIndex": Told("Every resource and its methods", shapes.Index),
    "getHealth": Told("Whether the server works, and what it serves", shapes.Health),
    "getClock": Told("What time it is", shapes.Clock),
    "putClock": Told("Set the clock, or put it back", shapes.Clock, schemas.ClockBody),
    "advanceClock": Told("Move the clock on", shapes.Clock, schemas.AdvanceBody),
    "getLimits": Told("Every vendor's rate limit and its buckets", _LIMITS),
    "putLimits": Told("Set rate limits; vendors left out go back to theirs", _LIMITS, _SET_LIMITS),
    "patchLimits": Told("Set rate limits of the given vendors", _LIMITS, _SET_LIMITS),
    "getPolicy": Told("Every undocumented choice, with the value in force", _POLICY),
    "putPolicy": Told("Make choices; those left out go back", _POLICY, _SET_POLICY),
    "patchPolicy": Told("Make the given choices", _POLICY, _SET_POLICY),
    "getFaults": Told("The armed faults, with how many requests met each", rules.ArmedRules),
    "putFaults": Told("Arm these faults, and no others", rules.ArmedRules, rules.RulesBody, conflict=True),
    "createFault": Told("Arm one more fault", rules.ArmedRuleBody, rules.RuleBody, created=True, conflict=True),
    "deleteFault": Told("Disarm a fault", None),
    "listRequests": Told("The journal: what clients asked, and what became of it", shapes.Journal),
    "deleteRequests": Told("Forget the journal", None),
    "getConduct": Told("Findings of the client lint over the journal", shapes.Lint),
    "getDefects": Told("Every inconsistency that can be armed", shapes.Defects),
    "putDefects": Told("Arm inconsistencies; those left out are disarmed", shapes.Defects, schemas.DefectsBody),
    "reset": Told("Put the sandbox, or parts of it, back", shapes.Reset, schemas.ResetBody, body_required=False),
    "listTokens": Told("The tokens that open the sandbox", shapes.Tokens),
    "createToken": Told("Make another token for the sandbox", shapes.Token, schemas.TokenBody, created=True),
    "deleteToken": Told("Revoke a token", None),
    "listCases": Told("The situations that clients break on, with the lines to reach each", shapes.Cases),
    "getCase": Told("One such situation", shapes.Case),
    "listSandboxes": Told("Every sandbox", shapes.Sandboxes),
    "createSandbox": Told("Make a sandbox", shapes.Sandbox, _SANDBOX, body_required=False, created=True, conflict=True),
    "getSandbox": Told("One sandbox", shapes.Sandbox),
    "deleteSandbox": Told("Forget a sandbox; the first one stays", None, conflict=True),
    "listMetrics": Told("The metrics there are, and the dimensions to ask for", metric_shapes.Metrics),
    "getMetric": Told("What a client should have computed over all vendors, bucket by bucket", metric_shapes.Metric),
    "getMetricPeople": Told("The people behind a point of a metric", metric_shapes.MetricPeople),
    "listOrganizations": Told("The organisations there are", shapes.Organizations),
    "getOrganization": Told("One organisation with the ids to begin with", shapes.Organization),
    "getOpenapi": Told("The OpenAPI file of a vendor, or of the control plane (admin)", "application/yaml"),
}


def main(arguments: list[str]) -> int:
    """0 when the file is fresh, or was made so; 1, with a line on stderr, otherwise."""
    fresh = text()
    if "--check" not in arguments:
        TARGET.write_text(fresh, encoding="utf-8")
    elif not TARGET.exists() or TARGET.read_text(encoding="utf-8") != fresh:
        print("openapi/admin.yaml is stale; `python -m tools.admin_openapi` writes it anew", file=sys.stderr)
        return 1
    return 0


def text() -> str:
    """The whole file."""
    made = json.loads(json.dumps(_spec().to_dict()))
    for name, schema in made["components"]["schemas"].items():
        described = next(
            getattr(room, name) for room in (shapes, metric_shapes, schemas, rules, sandbox_body) if hasattr(room, name)
        )
        schema["properties"] |= json.loads(json.dumps(ADDED.get(name, {})))
        schema |= {"description": inspect.getdoc(described), "additionalProperties": False, **SAID_HERE.get(name, {})}
    document = {part: made[part] for part in ("openapi", "info", "servers", "security", "paths", "components")}
    return HEAD + yaml.dump(document, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=120)


class _Dumper(yaml.SafeDumper):
    """Writes text of several lines as such."""


_Dumper.add_representer(
    str,
    lambda dumper, value: dumper.represent_scalar("tag:yaml.org,2002:str", value, style="|" if "\n" in value else None),
)


def _spec() -> APISpec:
    spec = APISpec(
        title="Control plane",
        version="1",
        openapi_version="3.1.0",
        info={"description": ABOUT},
        servers=[{"url": "http://127.0.0.1:8080", "description": "Where `mockserver serve` listens by default."}],
        security=[{}, {"admin": []}],
        plugins=[MarshmallowPlugin()],
    )
    spec.components.security_scheme("admin", {"type": "http", "scheme": "bearer"})
    for schema in NAMED:
        spec.components.schema(schema.__name__, schema=schema)
    for status in REFUSALS:
        spec.components.response(_response_name(status), _refusal(status))
    for route in routes.ROUTES:
        spec.path(route.template, operations={route.method.lower(): _operation(route, _told(route))})
    return spec


def _told(route: Route) -> Told:
    told = OPERATIONS[route.told or route.operation]
    return replace(told, summary=f"In one sandbox: {told.summary}") if route.told else told


def _operation(route: Route, told: Told) -> dict[str, Any]:
    operation: dict[str, Any] = {"operationId": route.operation, "summary": told.summary}
    parameters = [*_path_parameters(route), *_query_parameters(route)]
    if parameters:
        operation["parameters"] = parameters
    if told.body is not None:
        content = {"application/json": {"schema": told.body}}
        operation["requestBody"] = {"required": told.body_required, "content": content}
    refusals = [400, 401, 403, *_refusals(route, told), 500]
    operation["responses"] = _success(told) | {str(status): _response_name(status) for status in refusals}
    return operation


def _refusals(route: Route, told: Told) -> list[int]:
    """The statuses that not every operation has, and the one of a body that is too large."""
    possible = {404: "<" in route.path, 409: told.conflict, 413: True, 415: told.body is not None}
    return [status for status, there in possible.items() if there]


def _path_parameters(route: Route) -> Iterator[dict[str, Any]]:
    for name in re.findall("<(.+?)>", route.path):
        yield {"in": "path", "name": name, "required": True, "schema": {"type": "string"}}


def _query_parameters(route: Route) -> list[dict[str, Any]]:
    return [{"in": "query", "schema": route.query}] if route.query is not schemas.Nothing else []


def _success(told: Told) -> dict[str, Any]:
    answer = told.answer
    if answer is None:
        return {"204": {"description": "Done.", "headers": _headers()}}
    media = answer if isinstance(answer, str) else "application/json"
    schema = {"type": "object"} if isinstance(answer, str) else answer
    content = {media: {"schema": schema}}
    if told.created:
        return {"201": {"description": "What was made.", "headers": _headers("Location"), "content": content}}
    return {"200": {"description": "The answer.", "headers": _headers(), "content": content}}


def _response_name(status: int) -> str:
    return HTTP_STATUS_CODES[status].replace(" ", "")


def _refusal(status: int) -> dict[str, Any]:
    extra = {401: "WWW-Authenticate", 405: "Allow"}
    return {
        "description": HTTP_STATUS_CODES[status],
        "headers": _headers(*([extra[status]] if status in extra else [])),
        "content": {problems.MEDIA_TYPE: {"schema": shapes.Problem}},
    }


def _headers(*extra: str) -> dict[str, Any]:
    constant = {name: {"required": True, "schema": {"const": value}} for name, value in answers.HEADERS.items()}
    return constant | {name: {"required": True, "schema": {"type": "string"}} for name in extra}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
