"""The plugin inside a pytest run: fixtures, marks, and the requests in the report of a failed test.

These tests use a server that is running already; starting and stopping one is tested in `test_lifetime`.
"""

import json
import subprocess
import sys
from collections.abc import Mapping
from types import ModuleType
from typing import Any

import httpx
import pytest

from analytics_mockserver import pytest_plugin as plugin
from analytics_mockserver.client import Client, HttpTransport, Refused, Response
from analytics_mockserver.pytest_plugin import MockserverFixture
from analytics_mockserver.pytest_plugin.server_process import SANDBOX_LIFETIME
from analytics_mockserver.pytest_plugin.servers import merge_settings
from mockserver import pytest_plugin as former
from tests.plugin.conftest import RunPytest
from tests.server.programs import ROOT

FETCH = """
import urllib.error
import urllib.request

def fetch(sandbox, path="/analytics/v0/dau", vendor="augment"):
    request = urllib.request.Request(sandbox.url + path, headers=sandbox.headers(vendor))
    try:
        return urllib.request.urlopen(request, timeout=10).status
    except urllib.error.HTTPError as error:
        return error.code
"""

IMPORTED_MODULES = """
import json, sys
import httpx
import pytest
before = set(sys.modules)
import analytics_mockserver.pytest_plugin
print(json.dumps(sorted(set(sys.modules) - before)))
"""


def test_importing_the_plugin_imports_little() -> None:
    command = [sys.executable, "-c", IMPORTED_MODULES]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    imported = set(json.loads(result.stdout))
    assert {name.partition(".")[0] for name in imported} - sys.stdlib_module_names == {"analytics_mockserver"}
    assert imported.isdisjoint({"analytics_mockserver.client", "analytics_mockserver.pytest_plugin.servers"})


@pytest.mark.parametrize("module", [plugin, former], ids=["analytics_mockserver", "mockserver"])
def test_public_names_are_the_classes_of_these_names(module: ModuleType) -> None:
    names = {name: getattr(module, name).__name__ for name in module.__all__}
    assert names == {**{name: name for name in plugin.__all__}, "MockserverRefused": Refused.__name__}
    with pytest.raises(AttributeError, match=rf"'{module.__name__}' has no attribute 'Sandbax'"):
        _ = module.Sandbax


def test_fixtures_and_marker_are_documented(run_pytest: RunPytest) -> None:
    result = run_pytest("", "--markers")
    result.stdout.fnmatch_lines(["*@pytest.mark.mockserver(case='C001', organization='acme', now=*in_process=True)*"])
    result = run_pytest("", "--fixtures", "-v")
    result.stdout.fnmatch_lines_random(
        [
            "mockserver [[]session scope[]]*",
            "*The mock server of this session: started on a free port on first use*",
            "mockserver_app [[]session scope[]]*",
            "sandbox -- *",
            "*A sandbox for this test alone*",
            "*sandbox.requests.assert_made(*",
        ]
    )


def test_every_test_gets_its_own_sandbox(run_pytest: RunPytest, server_url: str) -> None:
    tests = f"""
    {FETCH}
    ids = set()

    def test_one(sandbox, mockserver):
        assert (sandbox.url, fetch(sandbox)) == (mockserver.url, 200)
        assert "augment" in mockserver.vendors
        ids.add(sandbox.id)

    def test_two(sandbox):
        assert len(sandbox.requests) == 0
        ids.add(sandbox.id)
        assert len(ids) == 2

    def test_three(mockserver):
        with mockserver.sandbox(limits="off") as one, mockserver.sandbox(seed=3) as other:
            assert one.limits.values()["augment"]["setting"] == "off"
            assert other.seed == 3
    """.replace(FETCH, "\n    ".join(FETCH.splitlines()))
    run_pytest(tests, "--mockserver-url", server_url).assert_outcomes(passed=3)


