"""How faults frame an answer, byte by byte: its headers, empty bodies, chunks, compression, and the connection."""

import gzip
import json
import sys
import zlib
from base64 import b64encode
from collections.abc import Iterator
from datetime import UTC, datetime
from http.client import HTTPConnection, IncompleteRead, RemoteDisconnected
from typing import Any
from urllib.parse import urlsplit

import pytest

from mockserver import server
from mockserver.app import create_app
from mockserver.server import sockets
from mockserver.settings import Settings
from tests.contract.watch import Watch
from tests.server import programs
from tests.server.programs import opened, request, send

BASIC = b64encode(b"mock-jetbrains-console-acme:mock-secret").decode()
FORM = "grant_type=client_credentials"
PATHS: dict[str, tuple[str, str, str, str]] = {
    "augment": ("GET", "/analytics/v0/dau", "Bearer mock-augment-acme", ""),
    "tabnine": ("GET", "/api/v1/organization/users?offset=0&limit=50", "Bearer mock-tabnine-acme", ""),
    "jetbrains-ide": (
        *("GET", "/api/analytics/ai/effectiveness/metrics/totals?fromDate=2025-10-01&toDate=2025-10-20"),
        *("Bearer mock-jetbrains-ide-acme", ""),
    ),
    "jetbrains-console": ("POST", "/api/rest/oauth2/token", f"Basic {BASIC}", FORM),
}
"""A request to each vendor."""


def raw(vendor: str = "augment", method: str | None = None, version: str = "1.1", more: str = "") -> bytes:
    """The bytes of a request to a vendor."""
    usual, path, authorization, body = PATHS[vendor]
    length = f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n" if body else ""
    head = f"{method or usual} {path} HTTP/{version}\r\nHost: 127.0.0.1\r\nAuthorization: {authorization}\r\n"
    return f"{head}{more}{length}\r\n{body}".encode()


LAST = raw(more="Connection: close\r\n")
"""A request after which the server closes the connection."""


@pytest.fixture(scope="module")
def serving() -> Iterator[str]:
    """The URL of a server."""
    now = datetime(2025, 10, 21, 10, 30, tzinfo=UTC)
    with server.in_thread(create_app(Settings(limits="off", now=now, freeze=True))) as running:
        yield running.url


@pytest.fixture
def url(serving: str, watch: Watch) -> Iterator[str]:
    """The same; what a fault makes of an answer need not be described."""
    send(serving, request("/_mock/reset", "POST"))
    yield serving
    watch.take()


def arm(url: str, times: int = 1, **effect: Any) -> None:
    """Arm an effect for the next requests."""
    body = json.dumps({"rules": [{"effect": effect, "times": times}]})
    kind = "Content-Type: application/json\r\n"
    status, _, text = send(
        url, request("/_mock/faults", "PUT", f"{kind}Content-Length: {len(body)}\r\n") + body.encode()
    )
    assert status == 200, text


def journal(url: str) -> list[dict[str, Any]]:
    """The journal."""
    connection = _client(url)
    connection.request("GET", "/_mock/requests")
    found: list[dict[str, Any]] = json.loads(connection.getresponse().read())["requests"]
    connection.close()
    return found


def _client(url: str) -> HTTPConnection:
    address = urlsplit(url)
    return HTTPConnection(address.hostname or "", address.port, timeout=programs.PATIENCE)


def everything(url: str, *requests: bytes) -> bytes:
    """All that a server sends for some requests that are sent at once, until it closes the connection."""
    with opened(url) as connection:
        connection.sendall(b"".join(requests))
        return programs.received(connection)


def first(data: bytes) -> tuple[list[str], bytes]:
    """The lines of the first head, in lower case and sorted but for the status, and all that follows it."""
    head, _, rest = data.partition(b"\r\n\r\n")
    status, *headers = head.decode("latin-1").lower().split("\r\n")
    return [status, *sorted(headers)], rest


def named(lines: list[str], name: str) -> list[str]:
    """The values of a header."""
    return [value for key, _, value in (line.partition(": ") for line in lines) if key == name]


def whole(url: str, vendor: str = "augment") -> bytes:
    """The body of the answer without a fault."""
    return first(everything(url, raw(vendor, more="Connection: close\r\n")))[1]


