"""Texts that are known to be credentials, recognized inside other texts in whatever encoding they were sent."""

import re
from base64 import b64encode
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import cached_property, lru_cache
from typing import Final
from urllib.parse import unquote

SHORTEST: Final = 6
"""A shorter credential is only recognized where it is a whole value or word; it may be a part of any ordinary text."""

_LAYERS: Final = 8
"""How often a text may be encoded; one that is encoded more often counts as a credential."""

_HEAD: Final = SHORTEST
"""How many characters of a form are searched for first."""

_ByHead = tuple[tuple[str, list[str]], ...]

_NESTED = re.compile("%(?:25)+")
_ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")
_URL_SAFE = str.maketrans("+/", "-_")


@lru_cache(maxsize=16)  # The checks of one text follow one another, and each decodes it.
def decode(text: str) -> str | None:
    """A text without percent-encoding and JSON's escapes, however often they were applied; None beyond any reason."""
    for _ in range(_LAYERS):
        before = text
        if "%" in text:
            text = unquote(_NESTED.sub("%", text))
        if "\\" in text:
            text = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
        if text == before:
            return text
    return None


class KnownSecrets:
    """Some credentials. A text is "in" them if it contains one: in any case, percent-encoded, in base64 or in hex.

    Their forms are made when the first text is looked at: a server that starts learns many of them, one by one.
    """

    def __init__(self, secrets: Iterable[str]) -> None:
        self.secrets = tuple(dict.fromkeys(filter(None, secrets)))

    @cached_property
    def characters(self) -> frozenset[str]:
        """The characters that they are made of."""
        return frozenset("".join(self.secrets))

    @cached_property
    def _long(self) -> list[str]:
        return [form for each in self.secrets if len(each) >= SHORTEST for form in _forms(each)]

    @cached_property
    def _plain(self) -> _ByHead:
        return _by_head(text for each in self._long for text in _spelled(each))

    @cached_property
    def _base64(self) -> _ByHead:
        return _by_head(part for each in self._long for part in _base64_parts(each.encode()))

    @cached_property
    def _whole(self) -> frozenset[str]:
        short = [form for each in self.secrets if len(each) < SHORTEST for form in _forms(each)]
        return frozenset(text for each in short for text in (*_spelled(each), *_base64(each.encode()), each))

    @property
    def has_short(self) -> bool:
        """Whether there are some that are only recognized where they are whole."""
        return bool(self._whole)

    def __contains__(self, sent: str) -> bool:
        decoded = decode(sent)
        if decoded is None:
            return True
        lowered = decoded.lower()
        for text, forms in ((lowered, self._plain), (decoded, self._base64)):
            for head, whole in forms:
                if head in text and any(each in text for each in whole):
                    return True
        return decoded.rstrip("=") in self._whole or lowered in self._whole


def _by_head(texts: Iterable[str]) -> _ByHead:
    """The texts by their heads: those of our own tokens have few, so a text without them needs few searches."""
    by_head: dict[str, list[str]] = {}
    for each in _minimal(texts):
        by_head.setdefault(each[:_HEAD], []).append(each)
    return tuple(by_head.items())


def _minimal(texts: Iterable[str]) -> tuple[str, ...]:
    """The texts without those that contain another: whatever contains them is recognized by the other."""
    found: list[str] = []
    for each in sorted(set(texts), key=lambda text: (len(text), text)):
        if not any(shorter in each for shorter in found):
            found.append(each)
    return tuple(found)


def _forms(secret: str) -> Iterator[str]:
    """A credential in each case, with its bytes also as WSGI reads them, and as they were before."""
    secret = secret.encode("utf-8", "replace").decode()
    for each in (secret, secret.lower(), secret.upper()):
        yield each
        yield each.encode().decode("latin-1")
        with suppress(UnicodeError):
            yield each.encode("latin-1").decode()


def _spelled(secret: str) -> Iterator[str]:
    """What a text in lower case contains: the credential, also in a form and in hex."""
    yield secret.lower()
    yield secret.lower().replace(" ", "+")
    yield secret.encode().hex()


def _base64_parts(secret: bytes) -> Iterator[str]:
    """The parts of its base64 that do not depend on what stands before and after it, for each way it can be aligned."""
    for shift in range(3):
        bits = 8 * (shift + len(secret))
        encoded, url_safe = _base64(bytes(shift) + secret)
        yield encoded[-(-8 * shift // 6) : bits // 6]
        yield url_safe[-(-8 * shift // 6) : bits // 6]


def _base64(data: bytes) -> tuple[str, str]:
    """Its base64 without padding, in both alphabets."""
    encoded = b64encode(data).decode().rstrip("=")
    return encoded, encoded.translate(_URL_SAFE)
