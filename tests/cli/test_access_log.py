"""Tests of the access log: a line for each request, without credentials, that never delays one."""

import io
import json
import logging
import signal
import socket
from base64 import b64encode
from collections import Counter
from collections.abc import Callable
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from flask import Flask
from werkzeug.test import EnvironBuilder

from mockserver import server
from mockserver.app import create_app
from mockserver.cli import access_log, logs
from mockserver.cli.log_writer import LogWriter
from mockserver.gateway.fastpath import FastPath
from mockserver.gateway.faults import FaultEffect, FaultRule
from mockserver.gateway.store.shared_fastpath import SharedFastPath
from mockserver.settings import Settings
from tests.cli.test_logs import Terminal
from tests.contract.watch import Watch
from tests.server import programs
from tests.server.programs import ended, line, request, send

pytestmark = [
    pytest.mark.in_process("the log is that of this process"),
    pytest.mark.usefixtures("restored_root_logger"),
]

DAU = "/analytics/v0/dau"
OURS = {"Authorization": "Bearer mock-augment-acme"}


Log = Callable[[], list[str]]


def logging_app(stream: io.StringIO, level: str = "info", **changes: Any) -> tuple[Flask, Log]:
    """An app with an access log, and the function that returns the lines of the log so far."""
    logs.configure(level, stream)
    app = create_app(Settings(limits="off", **changes))
    access_log.install(app)

    def lines() -> list[str]:
        logging.root.handlers[0].flush()
        return stream.getvalue().splitlines()

    return app, lines


@pytest.fixture
def logged() -> tuple[Flask, Log]:
    """An app whose log is JSON."""
    return logging_app(io.StringIO())


def test_line_of_a_vendor_request_has_its_fields(logged: tuple[Flask, Log]) -> None:
    app, lines = logged
    app.test_client().get(f"{DAU}?page_size=5", headers=OURS)
    (entry,) = map(json.loads, lines())
    assert entry.pop("at").endswith("+00:00")
    milliseconds = entry.pop("duration_ms")
    assert entry == {
        "level": "info",
        "logger": "mockserver.access",
        "message": f"GET {DAU}?page_size=5 200 {milliseconds} ms default",
        "method": "GET",
        "path": DAU,
        "query": "page_size=5",
        "status": 200,
        "sandbox": "default",
        "fault": None,
    }


def test_every_request_has_a_line(logged: tuple[Flask, Log]) -> None:
    app, lines = logged
    client = app.test_client()
    for path in ("/_mock/health", "/_mock/nowhere", "/favicon.ico", "/", f"{DAU}/x", DAU):
        client.get(path, headers={"Host": "localhost"})
    client.delete("/_mock/requests", headers={"Host": "localhost"})
    entries = [json.loads(each) for each in lines()]
    assert [(each["method"], each["path"], each["status"], each["sandbox"]) for each in entries] == [
        ("GET", "/_mock/health", 200, None),
        ("GET", "/_mock/nowhere", 404, None),
        ("GET", "/favicon.ico", 404, None),
        ("GET", "/", 200, None),
        ("GET", f"{DAU}/x", 401, "default"),
        ("GET", DAU, 401, "default"),
        ("DELETE", "/_mock/requests", 204, None),
    ]


def test_method_that_is_none_is_shown_without_credentials(logged: tuple[Flask, Log]) -> None:
    app, lines = logged
    for method in ("BREW", "MOCK-AUGMENT-ACME"):
        app.test_client().open(DAU, method=method, headers=OURS)
    brew, token = (json.loads(each) for each in lines())
    assert (brew["method"], "ACME" in token["method"]) == ("BREW", False)


def test_line_has_the_letters_of_the_path(logged: tuple[Flask, Log]) -> None:
    app, lines = logged
    app.test_client().get("/analytics/v0/größe/%FF")
    (only,) = lines()
    assert json.loads(only)["path"] == "/analytics/v0/größe/\ufffd"


def test_answer_at_hand_is_in_the_log_too(logged: tuple[Flask, Log]) -> None:
    app, lines = logged
    with server.in_thread(app) as running:
        asked = request(DAU, headers="Authorization: Bearer mock-augment-acme\r\n")
        assert [send(running.url, asked)[0] for _ in range(3)] == [200, 200, 200]
    assert [(each["path"], each["status"]) for each in map(json.loads, lines())] == [(DAU, 200)] * 3