def dechunked(data: bytes) -> tuple[list[bytes], bytes]:
    """The chunks of a body that are there, the last one included if it is, and what follows them."""
    chunks: list[bytes] = []
    while data and chunks[-1:] != [b""]:
        size, _, data = data.partition(b"\r\n")
        chunk, data = data[: int(size, 16)], data[int(size, 16) :]
        assert data[:2] == b"\r\n"
        chunks.append(chunk)
        data = data[2:]
    return chunks, data


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_headers_replace_those_of_the_genuine_answer(url: str, method: str) -> None:
    body = whole(url)
    date = "Thu, 01 Jan 1970 00:00:00 GMT"
    headers = {"x-ratelimit-remaining": "3", "content-type": "text/plain", "DATE": date, "ETag": '"\xa3"'}
    arm(url, headers=headers)
    lines, rest = first(everything(url, raw(method=method), LAST))
    assert lines[0] == "http/1.1 200 ok"
    assert [named(lines, name.lower()) for name in headers] == [["3"], ["text/plain"], [date.lower()], ['"\xa3"']]
    assert named(lines, "content-length") == [str(len(body))]
    expected = body if method == "GET" else b""
    assert rest.startswith(expected + b"HTTP/1.1 200 OK\r\n")
    assert rest.endswith(body)
    assert b"text/plain" not in rest


@pytest.mark.parametrize("vendor", PATHS)
@pytest.mark.parametrize(
    ("status", "length"), [(200, ["0"]), (204, []), (205, ["0"]), (304, []), (500, ["0"]), (503, ["0"])]
)
def test_empty_answer_has_no_body_and_keeps_the_connection(
    url: str, vendor: str, status: int, length: list[str]
) -> None:
    arm(url, status=status, empty=True)
    lines, rest = first(everything(url, raw(vendor), LAST))
    assert lines[0].startswith(f"http/1.1 {status} ")
    assert (named(lines, "content-type"), named(lines, "content-length")) == ([], length)
    assert named(lines, "transfer-encoding") == named(lines, "connection") == []
    assert rest.startswith(b"HTTP/1.1 200 OK\r\n")
    entries = [(entry["status"], entry["fault"], entry["refusal"], entry["outcome"]) for entry in journal(url)]
    assert entries == [(status, "fault-1", None, "answered"), (200, None, None, "answered")]


@pytest.mark.parametrize("status", [200, 204])
def test_empty_answer_to_http_1_0_or_head_has_no_body(url: str, status: int) -> None:
    arm(url, 2, status=status, empty=True)
    lines, rest = first(everything(url, raw(version="1.0")))
    assert (lines[0].split()[:2], rest, named(lines, "connection")) == (["http/1.1", str(status)], b"", ["close"])
    lines, rest = first(everything(url, raw(method="HEAD"), LAST))
    assert lines[0].split()[1] == str(status)
    assert rest.startswith(b"HTTP/1.1 200 OK\r\n")


@pytest.mark.parametrize("vendor", PATHS)
def test_chunked_body_is_whole_and_keeps_the_connection(url: str, vendor: str) -> None:
    body = whole(url, vendor)
    arm(url, chunked=True)
    lines, rest = first(everything(url, raw(vendor), LAST))
    assert (named(lines, "transfer-encoding"), named(lines, "content-length")) == (["chunked"], [])
    assert named(lines, "content-type") == ["application/json"]
    chunks, rest = dechunked(rest)
    assert (b"".join(chunks), chunks[-1]) == (body, b"")
    assert all(len(chunk) == 1024 for chunk in chunks[:-2])
    assert rest.startswith(b"HTTP/1.1 200 OK\r\n")


@pytest.mark.parametrize("vendor", PATHS)
@pytest.mark.parametrize("count", [0, 5, 1024, 1_000_000])
def test_cut_chunked_body_lacks_its_last_chunk_and_closes_the_connection(url: str, vendor: str, count: int) -> None:
    body = whole(url, vendor)
    before = len(journal(url))
    arm(url, chunked=True, cut_after_bytes=count)
    lines, rest = first(everything(url, raw(vendor), LAST))
    chunks, rest = dechunked(rest)
    assert (lines[0], named(lines, "transfer-encoding"), rest) == ("http/1.1 200 ok", ["chunked"], b"")
    assert b"".join(chunks) == body[:count]
    assert b"" not in chunks
    (entry,) = journal(url)[before:]
    assert (entry["status"], entry["fault"], entry["outcome"]) == (200, "fault-1", "answered")


def test_client_can_tell_a_cut_chunked_body(url: str) -> None:
    arm(url, chunked=True, cut_after_bytes=10)
    connection = _client(url)
    connection.request("GET", PATHS["augment"][1], headers={"Authorization": PATHS["augment"][2]})
    with pytest.raises(IncompleteRead) as caught:
        connection.getresponse().read()
    connection.close()
    assert len(caught.value.partial) == 10


