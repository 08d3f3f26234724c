"""Clients that wait for `100 Continue`: a request that is refused whatever its body is gets its refusal at once."""

import json
import socket
import threading
from base64 import b64encode
from collections.abc import Iterable, Iterator
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest

from mockserver import server
from mockserver.app import create_app
from mockserver.gateway import socket_features
from mockserver.server import connection as connections
from mockserver.settings import Settings
from tests.contract.watch import Watch
from tests.server import programs, served
from tests.server.programs import opened, request, send

CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
TOKEN = "an-admin-token"
COSTS = "/analytics/v0/cost-analytics"
QUESTION = json.dumps({"start_date": "2025-10-01", "end_date": "2025-10-02"})
FORM = "grant_type=client_credentials"


@pytest.fixture(scope="module")
def serving() -> Iterator[str]:
    """The URL of a server with an admin token."""
    with server.in_thread(create_app(Settings(limits="off", admin_token=TOKEN))) as running:
        yield running.url


@pytest.fixture
def url(serving: str, watch: Watch) -> Iterator[str]:
    """The same, with an empty journal; answers to odd requests need not be described."""
    control(serving, "POST", "/_mock/reset")
    yield serving
    watch.take()


def control(url: str, method: str, path: str) -> Any:
    """The answer of the control plane."""
    text = send(url, request(path, method, f"Authorization: Bearer {TOKEN}\r\n"))[2]
    return json.loads(text)


def head(method: str, path: str, authorization: str, length: int = 10, more: str = "") -> bytes:
    """The head of a request whose body comes only after a 100."""
    credential = f"Authorization: {authorization}\r\n" if authorization else ""
    return request(path, method, f"{credential}{more}Expect: 100-continue\r\nContent-Length: {length}\r\n")


def basic(secret: str) -> str:
    """The Authorization header of a client."""
    return "Basic " + b64encode(f"mock-jetbrains-console-acme:{secret}".encode()).decode()


AUGMENT = "Bearer mock-augment-acme"
ADMIN = f"Bearer {TOKEN}"
REFUSED: dict[str, tuple[bytes, int]] = {
    "no token": (head("POST", COSTS, ""), 401),
    "an unknown token": (head("POST", COSTS, "Bearer unknown"), 401),
    "a token that may not read": (head("POST", COSTS, f"{AUGMENT}-forbidden"), 403),
    "a token that may not write": (head("POST", "/analytics/v0/set-user-budget-overrides", f"{AUGMENT}-readonly"), 403),
    "an unknown path": (head("POST", "/analytics/v0/nowhere", AUGMENT), 404),
    "a wrong method": (head("POST", "/analytics/v0/dau", AUGMENT), 405),
    "a declared length beyond the vendor's maximum": (head("POST", COSTS, AUGMENT, 70_000), 400),
    "a declared length beyond the server's": (head("POST", COSTS, AUGMENT, socket_features.READ_MAXIMUM + 1), 413),
    "a foreign page": (head("POST", COSTS, AUGMENT, more="Origin: https://evil.example\r\n"), 403),
    "a wrong method of another vendor": (head("POST", "/api/v1/license", "Bearer mock-tabnine-acme"), 405),
    "an unknown path of a third": (head("PUT", "/api/analytics/ai/x", "Bearer mock-jetbrains-ide-acme"), 404),
    "a client with a wrong secret": (head("POST", "/api/rest/oauth2/token", basic("wrong")), 401),
    "a wrong method at the token endpoint": (head("PUT", "/api/rest/oauth2/token", basic("mock-secret")), 405),
    "no admin token": (head("PUT", "/_mock/faults", ""), 401),
    "an unknown resource": (head("PUT", "/_mock/fault", ADMIN), 404),
    "a wrong method of a resource": (head("PATCH", "/_mock/faults", ADMIN), 405),
    "an unknown sandbox": (head("PUT", "/_mock/sandboxes/none/faults", ADMIN), 404),
    "a declared length beyond the control plane's": (head("PUT", "/_mock/faults", ADMIN, 70_000), 413),
    "a path of nobody": (head("POST", "/nowhere", ADMIN), 404),
    "a foreign page at the control plane": (
        head("PUT", "/_mock/faults", ADMIN, more="Origin: https://evil.example\r\n"),
        403,
    ),
}


@pytest.mark.parametrize(("raw", "status"), REFUSED.values(), ids=REFUSED)
def test_refusal_that_needs_no_body_comes_without_a_100(url: str, raw: bytes, status: int) -> None:
    with opened(url) as connection:
        connection.sendall(raw)
        data = programs.received(connection)
    assert data.startswith(f"HTTP/1.1 {status} ".encode())
    assert b"\r\nconnection: close\r\n" in data.lower()
    assert data.count(b"HTTP/1.1") == 1
    entries = control(url, "GET", "/_mock/requests")["requests"]
    assert [(entry["status"], entry["outcome"]) for entry in entries] in ([], [(status, "answered")])


def test_refusal_of_a_known_token_is_journaled_once_and_without_a_body(url: str) -> None:
    with opened(url) as connection:
        connection.sendall(head("POST", "/analytics/v0/dau", AUGMENT))
        programs.received(connection)
    (entry,) = control(url, "GET", "/_mock/requests")["requests"]
    assert (entry["status"], entry["refusal"], entry.get("body_digest")) == (405, "method_not_allowed", None)


