"""Promises about pytest-xdist: all workers share one server, no test sees another's requests, and its death is told."""

import pytest
from mockserver.pytest_plugin.home import PORT, ServerManager

from mockserver.pytest_plugin import desk
from mockserver.pytest_plugin.errors import MockserverGone
from tests.plugin.conftest import Inner

ONE = ("-p", "xdist", "-n", "1")


def test_four_workers_share_one_server_and_see_nothing_of_each_other(inner: Inner) -> None:
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
        leader = psutil.Process().parent()
        servers = [each for each in leader.children() if "--until-eof" in each.cmdline()]
        print("served at", mockserver.url, "beside", len(servers))
        assert psutil.Process().children() == []
    """
    told = inner(tests, "-p", "xdist", "-n", "4", "-rP")
    told.assert_outcomes(passed=28)
    served = {each for each in told.outlines if each.startswith("served at")}
    assert len(served) == 1
    assert served.pop().endswith("beside 1")


def test_nothing_is_started_for_workers_that_want_nothing(inner: Inner) -> None:
    tests = """
    import psutil
    def test_it():
        assert not [each for each in psutil.Process().parent().children() if "--until-eof" in each.cmdline()]
    """
    inner(tests, *ONE).assert_outcomes(passed=1)


def test_workers_take_the_server_that_was_given(inner: Inner, running: str) -> None:
    tests = f"def test_it(sandbox):\n    assert sandbox.url == {running!r}"
    inner(tests, *ONE, "--mockserver-url", running).assert_outcomes(passed=1)


def test_workers_hear_of_the_servers_death(inner: Inner) -> None:
    tests = """
    import psutil
    def test_it(sandbox):
        for each in psutil.Process().parent().children():
            if "--until-eof" in each.cmdline():
                each.kill()
        sandbox.clock.now
    """
    told = inner(tests, *ONE)
    told.assert_outcomes(failed=1, errors=1)
    told.stdout.fnmatch_lines(["the mock server at * its process was ended by signal 9, and wrote no log"])


def test_workers_hear_why_it_did_not_start(inner: Inner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOCKSERVER_ORGANIZATION", "nobody")
    told = inner("def test_one(sandbox): ...\ndef test_two(sandbox): ...", *ONE)
    told.assert_outcomes(errors=2)
    told.stdout.fnmatch_lines(["the mock server did not start: its process ended with exit code 2; its log ends:"])


def test_the_desk_says_where_the_server_is_and_closes_with_it() -> None:
    leader = ServerManager(None, None, {})
    told = leader.shared()
    try:
        assert leader.shared() == told
        worker = ServerManager(None, None, told)
        server = worker.server()
        assert server.url == desk.ask(told[PORT]).url
        with server.sandbox() as made:
            assert made.url == server.url
        worker.close()
        assert desk.asking(told[PORT])() == "its process runs, but is silent, and wrote no log"
    finally:
        leader.close()
    with pytest.raises(MockserverGone, match="the pytest process that leads the workers does not say where it is"):
        ServerManager(None, None, told).server()
