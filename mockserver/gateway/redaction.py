"""Redaction: what was sent, without credentials, in whatever place, encoding or parameter they came.

It is applied whenever something is shown: entries of the journal, findings, problem details and log lines. What the
credentials are is known from the sandboxes' tokens, the admin token, and the request's own Authorization header
(`known_secrets`); which names stand for unknown ones is in `secret_names`.
"""

import json
import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final

from mockserver.gateway import auth, secret_names
from mockserver.gateway.kept_headers import AUTHORIZATION, Headers
from mockserver.gateway.known_secrets import KnownSecrets, decode

REDACTED: Final = "[redacted]"

_CACHED: Final = 512
"""How many texts are kept redacted: paths repeat."""

_CACHED_SHORT: Final = 20_000
"""How many short queries are: as many as there are requests whose answer is at hand, each with a line in the log."""

_SHORT: Final = 1024
"""How long such a query may be, with the Authorization header, in characters."""

_OWN_MAXIMUM: Final = 4
"""How many words of an Authorization header count as credentials; a genuine one has a single one."""

_SCHEMES: Final = frozenset(("apikey", "basic", "bearer", "digest", "dpop", "negotiate", "oauth", "token"))
"""Schemes of the Authorization header that are shown; any other first word of it may be a credential."""

_SEPARATORS = re.compile("([&;])")
_WORDS = re.compile(r"([\s\"'`<>(),]+)")
_HEADER_WORDS = re.compile(r"[\s\"'`<>(),;=&/:]+")
_FORM = re.compile(r"[^\s<>{}=&;]+=[^\s<>{}]*")


class Redactor:
    """Redacts texts of one app. Further credentials can be learned at any time; none is forgotten."""

    secrets: tuple[str, ...]
    """The known credentials, in the order in which they were learned."""

    path: Callable[[str, str | None], str]
    """A path without the segments that contain a credential; the second argument is the Authorization header."""

    headers: Callable[[Headers, str | None], Headers]
    """Headers without the values that are credentials; the second argument is the request's Authorization header.

    Of that header, the scheme is left."""

    def __init__(self) -> None:
        self._known = KnownSecrets(())
        self._forget_redacted()
        self.secrets = ()

    def has_separators(self, separators: str) -> bool:
        """Whether a credential contains one of these characters: only then may one span texts that they separate."""
        return not self._known.characters.isdisjoint(separators)

    def learn(self, *secrets: str) -> None:
        """Redact these texts from now on, in every encoding."""
        if not set(secrets) <= set(self._known.secrets):
            self._known = KnownSecrets((*self._known.secrets, *secrets))
            self._forget_redacted()
            self.secrets = self._known.secrets  # Last: what was redacted before is kept by what was known before.

    def _forget_redacted(self) -> None:
        self._known_with = lru_cache(_CACHED)(self._own)
        self.path = lru_cache(_CACHED)(self._path)
        self._short_query = lru_cache(_CACHED_SHORT)(self._query)
        self._long_query = lru_cache(_CACHED)(self._query)
        self.headers = lru_cache(_CACHED)(self._headers)

    def _own(self, authorization: str | None) -> KnownSecrets:
        """What is known, and what an Authorization header contains."""
        if authorization is None:
            return self._known
        return KnownSecrets((*self._known.secrets, *auth.secrets(authorization)[:_OWN_MAXIMUM]))

    def _path(self, path: str, authorization: str | None) -> str:
        known = self._known_with(authorization)
        if _is_harmless(path, known):
            return path
        segments = [REDACTED if _is_secret(each, known) else each for each in path.split("/")]
        return _checked("/".join(segments), known)

    def _query(self, query: str, authorization: str | None) -> str:
        known = self._known_with(authorization)
        if _is_harmless(query, known):
            return query
        return _checked("".join(_redact_field(field, known) for field in _SEPARATORS.split(query)), known)

    def _headers(self, headers: Headers, authorization: str | None) -> Headers:
        known = self._known_with(authorization)
        return tuple(
            (name, _scheme(value, self._known) if name == AUTHORIZATION else _redact_header(name, value, known))
            for name, value in headers
        )

    def query(self, query: str, authorization: str | None) -> str:
        """A query string or form without the values that are credentials, by their parameter's name or what they hold.

        The second argument is the Authorization header.
        """
        is_short = len(query) + len(authorization or "") <= _SHORT
        return self._short_query(query, authorization) if is_short else self._long_query(query, authorization)

    def text(self, text: str) -> str:
        """Any text, without the words that contain a known credential."""
        if text not in self._known and not self._known.has_short:
            return text
        words = [REDACTED if word in self._known else word for word in _WORDS.split(text)]
        return _checked("".join(words), self._known)

    def body(self, content: bytes, authorization: str | None) -> str:
        """A body as text: JSON and forms without their credentials, anything else as a whole or not at all."""
        known, text = self._known_with(authorization), content.decode(errors="replace")
        try:
            value = _redact_value(json.loads(text, object_pairs_hook=_unique), known)
        except (ValueError, RecursionError):
            if _FORM.fullmatch(text):
                return self._query(text, authorization)
            return REDACTED if text in known or secret_names.are_possible(text) else text
        redacted = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        return _checked(redacted if REDACTED in redacted else text, known)


def _is_harmless(text: str, known: KnownSecrets) -> bool:
    """Whether nothing in a text needs a closer look, as in nearly all that is sent."""
    if known.has_short or text in known:
        return False
    return not secret_names.are_possible(decode(text) or "")


def _is_secret(text: str, known: KnownSecrets) -> bool:
    return text in known or secret_names.is_assigned_inside(decode(text) or "")


def _redact_field(field: str, known: KnownSecrets) -> str:
    name, equals, value = field.partition("=")
    if name in known or (not equals and _is_secret(name, known)):
        return REDACTED
    if equals and (secret_names.is_secret(name) or _is_secret(value, known)):
        return f"{name}={REDACTED}"
    return REDACTED if field in known else field


def _redact_header(name: str, value: str, known: KnownSecrets) -> str:
    if secret_names.is_secret(name):
        return REDACTED
    if _is_harmless(value, known):
        return value
    return REDACTED if any(_is_secret(each, known) for each in (value, *_HEADER_WORDS.split(value))) else value


def _scheme(authorization: str, known: KnownSecrets) -> str:
    """The scheme of an Authorization header, and whether something follows it."""
    scheme, _, rest = authorization.strip().partition(" ")
    if scheme.lower() not in _SCHEMES or scheme in known:
        return REDACTED
    return f"{scheme} {REDACTED}" if rest else scheme


def _redact_value(value: Any, known: KnownSecrets) -> Any:
    """A JSON value without the fields that hold credentials, and without the texts that contain one."""
    if isinstance(value, dict):
        return {
            REDACTED if name in known else name: REDACTED
            if secret_names.is_secret(name)
            else _redact_value(inner, known)
            for name, inner in value.items()
        }
    if isinstance(value, list):
        return [_redact_value(each, known) for each in value]
    return REDACTED if isinstance(value, str) and _is_secret(value, known) else value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object; ValueError for a repeated key, whose values but the last would go unseen."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key is repeated")
    return found


def _checked(text: str, known: KnownSecrets) -> str:
    """A redacted text; where a credential is still in it, across what separates its parts, nothing of it."""
    return REDACTED if text in known else text
