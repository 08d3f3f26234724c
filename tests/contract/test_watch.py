"""The check of every answer: an error belongs to the test that sent the request."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from flask import Flask
from werkzeug.test import EnvironBuilder

from tests.contract.random_use import PATH
from tests.contract.watch import Watch

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


def unavailable(_: Flask, __: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
    start("503 SERVICE UNAVAILABLE", [])
    yield from (b"not ", b"now")


def answer(watch: Watch) -> Iterable[bytes]:
    return watch.wrap(unavailable)(Flask(__name__), EnvironBuilder(PATH).get_environ(), lambda *_: lambda _: None)


def test_answer_that_the_file_does_not_describe_is_an_error() -> None:
    watch = Watch()
    assert b"".join(answer(watch)) == b"not now"
    assert watch.take() == [f"GET {PATH} → 503: the file describes no such answer"]
    assert watch.take() == []


def test_answer_that_ends_after_its_test_is_no_error_of_the_next() -> None:
    watch = Watch()
    unread = iter(answer(watch))
    next(unread)
    watch.take()
    del unread
    assert watch.take() == []
