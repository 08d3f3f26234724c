"""Promises about query strings: they are read as Werkzeug reads them."""

from urllib.parse import parse_qsl

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request

from mockserver.gateway import query_string


@pytest.mark.parametrize(
    ("query", "parameters"),
    [
        ("", []),
        ("a=1&b=2&a=3", [("a", ["1", "3"]), ("b", ["2"])]),
        ("a&b=&=c&&", [("a", [""]), ("b", [""]), ("", ["c"])]),
        ("a=b=c", [("a", ["b=c"])]),
        ("a+b=c+d&%26=%3D%2B", [("a b", ["c d"]), ("&", ["=+"])]),
        ("a=%C3%A9&b=%FF", [("a", ["é"]), ("b", ["%FF"])]),
        ("a=%", [("a", ["%"])]),
        ("a;b=1", [("a;b", ["1"])]),
    ],
    ids=[
        "nothing",
        "repeated",
        "without values or names",
        "a second equals sign",
        "quoted",
        "bytes that are no text",
        "a lone percent sign",
        "a semicolon",
    ],
)
def test_parameters_are_read_from_a_query_string(query: str, parameters: list[tuple[str, list[str]]]) -> None:
    assert list(query_string.parse(query).lists()) == parameters


@given(st.text(st.sampled_from("ab=&+%2Fé;?/ "), max_size=40).map(lambda text: text.replace("é", "%C3%A9")))
@example("a=%zz&%E9")
def test_every_query_string_is_read_as_werkzeug_reads_it(query: str) -> None:
    request = Request(EnvironBuilder(query_string=query).get_environ())
    assert list(query_string.parse(query).lists()) == list(request.args.lists())
    pairs = parse_qsl(query, keep_blank_values=True, errors="werkzeug.url_quote")
    assert list(query_string.parse(query).items(multi=True)) == list(type(request.args)(pairs).items(multi=True))
