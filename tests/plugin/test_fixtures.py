"""Promises about the plugin inside somebody's pytest: fixtures, marks, and the evidence beside a failure.

These run on a server that is there already; starting and ending one is promised elsewhere (`test_lifetime`).
"""

import json
import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any

import pytest
from mockserver.pytest_plugin.home import LIFETIME, ServerManager
from mockserver.pytest_plugin.wire import HttpTransport

from mockserver.pytest_plugin import bodies
from mockserver.pytest_plugin.control import Control
from mockserver.pytest_plugin.servers import Server
from tests.plugin.conftest import Inner
from tests.server.programs import ROOT

ASKING = """
import urllib.error
import urllib.request

def asked(sandbox, path="/analytics/v0/dau", vendor="augment"):
    request = urllib.request.Request(sandbox.url + path, headers=sandbox.headers(vendor))
    try:
        return urllib.request.urlopen(request, timeout=10).status
    except urllib.error.HTTPError as error:
        return error.code
"""

LIGHT = """
import json, sys
import pytest
before = set(sys.modules)
import mockserver.pytest_plugin
print(json.dumps(sorted(set(sys.modules) - before)))
"""


def test_importing_the_plugin_imports_nothing_but_its_own_first_rooms() -> None:
    told = subprocess.run([sys.executable, "-c", LIGHT], cwd=ROOT, capture_output=True, text=True, check=True)
    own = {"mockserver", *(f"mockserver.pytest_plugin{room}" for room in ("", ".errors", ".marker", ".options"))}
    assert set(json.loads(told.stdout)) - set(sys.stdlib_module_names) == own


def test_fixtures_and_marker_explain_themselves(inner: Inner) -> None:
    told = inner("", "--markers")
    told.stdout.fnmatch_lines(["*@pytest.mark.mockserver(case='C001', organization='acme', now=*in_process=True)*"])
    told = inner("", "--fixtures", "-v")
    told.stdout.fnmatch_lines(
        [
            "mockserver [[]session scope[]]*",
            "*The mock server of this session: started on a free port when first asked for*",
            "mockserver_app [[]session scope[]]*",
            "sandbox -- *",
            "*A fresh world for this test alone*",
            "*sandbox.requests.assert_made(*",
        ]
    )


def test_a_test_gets_a_world_of_its_own(inner: Inner, running: str) -> None:
    tests = f"""
    {ASKING}
    ids = set()

    def test_one(sandbox, mockserver):
        assert (sandbox.url, asked(sandbox)) == (mockserver.url, 200)
        assert "augment" in mockserver.vendors
        ids.add(sandbox.id)

    def test_two(sandbox):
        assert len(sandbox.requests) == 0
        ids.add(sandbox.id)
        assert len(ids) == 2

    def test_three(mockserver):
        with mockserver.sandbox(limits="off") as one, mockserver.sandbox(seed=3) as other:
            assert one.limits.shown()["augment"]["setting"] == "off"
            assert other.seed == 3
    """.replace(ASKING, "\n    ".join(ASKING.splitlines()))
    inner(tests, "--mockserver-url", running).assert_outcomes(passed=3)


def test_what_a_test_made_is_gone_afterwards_whatever_it_did(inner: Inner, running: str) -> None:
    tests = """
    import urllib.request, json

    def test_it_fails(sandbox):
        assert False

    def test_it_deletes_its_own_sandbox(sandbox):
        at = f"{sandbox.url}/_mock/sandboxes/{sandbox.id}"
        urllib.request.urlopen(urllib.request.Request(at, method="DELETE"))

    def test_nothing_is_left(mockserver):
        with urllib.request.urlopen(f"{mockserver.url}/_mock/sandboxes") as told:
            assert [each["id"] for each in json.load(told)["sandboxes"]] == ["default"]
    """
    inner(tests, "--mockserver-url", running).assert_outcomes(passed=2, failed=1)


