"""`mockserver serve --workers`: several processes on one port, which start, stop and are replaced together."""

import json
import signal
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from urllib.request import Request, urlopen

import psutil
import pytest

from mockserver.server import processes
from tests.cli.conftest import Run
from tests.server import programs
from tests.server.programs import Program, ended, line, opened, request, send

pytestmark = [
    pytest.mark.in_process("the commands run in processes of their own"),
    pytest.mark.linux("several workers need Linux"),
]


@contextmanager
def started(store: str, *flags: str) -> Iterator[Program]:
    """A server with two processes."""
    command = ("-m", "mockserver", "serve", "--port", "0", "--workers", "2", "--store", store, *flags)
    with programs.started(*command) as program:
        yield program


@pytest.fixture
def serving(store: str) -> Iterator[tuple[Program, str]]:
    """A server that is ready, and its URL."""
    with started(store, "--json") as program:
        ready = json.loads(line(program))
        assert ready["pid"] == program.pid
        yield program, ready["url"]


def workers(program: Program) -> list[psutil.Process]:
    """The processes of a server."""
    return psutil.Process(program.pid).children()


def until(is_so: Callable[[], bool]) -> None:
    """Wait for something that takes a moment."""
    deadline = time.monotonic() + programs.PATIENCE
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_workers_share_a_port_and_everything_that_changes(serving: tuple[Program, str]) -> None:
    program, url = serving
    body = json.dumps({"now": "2026-01-01T00:00:00Z", "frozen": True}).encode()
    urlopen(Request(f"{url}/_mock/clock", body, {"Content-Type": "application/json"}, method="PUT")).close()
    with ExitStack() as stack:
        connections = [stack.enter_context(opened(url)) for _ in range(64)]
        for each in connections:
            each.sendall(request("/_mock/clock"))
            assert json.loads(programs.answer(each)[2])["now"] == "2026-01-01T00:00:00Z"
        held = [sum(each.status == "ESTABLISHED" for each in one.net_connections("tcp")) for one in workers(program)]
    assert len(held) == 2
    assert min(held) > 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signal_stops_every_worker(serving: tuple[Program, str], number: signal.Signals) -> None:
    program, _ = serving
    children = workers(program)
    program.send_signal(number)
    assert ended(program)[0] == 0
    assert not any(each.is_running() for each in children)


def test_signal_to_every_process_at_once_leaves_no_warning(serving: tuple[Program, str]) -> None:
    """As Ctrl-C in a terminal does."""
    program, _ = serving
    for each in workers(program):
        each.send_signal(signal.SIGINT)
    program.send_signal(signal.SIGINT)
    code, _, err = ended(program)
    assert (code, [each for each in err.splitlines() if '"level": "info"' not in each]) == (0, [])


def test_worker_that_dies_is_replaced_and_the_log_says_so(serving: tuple[Program, str]) -> None:
    program, url = serving
    first, other = workers(program)
    first.kill()
    until(lambda: len({*workers(program)} - {first}) == 2)
    assert send(url, request("/_mock/health"))[0] == 200
    assert other in workers(program)
    program.terminate()
    code, _, err = ended(program)
    assert code == 0
    assert "a worker ended with code -9; another one starts in 0.1 s" in err


def test_no_worker_is_left_when_the_first_process_is_killed(serving: tuple[Program, str]) -> None:
    program, _ = serving
    children = workers(program)
    program.kill()
    assert psutil.wait_procs(children, timeout=programs.PATIENCE)[1] == []


def test_people_are_told_once_where_the_server_is_and_what_it_has(store: str) -> None:
    with started(store) as program:
        first = line(program)
        banner = [line(program) for _ in range(5)]
        program.terminate()
        assert ended(program)[:2] == (0, "")
    assert first.startswith("Serving at http://127.0.0.1:")
    assert [each.split()[0] for each in banner] == ["organization", "clock", "token", "all", "try"]


def test_requests_of_every_worker_are_in_the_log(serving: tuple[Program, str]) -> None:
    program, url = serving
    for number in range(20):
        send(url, request(f"/_mock/health?number={number}"))
    program.terminate()
    shown = [json.loads(each) for each in ended(program)[2].splitlines()]
    assert {each["query"] for each in shown if "query" in each} == {f"number={number}" for number in range(20)}


def test_store_that_refuses_the_workers_is_reported_once(serving: tuple[Program, str], store: str) -> None:
    assert serving
    with started(store, "--limits", "off") as program:
        code, out, err = ended(program)
    assert (code, out) == (1, "")
    assert err.count("was begun by a server that was started otherwise") == 1
    assert err.count("Start this server in the same way") == 1


def test_store_is_emptied_once_before_the_workers_start(serving: tuple[Program, str], store: str) -> None:
    assert serving
    with started(store, "--limits", "off", "--json", "--reset-store") as program:
        url = json.loads(line(program))["url"]
        assert [each["id"] for each in json.loads(send(url, request("/_mock/sandboxes"))[2])["sandboxes"]] == [
            "default"
        ]


@pytest.mark.parametrize("shares", [False, True])
def test_port_of_another_program_is_taken(store: str, *, shares: bool) -> None:
    with socket.create_server(("127.0.0.1", 0), reuse_port=shares) as other:
        port = str(other.getsockname()[1])
        with started(store, "--port", port) as program:
            code, out, err = ended(program)
    assert (code, out) == (3, "")
    assert err.startswith(f"Error: port {port} on 127.0.0.1 is taken by another program")


def test_workers_stop_when_nobody_can_read_where_they_are(store: str) -> None:
    with started(store, "--json") as program:
        assert program.stdout is not None
        program.stdout.close()
        assert program.wait(programs.PATIENCE) == 1
        assert program.stderr is not None
        assert "Error: standard output cannot be written: Broken pipe" in program.stderr.read()


def test_workers_stop_with_the_parent_of_the_server(store: str) -> None:
    with started(store, "--json", "--until-eof") as program:
        line(program)
        children = workers(program)
        assert program.stdin is not None
        program.stdin.close()
        assert program.wait(programs.PATIENCE) == 0
    assert not any(each.is_running() for each in children)


@pytest.mark.parametrize(
    ("code", "exit_code", "err"),
    [(2, 2, ""), (-9, 1, "Error: a worker ended with code -9 before it was ready\n")],
)
def test_exit_code_is_that_of_a_worker_that_cannot_start(
    run: Run, store: str, monkeypatch: pytest.MonkeyPatch, code: int, exit_code: int, err: str
) -> None:
    """Who ended with a code has printed why; a signal leaves no word."""

    def serve(*_: object) -> None:
        raise processes.WorkersFailed(code)

    monkeypatch.setattr(processes, "serve", serve)
    result = run("serve", "--port", "0", "--workers", "2", "--store", store)
    assert (result.exit_code, result.stdout, result.stderr) == (exit_code, "", err)