def test_sandbox_is_deleted_after_any_outcome(run_pytest: RunPytest, server_url: str) -> None:
    tests = """
    import urllib.request, json

    def test_it_fails(sandbox):
        assert False

    def test_it_deletes_its_own_sandbox(sandbox):
        at = f"{sandbox.url}/_mock/sandboxes/{sandbox.id}"
        urllib.request.urlopen(urllib.request.Request(at, method="DELETE"))

    def test_nothing_is_left(mockserver):
        with urllib.request.urlopen(f"{mockserver.url}/_mock/sandboxes") as response:
            assert [each["id"] for each in json.load(response)["sandboxes"]] == ["default"]
    """
    run_pytest(tests, "--mockserver-url", server_url).assert_outcomes(passed=2, failed=1)


def test_innermost_mark_takes_precedence_per_argument(run_pytest: RunPytest, server_url: str) -> None:
    tests = """
    import pytest
    from datetime import UTC, datetime

    pytestmark = pytest.mark.mockserver(organization="initech", seed=7, limits="off", policy={"augment": {
        "last_cursor": "null", "retry_after": "seconds"}})

    @pytest.mark.mockserver(seed=8, limits={"tabnine": {"per_minute": 3, "burst": 4}})
    class TestClass:
        @pytest.mark.mockserver(now=datetime(2026, 11, 2, tzinfo=UTC), frozen=True, policy={"augment": {
            "last_cursor": "absent"}})
        def test_all(self, sandbox):
            assert (sandbox.organization, sandbox.seed, sandbox.clock.frozen) == ("initech", 8, True)
            assert sandbox.clock.now == datetime(2026, 11, 2, tzinfo=UTC)
            limits = sandbox.limits.values()
            assert (limits["augment"]["setting"], limits["tabnine"]["burst"]) == ("off", 4)
            values = sandbox.policy.values("augment")
            assert (values["last_cursor"], values["retry_after"]) == ("absent", "seconds")
            sandbox.policy.set("augment", last_cursor="empty")
            sandbox.reset()
            assert sandbox.policy.values("augment")["last_cursor"] == "absent"

    def test_module(sandbox):
        assert sandbox.seed == 7
    """
    run_pytest(tests, "--mockserver-url", server_url).assert_outcomes(passed=2)


def test_mark_arguments_take_precedence_over_its_case(run_pytest: RunPytest, server_url: str) -> None:
    tests = """
    import pytest
    from datetime import UTC, datetime

    pytestmark = pytest.mark.mockserver(seed=7)

    @pytest.mark.mockserver(case="C001", frozen=False)
    def test_over_a_socket(sandbox):
        assert (sandbox.organization, sandbox.seed, sandbox.clock.frozen) == ("acme", 7, False)
        assert f"{sandbox.clock.now:%H:%M}" == "01:59"

    @pytest.mark.mockserver(profile="rate-limited", limits="off")
    def test_profile(sandbox):
        assert [fault.rule["then"] for fault in sandbox.faults.list()] == ["repeat"] * 4
        assert sandbox.profile == "rate-limited"

    @pytest.mark.mockserver(case="C054", in_process=True)
    def test_in_this_process(sandbox):
        assert sandbox.profile is None
        client = sandbox.app.test_client()
        status = lambda: client.get("/analytics/v0/dau", headers=sandbox.headers("augment")).status_code
        assert [status() for _ in range(3)] == [503, 503, 200]

    def test_in_a_block(mockserver):
        with mockserver.sandbox(case="C001", profile="slow") as created:
            assert created.clock.frozen
            assert len(created.faults.list()) == 8

    @pytest.mark.mockserver(case="C0011")
    def test_unknown(sandbox): ...
    """
    result = run_pytest(tests, "--mockserver-url", server_url)
    result.assert_outcomes(passed=4, errors=1)
    result.stdout.fnmatch_lines_random(
        ["*POST /_mock/sandboxes returned 400: case: there is no case 'C0011' (did you mean C*"]
    )


def test_invalid_mark_is_reported_with_the_allowed_arguments(run_pytest: RunPytest, server_url: str) -> None:
    tests = """
    import pytest

    @pytest.mark.mockserver(organisation="acme")
    def test_misspelt(sandbox): ...

    @pytest.mark.mockserver(colour="red")
    def test_unknown(sandbox): ...

    @pytest.mark.mockserver("acme")
    def test_unnamed(sandbox): ...

    @pytest.mark.mockserver(organization="acne")
    def test_refused(sandbox): ...
    """
    result = run_pytest(tests, "--mockserver-url", server_url)
    result.assert_outcomes(errors=4)
    allowed = "case, organization, now, frozen, seed, limits, policy, profile, faults, defects, in_process"
    result.stdout.fnmatch_lines_random(
        [
            f"*test_misspelt: there is no argument 'organisation' (did you mean 'organization'[?]); * {allowed}",
            f"*test_unknown: there is no argument 'colour'; there are: {allowed}",
            f"*test_unnamed takes keyword arguments only: {allowed}",
            "*POST /_mock/sandboxes returned 400: organization: *'acne'*acme*",
        ]
    )
    result.stdout.no_fnmatch_line("*During handling*")


