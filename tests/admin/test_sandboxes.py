"""Sandboxes: each is a server of its own, made as its body describes, and unaffected by the others."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from freezegun import freeze_time

from mockserver import resources
from mockserver.admin import routes, sandboxes
from mockserver.app import create_app
from mockserver.organizations import schemas as organization_schemas
from mockserver.settings import Settings
from mockserver.validation.yaml_text import load_bundled
from tests.admin.driver import Admin
from tests.admin.sandboxes import made, registry, send
from tests.conftest import SETTINGS

WALL = "2026-03-01T00:00:00Z"
NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)

NAMES = {"items": "rows", "enabledUsers": "licensed"}


def test_sandbox_has_tokens_for_every_vendor(admin: Admin) -> None:
    answer = admin.send("POST", "/sandboxes", {})
    shown = answer.json
    name = shown["id"]
    assert answer.status == 201
    assert shown == {
        "id": name,
        "organization": "acme",
        "seed": registry(admin).default.config.seed,
        "profile": None,
        "fault_seed": shown["seed"],
        "now": "2025-10-21T10:30:00Z",
        "frozen": True,
        "tokens": {
            **{
                vendor: {"token": f"mock-{vendor}-{name}", "forbidden": f"mock-{vendor}-{name}-forbidden"}
                for vendor in ("jetbrains-ide", "tabnine")
            },
            "augment": {
                "token": f"mock-augment-{name}",
                "forbidden": f"mock-augment-{name}-forbidden",
                "readonly": f"mock-augment-{name}-readonly",
            },
            "jetbrains-console": {
                "client_id": f"mock-jetbrains-console-{name}",
                "client_secret": "mock-secret",
                "forbidden_client_id": f"mock-jetbrains-console-{name}-forbidden",
                "forbidden_client_secret": "mock-secret",
                "token_path": "/api/rest/oauth2/token",
            },
        },
    }
    assert answer.headers["Location"] == f"/_mock/sandboxes/{name}"
    assert admin.get(f"/sandboxes/{name}") == shown


def test_missing_body_is_an_empty_one(admin: Admin) -> None:
    assert admin.send("POST", "/sandboxes").status == 201


def test_tokens_of_a_sandbox_open_it(admin: Admin) -> None:
    tokens = made(admin)["tokens"]
    assert admin.vendor(token=tokens["augment"]["token"]) == 200
    assert admin.vendor(token=tokens["augment"]["forbidden"]) == 403
    assert admin.vendor(token=tokens["tabnine"]["token"]) == 401


def test_clients_of_a_sandbox_get_access_tokens(admin: Admin) -> None:
    sandbox = made(admin)
    client = sandbox["tokens"]["jetbrains-console"]
    path = "/metrics/api/v1/adoption/users-adoption/group-by/date?fromDate=2025-09-01&toDate=2025-09-30&groupBy=month"
    for before, status in (("", 200), ("forbidden_", 403)):
        credentials = (client[f"{before}client_id"], client[f"{before}client_secret"])
        form = {"grant_type": "client_credentials"}
        got = admin.app.test_client().post("/api/rest/oauth2/token", auth=credentials, data=form)
        assert admin.vendor(path, got.get_json()["access_token"]) == status
    assert len(admin.get(f"/sandboxes/{sandbox['id']}/requests")["requests"]) == 4


def test_sandboxes_are_listed_oldest_first(admin: Admin) -> None:
    first, second = made(admin), made(admin, organization="globex")
    default, *others = admin.get("/sandboxes")["sandboxes"]
    assert others == [first, second]
    assert default == admin.get("/sandboxes/default")
    assert default["tokens"]["tabnine"] == {"token": "mock-tabnine-acme", "forbidden": "mock-tabnine-acme-forbidden"}


INHERITED: dict[str, tuple[Any, Any]] = {
    "nothing": ({}, ("acme", None, "2025-10-21T10:30:00Z", True)),
    "an organization": ({"organization": "globex"}, ("globex", None, "2025-10-21T10:30:00Z", True)),
    "a seed": ({"seed": 2**63 - 1}, ("acme", 2**63 - 1, "2025-10-21T10:30:00Z", True)),
    "a seed of 0": ({"seed": 0}, ("acme", 0, "2025-10-21T10:30:00Z", True)),
    "a frozen clock": (
        {"now": "2024-02-29T12:00:00+02:00", "frozen": True},
        ("acme", None, "2024-02-29T10:00:00Z", True),
    ),
    "a clock frozen at the server's time": (
        {"frozen": True},
        ("acme", None, "2025-10-21T10:30:00Z", True),
    ),
}


@pytest.mark.parametrize(("body", "expected"), INHERITED.values(), ids=INHERITED)
def test_sandbox_inherits_what_its_body_omits(
    admin: Admin, body: Any, expected: tuple[str, int | None, str, bool]
) -> None:
    sandbox = made(admin, **body)
    seed = admin.get(f"/organizations/{expected[0]}")["seed"] if expected[1] is None else expected[1]
    found = tuple(sandbox[field] for field in ("organization", "seed", "now", "frozen"))
    assert found == (expected[0], seed, *expected[2:])


def test_now_alone_runs_and_a_frozen_clock_can_be_started(admin: Admin) -> None:
    assert made(admin, now="2024-02-29T12:00:00Z")["frozen"] is False
    released = made(admin, frozen=False)
    assert (released["frozen"], released["now"][:16]) == (False, "2025-10-21T10:30")


def test_omitted_values_come_from_the_servers_start(admin: Admin) -> None:
    admin.done("PUT", "/clock", {"now": "2026-01-01T00:00:00Z", "frozen": True})
    admin.done("PUT", "/limits", {"augment": "documented"})
    admin.done("PUT", "/policy", {"augment": {"last_cursor": "null"}})
    sandbox = made(admin)
    prefix = f"/sandboxes/{sandbox['id']}"
    assert sandbox["now"] == "2025-10-21T10:30:00Z"
    assert admin.get(f"{prefix}/limits")["augment"]["setting"] == "off"
    assert admin.get(f"{prefix}/policy")["augment"]["last_cursor"]["value"] == "empty"


STARTS = {
    "an organization with a clock": (Settings(), {"organization": "documented"}, "2025-10-21T10:30:00Z", True),
    "the server's --now": (Settings(now=NEW_YEAR), {"organization": "documented"}, "2026-01-01T00:00:00Z", False),
    "an organization without a clock": (Settings(organization="documented"), {"organization": "acme"}, WALL, False),
    "a clock frozen at the start": (Settings(freeze=True), {"organization": "empty"}, WALL, True),
    "the body": (Settings(), {"organization": "documented", "now": WALL}, WALL, False),
    "the body's frozen alone": (
        Settings(),
        {"organization": "documented", "frozen": False},
        "2025-10-21T10:30:00Z",
        False,
    ),
    "a case": (Settings(organization="documented"), {"case": "C001", "now": WALL}, WALL, True),
}


@pytest.mark.parametrize(("started", "body", "now", "frozen"), STARTS.values(), ids=STARTS)
@freeze_time(WALL, real_asyncio=True)
def test_clock_starts_at_the_given_time_else_at_the_organizations(
    started: Settings, body: dict[str, object], now: str, *, frozen: bool
) -> None:
    sandbox = made(Admin(create_app(started), {"Host": "localhost"}), **body)
    assert (sandbox["now"], sandbox["frozen"]) == (now, frozen)


def test_named_resources_belong_to_the_server_and_all_others_to_a_sandbox() -> None:
    paths = {route.path for route in routes.ROUTES if not route.path.startswith(routes.SANDBOX)}
    of_sandbox = {route.path.removeprefix(routes.SANDBOX) for route in routes.ROUTES if routes.SANDBOX in route.path}
    assert {f"/{path.split('/')[1]}" for path in paths - of_sandbox} == {
        *("/", "/cases", "/case-runs", "/profiles", "/sandboxes")
    }
    about = " ".join(load_bundled((resources.openapi() / "admin.yaml").read_bytes())["info"]["description"].split())
    named = "the list of resources (/_mock/), /_mock/cases, /_mock/case-runs, /_mock/profiles and /_mock/sandboxes."
    assert f"These resources belong to the server and have only short paths: {named}" in about


def test_given_limits_and_switches_are_merged_with_the_servers() -> None:
    started = replace(SETTINGS, policy=(("augment.last_cursor", "null"), ("tabnine.last_next", "null")))
    admin = Admin(create_app(started), {"Host": "localhost"})
    policy = {"augment": {"empty_parameters": "ignore"}, "tabnine": {"last_next": "absent"}}
    sandbox = made(admin, limits={"augment": {"per_minute": 60, "burst": 2}}, policy=policy)
    prefix = f"/sandboxes/{sandbox['id']}"
    limits, switches = admin.get(f"{prefix}/limits"), admin.get(f"{prefix}/policy")
    assert (limits["augment"]["burst"], limits["tabnine"]["setting"]) == (2, "off")
    assert {name: switches["augment"][name]["value"] for name in ("last_cursor", "empty_parameters")} == {
        "last_cursor": "null",
        "empty_parameters": "ignore",
    }
    assert switches["tabnine"]["last_next"]["value"] == "absent"
    assert [send(admin, sandbox)[0] for _ in range(3)] == [200, 200, 429]


def test_reset_restores_how_the_sandbox_was_made(admin: Admin) -> None:
    sandbox = made(admin, now="2024-01-01T00:00:00Z", frozen=True, limits={"augment": "documented"})
    prefix = f"/sandboxes/{sandbox['id']}"
    admin.done("PUT", f"{prefix}/clock", {"now": "2025-01-01T00:00:00Z", "frozen": True})
    admin.done("PUT", f"{prefix}/limits", {"augment": "off"})
    admin.done("POST", f"{prefix}/reset")
    assert admin.get(f"{prefix}/clock") == {"now": "2024-01-01T00:00:00Z", "frozen": True}
    assert admin.get(f"{prefix}/limits")["augment"]["setting"] == "documented"


def test_changes_in_one_sandbox_affect_no_other(admin: Admin) -> None:
    mine, other = made(admin), made(admin)
    prefixes = {"": "", "other": f"/sandboxes/{other['id']}"}
    resources = ("/clock", "/limits", "/policy", "/requests", "/tokens")
    before = {name: [admin.get(prefix + path) for path in resources] for name, prefix in prefixes.items()}
    prefix = f"/sandboxes/{mine['id']}"
    admin.done("POST", f"{prefix}/clock/advance", {"days": 3})
    admin.done("PATCH", f"{prefix}/limits", {"augment": {"per_minute": 1, "burst": 1}})
    admin.done("PATCH", f"{prefix}/policy", {"augment": {"last_cursor": "absent"}})
    admin.send("POST", f"{prefix}/tokens", {"vendor": "augment", "permission": "granted"})
    assert [send(admin, mine)[0] for _ in range(2)] == [200, 429]
    assert {name: [admin.get(prefix + path) for path in resources] for name, prefix in prefixes.items()} == before
    assert [entry["status"] for entry in admin.get(f"{prefix}/requests")["requests"]] == [200, 429]
    assert admin.get(f"{prefix}/health")["now"] == "2025-10-24T10:30:00Z"


def test_same_request_has_a_separate_answer_per_sandbox(admin: Admin) -> None:
    same, alike, seeded, elsewhere = (
        send(admin, made(admin, **body)) for body in ({}, {}, {"seed": 99}, {"organization": "initech"})
    )
    assert same == alike
    assert [status for status, _ in (same, seeded, elsewhere)] == [200] * 3
    assert same != seeded != elsewhere != same


def test_equal_sandboxes_give_equal_errors(admin: Admin) -> None:
    body = {"policy": {"tabnine": {"error_shape": "flat"}}}
    first, second = (send(admin, made(admin, **body), "/api/v1/nowhere", "tabnine") for _ in range(2))
    assert first == second
    assert first[1]["requestId"]


def test_organization_uses_the_sandboxes_seed(admin: Admin) -> None:
    sandbox = made(admin, organization="initech", seed=99)
    shown = admin.get(f"/sandboxes/{sandbox['id']}/organizations/initech")
    assert (shown["seed"], admin.get("/organizations/initech")["seed"] == 99) == (99, False)
    assert shown["users"] != admin.get("/organizations/initech")["users"]


def test_organization_file_is_available_to_every_sandbox(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("slug: acme\nname: Mine\npeople: 5\n", encoding="utf-8")
    admin = Admin(create_app(replace(SETTINGS, organization_file=path)), {"Host": "localhost"})
    other = made(admin, organization="globex")
    for sandbox in (made(admin), made(admin, organization="acme")):
        assert admin.get(f"/sandboxes/{sandbox['id']}/organizations/acme")["name"] == "Mine"
    assert admin.get(f"/sandboxes/{other['id']}/organizations/acme")["name"] == "Mine"


def test_openapi_file_and_answers_use_the_sandboxes_names(admin: Admin) -> None:
    sandbox = made(admin, policy={"jetbrains-ide": {"names": NAMES}})
    path = "/api/analytics/ai/users-adoption?fromDate=2025-09-01&toDate=2025-09-30&groupBy=MONTH"
    status, answer = send(admin, sandbox, path, "jetbrains-ide")
    assert (status, list(answer), "licensed" in answer["rows"][0]) == (200, ["rows"], True)
    renamed = admin.send("GET", f"/sandboxes/{sandbox['id']}/openapi/jetbrains-ide.yaml").body
    assert b"licensed:" in renamed
    assert admin.send("GET", "/openapi/jetbrains-ide.yaml").body != renamed


def test_long_path_can_name_the_default_sandbox(admin: Admin) -> None:
    admin.done("POST", "/sandboxes/default/clock/advance", {"hours": 1})
    assert admin.get("/clock") == admin.get("/sandboxes/default/clock")
    assert admin.get("/clock")["now"] == "2025-10-21T11:30:00Z"


BODIES: dict[str, tuple[Any, str, str]] = {
    "an unknown field": ({"organisation": "acme"}, "organisation", "(did you mean 'organization'?)"),
    "an unknown organization": ({"organization": "acne"}, "organization", "(did you mean 'acme'?)"),
    "an organization that is not text": ({"organization": 7}, "organization", "must be the slug"),
    "an organization that is null": ({"organization": None}, "organization", "null"),
    "a negative seed": ({"seed": -1}, "seed", "must be a whole number from 0 to 9223372036854775807"),
    "a seed beyond its bounds": ({"seed": 2**63}, "seed", "must be a whole number from 0 to"),
    "a seed in text": ({"seed": "7"}, "seed", "must be a whole number"),
    "a seed with a fraction": ({"seed": 7.5}, "seed", "must be a whole number"),
    "a seed that is true": ({"seed": True}, "seed", "must be a whole number"),
    "a clock in the first year": ({"now": "0001-01-01T00:00:00Z"}, "now", "between 1971-01-01 and 2199-12-31"),
    "a clock in the first year, east": ({"now": "0001-01-01T00:00:00+14:00"}, "now", "between 1971-01-01"),
    "a clock in the last year": ({"now": "9999-12-31T23:59:59Z"}, "now", "between 1971-01-01 and 2199-12-31"),
    "a clock in the last year, west": ({"now": "9999-12-31T23:59:59-14:00"}, "now", "and 2199-12-31"),
    "a clock without a zone": ({"now": "2025-10-21T10:30:00"}, "now", "with a time zone"),
    "a clock in numbers": ({"now": 1761042600}, "now", "as in 2025-10-21T10:30:00Z"),
    "frozen in text": ({"frozen": "true"}, "frozen", "must be true or false"),
    "limits that are not an object": ({"limits": "off"}, "limits", "must be an object"),
    "limits of an unknown vendor": ({"limits": {"agment": "off"}}, "limits.agment", "(did you mean 'augment'?)"),
    "a limit that is a number": ({"limits": {"augment": 5}}, "limits.augment", 'must be "documented", "off"'),
    "a limit of zero": ({"limits": {"augment": {"per_minute": 0, "burst": 1}}}, "limits.augment.per_minute", "from"),
    "a policy that is not an object": ({"policy": []}, "policy", "must be an object"),
    "an unknown switch": ({"policy": {"augment": {"lastcursor": "null"}}}, "policy.augment.lastcursor", "last_cursor"),
    "an unknown option": ({"policy": {"augment": {"last_cursor": 1}}}, "policy.augment.last_cursor", "it takes one of"),
    "names that collide": (
        {"policy": {"jetbrains-ide": {"names": {"items": "date"}}}},
        "policy.jetbrains-ide.names",
        "must stay distinct",
    ),
    "a negative time to live": ({"ttl_seconds": -1}, "ttl_seconds", "above 0 and at most 31622400"),
    "a time to live of zero": ({"ttl_seconds": 0}, "ttl_seconds", "above 0"),
    "a time to live of two years": ({"ttl_seconds": 2 * 366 * 86_400}, "ttl_seconds", "at most 31622400"),
    "a time to live in text": ({"ttl_seconds": "60"}, "ttl_seconds", "must be a number"),
    "a time to live that is true": ({"ttl_seconds": True}, "ttl_seconds", "must be a number"),
    "a time to live that is null": ({"ttl_seconds": None}, "ttl_seconds", "null"),
}


@pytest.mark.parametrize(("sent", "field", "rule"), BODIES.values(), ids=BODIES)
def test_bad_body_is_refused_by_field_and_makes_nothing(admin: Admin, sent: Any, field: str, rule: str) -> None:
    errors = admin.refused("POST", "/sandboxes", sent).errors
    assert list(errors) == [field]
    assert rule in errors[field][0]
    assert len(admin.get("/sandboxes")["sandboxes"]) == 1


def test_all_errors_are_reported_at_once(admin: Admin) -> None:
    sent = {"organization": 1, "seed": -1, "now": 1, "frozen": 1, "limits": 1, "policy": 1, "ttl_seconds": -1, "x": 1}
    assert set(admin.refused("POST", "/sandboxes", sent).errors) == set(sent)


def test_html_form_makes_no_sandbox(admin: Admin) -> None:
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert admin.send("POST", "/sandboxes", b"organization=acme", **form).status == 415
    assert admin.send("POST", "/sandboxes", {}, Origin="http://evil.example").status == 403
    assert len(admin.get("/sandboxes")["sandboxes"]) == 1


def test_seed_bounds_are_those_of_organization_files() -> None:
    assert sandboxes.SEED_MAXIMUM == organization_schemas.SEED_MAXIMUM


UNKNOWN = {
    "an unknown id": "/sandboxes/nobody",
    "an id from another server": "/sandboxes/00000000-1",
    "a resource of an unknown id": "/sandboxes/nobody/clock",
    "a dot": "/sandboxes/.",
    "a NUL": "/sandboxes/%00",
    "not UTF-8": "/sandboxes/%ff%fe/clock",
    "half a surrogate pair": "/sandboxes/%ed%a0%80",
    "a quotation mark": "/sandboxes/%22%27/limits",
    "a script": "/sandboxes/%3Cscript%3E",
    "a long one": f"/sandboxes/{'x' * 5000}",
    "a slash in the id": "/sandboxes/a%2Fb",
    "a slash in the id of a resource": "/sandboxes/a%2Fb/clock",
    "an empty id": "/sandboxes/",
    "an empty id of a resource": "/sandboxes//clock",
    "folders above": "/sandboxes/..%2f..%2fclock",
    "an unknown resource": "/sandboxes/default/cloak",
    "sandboxes within a sandbox": "/sandboxes/default/sandboxes",
    "a trailing slash": "/sandboxes/default/",
}


@pytest.mark.parametrize("path", UNKNOWN.values(), ids=UNKNOWN)
@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_unknown_ids_are_404(admin: Admin, method: str, path: str) -> None:
    answer = admin.send(method, path)
    assert (answer.status, answer.json["title"]) in {(404, "Not Found"), (405, "Method Not Allowed")}
    assert len(answer.body) < 6000
    if method == "GET":
        assert answer.status == 404


def test_unknown_sandbox_is_refused_with_advice(admin: Admin) -> None:
    message = admin.refused("GET", "/sandboxes/nobody/clock", status=404).detail
    assert message.startswith("there is no sandbox 'nobody': it never existed, was deleted")
    assert message.endswith("GET /_mock/sandboxes lists the sandboxes that exist")
