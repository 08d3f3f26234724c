"""Faults on a real socket, byte by byte: what arrives, how it ends, and when."""

import json
import signal
from collections.abc import Iterator
from contextlib import ExitStack
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

import pytest

from mockserver import server
from mockserver.admin.responses import CHUNK_BYTES
from mockserver.app import create_app
from mockserver.settings import Settings
from tests.contract.watch import Watch
from tests.server import programs
from tests.server.programs import Program, line, opened, request, send

REQUEST = (
    b"GET /analytics/v0/dau-count HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer mock-augment-acme\r\n"
    b"X-Hop: 1\r\nConnection: close\r\n\r\n"
)


def serving() -> Any:
    """The product, served by the command."""
    flags = ("--port", "0", "--json", "--limits", "off", "--freeze", "--now", "2025-10-21T10:30:00Z")
    return programs.started("-m", "mockserver", "serve", *flags)


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """The URL of the server."""
    with serving() as program:
        yield json.loads(line(program))["url"]


def put(url: str, *effects: dict[str, Any]) -> tuple[int, Any]:
    """Arm these effects for every request, and no others."""
    address = urlsplit(url)
    connection = HTTPConnection(address.hostname or "", address.port, timeout=programs.PATIENCE)
    body = json.dumps({"rules": [{"effect": effect, "times": 1} for effect in effects]})
    connection.request("PUT", "/_mock/faults", body, {"Content-Type": "application/json"})
    answer = connection.getresponse()
    found = answer.status, json.loads(answer.read())
    connection.close()
    return found


def received(url: str, raw: bytes = REQUEST) -> tuple[dict[str, str], bytes, str]:
    """What a client receives on a new connection: the head by names, the body, and how it ends."""
    with opened(url) as connection:
        connection.sendall(raw)
        data = b""
        try:
            while piece := connection.recv(65536):
                data += piece
        except ConnectionResetError:
            return _head(data), data.partition(b"\r\n\r\n")[2], "reset"
        return _head(data), data.partition(b"\r\n\r\n")[2], "end"


def _head(data: bytes) -> dict[str, str]:
    first, *rest = data.partition(b"\r\n\r\n")[0].decode("latin-1").lower().split("\r\n")
    return {"status": first, **dict(each.split(": ", 1) for each in rest)}


def whole(url: str) -> bytes:
    """The body without a fault."""
    put(url)
    return received(url, REQUEST.replace(b"X-Hop: 1", b"Connection: close"))[1]


@pytest.mark.parametrize("count", [0, 1, 100])
def test_truncated_body_closes_the_connection(url: str, count: int) -> None:
    body = whole(url)
    assert put(url, {"truncate_bytes": count})[0] == 200
    head, body_received, end = received(url)
    assert (head["status"], head["content-length"]) == ("http/1.1 200 ok", str(len(body)))
    assert (body_received, end) == (body[:count], "end")
    assert whole(url) == body


def test_error_can_be_truncated(url: str) -> None:
    assert put(url, {"status": 503, "message": "m", "truncate_bytes": 9})[0] == 200
    head, body_received, end = received(url)
    assert (head["status"].split()[1], head["content-length"]) == ("503", "46")
    assert (body_received, end) == (b'{"error":', "end")


@pytest.mark.parametrize("count", [0, 10])
def test_stalled_body_pauses_and_continues(url: str, count: int) -> None:
    body = whole(url)
    assert put(url, {"stall_seconds": 0.1, "after_bytes": count})[0] == 200
    with opened(url) as connection:
        connection.sendall(REQUEST)
        data = b""
        while data.partition(b"\r\n\r\n")[2] != body[:count] or b"\r\n\r\n" not in data:
            data += connection.recv(1)
        connection.setblocking(False)  # noqa: FBT003 (the socket's own form)
        with pytest.raises(BlockingIOError):
            connection.recv(1)
        connection.settimeout(programs.PATIENCE)
        while len(data.partition(b"\r\n\r\n")[2]) < len(body):
            data += connection.recv(65536)
    assert data.partition(b"\r\n\r\n")[2] == body


def test_connection_is_reset_before_the_first_byte(url: str) -> None:
    for raw in (REQUEST, REQUEST.replace(b"GET", b"HEAD")):
        assert put(url, {"reset": True})[0] == 200
        assert received(url, raw) == ({"status": ""}, b"", "reset")
    assert len(whole(url)) > 100


def test_server_in_a_thread_supports_all_effects(watch: Watch) -> None:
    effects = ({"reset": True}, {"truncate_bytes": 5}, {"stall_seconds": 0.01, "after_bytes": 5})
    with server.in_thread(create_app(Settings(limits="off"))) as running:
        assert put(running.url, *effects)[0] == 200
        assert received(running.url)[2] == "reset"
        assert received(running.url)[1] == b'{"dai'
        assert len(received(running.url)[1]) > 100
    assert ["no JSON" in each for each in watch.take()] == [True]


