"""Refusals: two shapes, all errors at once, ids last (contract, section 2)."""

import pytest

from mockserver.gateway.limits import Allowance
from tests.contract.client import Answer, Client
from tests.vendors.tabnine import queries

ENUM = "granularity: Invalid enum value. Expected 'all' | 'daily' | 'weekly' | 'monthly', received"
FAULTS = {
    "nothing": (
        "/team/usage",
        "",
        ["organizationId: Required", "from: Required", "to: Required", "granularity: Required", "teamId: Required"],
    ),
    "an unknown granularity": (
        "/organization/usage",
        "organizationId=x&to=2025-10-01T00:00:00Z&granularity=x",
        ["from: Required", f"{ENUM} 'x'"],
    ),
    "a range upside down and an unknown granularity": (
        "/organization/usage",
        "organizationId=x&from=2025-10-01T00:00:00Z&to=2025-09-01T00:00:00Z&granularity=hourly",
        ["from: Expected an instant before 'to'", f"{ENUM} 'hourly'"],
    ),
    "no numbers": (
        "/organization/users",
        "",
        ["offset: Expected number, received nan", "limit: Expected number, received nan"],
    ),
    "no number and no booleans": (
        "/organization/users",
        "offset=-1&limit=ten&teamMember=TRUE&active=1",
        [
            "offset: Number must be greater than or equal to 0",
            "limit: Expected number, received nan",
            "teamMember: Expected 'true' | 'false', received 'TRUE'",
            "active: Expected 'true' | 'false', received '1'",
        ],
    ),
    "no role": ("/instance/permissions", "", ["role: Required"]),
    "an unknown role": (
        "/instance/permissions",
        "role=admin",
        ["role: Invalid enum value. Expected 'Member' | 'TeamLead' | 'Manager' | 'Admin', received 'admin'"],
    ),
    "the same twice": (
        "/organization/teams",
        "limit=1&offset=x&limit=2",
        ["offset: Expected number, received nan", "limit: Expected one value, received several"],
    ),
}


@pytest.mark.parametrize(("path", "query", "faults"), FAULTS.values(), ids=FAULTS)
def test_validation_lists_all_errors_in_parameter_order(
    tabnine: Client, path: str, query: str, faults: list[str]
) -> None:
    answer = tabnine.get(path, query)
    assert answer.status == 400
    assert answer.json == {"error": {"message": "Validation Error", "errors": faults, "status": 400}}


@pytest.mark.parametrize(("path", "query", "faults"), FAULTS.values(), ids=FAULTS)
def test_flat_shape_has_the_same_errors_in_details(tabnine: Client, path: str, query: str, faults: list[str]) -> None:
    body = tabnine.switched(error_shape="flat").get(path, query).json
    assert body.pop("requestId")
    assert body == {
        "error": "VALIDATION_ERROR",
        "message": "Validation Error",
        "status": 400,
        "details": {"errors": faults},
    }


REFUSALS = {
    "401": ("GET", "/license", "", None, 401, "UNAUTHORIZED"),
    "403": ("GET", "/license", "", "Bearer mock-tabnine-acme-forbidden", 403, "FORBIDDEN"),
    "404 of a path": ("GET", "/nowhere", "", "Bearer mock-tabnine-acme", 404, "NOT_FOUND"),
    "404 of an id": ("GET", "/team/x", "", "Bearer mock-tabnine-acme", 404, "NOT_FOUND"),
    "405": ("PUT", "/license", "", "Bearer mock-tabnine-acme", 405, "METHOD_NOT_ALLOWED"),
    "422": (
        "GET",
        "/organization/account-utilizations",
        "startDate=2025-11",
        "Bearer mock-tabnine-acme",
        422,
        "UNPROCESSABLE_ENTITY",
    ),
}


