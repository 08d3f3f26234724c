"""Names that stand for credentials: of parameters, of fields in JSON, and of what is assigned inside other values."""

import re
from functools import lru_cache
from typing import Final

from mockserver.gateway.known_secrets import decode

FRAGMENTS: Final = ("token", "secret", "passw", "passphrase", "pwd", "jwt", "apikey", "accesskey", "privatekey")
"""A name that contains one of these, whatever stands between its letters, means a credential; but not `tokens`."""

MORE_FRAGMENTS: Final = ("signature", "bearer", "authoriz", "credential", "sessionid", "cookie", "assertion", "oauth")
"""The same; the last of them are headers and parameters of protocols."""

WORDS: Final = frozenset(("sig", "auth", "authtoken", "pass", "pat", "sid", "otp", "pin", "pw", "hmac"))
"""A name with one of these words, as in x_sig and userPass, means a credential."""

WHOLE: Final = frozenset(("key", "session"))
"""These names mean a credential by themselves, but not as a part of others, as in sort_key."""

_HINTS = re.compile("|".join((*FRAGMENTS, *MORE_FRAGMENTS, *WORDS, *WHOLE, "basic", "api", "access", "private")))
_COUNTED = re.compile("tokens(?![a-z])")
_HUMP = re.compile("(?<=[a-z0-9])(?=[A-Z])")
_SEPARATOR = re.compile("[^a-z0-9]+")
_ASSIGNED = re.compile(r"""(?<![\w.\-\[\]])([\w.\-\[\]]++)["'\\\s]*+[=:][\s"'\\]*+(?!\[redacted\])[^\s"'&;,}]""")
_SCHEME = re.compile(r"\b(?:bearer|basic)[\s+]++[\w+/.=~-]{6}", re.IGNORECASE)


def are_possible(text: str) -> bool:
    """Whether a text can contain such a name at all; nearly all that is sent cannot, and this is quick."""
    return _HINTS.search(text.lower()) is not None


@lru_cache(1024)
def is_secret(name: str) -> bool:
    """Whether a parameter or field with this name, however encoded, holds a credential."""
    decoded = decode(name)
    if decoded is None:
        return True
    words = _SEPARATOR.split(_HUMP.sub("_", decoded).lower())
    compact = "".join(words)
    if compact in WHOLE or not WORDS.isdisjoint(words):
        return True
    uncounted = _COUNTED.sub("", compact)
    return any(each in uncounted for each in (*FRAGMENTS, *MORE_FRAGMENTS))


def is_assigned_inside(text: str) -> bool:
    """Whether a decoded text assigns something to such a name, or has what follows `Bearer` or `Basic` in a header."""
    if _SCHEME.search(text):
        return True
    if "=" not in text and ":" not in text:
        return False
    return any(is_secret(found[1]) for found in _ASSIGNED.finditer(text))