def test_delayed_requests_hold_up_nobody_and_are_released_together(url: str) -> None:
    """Many more of them than there are threads; half of their clients leave."""
    put(url, *[{"delay_seconds": 3600}] * 300)
    with ExitStack() as stack:
        waiting = [stack.enter_context(opened(url)) for _ in range(300)]
        for each in waiting:
            each.sendall(REQUEST)
        _until_hit(url, 300)
        for each in waiting[:150]:
            each.close()
        assert send(url, request("/_mock/reset", "POST"))[0] == 200
        assert [each.recv(12) for each in waiting[150:]] == [b"HTTP/1.1 200"] * 150


def test_more_than_500_requests_cannot_wait(url: str) -> None:
    put(url, *[{"delay_seconds": 3600}] * 510)
    with ExitStack() as stack:
        waiting = [stack.enter_context(opened(url)) for _ in range(510)]
        for each in waiting:
            each.sendall(REQUEST)
        _until_hit(url, 510)
        assert send(url, request("/_mock/reset", "POST"))[0] == 200
        statuses = [each.recv(12) for each in waiting]
    assert (statuses.count(b"HTTP/1.1 500"), statuses.count(b"HTTP/1.1 200")) == (10, 500)


def test_delayed_request_does_not_block_shutdown() -> None:
    with serving() as program:
        url = json.loads(line(program))["url"]
        put(url, {"delay_seconds": 3600}, {"stall_seconds": 3600, "after_bytes": 1})
        with opened(url) as delayed, opened(url) as stalled:
            delayed.sendall(REQUEST)
            _until_hit(url, 1)
            stalled.sendall(REQUEST)
            assert stalled.recv(1) == b"H"
            _stopped(program)


def _until_hit(url: str, rule: int) -> None:
    address = urlsplit(url)
    for _ in range(1000):
        connection = HTTPConnection(address.hostname or "", address.port, timeout=programs.PATIENCE)
        connection.request("GET", "/_mock/faults")
        rules = json.loads(connection.getresponse().read())["rules"]
        connection.close()
        if rules[rule - 1]["hits"]:
            return
    raise AssertionError("no request met the fault")


def _stopped(program: Program) -> None:
    program.send_signal(signal.SIGTERM)
    assert program.wait(programs.PATIENCE) == 0


def test_thread_server_closes_beside_a_delayed_request() -> None:
    app = create_app(Settings(limits="off"))
    with server.in_thread(app) as running:
        put(running.url, {"delay_seconds": 3600})
        with opened(running.url) as waiting:
            waiting.sendall(REQUEST)
            _until_hit(running.url, 1)
            running.close()
            app.test_client().post("/_mock/reset", headers={"Host": "localhost"})
            assert waiting.recv(12) == b"HTTP/1.1 200"


def requests(url: str) -> list[dict[str, Any]]:
    """The journal."""
    found: list[dict[str, Any]] = json.loads(send(url, request("/_mock/requests"))[2])["requests"]
    return found


def test_delayed_request_is_in_the_journal_at_once_and_not_after_it_was_emptied(url: str) -> None:
    assert send(url, request("/_mock/reset", "POST"))[0] == 200
    put(url, {"delay_seconds": 3600})
    with opened(url) as waiting:
        waiting.sendall(REQUEST)
        _until_hit(url, 1)
        (entry,) = requests(url)
        assert (entry["operation"], entry["status"], entry["outcome"]) == ("getDauCount", None, "in_progress")
        assert send(url, request("/_mock/requests", "DELETE"))[0] == 204
        put(url)
        assert waiting.recv(12) == b"HTTP/1.1 200"
    assert requests(url) == []


def test_client_that_left_during_a_delay_has_abandoned_its_request(url: str) -> None:
    assert send(url, request("/_mock/reset", "POST"))[0] == 200
    put(url, {"delay_seconds": 3600})
    with opened(url) as leaving:
        leaving.sendall(REQUEST)
        _until_hit(url, 1)
    entries = (requests(url)[0] for _ in range(1000))
    entry = next(each for each in entries if each["outcome"] != "in_progress")
    assert (entry["outcome"], entry["status"], entry["fault"]) == ("abandoned", None, "fault-1")


def test_large_journal_arrives_whole(url: str) -> None:
    assert send(url, request("/_mock/reset", "POST"))[0] == 200
    with opened(url) as connection:
        for number in range(300):
            target = f"/analytics/v0/dau?page_size={number}"
            connection.sendall(request(target, headers="Authorization: Bearer mock-augment-acme\r\n"))
            programs.answer(connection)
    address = urlsplit(url)
    client = HTTPConnection(address.hostname or "", address.port, timeout=programs.PATIENCE)
    client.request("GET", "/_mock/requests")
    answer = client.getresponse()
    body = answer.read()
    client.close()
    assert (answer.getheader("Transfer-Encoding"), len(body) > CHUNK_BYTES) == ("chunked", True)
    assert [each["id"] for each in json.loads(body)["requests"]] == list(range(1, 301))