@pytest.mark.parametrize(
    ("method", "path", "query", "authorization", "status", "code"), REFUSALS.values(), ids=REFUSALS
)
def test_other_refusals_have_only_a_message_in_both_shapes(
    tabnine: Client, method: str, path: str, query: str, authorization: str | None, status: int, code: str
) -> None:
    client = tabnine.bearing(authorization)
    nested = client.send(method, path, query)
    assert nested.json == {"error": {"message": nested.message, "status": status}}
    flat = client.switched(error_shape="flat").send(method, path, query)
    assert (nested.status, flat.status) == (status, status)
    named = {key: flat.json[key] for key in ("error", "message", "status", "details")}
    assert named == {"error": code, "message": nested.message, "status": status, "details": {}}


UNSERVED = {
    "/organization/audit-logs": "GET",
    "/api/team/v1": "POST",
    "/api/team/v1/x": "GET PUT",
    "/api/team/v1/x/connections/repositories": "GET POST",
    "/api/team/v1/x/connections/repositories/https%3A%2F%2Fgit.example%2Fa": "PUT DELETE",
    "/api/user/v1/x": "GET PATCH",
    "/api/user/v1/by-email/ada%40acme.example": "GET",
    "/api/user/v1/x/allowed-teams": "GET PATCH DELETE",
    "/api/invitation/v1": "GET POST DELETE",
}
"""What the vendor's newest file has beyond the API that is simulated."""


@pytest.mark.parametrize("path", UNSERVED)
@pytest.mark.parametrize("shape", ["nested", "flat"])
def test_what_the_vendor_has_is_an_unknown_path_or_not_simulated(tabnine: Client, shape: str, path: str) -> None:
    for method in UNSERVED[path].split():
        unknown = tabnine.switched(error_shape=shape).send(method, path)
        assert (unknown.status, unknown.message[:36]) == (404, "Not Found: there is nothing at /api/")
        answer = tabnine.switched(error_shape=shape, unserved="not_implemented").send(method, path)
        assert (answer.status, answer.message) == (501, "Not Implemented: not simulated")
        assert tabnine.bearing(None).send(method, path).status == 401
    assert tabnine.send("OPTIONS", path).status == 404


@pytest.mark.parametrize(
    "path", ["/organization/audit-log", "/api/team/v2", "/api/team/v1/x/y", "/api/invitation/v1/x"]
)
def test_what_the_vendor_does_not_have_is_404(tabnine: Client, path: str) -> None:
    assert tabnine.switched(unserved="not_implemented").get(path).status == 404


@pytest.mark.parametrize("path", ["/organization/usage", "/api/v2/organization/usage", "/organization/agent-usage"])
def test_organization_id_may_be_in_upper_case_by_a_switch(tabnine: Client, path: str) -> None:
    own = queries.organization(tabnine).upper()
    query = {"organizationId": own, **queries.span("2025-09-01T00:00:00Z", "2025-10-01T00:00:00Z")}
    assert tabnine.get(path, query).status == 401
    body = tabnine.switched(organization_id_case="any").got(path, **query)
    assert body["organizationId"] == own
    assert tabnine.got(path, **{**query, "organizationId": own.lower()})["usage"] == body["usage"]
    assert tabnine.get(path, {**query, "organizationId": f"{own}0"}).status == 401


def test_rate_limit_error_has_the_same_shapes(tabnine: Client) -> None:
    tabnine.limited(Allowance(per_minute=1, burst=1)).get("/license")
    nested = tabnine.get("/license")
    assert nested.json == {"error": {"message": "Too Many Requests: too many requests", "status": 429}}
    assert tabnine.switched(error_shape="flat").get("/license").json["error"] == "TOO_MANY_REQUESTS"


def test_flat_error_has_a_stable_request_id(tabnine: Client) -> None:
    tabnine.switched(error_shape="flat")
    ids = [tabnine.get(path).json["requestId"] for path in ("/team/x", "/team/x", "/team/y")]
    assert ids[0] == ids[1] != ids[2]


def _get(client: Client, **changed: str) -> Answer:
    own = {"organizationId": queries.organization(client)}
    path = {"teamId": "/team/usage", "userId": "/user/usage"}.get(next(iter(changed), ""), "/organization/usage")
    return client.get(path, {**queries.span("2025-09-01T00:00:00Z", "2025-10-01T00:00:00Z"), **own, **changed})