ACCEPTED: dict[str, tuple[bytes, str, int]] = {
    "a report": (head("POST", COSTS, AUGMENT, len(QUESTION), "Content-Type: application/json\r\n"), QUESTION, 200),
    "a wrong body": (head("POST", COSTS, AUGMENT, 4, "Content-Type: application/json\r\n"), "null", 400),
    "a token": (
        head(
            *("POST", "/api/rest/oauth2/token", basic("mock-secret"), len(FORM)),
            "Content-Type: application/x-www-form-urlencoded\r\n",
        ),
        FORM,
        200,
    ),
    "credentials in the body": (head("POST", "/api/rest/oauth2/token", "", 4), "null", 401),
    "a body that no one reads": (head("GET", "/analytics/v0/dau", AUGMENT, 4), "null", 200),
    "a resource": (head("PUT", "/_mock/faults", ADMIN, 2, "Content-Type: application/json\r\n"), "{}", 200),
}


@pytest.mark.parametrize(("raw", "body", "status"), ACCEPTED.values(), ids=ACCEPTED)
def test_request_whose_body_counts_gets_a_100_and_its_answer(url: str, raw: bytes, body: str, status: int) -> None:
    with opened(url) as connection:
        connection.sendall(raw)
        assert _exactly(connection, len(CONTINUE)) == CONTINUE
        connection.sendall(body.encode())
        assert programs.answer(connection)[0] == status
        connection.sendall(request("/_mock/health"))
        assert programs.answer(connection)[0] == 200
    entries = control(url, "GET", "/_mock/requests")["requests"]
    assert [entry["status"] for entry in entries] in ([], [status])


def _exactly(connection: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size and (piece := connection.recv(size - len(data))):
        data += piece
    return data


def test_refused_request_spends_what_any_refused_request_spends(url: str) -> None:
    limit = json.dumps({"augment": {"per_minute": 1, "burst": 5}})
    kind = f"Authorization: {ADMIN}\r\nContent-Type: application/json\r\nContent-Length: {len(limit)}\r\n"
    assert send(url, request("/_mock/limits", "PUT", kind) + limit.encode())[0] == 200
    for raw, left in ((head("POST", COSTS, "Bearer unknown"), None), (head("POST", "/analytics/v0/dau", AUGMENT), 4)):
        send(url, raw)
        buckets = control(url, "GET", "/_mock/limits")["augment"]["buckets"]
        assert [bucket["remaining"] for bucket in buckets] == ([] if left is None else [left])


def test_client_that_does_not_wait_after_all_is_answered(url: str) -> None:
    """Its body is there before the server could tell it to send it, or that it need not."""
    for raw, status in ((ACCEPTED["a report"][0], 200), (REFUSED["a wrong method"][0], 405)):
        with opened(url) as connection:
            connection.sendall(raw + QUESTION.encode())
            data = connection.recv(65536).removeprefix(CONTINUE)
            while b"\r\n" not in data:
                data += connection.recv(65536)
            assert data.startswith(f"HTTP/1.1 {status} ".encode())


def test_refusal_is_read_although_the_body_is_sent_anyway(url: str) -> None:
    with opened(url) as connection:
        connection.sendall(head("POST", COSTS, "Bearer unknown", 60_000))
        status, text, _ = programs.answer(connection)
        assert (status, "connection: close" in text) == (401, True)
        connection.sendall(b"x" * 60_000)
        assert connection.recv(1) == b""


def test_app_that_cannot_say_gets_the_body(caplog: pytest.LogCaptureFixture) -> None:
    def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        return served.app(environ, start_response)

    def fail(_: WSGIEnvironment) -> bool:
        raise RuntimeError("not foreseen")

    app.needs_body = fail  # type: ignore[attr-defined]
    with server.in_thread(app) as running, opened(running.url) as connection:
        connection.sendall(request("/echo", "POST", "Expect: 100-continue\r\nContent-Length: 4\r\n"))
        assert _exactly(connection, len(CONTINUE)) == CONTINUE
        connection.sendall(b"body")
        assert programs.answer(connection)[0] == 200
    assert caplog.messages == ["it cannot be found out whether a body is needed"]


def test_app_that_needs_no_body_is_called_with_its_declared_length_and_without_it() -> None:
    seen: list[Any] = []

    def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        seen.append((environ["CONTENT_LENGTH"], environ["wsgi.input"].read()))
        return served.app(environ, start_response)

    def needs_body(environ: WSGIEnvironment) -> bool:
        seen.append((environ["CONTENT_LENGTH"], environ["PATH_INFO"], environ["wsgi.input"].read()))
        return False

    app.needs_body = needs_body  # type: ignore[attr-defined]
    with server.in_thread(app) as running, opened(running.url) as connection:
        connection.sendall(request("/a", "POST", "Expect: 100-continue\r\nContent-Length: 4\r\n"))
        assert b"200 OK" in programs.received(connection)
    assert seen == [("4", "/a", b""), ("4", b"")]


def test_client_that_leaves_before_it_is_told_anything_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    told = threading.Event()
    proceed = connections.Connection._continue  # noqa: SLF001 (what happens while a thread looks at the head)

    def late(self: connections.Connection, message: Any, is_needed: bool) -> None:  # noqa: FBT001 (as it is called)
        if not self.is_gone:
            self._server.loop.call_later(0.005, late, self, message, is_needed)
            return
        proceed(self, message, is_needed)
        told.set()

    monkeypatch.setattr(connections.Connection, "_continue", late)
    with server.in_thread(served.app) as running:
        with opened(running.url) as connection:
            connection.sendall(request("/echo", "POST", "Expect: 100-continue\r\nContent-Length: 4\r\n"))
            connection.shutdown(socket.SHUT_WR)
            assert programs.received(connection) == b""
        assert told.wait(programs.PATIENCE)
        assert send(running.url, request("/next"))[0] == 200