@pytest.mark.parametrize("more", ["", "Connection: keep-alive\r\n"])
def test_http_1_0_gets_no_chunks_but_the_body_until_the_end(url: str, more: str) -> None:
    body = whole(url)
    for effect, sent in (({"chunked": True}, body), ({"chunked": True, "cut_after_bytes": 9}, body[:9])):
        arm(url, **effect)
        lines, rest = first(everything(url, raw(version="1.0", more=more)))
        assert named(lines, "transfer-encoding") == named(lines, "content-length") == []
        assert (named(lines, "connection"), rest) == (["close"], sent)


def test_head_of_a_chunked_answer_announces_no_length(url: str) -> None:
    arm(url, chunked=True)
    lines, rest = first(everything(url, raw(method="HEAD"), LAST))
    assert (lines[0], named(lines, "content-length")) == ("http/1.1 200 ok", [])
    assert rest.startswith(b"HTTP/1.1 200 OK\r\n")


def test_dripping_body_is_whole_in_the_end(url: str) -> None:
    expected = whole(url)
    arm(url, 2, drip_seconds=1)
    lines, rest = first(everything(url, raw(), LAST))
    body, following = rest[: len(expected)], rest[len(expected) :]
    assert (body, named(lines, "content-length")) == (expected, [str(len(expected))])
    assert first(following)[1] == expected


def test_dripping_chunks_end_like_others(url: str) -> None:
    expected = whole(url)
    arm(url, drip_seconds=1, chunked=True)
    lines, rest = first(everything(url, LAST))
    chunks, following = dechunked(rest)
    assert (b"".join(chunks), chunks[-1], named(lines, "transfer-encoding")) == (expected, b"", ["chunked"])
    assert following in {b"", b"\r\n"}


@pytest.mark.parametrize("count", [1, 5, 1_000_000])
@pytest.mark.parametrize("more", [{}, {"stall_seconds": 0.1, "after_bytes": 3}, {"drip_seconds": 0.1}])
def test_body_beyond_its_length_is_sent_and_ends_the_connection(url: str, count: int, more: dict[str, Any]) -> None:
    body = whole(url)
    arm(url, short_length=count, **more)
    lines, rest = first(everything(url, raw(), LAST))
    assert (rest, named(lines, "content-length")) == (body, [str(max(0, len(body) - count))])
    assert named(lines, "connection") == []


def test_client_reads_no_further_than_the_announced_length(url: str) -> None:
    body = whole(url)
    arm(url, short_length=2)
    connection = _client(url)
    connection.request("GET", PATHS["augment"][1], headers={"Authorization": PATHS["augment"][2]})
    assert connection.getresponse().read() == body[:-2]
    connection.close()


@pytest.mark.parametrize("effect", [{"chunked": True, "cut_after_bytes": 5}, {"gzip": True, "truncate_bytes": 5}])
def test_effect_that_ends_a_body_waits_for_a_request_with_one(url: str, effect: dict[str, Any]) -> None:
    arm(url, **effect)
    lines, rest = first(everything(url, raw(method="HEAD"), LAST))
    assert len(named(lines, "content-length")) == 1
    assert [entry["fault"] for entry in journal(url)] == [None, "fault-1"]
    assert first(rest)[1] != whole(url)


def test_chunked_body_can_stall_before_its_cut(url: str) -> None:
    body = whole(url)
    arm(url, chunked=True, cut_after_bytes=8, stall_seconds=0.01, after_bytes=3)
    assert dechunked(first(everything(url, raw()))[1]) == ([body[:3], body[3:8]], b"")


@pytest.mark.parametrize("vendor", PATHS)
def test_compressed_body_is_the_same_each_time(url: str, vendor: str) -> None:
    body = whole(url, vendor)
    arm(url, 2, gzip=True)
    found = [first(everything(url, raw(vendor, more="Connection: close\r\n"))) for _ in range(2)]
    lines, compressed = found[0]
    assert found[0][1] == found[1][1]
    assert (named(lines, "content-encoding"), named(lines, "content-length")) == (["gzip"], [str(len(compressed))])
    assert gzip.decompress(compressed) == body
    assert compressed[:10] == b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff"


def test_compressed_answer_keeps_the_connection_and_head_has_its_length(url: str) -> None:
    arm(url, 2, gzip=True)
    lines, rest = first(everything(url, raw(method="HEAD"), raw(), LAST))
    second, body = first(rest)
    assert named(lines, "content-length") == named(second, "content-length")
    assert named(lines, "content-encoding") == ["gzip"]
    length = int(named(second, "content-length")[0])
    assert gzip.decompress(body[:length])
    assert body[length:].startswith(b"HTTP/1.1 200 OK\r\n")


