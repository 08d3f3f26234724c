"""Tests of the bundled cases: every case passes, is complete, and differs from all others."""

from collections.abc import Iterator

import pytest
from flask import Flask

from mockserver import server, vendors
from mockserver.app import create_app
from mockserver.cases import describe, running
from mockserver.cases.records import Case
from mockserver.client import Client
from mockserver.settings import Settings
from tests.cases import sending
from tests.cases.sending import CATALOGUE

pytestmark = pytest.mark.usefixtures("undescribed")

SERVED = vendors.discover()
LEAST = 1
"""The fewest cases that a vendor has."""

in_process = [pytest.param(case, id=case.id) for case in CATALOGUE.cases if case.needs is None]
over_a_socket = [pytest.param(case, id=case.id) for case in CATALOGUE.cases if case.needs is not None]


@pytest.fixture(scope="module")
def shared() -> Flask:
    """An app with default settings; each case creates a sandbox in it."""
    return create_app(Settings())


@pytest.fixture(scope="module")
def served(shared: Flask) -> Iterator[Client]:
    """The same app on a server that can reset connections."""
    with server.in_thread(shared) as running_server, Client(running_server.url) as client:
        yield client


@pytest.mark.parametrize("case", in_process)
def test_case_passes(case: Case, shared: Flask) -> None:
    assert running.run(case, sending.client(shared), SERVED) == running.Outcome(running.PASSED)


@pytest.mark.parametrize("case", over_a_socket)
def test_case_that_needs_a_socket_passes(case: Case, served: Client) -> None:
    assert running.run(case, served, SERVED) == running.Outcome(running.PASSED)


@pytest.mark.parametrize("vendor", [*(vendor.name for vendor in SERVED), "cross-vendor"])
def test_every_vendor_has_cases(vendor: str) -> None:
    count = sum(case.vendor == vendor for case in CATALOGUE.cases)
    assert count >= LEAST, f"{vendor} has {count} cases; write at least {LEAST} in fixtures/cases/{vendor}.yaml"


def test_cases_are_distinct() -> None:
    titles = [case.title for case in CATALOGUE.cases]
    contents = [(repr(case.setup), repr(case.steps)) for case in CATALOGUE.cases]
    assert (len({*titles}), len({*contents})) == (len(titles), len(contents))


def test_every_case_has_a_clock_and_expectations() -> None:
    without_clock = [case.id for case in CATALOGUE.cases if not {"organization", "now"} <= {*case.setup}]
    assert without_clock == []
    without_expectations = [
        case.id
        for case in CATALOGUE.cases
        if not any(each["answer"] for each in describe.describe(case, SERVED)["expect"])
    ]
    assert without_expectations == []