@pytest.mark.parametrize(
    ("settings", "body"),
    [
        ([], {}),
        ([{"seed": 1, "now": None}, {"seed": 2}], {"seed": 2}),
        ([{"limits": "off"}], {"limits": {"augment": "off", "jetbrains-ide": "off"}}),
        (
            [{"limits": {"jetbrains_ide": "documented"}}, {"limits": "off"}, {"limits": {"augment": "documented"}}],
            {"limits": {"augment": "documented", "jetbrains-ide": "off"}},
        ),
        (
            [{"policy": {"jetbrains_ide": {"a": 1, "b": 1}}}, {"policy": {"jetbrains-ide": {"b": 2}}}],
            {"policy": {"jetbrains-ide": {"a": 1, "b": 2}}},
        ),
    ],
)
def test_limits_and_policy_are_merged_by_vendor(settings: list[Mapping[str, Any]], body: dict[str, Any]) -> None:
    assert merge_settings(settings, ["augment", "jetbrains-ide"]) == body


def test_report_of_a_failure_lists_the_requests(run_pytest: RunPytest, server_url: str) -> None:
    tests = f"""
    import pytest
    {FETCH}
    @pytest.fixture
    def strict(sandbox):
        yield
        sandbox.requests.assert_made(operation="getDauCount")

    @pytest.fixture
    def broken(sandbox):
        fetch(sandbox)
        raise RuntimeError("broken")

    def test_body(sandbox):
        for page_size in range(1, 54):
            fetch(sandbox, f"/api/v1/organization/teams?limit={{page_size}}", "tabnine")
        sandbox.requests.assert_made(path="/never")

    def test_teardown(strict, sandbox):
        fetch(sandbox, "/analytics/v0/dau?page_size=77")

    def test_setup(broken): ...

    def test_passes(sandbox):
        fetch(sandbox, "/analytics/v0/dau?page_size=88")

    def test_silent(sandbox):
        assert False

    def test_without_one():
        assert False
    """.replace(FETCH, "\n    ".join(FETCH.splitlines()))
    result = run_pytest(tests, "--mockserver-url", server_url)
    result.assert_outcomes(passed=2, failed=3, errors=2)
    result.stdout.fnmatch_lines_random(
        [
            "*requests in sandbox * (the newest 50)*",
            "#53 * tabnine GET /api/v1/organization/teams[?]limit=53 -> 200",
            "#4 * tabnine GET /api/v1/organization/teams[?]limit=4 -> 200",
            "#1 * augment GET /analytics/v0/dau[?]page_size=77 -> 200",
            "#1 * augment GET /analytics/v0/dau -> 200",
            "no request was made with the tokens of this sandbox",
        ]
    )
    result.stdout.no_fnmatch_line("#3 * tabnine *")
    result.stdout.no_fnmatch_line("*page_size=88*")
    assert result.outlines[-1].count("failed") == 1
    assert sum("requests in sandbox" in line for line in result.outlines) == 4


def test_traceback_of_a_failure_omits_the_plugin(run_pytest: RunPytest, server_url: str) -> None:
    tests = """
    def test_assertion(sandbox):
        sandbox.requests.assert_made(path="/never")

    def test_refused(sandbox):
        sandbox.faults.add(operation="none")
    """
    result = run_pytest(tests, "--mockserver-url", server_url, "--tb=short")
    result.assert_outcomes(failed=2)
    result.stdout.fnmatch_lines(["test_*.py:*: in test_assertion", "test_*.py:*: in test_refused"])
    result.stdout.no_fnmatch_line("*mockserver/pytest_plugin/*: in *")
    result.stdout.no_fnmatch_line("*mockserver/client/*: in *")