FOREIGN = {
    "nobody's": queries.UNKNOWN,
    "no UUID": "acme",
    "empty": "",
    "NUL": "\0",
    "a slash": "a/b",
    "very long": "x" * 10_000,
    "its own in capitals": "{capitals}",
    "its own and more": "{own} ",
}


@pytest.mark.parametrize("identifier", FOREIGN.values(), ids=FOREIGN)
@pytest.mark.parametrize(
    ("option", "title"),
    [("401", "Unauthorized"), ("403", "Forbidden"), ("404", "Not Found")],
    ids=["401", "403", "404"],
)
def test_foreign_organization_is_refused_on_usage_endpoints(
    tabnine: Client, identifier: str, option: str, title: str
) -> None:
    own = queries.organization(tabnine)
    identifier = identifier.format(capitals=own.upper(), own=own)
    tabnine.switched(foreign_organization=option)
    for path, whose in (("organization", {}), ("team", {"teamId": "x"}), ("user", {"userId": "x"})):
        query = {**queries.span("2025-09-01T00:00:00Z", "2025-10-01T00:00:00Z"), **whose, "organizationId": identifier}
        answer = tabnine.get(f"/{path}/usage", query)
        assert answer.json == {"error": {"message": f"{title}: Invalid organization.", "status": int(option)}}


def test_existing_foreign_organization_is_refused_too(tabnine: Client, initech: Client) -> None:
    other, team, user = queries.organization(initech), queries.teams(initech)[0]["id"], queries.users(initech)[0]["id"]
    assert _get(tabnine, organizationId=other).status == 401
    assert _get(tabnine, teamId=team).status == 404
    assert _get(tabnine, userId=user).status == 404
    assert tabnine.get(f"/team/{team}").status == tabnine.get(f"/user/{user}").status == 404
    assert tabnine.get("/team/account-utilizations", {"teamId": team}).status == 404


def test_validation_comes_before_organization_and_ids(tabnine: Client) -> None:
    for whose in ({"teamId": "x"}, {"userId": "x"}):
        assert _get(tabnine, **whose, organizationId="x", granularity="x").status == 400
        assert _get(tabnine, **whose, organizationId="x").status == 401
        assert _get(tabnine, **whose).status == 404
    assert tabnine.get("/team/x/users", "offset=x&limit=1").status == 400
    assert tabnine.get("/team/x/users", "offset=0&limit=1").status == 404


IDS = {
    "nobody's": queries.UNKNOWN,
    "no UUID": "engines",
    "a percent sign": "%25",
    "a percent sign alone": "%",
    "an encoded slash": "a%2Fb",
    "NUL": "%00",
    "a line end": "%0d%0aX-Injected:%201",
    "no UTF-8": "%FF",
    "letters beyond ASCII": "%D0%BF",
    "very long": "x" * 50_000,
    "in capitals": "{capitals}",
    "in braces": "%7B{own}%7D",
    "with a space": "{own}%20",
}


@pytest.mark.parametrize("identifier", IDS.values(), ids=IDS)
def test_unknown_id_is_404(tabnine: Client, identifier: str) -> None:
    for kind, own in (("team", queries.teams(tabnine)[0]["id"]), ("user", queries.users(tabnine)[0]["id"])):
        answer = tabnine.get(f"/{kind}/{identifier.format(capitals=own.upper(), own=own)}")
        assert (answer.status, answer.json["error"]["status"]) == (404, 404)
        assert len(answer.body) < 1_000
        assert "X-Injected" not in answer.headers


@pytest.mark.parametrize("identifier", ["", "\0", "a/b", "%", "é", "x" * 10_000, "engines"])
def test_unknown_id_in_a_query_is_404(tabnine: Client, identifier: str) -> None:
    assert _get(tabnine, teamId=identifier).status == 404
    assert _get(tabnine, userId=identifier).status == 404
    assert tabnine.get("/team/account-utilizations", {"teamId": identifier}).status == 404
