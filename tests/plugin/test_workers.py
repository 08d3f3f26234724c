"""With pytest-xdist, all workers share one server, and every test sees only its own requests."""

from contextlib import closing

import pytest

from analytics_mockserver.pytest_plugin import MockserverGone, server_process
from analytics_mockserver.pytest_plugin.server_process import BROKER_PORT, EXIT_DELAY, ServerManager
from tests.plugin.conftest import RunPytest

RUNNING = "its process is running but does not respond; its log is empty"
ONE = ("-p", "xdist", "-n", "1")


def test_workers_share_one_server_but_no_sandbox(run_pytest: RunPytest) -> None:
    tests = """
    import os, urllib.request
    import psutil, pytest

    @pytest.mark.parametrize("number", range(24))
    def test_it(sandbox, number):
        for _ in range(number % 4):
            url = f"{sandbox.url}/analytics/v0/dau?page_size={number + 1}"
            urllib.request.urlopen(urllib.request.Request(url, headers=sandbox.headers("augment"))).read()
        sandbox.requests.assert_made(query={"page_size": number + 1}, count=number % 4)
        assert len(sandbox.requests) == number % 4

    @pytest.mark.parametrize("number", range(4))
    def test_which(mockserver, number):
        controller = psutil.Process().parent()
        servers = [each for each in controller.children() if "--until-eof" in each.cmdline()]
        print("served at", mockserver.url, "beside", len(servers))
        assert psutil.Process().children() == []
    """
    result = run_pytest(tests, "-p", "xdist", "-n", "4", "-rP")
    result.assert_outcomes(passed=28)
    served = {each for each in result.outlines if each.startswith("served at")}
    assert len(served) == 1
    assert served.pop().endswith("beside 1")


def test_no_server_is_started_for_tests_without_fixtures(run_pytest: RunPytest) -> None:
    tests = """
    import psutil
    def test_it():
        assert not [each for each in psutil.Process().parent().children() if "--until-eof" in each.cmdline()]
    """
    run_pytest(tests, *ONE).assert_outcomes(passed=1)


def test_workers_use_a_given_server(run_pytest: RunPytest, server_url: str) -> None:
    tests = f"def test_it(sandbox):\n    assert sandbox.url == {server_url!r}"
    run_pytest(tests, *ONE, "--mockserver-url", server_url).assert_outcomes(passed=1)


def test_workers_report_that_the_server_died(run_pytest: RunPytest) -> None:
    tests = """
    import psutil
    def test_it(sandbox):
        for each in psutil.Process().parent().children():
            if "--until-eof" in each.cmdline():
                each.kill()
        sandbox.clock.now
    """
    result = run_pytest(tests, *ONE)
    result.assert_outcomes(failed=1, errors=1)
    result.stdout.fnmatch_lines(
        ["the mock server does not respond (*): its process was terminated by signal 9; its log is empty"]
    )


def test_workers_report_why_the_server_did_not_start(run_pytest: RunPytest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOCKSERVER_ORGANIZATION", "nobody")
    result = run_pytest("def test_one(sandbox): ...\ndef test_two(sandbox): ...", *ONE)
    result.assert_outcomes(errors=2)
    result.stdout.fnmatch_lines(["the mock server did not start: its process exited with code 2; the end of its log:"])


def test_broker_gives_the_status_until_it_is_closed() -> None:
    controller = ServerManager(None, None, {})
    worker_input = controller.worker_input()
    try:
        assert controller.worker_input() == worker_input
        worker = ServerManager(None, None, worker_input)
        server = worker.server()
        assert server.url == server_process.query_broker(worker_input[BROKER_PORT]).url
        with closing(server), server.sandbox() as created:
            assert created.url == server.url
        worker.close()
        assert server_process.query_broker(worker_input[BROKER_PORT], EXIT_DELAY).status_text == RUNNING
    finally:
        controller.close()
    with pytest.raises(MockserverGone, match="the pytest process that controls the workers does not answer"):
        ServerManager(None, None, worker_input).server()
