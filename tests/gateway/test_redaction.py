"""Promises about redaction: no credential is shown, and everything else is shown as it was sent."""

from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as some

from mockserver.gateway import secret_names
from mockserver.gateway.known_secrets import KnownSecrets
from mockserver.gateway.redaction import Redactor
from tests.gateway.parrot import PARROT, Aviary

TOKEN = "mock-parrot-small"
UNKNOWN = "a-real-one-by-mistake"


def redactor(*secrets: str) -> Redactor:
    """A redactor that knows these credentials."""
    made = Redactor()
    made.learn(*secrets)
    return made


HARMLESS = {
    "nothing": "",
    "parameters": "a=1&b=2",
    "dates and sizes": "start_date=2025-10-01&page_size=50",
    "timestamps": "from=2025-10-01T00:00:00Z&to=2025-10-02T00:00:00%2B02:00",
    "brackets": "a[]=1&a%5B%5D=2",
    "odd separators": "a=%20+b&&c",
    "an equals sign": "=",
    "a number of tokens": "tokens=3&max_tokens=100&maxTokens=5",
    "words that contain other names": "sort_key=a&design=b&author=c&compass=d&keyboard=e&authors=f",
    "bytes that are no UTF-8": "é=%ff",
    "a percent sign": "%",
    "a percent sign, encoded": "100%25",
    "a scheme as a word": "plan=basic&x=bearer",
    "an assignment to an ordinary name": "filter=a%3D1%3Bb%3A2",
}


@pytest.mark.parametrize("query", HARMLESS.values(), ids=HARMLESS)
def test_query_without_credentials_is_unchanged(query: str) -> None:
    assert redactor(TOKEN).query(query, None) == query
    assert redactor(TOKEN, "short").query(query, f"Bearer {UNKNOWN}") == query


QUERIES = {
    "token=abc": "token=[redacted]",
    "a=1&access_token=abc&b=2": "a=1&access_token=[redacted]&b=2",
    "TOKEN=abc&Api_Key=x&api-key=y&X-API-Key=z": (
        "TOKEN=[redacted]&Api_Key=[redacted]&api-key=[redacted]&X-API-Key=[redacted]"
    ),
    "to%6ben=abc": "to%6ben=[redacted]",
    "%2574oken=abc": "%2574oken=[redacted]",
    "client_secret=a&password=b&authorization=Bearer+c": (
        "client_secret=[redacted]&password=[redacted]&authorization=[redacted]"
    ),
    "jwt=a&sig=b&signature=c&pwd=d&passwd=e&sessionToken=f&token[]=g": (
        "jwt=[redacted]&sig=[redacted]&signature=[redacted]&pwd=[redacted]&passwd=[redacted]"
        "&sessionToken=[redacted]&token[]=[redacted]"
    ),
    "userSig=a&x.auth=b&key=c&session=d&%74oken%5B%5D=e": (
        "userSig=[redacted]&x.auth=[redacted]&key=[redacted]&session=[redacted]&%74oken%5B%5D=[redacted]"
    ),
    "token=a&token=b": "token=[redacted]&token=[redacted]",
    "token=": "token=[redacted]",
    "a=1;token=abc;b=2": "a=1;token=[redacted];b=2",
    "a=1%3Btoken%3Dabc": "a=[redacted]",
    "filter=%7B%22token%22%3A%22abc%22%7D": "filter=[redacted]",
    "next=%2Fx%3Fa%3D1%26jwt%3Dabc": "next=[redacted]",
    "x=Bearer%20abcdefgh": "x=[redacted]",
    "x=basic+YTpi+YTpi": "x=[redacted]",
    "token:abc": "[redacted]",
    f"any={TOKEN}": "any=[redacted]",
    f"any={TOKEN.upper()}": "any=[redacted]",
    f"any=x{TOKEN}y": "any=[redacted]",
    f"any=Bearer+{TOKEN}&b=1": "any=[redacted]&b=1",
    "any=%6D%6Fck-parrot%2dsmall": "any=[redacted]",
    "any=%256D%25256Fck-parrot-small": "any=[redacted]",
    "any=%22%5Cu006dock-parrot-small%22": "any=[redacted]",
    f"{TOKEN}": "[redacted]",
    f"a=1&{TOKEN}=": "a=1&[redacted]",
    "%25257" + "%25" * 40 + "=" + "%2" * 3 + "%32" * 30 + "5": None,
}


