"""Health, OpenAPI files, and the index."""

from importlib import metadata

import pytest

from mockserver import resources, vendors
from mockserver.organizations import files
from mockserver.simulation.hashing import DATA_VERSION
from tests.admin.driver import Admin


def test_health_lists_what_is_served(admin: Admin) -> None:
    assert admin.get("/health") == {
        "status": "ok",
        "version": metadata.version("analytics-mockserver"),
        "data_version": DATA_VERSION,
        "now": "2025-10-21T10:30:00Z",
        "vendors": [vendor.name for vendor in vendors.discover()],
        "organizations": list(files.bundled()),
    }


def test_health_has_the_sandboxes_time(admin: Admin) -> None:
    admin.done("POST", "/clock/advance", {"days": 2})
    assert admin.get("/health")["now"] == "2025-10-23T10:30:00Z"


@pytest.mark.parametrize("name", [*(vendor.name for vendor in vendors.discover()), "admin"])
def test_openapi_file_is_served_as_shipped(admin: Admin, name: str) -> None:
    got = admin.send("GET", f"/openapi/{name}.yaml")
    assert got.status == 200
    assert got.headers["Content-Type"] == "application/yaml"
    assert got.body == (resources.openapi() / f"{name}.yaml").read_bytes()


def test_unknown_openapi_file_is_404_with_a_suggestion(admin: Admin) -> None:
    message = admin.refused("GET", "/openapi/agment.yaml", status=404).detail
    assert message.startswith("there is no OpenAPI file 'agment' (did you mean 'augment'?); there are: ")


OUTSIDE = {
    "a folder above": "/openapi/..%2f..%2fpyproject.yaml",
    "another name in the folder": "/openapi/./augment.yaml",
    "a NUL": "/openapi/augment%00.yaml",
    "another extension": "/openapi/augment.json",
}


@pytest.mark.parametrize("path", OUTSIDE.values(), ids=OUTSIDE)
def test_only_openapi_files_can_be_read(admin: Admin, path: str) -> None:
    admin.refused("GET", path, status=404)


def test_index_lists_resources_with_their_methods(admin: Admin) -> None:
    resources_of = admin.get("/")["resources"]
    assert resources_of["/_mock/limits"] == ["GET", "PUT", "PATCH"]
    assert resources_of["/_mock/organizations/{slug}"] == ["GET"]
    assert resources_of["/_mock/sandboxes/{sandbox}/limits"] == ["GET", "PUT", "PATCH"]
    assert resources_of["/_mock/sandboxes"] == ["GET", "POST"]


def test_root_is_the_index(admin: Admin) -> None:
    got = admin.sent("GET", "/", b"", admin.headers)
    assert (got.status, got.json) == (200, admin.get("/"))


def test_mount_redirects_to_the_index(admin: Admin) -> None:
    got = admin.sent("GET", "/_mock", b"", admin.headers)
    assert (got.status, got.headers["Location"]) == (302, "/_mock/")


READABLE = ["/health", "/clock", "/limits", "/policy", "/requests", "/tokens", "/sandboxes", "/organizations/acme", "/"]
READABLE += ["/sandboxes/default", "/sandboxes/default/clock"]


@pytest.mark.parametrize("path", READABLE)
def test_head_answers_as_get_without_the_body(admin: Admin, path: str) -> None:
    head, get = admin.send("HEAD", path), admin.send("GET", path)
    assert (head.status, head.body) == (200, b"")
    assert head.headers["Content-Length"] == get.headers["Content-Length"]


@pytest.mark.parametrize("path", [*sorted({*READABLE} - {"/requests"}), "/organizations", "/openapi/admin.yaml"])
def test_resource_without_parameters_refuses_any(admin: Admin, path: str) -> None:
    errors = admin.refused("GET", f"{path}?sandbox=mine").errors
    assert errors == {"sandbox": ["there is no parameter 'sandbox'; there are: none"]}
