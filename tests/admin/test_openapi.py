"""openapi/admin.yaml is up to date, valid, and describes exactly what is routed."""

import re
from pathlib import Path

import pytest
from openapi_spec_validator import validate

from mockserver import resources
from mockserver.admin import requests, routes
from mockserver.validation import yaml_text
from tests.contract.oracle import operations
from tools import admin_openapi

FILE = resources.openapi() / "admin.yaml"
DOCUMENT = yaml_text.load_bundled(FILE.read_bytes())


def test_file_matches_routes_and_schemas() -> None:
    assert FILE.read_text(encoding="utf-8") == admin_openapi.text()


def test_file_is_valid_openapi() -> None:
    validate(DOCUMENT)


def test_routes_and_operations_are_the_same() -> None:
    described = {(path, method.upper(), operation["operationId"]) for path, method, operation in operations(DOCUMENT)}
    assert described == {(route.template, route.method, route.operation) for route in routes.ROUTES}
    assert set(admin_openapi.OPERATIONS) == {route.operation.removesuffix(routes.OF_SANDBOX) for route in routes.ROUTES}


def test_resources_without_a_sandbox_are_named() -> None:
    own = {route.path.split("/")[1] for route in routes.ROUTES} - {each.path.split("/")[1] for each in routes.RESOURCES}
    _, _, sentence = DOCUMENT["info"]["description"].partition("These resources belong to the server")
    assert {*re.findall(r"/_mock/([\w-]*)", sentence.partition(".")[0])} == own


def test_operation_summaries_are_unique() -> None:
    summaries = [operation["summary"] for _, _, operation in operations(DOCUMENT)]
    assert len(set(summaries)) == len(summaries)


def test_journal_filters_are_described() -> None:
    parameters = DOCUMENT["paths"]["/_mock/requests"]["get"]["parameters"]
    assert [each["name"] for each in parameters] == list(requests.RequestsQuery().fields)


def test_check_reports_a_stale_file_and_writing_updates_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(admin_openapi, "TARGET", tmp_path / "admin.yaml")
    assert admin_openapi.main(["--check"]) == 1
    assert "openapi/admin.yaml is out of date" in capsys.readouterr().err
    assert admin_openapi.main([]) == 0
    assert admin_openapi.main(["--check"]) == 0
