"""Promises about sandbox.conduct: a careful client is clean, a naive one fails the test by the names of its rules."""

from collections.abc import Callable, Iterator

import httpx
import pytest

from mockserver.pytest_plugin.errors import MockserverRefused
from mockserver.pytest_plugin.home import ServerManager
from mockserver.pytest_plugin.sandboxes import Sandbox
from mockserver.pytest_plugin.servers import Server

pytestmark = pytest.mark.in_process("both ways to the server are in the tests themselves")

DAU = "/analytics/v0/dau"
NOW = "2026-11-04T10:00:00Z"

Get = Callable[[str], httpx.Response]


@pytest.fixture(params=["in process", "over a socket"])
def sandbox(request: pytest.FixtureRequest, within: Server, running: str) -> Iterator[Sandbox]:
    """A sandbox, either way."""
    server = within if request.param == "in process" else ServerManager(running, None, {}).server()
    with server.sandbox(now=NOW, frozen=True, limits="off") as made:
        yield made


@pytest.fixture
def get(sandbox: Sandbox) -> Iterator[Get]:
    """What a client of Augment gets."""
    transport = None if sandbox._app is None else httpx.WSGITransport(app=sandbox.app)  # noqa: SLF001 (none raises)
    headers = sandbox.headers("augment")
    with httpx.Client(transport=transport, base_url=sandbox.url, headers=headers, trust_env=False) as client:
        yield client.get


def test_a_careful_client_is_clean(sandbox: Sandbox, get: Get) -> None:
    page = get(f"{DAU}?page_size=250").json()["pagination"]
    assert not page["has_more"]
    assert sandbox.conduct.findings() == []
    sandbox.conduct.assert_clean()


def test_a_naive_client_fails_with_the_rule_the_requests_and_what_to_do(sandbox: Sandbox, get: Get) -> None:
    for _ in range(8):
        get(f"{DAU}?page_size=2")
    with pytest.raises(AssertionError) as failed:
        sandbox.conduct.assert_clean()
    told = str(failed.value).splitlines()
    assert told[0] == "the client broke 2 rules of conduct: same-question-again, walk-abandoned"
    assert told[1] == (
        "same-question-again (augment getDau; source: Augment's page on its Analytics API, best practices: cache "
        "responses)"
    )
    assert told[2].startswith(f"  observed: GET {DAU}?page_size=2 and 6 more: the same question again ")
    assert told[3] == f"  #2 2026-11-04 10:00:00 augment GET {DAU}?page_size=2 -> 200"
    assert told[8:10] == ["  and 2 more", "  advice: keep the answer until data of another day arrive, at 02:00 UTC"]
    assert told[-1] == "  advice: walk until the answer says that there is no more, or ask for less"


def test_one_rule_is_one_rule_and_an_unrouted_request_has_no_operation(sandbox: Sandbox, get: Get) -> None:
    get("/analytics/v0/dua?token=mine")
    with pytest.raises(AssertionError, match=r"^the client broke 1 rule of conduct: token-in-url\n") as failed:
        sandbox.conduct.assert_clean()
    assert "token-in-url (augment; source: manners)" in str(failed.value)


def test_rules_can_be_ignored(sandbox: Sandbox, get: Get) -> None:
    get(f"{DAU}?page_size=2")
    assert [each.rule for each in sandbox.conduct.findings()] == ["walk-abandoned"]
    sandbox.conduct.assert_clean(ignore=("walk-abandoned", "hammering"))
    with pytest.raises(AssertionError):
        sandbox.conduct.assert_clean(ignore=["hammering"])


def test_a_rule_that_there_is_not_is_refused_with_the_nearest(sandbox: Sandbox) -> None:
    with pytest.raises(MockserverRefused, match=r"there is no rule 'walk-abandon' \(did you mean 'walk-abandoned'\?\)"):
        sandbox.conduct.assert_clean(ignore=("hammering", "walk-abandon"))
    with pytest.raises(TypeError, match=r"as in ignore=\('hammering',\)"):
        sandbox.conduct.assert_clean(ignore="hammering")