def test_answers_that_are_given_together_have_a_line_each(logged: tuple[Flask, Log]) -> None:
    app, lines = logged
    headers = {"Host": "localhost", **OURS}
    first, second = (
        EnvironBuilder(DAU, query_string=each, headers=list(headers.items())).get_environ()
        for each in ("", "page_size=5")
    )
    for environ in (first, second):
        app.test_client().get(environ["PATH_INFO"], query_string=environ["QUERY_STRING"], headers=headers)
    layer = app.wsgi_app
    assert isinstance(layer, access_log.AccessLog)
    assert None not in layer.answers([first, second, second, first])
    assert [json.loads(each)["query"] for each in lines()[2:]] == ["", "page_size=5", "page_size=5", ""]


def test_answers_of_the_same_millisecond_have_a_line_each(
    logged: tuple[Flask, Log], monkeypatch: pytest.MonkeyPatch
) -> None:
    app, lines = logged
    monkeypatch.setattr(access_log, "_now", lambda: 1_760_000_000_000)
    with server.in_thread(app) as running:
        asked = request(DAU, headers="Authorization: Bearer mock-augment-acme\r\n")
        assert [send(running.url, asked)[0] for _ in range(4)] == [200, 200, 200, 200]
    assert [json.loads(each)["at"] for each in lines()] == ["2025-10-09T08:53:20.000+00:00"] * 4


def test_log_of_another_program_is_left_alone() -> None:
    logging.root.addHandler(logging.NullHandler())
    logging.root.setLevel(logging.INFO)
    app = create_app(Settings())
    access_log.install(app)
    assert isinstance(app.wsgi_app, FastPath)


def test_log_without_lines_is_flushed_at_once() -> None:
    stream = io.StringIO()
    LogWriter(stream).flush()
    assert stream.getvalue() == ""


def test_line_names_the_fault_and_a_client_that_left(watch: Watch) -> None:
    app, lines = logging_app(io.StringIO())
    sandbox = app.extensions["mockserver.gateway"].default
    sandbox.faults.add(FaultRule(FaultEffect(status=503)))
    app.test_client().get(DAU, headers=OURS)
    assert len(watch.take()) == 1
    (record,) = sandbox.journal.records()
    record.abandon()
    (entry,) = map(json.loads, lines())
    assert (entry["status"], entry["fault"], entry["outcome"]) == (503, "fault-1", "abandoned")
    assert entry["message"].endswith(" ms default fault-1 abandoned")


def test_terminal_gets_one_printable_line_for_each_request() -> None:
    app, lines = logging_app(Terminal())
    app.test_client().get("/analytics/v0/a%0A10:30:00%20ERROR%1B[2J%C3%A9", headers=OURS)
    (text,) = lines()
    assert text[8:].startswith(r" INFO    GET /analytics/v0/a\n10:30:00 ERROR\x1b[2J\xe9 404 ")
    assert text.endswith(" ms default")


@pytest.mark.parametrize("level", ["warning", "WARNING"])
def test_level_warning_logs_no_requests(level: str) -> None:
    app, lines = logging_app(io.StringIO(), level)
    assert app.test_client().get(DAU, headers=OURS).status_code == 200
    assert lines() == []


CREDENTIAL = "the-admin-of-this-server"
FORMS = {
    "as it is": CREDENTIAL,
    "in upper case": CREDENTIAL.upper(),
    "in base64": b64encode(CREDENTIAL.encode()).decode(),
    "a token": "mock-augment-acme",
}


PATHS = ("/_mock/sandboxes/{}", "/analytics/v0/{}", "/x?a={}", f"{DAU}?a=1;b={{}}", f"/{{}}/{'x' * 3000}")


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
@pytest.mark.parametrize(
    "path", ["/_mock/sandboxes/{}", "/analytics/v0/{}", "/x?a={}", f"{DAU}?a=1;b={{}}", "/{}/" + "x" * 3000]
)
def test_line_contains_no_credential(form: str, path: str) -> None:
    app, lines = logging_app(io.StringIO(), "debug", admin_token=CREDENTIAL)
    app.test_client().get(path.format(form), headers={"Authorization": f"Bearer {CREDENTIAL}"})
    (text,) = lines()
    assert form not in text
    assert "[redacted]" in text
    assert len(text) < 6000


def test_message_contains_no_credential_that_its_path_and_its_query_make_together() -> None:
    app, lines = logging_app(io.StringIO(), admin_token="the-path?the-query")
    app.test_client().get("/analytics/v0/the-path?the-query", headers=OURS)
    (text,) = lines()
    assert "the-path?the-query" not in text
    assert "[redacted]" in json.loads(text)["message"]


