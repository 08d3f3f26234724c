"""Changes of a body that make it other JSON than it should be, or none. Which answers get one is in `effects`."""

import re
from typing import Final

from mockserver.gateway.faults import FaultEffect

_TEXT: Final = rb'"(?:[^"\\]|\\.)*"'
_TOKEN: Final = re.compile(_TEXT + rb"|-?[0-9][0-9.eE+-]*")
"""A text or a number of JSON."""

_FIRST_KEY: Final = re.compile(rb"\{\s*(" + _TEXT + rb")\s*:")


def changed(body: bytes, effect: FaultEffect) -> bytes:
    """A body as an effect has it; one without a number, an object or a bracket at its end keeps what it lacks."""
    if effect.json_nan:
        body = _with_nan(body)
    if effect.json_duplicate_key:
        body = _with_duplicate_key(body)
    return body[:-1] if effect.malformed_json else body


def _with_nan(body: bytes) -> bytes:
    """The body with NaN in place of its first number."""
    for token in _TOKEN.finditer(body):
        if not token[0].startswith(b'"'):
            return body[: token.start()] + b"NaN" + body[token.end() :]
    return body


def _with_duplicate_key(body: bytes) -> bytes:
    """An object with its first key once more at its end, and there with null."""
    key = _FIRST_KEY.match(body)
    return body if key is None else body.rstrip()[:-1] + b"," + key[1] + b":null}"