def test_the_closest_mark_wins_argument_by_argument(inner: Inner, running: str) -> None:
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
            shown = sandbox.limits.shown()
            assert (shown["augment"]["setting"], shown["tabnine"]["burst"]) == ("off", 4)
            values = sandbox.policy.values("augment")
            assert (values["last_cursor"], values["retry_after"]) == ("absent", "seconds")
            sandbox.policy.set("augment", last_cursor="empty")
            sandbox.reset()
            assert sandbox.policy.values("augment")["last_cursor"] == "absent"

    def test_module(sandbox):
        assert sandbox.seed == 7
    """
    inner(tests, "--mockserver-url", running).assert_outcomes(passed=2)


def test_a_mark_names_a_case_over_which_other_arguments_win(inner: Inner, running: str) -> None:
    tests = """
    import pytest
    from datetime import UTC, datetime

    pytestmark = pytest.mark.mockserver(seed=7)

    @pytest.mark.mockserver(case="C001", frozen=False)
    def test_over_a_socket(sandbox):
        assert (sandbox.organization, sandbox.seed, sandbox.clock.frozen) == ("acme", 7, False)
        assert f"{sandbox.clock.now:%H:%M}" == "01:59"

    @pytest.mark.mockserver(case="C054", in_process=True)
    def test_in_this_process(sandbox):
        client = sandbox.app.test_client()
        asked = lambda: client.get("/analytics/v0/dau", headers=sandbox.headers("augment")).status_code
        assert [asked() for _ in range(3)] == [503, 503, 200]

    def test_in_a_block(mockserver):
        with mockserver.sandbox(case="C001") as made:
            assert made.clock.frozen

    @pytest.mark.mockserver(case="C0011")
    def test_unknown(sandbox): ...
    """
    told = inner(tests, "--mockserver-url", running)
    told.assert_outcomes(passed=3, errors=1)
    told.stdout.fnmatch_lines_random(["*refused with 400: case: there is no case 'C0011' (did you mean C*"])


def test_a_mark_that_cannot_be_says_what_may_stand_in_it(inner: Inner, running: str) -> None:
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
    told = inner(tests, "--mockserver-url", running)
    told.assert_outcomes(errors=4)
    allowed = "it may have: case, organization, now, frozen, seed, limits, policy, faults, defects, in_process"
    told.stdout.fnmatch_lines_random(
        [
            f"*test_misspelt has no argument 'organisation' (did you mean organization[?]); {allowed}",
            f"*test_unknown has no argument 'colour'; {allowed}",
            f"*test_unnamed takes its arguments by name; {allowed}",
            "*refused with 400: organization: *'acne'*acme*",
        ]
    )
    told.stdout.no_fnmatch_line("*During handling*")


@pytest.mark.parametrize(
    ("stated", "body"),
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
def test_statements_are_merged_by_vendor(stated: list[Mapping[str, Any]], body: dict[str, Any]) -> None:
    assert bodies.world(stated, ["augment", "jetbrains-ide"]) == body


def test_what_python_writes_goes_out_as_json() -> None:
    sent = {"at": datetime(2026, 11, 2, tzinfo=UTC), "day": date(2026, 11, 2), "share": Decimal("0.3")}
    told = {"at": "2026-11-02T00:00:00+00:00", "day": "2026-11-02", "share": 0.3}
    assert json.loads(bodies.written({"effect": MappingProxyType(sent)})) == {"effect": told}


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (datetime(2026, 11, 2), "has no zone, so it would be another instant on every machine"),  # noqa: DTZ001
        (object(), "cannot be sent to the mock server: it has no form in JSON"),
    ],
)
def test_what_has_no_form_in_json_is_refused_here(value: object, said: str) -> None:
    with pytest.raises(TypeError, match=said):
        bodies.written({"now": value})


def test_a_failure_shows_what_was_asked(inner: Inner, running: str) -> None:
    tests = f"""
    import pytest
    {ASKING}
    @pytest.fixture
    def strict(sandbox):
        yield
        sandbox.requests.assert_made(operation="getDauCount")

    @pytest.fixture
    def broken(sandbox):
        asked(sandbox)
        raise RuntimeError("broken")

    def test_body(sandbox):
        for page_size in range(1, 54):
            asked(sandbox, f"/api/v1/organization/teams?limit={{page_size}}", "tabnine")
        sandbox.requests.assert_made(path="/never")

    def test_teardown(strict, sandbox):
        asked(sandbox, "/analytics/v0/dau?page_size=77")

    def test_setup(broken): ...

    def test_passes(sandbox):
        asked(sandbox, "/analytics/v0/dau?page_size=88")

    def test_silent(sandbox):
        assert False

    def test_without_one():
        assert False
    """.replace(ASKING, "\n    ".join(ASKING.splitlines()))
    told = inner(tests, "--mockserver-url", running)
    told.assert_outcomes(passed=2, failed=3, errors=2)
    told.stdout.fnmatch_lines_random(
        [
            "*requests in sandbox * (the newest 50)*",
            "#53 * tabnine GET /api/v1/organization/teams[?]limit=53 -> 200",
            "#4 * tabnine GET /api/v1/organization/teams[?]limit=4 -> 200",
            "#1 * augment GET /analytics/v0/dau[?]page_size=77 -> 200",
            "#1 * augment GET /analytics/v0/dau -> 200",
            "none was made with its tokens",
        ]
    )
    told.stdout.no_fnmatch_line("#3 * tabnine *")
    told.stdout.no_fnmatch_line("*page_size=88*")
    assert told.outlines[-1].count("failed") == 1
    assert sum("requests in sandbox" in line for line in told.outlines) == 4


def test_a_sandbox_can_be_in_the_process_without_a_socket(inner: Inner) -> None:
    tests = """
    import httpx
    import pytest

    def test_by_fixture(sandbox, mockserver_app):
        with httpx.Client(transport=httpx.WSGITransport(app=mockserver_app), base_url=sandbox.url) as client:
            assert client.get("/analytics/v0/dau", headers=sandbox.headers("augment")).status_code == 200
        sandbox.requests.assert_made(operation="getDau", count=1)

    @pytest.mark.mockserver(in_process=True, organization="initech")
    def test_by_mark(sandbox):
        got = sandbox.app.test_client().get("/analytics/v0/dau", headers=sandbox.headers("augment"))
        assert (got.status_code, sandbox.organization, sandbox.url) == (200, "initech", "http://localhost")
        with pytest.raises(Exception, match="409: truncate_bytes needs a socket"):
            sandbox.faults.add(truncate_bytes=3)

    @pytest.mark.mockserver(in_process=False)
    def test_the_mark_wins(sandbox, mockserver_app):
        assert sandbox.url != "http://localhost"
    """
    told = inner(tests, "--mockserver-url", "http://127.0.0.1:9")
    told.assert_outcomes(passed=2, errors=1)


def test_a_sandbox_behind_a_socket_has_no_app(running: str) -> None:
    with (
        ServerManager(running, None, {}).server().sandbox() as made,
        pytest.raises(RuntimeError, match="in_process=True"),
    ):
        _ = made.app


WAYS = {
    "flag": ("--mockserver-url", "{url}"),
    "ini": ("-o", "mockserver_url={url}/"),
    "variable": (),
}


@pytest.mark.parametrize("way", WAYS)
def test_a_server_can_be_given(inner: Inner, running: str, way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if way == "variable":
        monkeypatch.setenv("MOCKSERVER_URL", running)
    told = inner(
        f"def test_it(sandbox):\n    assert sandbox.url == {running!r}",
        *(part.format(url=running) for part in WAYS[way]),
    )
    told.assert_outcomes(passed=1)


@pytest.mark.parametrize("url", ["localhost:8080", "ftp://x", "http://", "http://x:port", "http://x:0"])
def test_what_is_no_url_is_refused_before_any_test(inner: Inner, url: str) -> None:
    told = inner("def test_it(): ...", "--mockserver-url", url)
    assert told.ret == pytest.ExitCode.USAGE_ERROR
    told.stderr.fnmatch_lines([f"*--mockserver-url is '{url}', which is no URL of a server; give one as in http://*"])


class Noting(Control):
    """A control plane that notes what is asked of it."""

    asked: list[Any]

    def call(self, method: str, path: str, body: Any = None) -> Any:
        self.asked.append((method, path, body))
        return super().call(method, path, body)


@pytest.mark.parametrize(("lifetime", "body"), [(None, {}), (LIFETIME, {"ttl_seconds": LIFETIME})])
def test_sandboxes_left_behind_on_somebody_elses_server_end_on_their_own(
    running: str, lifetime: int | None, body: dict[str, int]
) -> None:
    control = Noting(HttpTransport(running), running, None, str)
    control.asked = []
    with Server.found(running, control, lifetime=lifetime).sandbox():
        assert control.asked[1:] == [("POST", "/sandboxes", body)]
