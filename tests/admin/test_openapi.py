"""Promises about openapi/admin.yaml: it is fresh, it is valid, and it describes exactly what is routed."""

from pathlib import Path

import pytest
import yaml
from openapi_spec_validator import validate

from mockserver import resources
from mockserver.admin import requests, routes
from tests.contract.oracle import operations
from tools import admin_openapi

FILE = resources.openapi() / "admin.yaml"
DOCUMENT = yaml.safe_load(FILE.read_text(encoding="utf-8"))


def test_the_file_is_what_the_routes_and_schemas_say() -> None:
    assert FILE.read_text(encoding="utf-8") == admin_openapi.text()


def test_the_file_is_a_valid_openapi_document() -> None:
    validate(DOCUMENT)


def test_every_route_is_described_and_every_operation_routed() -> None:
    described = {(path, method.upper(), told["operationId"]) for path, method, told in operations(DOCUMENT)}
    assert described == {(route.template, route.method, route.operation) for route in routes.ROUTES}
    assert set(admin_openapi.OPERATIONS) == {route.documented_as or route.operation for route in routes.ROUTES}


def test_every_operation_is_told_in_words_of_its_own() -> None:
    summaries = [told["summary"] for _, _, told in operations(DOCUMENT)]
    assert len(set(summaries)) == len(summaries)


def test_the_filters_of_the_journal_are_its_parameters() -> None:
    parameters = DOCUMENT["paths"]["/_mock/requests"]["get"]["parameters"]
    assert [each["name"] for each in parameters] == list(requests.RequestsQuery().fields)


def test_check_tells_a_stale_file_and_writing_makes_it_fresh(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(admin_openapi, "TARGET", tmp_path / "admin.yaml")
    assert admin_openapi.main(["--check"]) == 1
    assert "openapi/admin.yaml is stale" in capsys.readouterr().err
    assert admin_openapi.main([]) == 0
    assert admin_openapi.main(["--check"]) == 0