@pytest.mark.parametrize(("query", "result"), QUERIES.items())
def test_credentials_in_a_query_are_redacted(query: str, result: str | None) -> None:
    shown = redactor(TOKEN).query(query, None)
    assert shown == result if result is not None else "[redacted]" in shown or shown == query


def test_text_encoded_again_and_again_counts_as_a_credential() -> None:
    layers = "t"
    for _ in range(9):
        layers = "".join(f"%{ord(letter):x}" for letter in layers)
    assert redactor(TOKEN).query(f"a=1&{layers}oken=abc", None) == "a=1&[redacted]"
    assert secret_names.is_secret(layers)


BASE64: dict[str, Callable[[bytes], str]] = {
    "standard": lambda data: b64encode(data).decode(),
    "URL-safe": lambda data: urlsafe_b64encode(data).decode(),
    "without padding": lambda data: b64encode(data).decode().rstrip("="),
    "URL-safe without padding": lambda data: urlsafe_b64encode(data).decode().rstrip("="),
    "hex": lambda data: data.hex(),
    "HEX": lambda data: data.hex().upper(),
}


@pytest.mark.parametrize("encode", BASE64.values(), ids=BASE64)
@pytest.mark.parametrize("around", [("", ""), ("id:", ""), ("a:", ":b"), ("", "!"), ("four", "xy")])
@pytest.mark.parametrize("secret", [TOKEN, "~~~???>>>ÿ", TOKEN.upper()])
def test_base64_and_hex_of_a_known_credential_are_redacted(
    encode: Callable[[bytes], str], around: tuple[str, str], secret: str
) -> None:
    encoded = encode(around[0].encode() + secret.encode() + around[1].encode())
    shown = redactor(TOKEN, "~~~???>>>ÿ")
    assert shown.query(f"a=1&x={quote(encoded, safe='')}", None) == "a=1&x=[redacted]"
    assert encoded.strip("=") not in shown.query(f"a=1&x={encoded}", None)
    assert encoded not in shown.path(f"/parrot/{encoded}/x", None)
    assert encoded not in shown.text(f"there is no {encoded!r}; (Basic {encoded})")


@pytest.mark.parametrize("secret", ["a+b/c==d", "abc==def=", "100%sure", "two words", "пароль", "a&b;c=d"])
def test_credential_of_odd_characters_is_redacted(secret: str) -> None:
    shown = redactor(secret)
    for sent in (quote(secret), quote_plus(secret), secret, secret.encode().decode("latin-1")):
        assert "[redacted]" in shown.query(f"a=1&x={sent}&b=2", None)
        assert "[redacted]" in shown.query(sent, None)
        assert "[redacted]" in shown.path(f"/x/{sent}", None)


def test_credential_of_the_header_is_redacted_as_its_bytes_were_sent() -> None:
    header = f"Bearer {'пароль'.encode().decode('latin-1')}"
    assert redactor().path("/x/пароль", header) == "/x/[redacted]"


PATHS = {
    "/parrot/speak": "/parrot/speak",
    f"/parrot/{TOKEN}/x": "/parrot/[redacted]/x",
    f"/parrot/x{TOKEN}y": "/parrot/[redacted]",
    f"/{TOKEN}/{TOKEN}": "/[redacted]/[redacted]",
    "/parrot/x;token=abc/y": "/parrot/[redacted]/y",
    "/parrot/tokens/auth/key": "/parrot/tokens/auth/key",
}


@pytest.mark.parametrize(("path", "result"), PATHS.items())
def test_credentials_in_a_path_are_redacted(path: str, result: str) -> None:
    assert redactor(TOKEN).path(path, None) == result


def test_credential_across_segments_leaves_nothing_of_the_path() -> None:
    assert redactor("ab/cd/ef").path("/x/ab/cd/ef", None) == "[redacted]"


