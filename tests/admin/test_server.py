"""Promises about what is served at all: health, tokens, OpenAPI files, and the index of it."""

from importlib import metadata

import pytest

from mockserver import resources, vendors
from mockserver.admin import plane
from mockserver.gateway.tokens import Grant
from mockserver.organizations import files
from mockserver.simulation.chance import DATA_VERSION
from tests.admin.driver import Admin


def test_health_tells_that_it_works_and_what_is_served(admin: Admin) -> None:
    assert admin.get("/health") == {
        "status": "ok",
        "version": metadata.version("analytics-mockserver"),
        "data_version": DATA_VERSION,
        "now": "2025-10-21T10:30:00Z",
        "vendors": [vendor.name for vendor in vendors.discover()],
        "organizations": list(files.bundled()),
    }


def test_health_tells_the_time_of_the_sandbox(admin: Admin) -> None:
    admin.done("POST", "/clock/advance", {"days": 2})
    assert admin.get("/health")["now"] == "2025-10-23T10:30:00Z"


def test_the_tokens_of_the_first_sandbox_are_told_and_open_it(admin: Admin) -> None:
    tokens = {token["id"]: token for token in admin.get("/tokens")["tokens"] if token["vendor"] == "augment"}
    assert tokens["augment-seeded"] == {
        "id": "augment-seeded",
        "vendor": "augment",
        "permission": "granted",
        "token": "mock-augment-acme",
    }
    assert tokens["augment-seeded-forbidden"]["permission"] == "forbidden"
    assert admin.vendor(token=tokens["augment-seeded"]["token"]) == 200
    assert admin.vendor(token=tokens["augment-seeded-forbidden"]["token"]) == 403


def test_a_token_is_told_with_the_secret_and_the_groups_that_it_has(admin: Admin) -> None:
    with admin.app.app_context():
        state = plane.plane().state
    bound = Grant("bound", "augment", "client", permitted=True, secret="hush", groups=("Platform", "Web"))
    state.make("default", state.default.made, [*state.tokens_of(state.default), bound])
    tokens = {token["id"]: token for token in admin.get("/tokens")["tokens"]}
    assert (tokens["bound"]["secret"], tokens["bound"]["groups"]) == ("hush", ["Platform", "Web"])
    assert not {"secret", "groups"} & set(tokens["augment-seeded"])


@pytest.mark.parametrize("name", [*(vendor.name for vendor in vendors.discover()), "admin"])
def test_an_openapi_file_comes_as_it_is_shipped(admin: Admin, name: str) -> None:
    got = admin.ask("GET", f"/openapi/{name}.yaml")
    assert got.status == 200
    assert got.headers["Content-Type"] == "application/yaml"
    assert got.body == (resources.openapi() / f"{name}.yaml").read_bytes()


def test_an_unknown_openapi_file_is_404_with_a_suggestion(admin: Admin) -> None:
    said = admin.refused("GET", "/openapi/agment.yaml", status=404).detail
    assert said.startswith("there is no OpenAPI file 'agment' (did you mean 'augment'?); there are: ")


OUTSIDE = {
    "a folder above": "/openapi/..%2f..%2fpyproject.yaml",
    "another name in the folder": "/openapi/./augment.yaml",
    "a NUL": "/openapi/augment%00.yaml",
    "another ending": "/openapi/augment.json",
}


@pytest.mark.parametrize("path", OUTSIDE.values(), ids=OUTSIDE)
def test_nothing_but_the_openapi_files_can_be_read(admin: Admin, path: str) -> None:
    admin.refused("GET", path, status=404)


def test_the_index_names_every_resource_with_its_methods(admin: Admin) -> None:
    resources_of = admin.get("/")["resources"]
    assert resources_of["/_mock/limits"] == ["GET", "PUT", "PATCH"]
    assert resources_of["/_mock/organizations/{slug}"] == ["GET"]


@pytest.mark.parametrize("path", ["/", "/_mock"])
def test_the_root_leads_to_the_index(admin: Admin, path: str) -> None:
    got = admin.sent("GET", path, b"", admin.headers)
    assert (got.status, got.headers["Location"]) == (302, "/_mock/")


READABLE = ["/health", "/clock", "/limits", "/policy", "/requests", "/tokens", "/organizations/acme", "/"]


@pytest.mark.parametrize("path", READABLE)
def test_head_answers_as_get_without_the_body(admin: Admin, path: str) -> None:
    head, get = admin.ask("HEAD", path), admin.ask("GET", path)
    assert (head.status, head.body) == (200, b"")
    assert head.headers["Content-Length"] == get.headers["Content-Length"]


@pytest.mark.parametrize("path", [*sorted({*READABLE} - {"/requests"}), "/organizations", "/openapi/admin.yaml"])
def test_a_resource_without_parameters_takes_none(admin: Admin, path: str) -> None:

    errors = admin.refused("GET", f"{path}?sandbox=mine").errors
    assert errors == {"sandbox": ["there is no parameter 'sandbox'; there are: none"]}
