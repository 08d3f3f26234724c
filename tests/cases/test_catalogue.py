"""Promises about the catalogue itself: every case comes out as it says, is told in full, and is like no other."""

from collections.abc import Iterator

import pytest
from flask import Flask

from mockserver import server, vendors
from mockserver.app import create_app
from mockserver.cases import describe, running
from mockserver.cases.records import Case
from mockserver.cases.running import Send
from mockserver.cli import reaching
from mockserver.settings import Settings
from tests.cases import sending
from tests.cases.sending import CATALOGUE
from tests.contract.watch import Watch

SERVED = vendors.discover()
LEAST = {"augment": 22, "tabnine": 18, "jetbrains-ide": 14, "jetbrains-console": 12, "between": 10}

in_process = [pytest.param(case, id=case.id) for case in CATALOGUE.cases if case.needs is None]
over_a_socket = [pytest.param(case, id=case.id) for case in CATALOGUE.cases if case.needs is not None]


@pytest.fixture(scope="module")
def shared() -> Flask:
    """An app as a server without flags has it; each case makes a sandbox in it."""
    return create_app(Settings())


@pytest.fixture(scope="module")
def served(shared: Flask) -> Iterator[Send]:
    """The same app behind a server that can cut connections."""
    with server.in_thread(shared) as running_server:
        yield reaching.sender(running_server.url, None)


@pytest.fixture(autouse=True)
def excused(described: None, watch: Watch) -> Iterator[None]:  # noqa: ARG001 (it judges when this is over)
    """What a fault or a defect makes of an answer need not be described; other tests judge the other answers."""
    yield
    watch.take()


@pytest.mark.parametrize("case", in_process)
def test_a_case_comes_out_as_it_says(case: Case, shared: Flask) -> None:
    assert running.run(case, sending.to(shared), SERVED) == running.Outcome(running.PASSED)


@pytest.mark.parametrize("case", over_a_socket)
def test_a_case_of_the_connection_comes_out_as_it_says(case: Case, served: Send) -> None:
    assert running.run(case, served, SERVED) == running.Outcome(running.PASSED)


def test_there_are_cases_for_every_vendor_and_between_them() -> None:
    counted = {vendor: sum(case.vendor == vendor for case in CATALOGUE.cases) for vendor in CATALOGUE.vendors}
    assert {*counted} == {*LEAST} == {*(vendor.name for vendor in SERVED), "between"}
    assert [vendor for vendor, least in LEAST.items() if counted[vendor] < least] == []


def test_no_two_cases_are_alike() -> None:
    titles = [case.title for case in CATALOGUE.cases]
    asked = [(repr(case.setup), repr(case.steps)) for case in CATALOGUE.cases]
    assert (len({*titles}), len({*asked})) == (len(titles), len(asked))


def test_every_case_states_its_world_and_something_that_must_come_back() -> None:
    vague = [case.id for case in CATALOGUE.cases if not {"organization", "now"} <= {*case.setup}]
    assert vague == []
    silent = [
        case.id
        for case in CATALOGUE.cases
        if not any(each["answer"] for each in describe.describe(case, SERVED)["expect"])
    ]
    assert silent == []
