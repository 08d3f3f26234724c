"""The tap: complete records, states from which a run can go on, and no request too many."""

import io
import json
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
import requests
from analytics_mockserver.pytest_plugin import SandboxFixture

import tap_tabnine
from compare import daily_actions, differences

pytestmark = pytest.mark.mockserver(organization="acme", now="2026-11-03T10:00:00Z", frozen=True)

START, TODAY = date(2026, 9, 20), date(2026, 11, 3)
CONFIG = {"start_date": f"{START}"}
COMPLETE = {"bookmarks": {"user_usage": {"date": "2026-11-02"}}}
USAGE = "getUserUsage"


class Run:
    """Runs of the tap on a sandbox; `lines` are the messages of all of them."""

    def __init__(self, sandbox: SandboxFixture) -> None:
        self._api = tap_tabnine.Tabnine(sandbox.url, sandbox.tokens.tabnine)
        self.lines: list[str] = []

    def __call__(self, end: date = TODAY) -> None:
        output = io.StringIO()
        try:
            tap_tabnine.Tap(self._api, output).sync(tap_tabnine.first_day(CONFIG, self.state), end)
        finally:
            self.lines += output.getvalue().splitlines()

    @property
    def state(self) -> dict[str, Any]:
        """The value of the last STATE message, as a runner keeps it."""
        states = [message["value"] for message in map(json.loads, self.lines) if message["type"] == "STATE"]
        return states[-1] if states else {}


@pytest.fixture
def run(sandbox: SandboxFixture) -> Iterator[Run]:
    """The tap. At the end of each test, the client lint must have no findings."""
    yield Run(sandbox)
    sandbox.lint.assert_clean()


@pytest.fixture
def expected(sandbox: SandboxFixture) -> dict[str, Any]:
    """The actions of each day, computed by the simulator and not by the tap."""
    return sandbox.metric("total-ai-actions", START, TODAY - tap_tabnine.DAY, vendors=["tabnine"])


def test_each_day_adds_up_to_the_expected_value(run: Run, expected: dict[str, Any]) -> None:
    run()
    assert expected["sum"] > 0
    assert differences(daily_actions(run.lines), expected) == []
    assert run.state == COMPLETE


def test_every_stream_begins_with_its_schema(run: Run) -> None:
    run()
    messages = [json.loads(line) for line in run.lines]
    assert [message["type"] for message in messages[:3]] == ["SCHEMA", "SCHEMA", "RECORD"]
    schemas = {message["stream"]: message["schema"]["properties"].keys() for message in messages[:2]}
    records = [message for message in messages if message["type"] == "RECORD"]
    assert {record["stream"] for record in records} == schemas.keys()
    assert all(record["record"].keys() == schemas[record["stream"]] for record in records)


def test_a_run_that_failed_goes_on_from_its_last_state(
    sandbox: SandboxFixture, run: Run, expected: dict[str, Any]
) -> None:
    failure = sandbox.faults.add(operation=USAGE, skip=80, status=500)
    with pytest.raises(requests.HTTPError, match="500"):
        run()
    assert run.state == {"bookmarks": {"user_usage": {"date": "2026-10-19"}}}
    sandbox.faults.remove(failure)
    sandbox.clock.advance(hours=1)
    run()
    assert differences(daily_actions(run.lines), expected) == []


def test_a_second_run_on_the_same_day_requests_no_usage(sandbox: SandboxFixture, run: Run) -> None:
    run()
    sandbox.requests.clear()
    run()
    sandbox.requests.assert_made(operation=USAGE, count=0)
    assert run.state == COMPLETE


def test_the_next_day_requests_one_day(sandbox: SandboxFixture, run: Run) -> None:
    run()
    sandbox.clock.advance(days=1)
    sandbox.requests.clear()
    run(TODAY + tap_tabnine.DAY)
    usage = sandbox.requests.assert_made(operation=USAGE)
    assert {request.query["from"][0] for request in usage} == {"2026-11-03T00:00:00Z"}


@pytest.mark.parametrize("sections", ["full", "first"])
def test_counts_that_a_server_lacks_are_zero(sandbox: SandboxFixture, run: Run, sections: str) -> None:
    sandbox.policy.set("tabnine", usage_sections=sections)
    run()
    usage = [json.loads(line)["record"] for line in run.lines if '"user_usage"' in line and '"RECORD"' in line]
    assert (sum(record["agent_interactions"] for record in usage) > 0) == (sections == "full")