def test_messages_and_tracebacks_contain_no_credential() -> None:
    _, lines = logging_app(io.StringIO(), "debug", admin_token=CREDENTIAL)
    logging.root.debug('the path "/x/%s\\" fails', CREDENTIAL)
    logging.root.error("a request failed", exc_info=KeyError(CREDENTIAL))
    entries = [json.loads(each) for each in lines()]
    assert [each["message"] for each in entries] == ['the path "[redacted]" fails', "a request failed"]
    assert entries[1]["traceback"].endswith("KeyError: '[redacted]'")


def test_lines_are_in_the_order_of_what_happened(logged: tuple[Flask, Log]) -> None:
    app, lines = logged
    client = app.test_client()
    for number in range(5):
        client.get(f"{DAU}?page_size={number + 1}", headers=OURS)
        logging.root.error("error %d", number)
    messages = [json.loads(each)["message"].partition(" 200")[0] for each in lines()]
    assert messages == [text for n in range(5) for text in (f"GET {DAU}?page_size={n + 1}", f"error {n}")]


@pytest.mark.unix("Windows ends a process instead of sending it a signal")
def test_served_requests_are_in_the_log_when_the_server_stops() -> None:
    flags = ("-m", "mockserver", "serve", "--port", "0", "--json")
    with programs.started(*flags) as program:
        url = json.loads(line(program))["url"]
        assert send(url, request(DAU, headers="Authorization: Bearer mock-augment-acme\r\n"))[0] == 200
        assert send(url, request("/_mock/health"))[0] == 200
        program.send_signal(signal.SIGTERM)
        code, _, err = ended(program)
    entries = [json.loads(each) for each in err.splitlines()]
    assert code == 0
    assert [(each["path"], each["status"]) for each in entries] == [(DAU, 200), ("/_mock/health", 200)]


@pytest.mark.unix("Windows ends a process instead of sending it a signal")
def test_server_whose_log_nobody_reads_answers_and_stops() -> None:
    """The pipe holds about 64 kB; beyond that, a server that waited for its log would stand still."""
    flags = ("-m", "mockserver", "serve", "--port", "0", "--json")
    with programs.started(*flags) as program:
        url = json.loads(line(program))["url"]
        for _ in range(100):
            assert send(url, request(f"/analytics/v0/{'x' * 1900}"))[0] == 401
        program.send_signal(signal.SIGTERM)
        assert program.wait(programs.PATIENCE) == 0


def test_answer_that_waits_for_a_store_needs_no_thread_and_has_a_line(
    store: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    app, lines = logging_app(io.StringIO(), store=store)
    calls = Counter[str]()
    whole_answer = FastPath.whole_answer

    def counted(*args: Any) -> Any:
        calls["app"] += 1
        return whole_answer(*args)

    def respond(*_: Any) -> None:
        calls["in a thread"] += 1

    monkeypatch.setattr(FastPath, "whole_answer", counted)
    monkeypatch.setattr(SharedFastPath, "respond", respond)
    with server.in_thread(app) as running:
        for _ in range(3):
            urlopen(Request(f"{running.url}{DAU}", headers=OURS)).close()
        assert calls == {"app": 1}
        limit = json.dumps({"augment": {"per_minute": 1, "burst": 1}}).encode()
        urlopen(
            Request(f"{running.url}/_mock/limits", limit, {"Content-Type": "application/json"}, method="PUT")
        ).close()
        urlopen(Request(f"{running.url}{DAU}", headers=OURS)).close()
        with pytest.raises(HTTPError, match="429") as refused:
            urlopen(Request(f"{running.url}{DAU}", headers=OURS))
        refused.value.close()
    assert [json.loads(each)["status"] for each in lines()] == [200, 200, 200, 200, 200, 429]


def test_client_is_not_told_to_send_a_body_that_nobody_reads(logged: tuple[Flask, Log]) -> None:
    head = b"POST /analytics/v0/set-user-budget-overrides HTTP/1.1\r\nHost: localhost\r\n"
    more = b"Authorization: Bearer unknown\r\nContent-Length: 20\r\nExpect: 100-continue\r\n\r\n"
    with (
        server.in_thread(logged[0]) as running,
        socket.create_connection(("127.0.0.1", int(running.url.rpartition(":")[2]))) as client,
    ):
        client.sendall(head + more)
        assert client.recv(100).startswith(b"HTTP/1.1 401 ")
