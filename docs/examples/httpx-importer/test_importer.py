"""The importer: complete, incremental, idempotent, and undisturbed by failures."""

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import date

import httpx
import pytest
from analytics_mockserver.pytest_plugin import EffectArguments, SandboxFixture

import importer
from api import Api
from sources import DAY, SOURCES

pytestmark = pytest.mark.mockserver(organization="acme", now="2026-11-03T10:00:00Z", frozen=True)

YESTERDAY = date(2026, 11, 2)
ACTIVITY = "getUserActivity"


class Run:
    """Runs the importer on a sandbox, into one database. Its waits move the clock of the sandbox."""

    def __init__(self, sandbox: SandboxFixture, database: sqlite3.Connection) -> None:
        self._sandbox = sandbox
        self._database = database
        self.tokens = {"augment": sandbox.tokens.augment, "jetbrains": sandbox.tokens.jetbrains_ide}

    def __call__(self, days: int = 14) -> list[BaseException]:
        return asyncio.run(self._run(days))

    async def _run(self, days: int) -> list[BaseException]:
        url, now = self._sandbox.url, self._sandbox.clock.now
        async with httpx.AsyncClient() as client:
            apis = {
                source.vendor: Api(client, url, self.tokens[source.vendor], source.interval, self._sleep)
                for source in SOURCES
            }
            return await importer.import_all(self._database, apis, now, days)

    async def _sleep(self, seconds: float) -> None:
        self._sandbox.clock.advance(seconds=seconds)

    def daily_actions(self) -> dict[str, int]:
        """The imported actions of each day, of all people and vendors."""
        return dict(self._database.execute("SELECT day, sum(actions) FROM usage GROUP BY day ORDER BY day"))


@pytest.fixture
def run(sandbox: SandboxFixture) -> Iterator[Run]:
    """The importer with an empty database. At the end of each test, the client lint must have no findings."""
    with closing(importer.connect(":memory:")) as database:
        yield Run(sandbox, database)
    sandbox.lint.assert_clean()


def expected_actions(sandbox: SandboxFixture, last: date, days: int = 14) -> dict[str, int]:
    """The actions of each day that had any, as the simulator computes them, without a client."""
    first, vendors = last - (days - 1) * DAY, ["augment", "jetbrains-ide"]
    points = sandbox.metric("total-ai-actions", first, last, vendors=vendors)["points"]
    return {point["date"]: point["value"] for point in points if point["value"]}


def test_the_first_run_imports_two_weeks(sandbox: SandboxFixture, run: Run) -> None:
    assert run() == []
    assert run.daily_actions() == expected_actions(sandbox, YESTERDAY)


def test_a_second_run_on_the_same_day_sends_no_request(sandbox: SandboxFixture, run: Run) -> None:
    run()
    sandbox.requests.clear()
    assert run() == []
    assert len(sandbox.requests) == 0


def test_the_next_day_imports_that_day_and_looks_back(sandbox: SandboxFixture, run: Run) -> None:
    run()
    sandbox.clock.advance(days=1)
    sandbox.requests.clear()
    assert run() == []
    assert run.daily_actions() == expected_actions(sandbox, YESTERDAY + DAY, 15)
    sandbox.requests.assert_made(operation=ACTIVITY, count=importer.LOOK_BACK + 1)


@pytest.mark.mockserver(now="2026-11-03T01:50:00Z")
def test_a_day_is_not_requested_before_it_is_published(sandbox: SandboxFixture, run: Run) -> None:
    assert run() == []
    assert sandbox.requests.where(operation=ACTIVITY, query={"start_date": YESTERDAY}) == []
    sandbox.clock.set("2026-11-03T02:00:00Z")
    assert run() == []
    assert run.daily_actions()[f"{YESTERDAY}"] == expected_actions(sandbox, YESTERDAY)[f"{YESTERDAY}"]


@pytest.mark.mockserver(now="2026-11-03T02:30:00Z", policy={"augment": {"publication_hour": 6}})
def test_data_that_arrive_late_are_imported_the_next_day(sandbox: SandboxFixture, run: Run) -> None:
    run()
    sandbox.clock.set("2026-11-04T07:00:00Z")
    assert run() == []
    assert run.daily_actions() == expected_actions(sandbox, YESTERDAY + DAY, 15)


@pytest.mark.mockserver(organization="globex")
def test_long_lists_stay_below_the_rate_limit(sandbox: SandboxFixture, run: Run) -> None:
    assert run(days=2) == []
    assert run.daily_actions() == expected_actions(sandbox, YESTERDAY, 2)
    sandbox.requests.assert_made(status=429, count=0)


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param({"rate_limited": True}, id="429"),
        pytest.param({"html": 502}, id="a gateway's HTML page"),
        pytest.param({"reset": True}, id="a reset connection"),
        pytest.param({"truncate_bytes": 100}, id="a connection that ends in the middle of the body"),
    ],
)
@pytest.mark.mockserver(organization="globex")
def test_a_failure_on_the_last_page_loses_nothing(sandbox: SandboxFixture, run: Run, fault: EffectArguments) -> None:
    sandbox.faults.add(operation=ACTIVITY, skip=9, times=2, **fault)  # the tenth page is the last one
    assert run(days=1) == []
    assert run.daily_actions() == expected_actions(sandbox, YESTERDAY, 1)
    failed = [request.fault is not None for request in sandbox.requests.where(operation=ACTIVITY)]
    assert failed == [*[False] * 9, True, True, False]


def test_a_vendor_that_fails_does_not_stop_the_other(sandbox: SandboxFixture, run: Run) -> None:
    run.tokens["augment"] = sandbox.tokens.augment.forbidden
    (error,) = run()
    assert "PermissionDenied" in str(error)
    assert sum(run.daily_actions().values()) > 0
    run.tokens["augment"] = sandbox.tokens.augment
    assert run() == []
    assert run.daily_actions() == expected_actions(sandbox, YESTERDAY)