def test_sandbox_can_be_in_process_without_a_socket(run_pytest: RunPytest) -> None:
    tests = """
    import httpx
    import pytest

    def test_by_fixture(sandbox, mockserver_app):
        with httpx.Client(transport=httpx.WSGITransport(app=mockserver_app), base_url=sandbox.url) as client:
            assert client.get("/analytics/v0/dau", headers=sandbox.headers("augment")).status_code == 200
        sandbox.requests.assert_made(operation="getDau", count=1)

    @pytest.mark.mockserver(in_process=True, organization="initech")
    def test_by_mark(sandbox):
        response = sandbox.app.test_client().get("/analytics/v0/dau", headers=sandbox.headers("augment"))
        assert (response.status_code, sandbox.organization, sandbox.url) == (200, "initech", "http://localhost")
        with pytest.raises(Exception, match="409: truncate_bytes needs a socket"):
            sandbox.faults.add(truncate_bytes=3)

    @pytest.mark.mockserver(in_process=False)
    def test_the_mark_wins(sandbox, mockserver_app):
        assert sandbox.url != "http://localhost"
    """
    result = run_pytest(tests, "--mockserver-url", "http://127.0.0.1:9")
    result.assert_outcomes(passed=2, errors=1)


def test_sandbox_behind_a_socket_has_no_app(given_server: MockserverFixture) -> None:
    with given_server.sandbox() as created, pytest.raises(RuntimeError, match="in_process=True"):
        _ = created.app


SOURCES = {
    "flag": ("--mockserver-url", "{url}"),
    "ini": ("-o", "mockserver_url={url}/"),
    "variable": (),
}


@pytest.mark.parametrize("source", SOURCES)
def test_server_url_can_be_configured(
    run_pytest: RunPytest, server_url: str, source: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if source == "variable":
        monkeypatch.setenv("MOCKSERVER_URL", server_url)
    result = run_pytest(
        f"def test_it(sandbox):\n    assert sandbox.url == {server_url!r}",
        *(part.format(url=server_url) for part in SOURCES[source]),
    )
    result.assert_outcomes(passed=1)


@pytest.mark.parametrize("url", ["localhost:8080", "ftp://x", "http://", "http://x:port", "http://x:0"])
def test_invalid_url_is_rejected_before_any_test(run_pytest: RunPytest, url: str) -> None:
    result = run_pytest("def test_it(): ...", "--mockserver-url", url)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(
        [f"*--mockserver-url is '{url}', which is not the URL of a server; expected one like http://*"]
    )


@pytest.mark.parametrize(("lifetime", "body"), [(None, b"{}"), (14_400, b'{"ttl_seconds": 14400}')])
def test_sandbox_on_a_given_server_expires(server_url: str, lifetime: int | None, body: bytes) -> None:
    bodies: list[bytes] = []

    class RecordingTransport(HttpTransport):
        def __call__(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Response:
            bodies.append(body)
            return super().__call__(method, target, headers, body)

    with (
        Client(server_url, transport=RecordingTransport(server_url)) as client,
        MockserverFixture(client, None, lifetime).sandbox(),
    ):
        assert bodies == [b"", body]


def test_lifetime_outlasts_a_session_in_a_debugger() -> None:
    assert SANDBOX_LIFETIME == 14_400


@pytest.mark.usefixtures("undescribed")
def test_sandbox_behind_a_socket_meets_faults_of_the_connection(given_server: MockserverFixture) -> None:
    with given_server.sandbox(frozen=True) as created, httpx.Client(base_url=created.url) as client:
        headers = created.headers("augment")
        whole = client.get("/analytics/v0/dau", headers=headers)
        created.faults.add(gzip=True, truncate_bytes=20, times=1)
        created.faults.add(chunked=True, cut_after_bytes=20, times=1)
        created.faults.add(chunked=True, close_idle=True, times=1)
        for _ in range(2):
            with pytest.raises(httpx.RemoteProtocolError):
                client.get("/analytics/v0/dau", headers=headers)
        assert client.get("/analytics/v0/dau", headers=headers).text == whole.text
        assert [fault.hits for fault in created.faults.list()] == [1, 1, 1]