def test_short_credential_is_redacted_only_as_a_whole() -> None:
    shown = redactor("s3")
    assert shown.query("page=s3x&x=s3&s3", None) == "page=s3x&x=[redacted]&[redacted]"
    assert shown.query("y=czM%3D&z=czM", None) == "y=[redacted]&z=[redacted]"
    assert shown.path("/s3/s3x", None) == "/[redacted]/s3x"
    assert shown.text("there is no sandbox 's3': s3x") == "there is no sandbox '[redacted]': s3x"


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        (f"/parrot/speak?say={TOKEN}", {"Authorization": f"Bearer {TOKEN}"}),
        (f"/parrot/{TOKEN}", {"Authorization": f"Bearer {TOKEN}"}),
        (f"/parrot/speak?say={TOKEN}", {}),
        (f"/parrot/{TOKEN}", {}),
        ("/parrot/mock%2Dparrot%2Dsmall", {}),
        (f"/parrot/speak?{TOKEN}", {"Authorization": TOKEN}),
        (f"/parrot/speak?say={UNKNOWN}", {"Authorization": f"Bearer {UNKNOWN}"}),
        (f"/parrot/speak?say={b64encode(UNKNOWN.encode()).decode()}", {"Authorization": f"Bearer {UNKNOWN}"}),
        (f"/parrot/{UNKNOWN}", {"Authorization": f"Basic x {UNKNOWN}"}),
    ],
)
def test_no_journal_entry_contains_a_credential(path: str, headers: dict[str, str]) -> None:
    aviary = Aviary(PARROT)
    aviary.send(path, token=None, headers=headers)
    (entry,) = aviary.registry.default.journal
    result = f"{entry.path}?{entry.query}"
    assert "[redacted]" in result
    assert TOKEN not in result
    assert "by-mistake" not in result


def test_method_that_is_a_credential_is_redacted() -> None:
    aviary = Aviary(PARROT)
    aviary.send(method=TOKEN.upper())
    assert [entry.method for entry in aviary.registry.default.journal] == ["[redacted]"]


def test_any_known_token_in_a_query_is_redacted() -> None:
    aviary = Aviary(PARROT)
    aviary.send(f"/parrot/speak?say={TOKEN}", token=f"{TOKEN}-forbidden")
    (entry,) = aviary.registry.default.journal
    assert entry.query == "say=[redacted]"


def test_revoked_token_stays_redacted() -> None:
    aviary = Aviary(PARROT)
    registry = aviary.registry
    grant = registry.grant(registry.default, "parrot", permitted=True)
    aviary.send(f"/parrot/speak?say={grant.token}")
    assert registry.revoke(registry.default, grant.id)
    assert registry.revoke(registry.default, "parrot-seeded")
    aviary.send(f"/parrot/speak?say={grant.token}&x={TOKEN}", token=None)
    assert [entry.query for entry in registry.default.journal] == ["say=[redacted]", "say=[redacted]&x=[redacted]"]


def test_what_is_learned_later_is_redacted_in_what_was_read_before() -> None:
    shown = redactor()
    assert shown.query("x=something", None) == "x=something"
    shown.learn("something")
    assert shown.query("x=something", None) == "x=[redacted]"


BODIES: dict[str, tuple[bytes, str]] = {
    "JSON without credentials": (b'{"a": [1, "x"],\n "b": null}', '{"a": [1, "x"],\n "b": null}'),
    "JSON with names": (
        b'{"clientSecret": "x", "a": [{"token": {"b": 1}}, true]}',
        '{"clientSecret":"[redacted]","a":[{"token":"[redacted]"},true]}',
    ),
    "JSON with a known token": (f'["{TOKEN}", "é"]'.encode(), '["[redacted]","é"]'),
    "JSON with an escaped token": (b'{"a": "\\u006dock-parrot-small"}', '{"a":"[redacted]"}'),
    "JSON with a token as a key": (f'{{"{TOKEN}": 1}}'.encode(), '{"[redacted]":1}'),
    "JSON with a query as a text": (b'{"url": "/x?token=abc"}', '{"url":"[redacted]"}'),
    "text in JSON": (f'"{TOKEN}"'.encode(), '"[redacted]"'),
    "repeated keys that hide a name": (b'{"a": {"token": "abc"}, "a": 1}', "[redacted]"),
    "repeated keys": (b'{"a": 2, "a": 1}', '{"a": 2, "a": 1}'),
    "a form": (
        b"grant_type=client_credentials&client_id=me&client_secret=abc",
        "grant_type=client_credentials&client_id=me&client_secret=[redacted]",
    ),
    "a form with a known token": (f"client_id={TOKEN}&a=1".encode(), "client_id=[redacted]&a=1"),
    "text": (b"<a>hello you</a>", "<a>hello you</a>"),
    "text that names a credential": (b"<token>abc</token>", "[redacted]"),
    "a multipart form": (b'--x\r\nContent-Disposition: form-data; name="pwd"\r\n\r\nabc\r\n--x--', "[redacted]"),
    "text with a known token": (f"hello {TOKEN} you".encode(), "[redacted]"),
    "bytes": (b"\xff\x00", "\ufffd\x00"),
    "nested too deep": (b"[" * 3000, "[" * 3000),
}


