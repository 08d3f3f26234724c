"""`mockserver compare` beside a live API that is none, refuses, is slow, or sends too much: each has a clear end."""

import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from analytics_mockserver.client import http
from mockserver.cli.compare import runs
from mockserver.client import Response
from mockserver.comparison import interview, pace
from tests.cli.conftest import Run, write

CANARY = "c4n4ry"
TOKENS = {"jetbrains-console": "an-id:a-secret"}
VENDORS = ("augment", "tabnine", "jetbrains-ide", "jetbrains-console")


pytestmark = pytest.mark.usefixtures("few_unseen")


@pytest.fixture(autouse=True)
def _folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An empty folder, and no pauses."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(pace, "pause", lambda _: None)


def answering(monkeypatch: pytest.MonkeyPatch, answer: Callable[[int], Response]) -> list[str]:
    """The targets that are requested of an API which gives each request its answer, by its number."""
    targets: list[str] = []

    class Live:
        """A live API."""

        def __call__(self, _: str, target: str, __: Mapping[str, str], ___: bytes) -> Response:
            targets.append(target)
            return answer(len(targets))

        def close(self) -> None:
            """Do nothing."""

    monkeypatch.setattr(runs, "HttpTransport", lambda *_: Live())
    return targets


def compared(run: Run, vendor: str, url: str = "http://live.example", *more: str) -> tuple[int, str]:
    """The exit code of a comparison, and what it printed on stderr; nothing of an answer is in either stream."""
    flags = ("--live", url, "--token-env", "TOKEN", "--yes", "--timeout", "10", *more)
    result = run("compare", vendor, *flags, TOKEN=TOKENS.get(vendor, "a-token"))
    assert CANARY not in result.output
    assert result.stdout == ""
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result.exit_code, result.stderr


PAGE = f"<html>{CANARY}</html>".encode()
ENDS: dict[str, tuple[Response, str]] = {
    "401": (Response(401, {}, PAGE), "the service answered 401: the credential may not read it"),
    "403": (Response(403, {}, b'{"c4n4ry": "c4n4ry"}'), "the service answered 403: the credential may not read it"),
    "404": (Response(404, {}, PAGE), "the service answered 404, and none of its answers has what this API has"),
    "a page": (Response(200, {}, PAGE), "the service answered 200, and none of its answers has what this API has"),
    "a redirect": (Response(307, {"location": f"https://{CANARY}.example"}, b""), "is the URL right, with its prefix?"),
    "500": (Response(500, {}, PAGE), "the service answered 500"),
    "429": (Response(429, {"retry-after": "3600"}, PAGE), "answered 429, and Retry-After is too long to wait for"),
}


@pytest.mark.parametrize(("answer", "message"), ENDS.values(), ids=ENDS)
@pytest.mark.parametrize("vendor", VENDORS)
def test_api_that_gives_nothing_ends_the_command_early(
    run: Run, monkeypatch: pytest.MonkeyPatch, vendor: str, answer: Response, message: str
) -> None:
    targets = answering(monkeypatch, lambda _: answer)
    code, text = compared(run, vendor)
    assert (code, message in text) == (2, True), text
    assert len(targets) <= 3
    assert ("goes on where this one ended" in text) is (answer.status == 429)
    assert [*Path().iterdir()] == []


def test_answers_of_a_wrong_url_are_not_kept_for_the_next_run(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    answering(monkeypatch, lambda _: Response(404, {}, b""))
    assert compared(run, "tabnine", "http://live.example/wrong", "--state", "state.json")[0] == 2
    assert not Path("state.json").exists()


@contextmanager
def server(*parts: bytes, is_slow: bool = False) -> Iterator[str]:
    """A server that answers every connection with some bytes, again and again if it is slow; gives its URL."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        ended = threading.Event()

        def serve() -> None:
            while not ended.is_set():
                try:
                    connection, _ = listening.accept()
                except OSError:
                    return
                with connection:
                    connection.recv(65536)
                    send(connection)

        def send(connection: socket.socket) -> None:
            try:
                for part in parts:
                    connection.sendall(part)
                while is_slow and not ended.wait(0.1):
                    connection.sendall(b" ")
            except OSError:
                return

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            ended.set()
            listening.shutdown(socket.SHUT_RDWR)
            thread.join()


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


@pytest.mark.linux
def test_answer_that_is_too_large_is_not_read(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(interview, "ANSWER_MAXIMUM", 1024**2)
    with server(HEAD + b"Content-Length: 52428800\r\n\r\n", *([b"1" * 1024**2] * 50)) as url:
        code, text = compared(run, "tabnine", url)
    assert (code, "getOrganization: the answer has more than 1 MiB, or comes too slowly" in text) == (2, True), text


@pytest.mark.linux
def test_answer_that_never_ends_is_given_up(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "_SLOWEST", 0.1)
    with server(HEAD + b"\r\n", is_slow=True) as url:
        code, text = compared(run, "tabnine", url)
    assert (code, "comes too slowly, and is not read" in text) == (2, True), text


@pytest.mark.linux
@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ((HEAD + b"Content-Length: 9\r\n\r\n12",), "the service gave no whole answer (IncompleteRead)"),
        ((b"c4n4ry\r\n\r\n",), "the service gave no whole answer (BadStatusLine)"),
        ((), "the connection ended early"),
    ],
)
def test_answer_that_is_not_whole_is_no_answer(run: Run, parts: tuple[bytes, ...], message: str) -> None:
    with server(*parts) as url:
        code, text = compared(run, "tabnine", url)
    assert (code, message in text) == (2, True), text


def test_host_that_is_silent_or_absent_is_named(run: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        url = f"127.0.0.1:{listening.getsockname()[1]}"
        silent = compared(run, "tabnine", f"http://{url}", "--timeout", "0.3")
    assert (silent[0], "it sent nothing within the timeout" in silent[1]) == (2, True), silent
    refused = compared(run, "tabnine", f"http://{url}")
    assert (refused[0], "nothing listens at that host and port" in refused[1]) == (2, True), refused


@pytest.mark.linux
def test_server_without_tls_cannot_be_trusted(run: Run) -> None:
    with server(b"HTTP/1.1 400 Bad Request\r\n\r\n") as url:
        code, text = compared(run, "tabnine", url.replace("http:", "https:"))
    assert (code, "the TLS connection cannot be trusted or made" in text) == (2, True), text


def test_state_that_cannot_be_written_ends_the_command(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    answering(monkeypatch, lambda _: Response(200, {}, b"{}"))
    write(Path("a.json.part") / "b", "")
    code, text = compared(run, "tabnine", "http://live.example", "--state", "a.json")
    assert (code, "a.json: cannot be written" in text) == (2, True), text
