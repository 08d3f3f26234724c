"""sandbox.lint: a careful client passes, and a careless one fails the test with the names of the rules it violates."""

from collections.abc import Callable, Iterator

import httpx
import pytest

from analytics_mockserver.pytest_plugin import MockserverFixture, MockserverRefused, SandboxFixture

pytestmark = pytest.mark.in_process("these tests themselves use an app and a socket")

DAU = "/analytics/v0/dau"
NOW = "2026-11-04T10:00:00Z"

Get = Callable[[str], httpx.Response]


@pytest.fixture(params=["in process", "over a socket"])
def sandbox(
    request: pytest.FixtureRequest, in_process_server: MockserverFixture, given_server: MockserverFixture
) -> Iterator[SandboxFixture]:
    """A sandbox with a frozen clock and without limits."""
    server = given_server if request.param == "over a socket" else in_process_server
    with server.sandbox(now=NOW, frozen=True, limits="off") as created:
        yield created


@pytest.fixture
def get(sandbox: SandboxFixture) -> Iterator[Get]:
    """Sends a GET request as a client of Augment."""
    transport = None if sandbox.url.startswith("http://127") else httpx.WSGITransport(app=sandbox.app)
    headers = sandbox.headers("augment")
    with httpx.Client(transport=transport, base_url=sandbox.url, headers=headers, trust_env=False) as client:
        yield client.get


def test_careful_client_passes(sandbox: SandboxFixture, get: Get) -> None:
    page = get(f"{DAU}?page_size=250").json()["pagination"]
    assert not page["has_more"]
    assert sandbox.lint.findings() == []
    sandbox.lint.assert_clean()


def test_careless_client_fails_with_rule_requests_and_advice(sandbox: SandboxFixture, get: Get) -> None:
    for _ in range(8):
        get(f"{DAU}?page_size=2")
    with pytest.raises(AssertionError) as failure:
        sandbox.lint.assert_clean()
    lines = str(failure.value).splitlines()
    repeated, abandoned = sandbox.lint.findings()
    assert lines[0] == f"the client violates 2 rules: {repeated.rule}, {abandoned.rule}"
    assert lines[1] == f"{repeated.rule} (augment getDau; source: {repeated.source})"
    assert lines[2].startswith(f"  observed: GET {DAU}?page_size=2 and 6 more: ")
    assert lines[3] == f"  #2 2026-11-04 10:00:00 augment GET {DAU}?page_size=2 -> 200"
    assert lines[8:10] == ["  and 2 more", f"  advice: {repeated.advice}"]
    assert lines[-1] == f"  advice: {abandoned.advice}"


def test_finding_for_an_unknown_path_has_no_operation(sandbox: SandboxFixture, get: Get) -> None:
    get("/analytics/v0/dua?token=mine")
    with pytest.raises(AssertionError, match=r"^the client violates 1 rule: token-in-url\n") as failure:
        sandbox.lint.assert_clean()
    (finding,) = sandbox.lint.findings()
    assert finding.operation is None
    assert f"token-in-url (augment; source: {finding.source})" in str(failure.value)


def test_rules_can_be_ignored(sandbox: SandboxFixture, get: Get) -> None:
    get(f"{DAU}?page_size=2")
    (finding,) = sandbox.lint.findings()
    sandbox.lint.assert_clean(ignore=(finding.rule, "hammering"))
    with pytest.raises(AssertionError):
        sandbox.lint.assert_clean(ignore=["hammering"])


def test_unknown_rule_is_refused_with_a_suggestion(sandbox: SandboxFixture) -> None:
    with pytest.raises(MockserverRefused, match=r"there is no rule 'hamering' \(did you mean 'hammering'\?\)"):
        sandbox.lint.assert_clean(ignore=("hammering", "hamering"))
    with pytest.raises(TypeError, match=r"as in ignore=\('hammering',\)"):
        sandbox.lint.assert_clean(ignore="hammering")


def test_conduct_is_an_alias(sandbox: SandboxFixture) -> None:
    assert sandbox.conduct is sandbox.lint