@pytest.mark.parametrize(("sent", "shown"), BODIES.values(), ids=BODIES)
def test_credentials_in_a_body_are_redacted(sent: bytes, shown: str) -> None:
    assert redactor(TOKEN).body(sent, None) == shown


def test_body_is_redacted_by_the_requests_own_header() -> None:
    assert redactor().body(f'{{"a": "{UNKNOWN}"}}'.encode(), f"Bearer {UNKNOWN}") == '{"a":"[redacted]"}'


def test_credentials_that_contain_each_other_are_all_known() -> None:
    known = KnownSecrets(["abcdef", "xabcdefx", "abcdef", "", "other1"])
    assert ["ABCDEF" in known, "other1!" in known, "abcde" in known, known.secrets] == [
        True,
        True,
        False,
        ("abcdef", "xabcdefx", "other1"),
    ]


LETTERS = some.text("abcxyz019-_.~", min_size=8, max_size=24)
ENCODINGS: tuple[Callable[[str], str], ...] = (
    lambda text: text,
    str.upper,
    lambda text: quote(text, safe=""),
    lambda text: "".join(f"%{byte:02x}" for byte in text.encode()),
    lambda text: quote("".join(f"%{byte:02X}" for byte in text.encode())),
    lambda text: quote(b64encode(text.encode()).decode(), safe=""),
    lambda text: b64encode(f"client:{text}".encode()).decode(),
    lambda text: urlsafe_b64encode(text.encode()).decode().rstrip("="),
    lambda text: f"Bearer+{text}",
    lambda text: "".join(f"\\u{ord(letter):04x}" for letter in text),
)
PLACES = ("a=1&{name}={sent}&b=2", "{sent}", "a=1;{name}={sent}", "{sent}=1", "x%5B{sent}%5D=1")


@given(some.data())
def test_credential_is_never_shown_wherever_and_however_it_was_sent(data: Any) -> None:
    secret, name = data.draw(LETTERS), data.draw(some.text("abcdefgh", min_size=1, max_size=5))
    sent = data.draw(some.sampled_from(ENCODINGS))(secret)
    query = data.draw(some.sampled_from(PLACES)).format(name=name, sent=sent)
    shown = redactor(secret)
    assert sent not in shown.query(query, None)
    assert sent not in shown.path(f"/{name}/{sent}/x", None)
    assert sent not in redactor().query(query, f"Bearer {secret}")
    assert sent not in shown.text(f"{name}: '{sent}' ({sent})")


def test_few_long_queries_are_kept() -> None:
    redactor = Redactor()
    for number in range(2000):
        redactor.query(f"q={number}&{'x' * 1024}", None)
        redactor.query(f"q={number}", "Bearer " + "x" * 1024)
        redactor.query(f"q={number}", None)
    kept = [each.cache_info().currsize for each in (redactor._long_query, redactor._short_query)]  # noqa: SLF001
    assert kept == [512, 2000]


def test_credentials_count_as_known_once_nothing_is_kept_that_was_redacted_without_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    redactor = Redactor()
    seen: list[tuple[str, ...]] = []
    forget = redactor._forget_redacted  # noqa: SLF001

    def forget_and_look() -> None:
        seen.append(redactor.secrets)
        forget()

    monkeypatch.setattr(redactor, "_forget_redacted", forget_and_look)
    redactor.learn("a-secret")
    assert (seen, redactor.secrets) == ([()], ("a-secret",))
