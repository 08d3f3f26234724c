"""The server: one process, a known port, a clean stop, and no request that blocks another."""

import signal
from collections.abc import Iterator

import psutil
import pytest

from mockserver import server
from tests.server import programs
from tests.server.programs import Program, answer, ended, line, opened, press_enter, request, send
from tests.server.served import app


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """The URL of a server, for tests that leave it running."""
    with server.in_thread(app) as running:
        yield running.url


@pytest.fixture
def serving() -> Iterator[tuple[Program, str]]:
    """A server, and its URL, for tests that stop it or need it to themselves."""
    with programs.started("-m", "tests.server.served", "0") as program:
        yield program, line(program)


@pytest.mark.unix("Windows ends a process instead of sending it a signal")
@pytest.mark.parametrize("stop_signal", [signal.SIGTERM, signal.SIGINT])
def test_server_runs_until_a_signal(serving: tuple[Program, str], stop_signal: signal.Signals) -> None:
    program, url = serving
    assert send(url, request("/here?a=1"))[2] == "GET /here 3"
    program.send_signal(stop_signal)
    assert ended(program) == (0, "", "")


def test_server_is_one_process(serving: tuple[Program, str]) -> None:
    program, url = serving
    send(url, request("/"))
    assert psutil.Process(program.pid).children() == []


def test_slow_request_does_not_block_others(serving: tuple[Program, str]) -> None:
    program, url = serving
    with opened(url) as slow:
        slow.sendall(request("/wait"))
        assert line(program) == "waiting"
        assert send(url, request("/quick"))[2] == "GET /quick 0"
        press_enter(program)
        assert answer(slow)[2] == "GET /wait 0"


def test_running_request_is_answered_during_shutdown(serving: tuple[Program, str]) -> None:
    program, url = serving
    with opened(url) as slow:
        slow.sendall(request("/wait"))
        assert line(program) == "waiting"
        program.terminate()
        press_enter(program)
        assert answer(slow)[2] == "GET /wait 0"
    assert ended(program)[0] == 0


def test_endless_request_does_not_block_shutdown(serving: tuple[Program, str]) -> None:
    program, url = serving
    with opened(url) as slow:
        slow.sendall(request("/wait"))
        assert line(program) == "waiting"
        program.terminate()
        code = program.wait(programs.PATIENCE)
        assert program.stderr is not None
        assert (code, program.stderr.read()) == (0, "a request was still running after 1.0 s; it is cut off\n")


def test_idle_connection_does_not_block_shutdown(serving: tuple[Program, str]) -> None:
    program, url = serving
    with opened(url) as kept:
        kept.sendall(request("/"))
        answer(kept)
        program.terminate()
        assert ended(program)[0] == 0


def test_taken_port_is_refused(url: str) -> None:
    port = url.rpartition(":")[2]
    with programs.started("-m", "tests.server.served", port) as second:
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
def test_app_sees_the_request_as_sent(url: str, raw: bytes, seen: str) -> None:
    status, _, body = send(url, raw)
    assert (status, body) == (200, seen)


UNREADABLE = [
    pytest.param(request("/?" + 100_000 * "a"), {414}, id="100 kB of query"),
    pytest.param(request(b"/\0\xff"), {200, 400}, id="a raw NUL"),
]


@pytest.mark.parametrize(("raw", "statuses"), UNREADABLE)
def test_malformed_request_gets_its_status(url: str, raw: bytes, statuses: set[int]) -> None:
    assert send(url, raw)[0] in statuses
    assert send(url, request("/next"))[0] == 200


def test_unread_large_body_still_gets_an_answer(url: str) -> None:
    size = 10_000_000
    raw = request("/", headers=f"Content-Length: {size}\r\n") + bytes(size)
    assert send(url, raw)[2] == "GET / 0"


def test_error_of_the_app_shows_no_details(url: str) -> None:
    status, _, body = send(url, request("/broken"))
    assert status == 500
    assert "secret" not in body
    assert "Traceback" not in body
