"""Promises that both servers keep: one process, a known port, a quiet stop, and no request that holds up another."""

import signal
from collections.abc import Iterator

import psutil
import pytest

from tests.server import programs
from tests.server.programs import Program, answer, asked, ended, line, opened, request, told

BOTH = ["granian", "threaded"]


@pytest.fixture(scope="module", params=BOTH)
def url(request: pytest.FixtureRequest) -> Iterator[str]:
    """Where a server of either kind answers, for tests that leave it running."""
    with programs.started("-m", "tests.server.served", request.param, "0") as program:
        yield line(program)


@pytest.fixture(params=BOTH)
def serving(request: pytest.FixtureRequest) -> Iterator[tuple[Program, str]]:
    """A server of either kind, and its URL, for tests that stop it or need it to themselves."""
    with programs.started("-m", "tests.server.served", request.param, "0") as program:
        yield program, line(program)


@pytest.mark.parametrize("told_to_stop", [signal.SIGTERM, signal.SIGINT])
def test_it_serves_until_it_is_told_to_stop(serving: tuple[Program, str], told_to_stop: signal.Signals) -> None:
    program, url = serving
    assert asked(url, request("/here?a=1"))[2] == "GET /here 3"
    program.send_signal(told_to_stop)
    assert ended(program) == (0, "", "")


def test_it_is_one_process(serving: tuple[Program, str]) -> None:
    program, url = serving
    asked(url, request("/"))
    assert psutil.Process(program.pid).children() == []


def test_a_request_that_takes_long_does_not_hold_up_another(serving: tuple[Program, str]) -> None:
    program, url = serving
    with opened(url) as slow:
        slow.sendall(request("/wait"))
        assert line(program) == "waiting"
        assert asked(url, request("/quick"))[2] == "GET /quick 0"
        told(program)
        assert answer(slow)[2] == "GET /wait 0"


def test_a_request_under_way_is_answered_after_the_server_was_told_to_stop(serving: tuple[Program, str]) -> None:
    program, url = serving
    with opened(url) as slow:
        slow.sendall(request("/wait"))
        assert line(program) == "waiting"
        program.terminate()
        told(program)
        assert answer(slow)[2] == "GET /wait 0"
    assert ended(program)[0] == 0


def test_a_request_without_an_end_does_not_keep_the_server_from_stopping(serving: tuple[Program, str]) -> None:
    program, url = serving
    with opened(url) as slow:
        slow.sendall(request("/wait"))
        assert line(program) == "waiting"
        program.terminate()
        code = program.wait(programs.PATIENCE)
        assert program.stderr is not None
        assert (code, program.stderr.read()) == (0, "a request was still running after 1.0 s; it is cut off\n")


def test_an_idle_connection_does_not_keep_the_server_from_stopping(serving: tuple[Program, str]) -> None:
    program, url = serving
    with opened(url) as kept:
        kept.sendall(request("/"))
        answer(kept)
        program.terminate()
        assert ended(program)[0] == 0


@pytest.mark.parametrize("kind", BOTH)
def test_a_taken_port_is_refused(kind: str, url: str) -> None:
    port = url.rpartition(":")[2]
    with programs.started("-m", "tests.server.served", kind, port) as second:
        _, out, err = ended(second)
    assert out == ""
    assert f"PortTaken: port {port} on 127.0.0.1 is taken by another program" in err


AS_WRITTEN = [
    pytest.param(request("//twice//"), "GET //twice// 0", id="slashes are kept"),
    pytest.param(request("/%00"), "GET /\0 0", id="an encoded NUL"),
    pytest.param(request("/%zz%"), "GET /%zz% 0", id="a percent sign that encodes nothing"),
    pytest.param(request("/", "BREW"), "BREW / 0", id="an unknown method"),
    pytest.param(request("/", "OPTIONS"), "OPTIONS / 0", id="OPTIONS"),
    pytest.param(request("http://mock/whole?a"), "GET /whole 1", id="a whole URL"),
    pytest.param(request("/?" + 60_000 * "a"), "GET / 60000", id="60 kB of query"),
]


@pytest.mark.parametrize(("raw", "seen"), AS_WRITTEN)
def test_the_app_sees_what_the_client_wrote(url: str, raw: bytes, seen: str) -> None:
    status, _, body = asked(url, raw)
    assert (status, body) == (200, seen)


UNREADABLE = [
    pytest.param(request("/?" + 100_000 * "a"), {414}, id="100 kB of query"),
    pytest.param(request(b"/\0\xff"), {200, 400}, id="a raw NUL"),
]


@pytest.mark.parametrize(("raw", "statuses"), UNREADABLE)
def test_what_no_app_could_read_gets_its_status(url: str, raw: bytes, statuses: set[int]) -> None:
    assert asked(url, raw)[0] in statuses
    assert asked(url, request("/next"))[0] == 200


def test_a_large_body_that_nobody_wants_does_not_cost_the_answer(url: str) -> None:
    size = 10_000_000
    raw = request("/", headers=f"Content-Length: {size}\r\n") + bytes(size)
    assert asked(url, raw)[2] == "GET / 0"


def test_a_failure_of_the_app_shows_nothing_of_it(url: str) -> None:
    status, _, body = asked(url, request("/broken"))
    assert status == 500
    assert "secret" not in body
    assert "Traceback" not in body