@pytest.mark.parametrize("vendor", PATHS)
def test_compressed_body_is_truncated_inside(url: str, vendor: str) -> None:
    body = whole(url, vendor)
    arm(url, gzip=True, truncate_bytes=60)
    lines, rest = first(everything(url, raw(vendor), LAST))
    decoder = zlib.decompressobj(wbits=31)
    assert (len(rest), named(lines, "content-encoding")) == (60, ["gzip"])
    assert int(named(lines, "content-length")[0]) > 60
    assert body.startswith(decoder.decompress(rest))
    assert not decoder.eof


def test_compressed_body_can_be_chunked_and_cut(url: str) -> None:
    arm(url, 2, gzip=True, chunked=True, cut_after_bytes=30)
    lines, rest = first(everything(url, raw()))
    assert (named(lines, "content-encoding"), named(lines, "transfer-encoding")) == (["gzip"], ["chunked"])
    (chunk,), _ = dechunked(rest)
    assert (len(chunk), chunk[:2]) == (30, b"\x1f\x8b")


@pytest.mark.parametrize("vendor", PATHS)
@pytest.mark.parametrize(("version", "more"), [("1.1", ""), ("1.0", "Connection: keep-alive\r\n")])
def test_closed_idle_connection_promised_to_stay_open(url: str, vendor: str, version: str, more: str) -> None:
    body = whole(url, vendor)
    before = len(journal(url))
    arm(url, close_idle=True)
    lines, rest = first(everything(url, raw(vendor, version=version, more=more), raw(), raw()))
    assert (lines[0], named(lines, "connection")) == ("http/1.1 200 ok", ["keep-alive"])
    assert (named(lines, "content-length"), rest) == ([str(len(body))], body)
    (entry,) = journal(url)[before:]
    assert (entry["status"], entry["fault"], entry["outcome"]) == (200, "fault-1", "answered")
    assert whole(url, vendor) == body


@pytest.mark.parametrize(
    ("effect", "status"),
    [({"status": 503}, 503), ({"status": 204, "empty": True}, 204), ({"html": 502}, 502), ({"chunked": True}, 200)],
)
def test_connection_is_closed_after_any_whole_answer(url: str, effect: dict[str, Any], status: int) -> None:
    arm(url, 2, close_idle=True, **effect)
    for method in ("GET", "HEAD"):
        lines, rest = first(everything(url, raw(method=method), raw()))
        assert (lines[0].split()[1], named(lines, "connection")) == (str(status), ["keep-alive"])
        assert b"HTTP/1.1" not in rest
    assert [entry["status"] for entry in journal(url)] == [status, status]


@pytest.mark.parametrize("is_possible", [True, False])
def test_end_of_a_connection_arrives_with_the_answer_where_the_system_can(
    url: str, monkeypatch: pytest.MonkeyPatch, *, is_possible: bool
) -> None:
    """So that a client that looks for the end before its next request always finds it."""
    body = whole(url)
    if not is_possible:
        monkeypatch.setattr(sockets, "_CORK", None)
    for _ in range(20):
        arm(url, close_idle=True)
        with opened(url) as connection:
            connection.sendall(raw())
            data = b""
            while not data.endswith(body):
                data += connection.recv(65536)
            connection.setblocking(not (is_possible and sys.platform == "linux"))
            assert connection.recv(1) == b""


def test_client_that_asks_to_close_is_not_promised_anything(url: str) -> None:
    arm(url, close_idle=True)
    assert named(first(everything(url, LAST))[0], "connection") == ["close"]


def test_pooled_connection_is_dead_at_its_next_use(url: str) -> None:
    arm(url, close_idle=True)
    connection = _client(url)
    headers = {"Authorization": PATHS["augment"][2]}
    connection.request("GET", PATHS["augment"][1], headers=headers)
    answer = connection.getresponse()
    answer.read()
    assert answer.getheader("Connection") == "keep-alive"
    with pytest.raises((RemoteDisconnected, ConnectionResetError, BrokenPipeError)):
        _exchange(connection, headers)
    connection.close()
    assert [entry["fault"] for entry in journal(url)] == ["fault-1"]


def _exchange(connection: HTTPConnection, headers: dict[str, str]) -> None:
    connection.request("GET", PATHS["augment"][1], headers=headers)
    connection.getresponse()
