"""Requests that are recognized when their bytes come again, and those that are read anew each time."""

import pytest

from mockserver.server import reader
from mockserver.server.message import Message
from mockserver.server.reader import Memory, Reader, Refused

HOST = b"Host: a\r\n"
REQUESTS = {
    "a path": b"GET /a HTTP/1.1\r\n" + HOST + b"\r\n",
    "a query and headers": b"GET /a%20b?c=d HTTP/1.1\r\nX-A: 1\r\nX-A: 2\r\n" + HOST + b"\r\n",
    "the end of the connection": b"GET /a HTTP/1.1\r\nConnection: close\r\n" + HOST + b"\r\n",
    "HTTP 1.0": b"GET /a HTTP/1.0\r\n\r\n",
    "a method that nobody knows": b"FROB /a HTTP/1.1\r\n" + HOST + b"\r\n",
    "another protocol": b"GET /a HTTP/1.1\r\nConnection: upgrade\r\nUpgrade: h2c\r\n" + HOST + b"\r\n",
    "a whole URL": b"GET http://b/a HTTP/1.1\r\n" + HOST + b"\r\n",
    "a body": b"POST /a HTTP/1.1\r\nContent-Length: 2\r\n" + HOST + b"\r\nxy",
    "a body of no bytes": b"POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n" + HOST + b"\r\n0\r\n\r\n",
    "a line break before it": b"\r\nGET /a HTTP/1.1\r\n" + HOST + b"\r\n",
}


def read(memory: Memory, *parts: bytes) -> list[Message]:
    """The requests that one connection sends in parts."""
    connection = Reader(memory)
    for part in parts:
        connection.feed(part)
    return list(connection.complete)


def seen(message: Message) -> tuple[object, ...]:
    """All that an app and the connection learn of a request."""
    return message.whole_environ(message.environ(), {}) | {"wsgi.input": b"".join(message.body)}, message.keep_alive


@pytest.mark.parametrize("data", REQUESTS.values(), ids=REQUESTS)
def test_recognized_request_is_read_as_the_first_time(data: bytes) -> None:
    memory = Memory()
    (first,) = read(memory, data)
    expected = seen(first)
    for _ in range(2):
        (again,) = read(memory, data)
        assert seen(again) == expected


def test_request_without_a_body_is_recognized_on_every_connection() -> None:
    memory = Memory()
    (first,), (again,) = read(memory, REQUESTS["a path"]), read(memory, REQUESTS["a path"])
    assert again is first


def test_bytes_in_the_middle_of_a_request_are_not_taken_for_one_that_is_known() -> None:
    memory, known = Memory(), REQUESTS["a path"]
    read(memory, known)
    (post,) = read(memory, b"POST /b HTTP/1.1\r\nContent-Length: %d\r\n" % len(known) + HOST + b"\r\n", known)
    assert (post.method, b"".join(post.body)) == ("POST", known)
    (split,) = read(memory, b"POST /", known[5:])
    assert (split.method, split.target) == ("POST", b"/a")


def test_known_request_after_the_last_of_a_connection_is_refused() -> None:
    memory = Memory()
    read(memory, REQUESTS["a path"])
    with pytest.raises(Refused, match="Data after"):
        read(memory, REQUESTS["the end of the connection"], REQUESTS["a path"])


@pytest.mark.parametrize("data", [REQUESTS["a body"], REQUESTS["a path"][:-2] + b"X: %b\r\n\r\n" % (b"x" * 2048)])
def test_request_with_a_body_or_a_long_head_is_read_anew(data: bytes) -> None:
    memory = Memory()
    (first,), (again,) = read(memory, data), read(memory, data)
    assert again is not first


def test_requests_in_one_piece_are_read_anew() -> None:
    memory, data = Memory(), REQUESTS["a path"] * 2
    assert [each.target for each in read(memory, data)] == [b"/a", b"/a"]
    assert memory.find(data) is None


def test_oldest_request_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "_KNOWN_MAXIMUM", 2)
    memory = Memory()
    sent = [b"GET /%d HTTP/1.1\r\n" % number + HOST + b"\r\n" for number in range(3)]
    for data in sent:
        read(memory, data)
    assert [memory.find(data) is not None for data in sent] == [False, True, True]
