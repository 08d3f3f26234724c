"""Bad input: always an answer in Augment's shape, without traceback or redirect, and a journal entry."""

from dataclasses import replace

import pytest

from tests.contract import wire
from tests.contract.client import Client
from tests.contract.watch import Watch

PATHS = {
    "a trailing slash": ("/dau/", 404),
    "two slashes within": ("//dau", 404),
    "two slashes at the end": ("/dau//", 404),
    "dots": ("/../v0/dau", 404),
    "a dot": ("/./dau", 404),
    "an encoded slash": ("%2Fdau", 200),
    "an encoded letter": ("/d%61u", 200),
    "no UTF-8": ("/%FF%FE", 404),
    "half a letter": ("/dau%C3", 404),
    "NUL": ("/dau%00", 404),
    "a line end": ("/dau%0d%0aX-Injected:%201", 404),
    "markup": ("/<script>alert(1)</script>", 404),
    "letters beyond ASCII": ("/%D0%BF%D1%83%D1%82%D1%8C", 404),
    "a percent sign alone": ("/%", 404),
    "rubbish": ("/%ZZ", 404),
    "very long": (f"/{'a' * 60_000}", 404),
}

QUERIES = {
    "no hexadecimal": "%ZZ",
    "no hexadecimal in a value": "date=%ZZ",
    "half a letter": "date=%C3%28",
    "half a letter in a name": "%C3%28=1",
    "no UTF-8": "cursor=%FF%FE%FD",
    "NUL": "date=%00",
    "NUL in a name": "%00=1",
    "NUL behind a value": "page_size=5%00",
    "a raw NUL": "date=\0",
    "raw letters beyond ASCII": "date=\u0441\u0440\u0435\u0434\u0430",
    "line ends": "date=%0d%0aX-Injected:%201",
    "equals signs": "====",
    "a name and nothing": "=",
    "100 kB in one value": pytest.param("cursor=" + "A" * 100_000, marks=wire.TOO_LONG),
    "100 kB of names": pytest.param("&".join(f"n{index}=" for index in range(15_000)), marks=wire.TOO_LONG),
    "100 kB of one name": pytest.param("&".join(["date=2025-10-15"] * 6_500), marks=wire.TOO_LONG),
    "markup": "date=<script>alert(1)</script>",
}

UNKNOWN = ("BREW", "PROPFIND", "CONNECT", "TRACE", "PATCH", "X" * 2_000, "G\u00c9T")


def _last_entry(client: Client) -> tuple[str, str, int | None]:
    *_, entry = client.sandbox.journal
    return entry.method, entry.vendor, entry.status


@pytest.mark.parametrize(("path", "status"), PATHS.values(), ids=PATHS)
def test_odd_path_is_served_or_404_and_never_redirected(augment: Client, path: str, status: int) -> None:
    answer = augment.get(path)
    assert answer.status == status
    assert set(answer.headers.keys()) == {"Content-Type", "Content-Length", "Date"}
    assert _last_entry(augment) == ("GET", "augment", status)


@pytest.mark.parametrize(
    ("mount", "status"), [("//analytics/v0", 404), ("///analytics/v0", 404), ("/analytics//v0", 404)]
)
def test_extra_leading_slashes_do_not_bypass_authentication(
    augment: Client, watch: Watch, mount: str, status: int
) -> None:
    """A base URL that ends in a slash is the classic mistake; it must not pass for right."""
    assert replace(augment, mount=mount).get("/dau").status == status
    assert replace(augment, mount=mount).bearing(None).get("/dau").status in {401, 404}
    watch.take()  # The watch gets the folded path, which is described, and has no 404.


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES)
@pytest.mark.parametrize("path", ["/dau-count", "/dau", "/user-activity"])
def test_odd_query_is_400(augment: Client, path: str, query: str) -> None:
    answer = augment.get(path, query)
    assert (answer.status, answer.code) == (400, "InvalidArgument")
    assert len(answer.body) < 1_000
    assert "X-Injected" not in answer.headers
    assert _last_entry(augment) == ("GET", "augment", 400)


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES)
def test_odd_query_is_400_or_ignored_under_lenient_switches(augment: Client, query: str) -> None:
    augment.switched(unknown_parameters="ignore", empty_parameters="ignore", page_size_over_maximum="clamp")
    assert augment.get("/dau", query).status in {200, 400}


@pytest.mark.parametrize("method", UNKNOWN)
def test_unknown_method_is_405(augment: Client, method: str) -> None:
    answer = augment.send(method, "/dau")
    assert (answer.status, answer.code, answer.headers["Allow"]) == (405, "MethodNotAllowed", "GET, HEAD")
    assert len(answer.body) < 3_000


BODIES = {
    "10 MB": (b"x" * 10_000_000, "application/octet-stream"),
    "a form of 10 MB": (b"a=" + b"x" * 10_000_000, "application/x-www-form-urlencoded"),
}


@pytest.mark.parametrize(("body", "kind"), BODIES.values(), ids=BODIES)
def test_large_body_on_a_get_is_400(augment: Client, body: bytes, kind: str) -> None:
    answer = augment.send("GET", "/dau", body=body, headers={"Content-Type": kind})
    assert (answer.status, answer.code) == (400, "InvalidArgument")
    assert _last_entry(augment) == ("GET", "augment", 400)


def test_small_body_on_a_get_is_ignored(augment: Client) -> None:
    plain = augment.get("/dau")
    assert augment.send("GET", "/dau", body=b'{"date": "nonsense"}').body == plain.body


@pytest.mark.parametrize("length", ["-1", "nonsense", "9" * 400, "1_000_000", "\u0665"])
def test_malformed_content_length_is_400_or_ignored(augment: Client, length: str) -> None:
    answer = augment.send("GET", "/dau", environ={"CONTENT_LENGTH": length.encode().decode("latin-1")})
    assert answer.status in {200, 400}


HEADERS = {
    "Accept: nothing we have": {"Accept": "text/html"},
    "Accept: rubbish": {"Accept": ";;;q=nonsense"},
    "a range": {"Range": "bytes=0-10"},
    "a condition": {"If-None-Match": "*", "If-Modified-Since": "nonsense"},
    "a cookie": {"Cookie": "=;=;=\xff"},
    "another host": {"Host": "api.augmentcode.com"},
    "a forwarded host": {"X-Forwarded-Host": "evil.example", "X-HTTP-Method-Override": "DELETE"},
}


@pytest.mark.parametrize("headers", HEADERS.values(), ids=HEADERS)
def test_odd_headers_change_nothing(augment: Client, headers: dict[str, str]) -> None:
    assert augment.send("GET", "/dau", headers=headers).body == augment.get("/dau").body


def test_journal_has_every_refusal_without_credentials(augment: Client) -> None:
    augment.bearing("Bearer my-own-secret").get("/dau", "token=my-own-secret&note=my-own-secret")
    augment.bearing(None).get("/dau")
    augment.bearing("Bearer mock-augment-acme-forbidden").get("/dau")
    augment.get("/nowhere")
    augment.send("POST", "/dau")
    augment.get("/dau", "page_size=0")
    augment.get("/dau")
    entries = list(augment.sandbox.journal)
    assert [(entry.status, entry.refusal, entry.operation) for entry in entries] == [
        (401, "unauthenticated", "getDau"),
        (401, "unauthenticated", "getDau"),
        (403, "forbidden", "getDau"),
        (404, "not_found", None),
        (405, "method_not_allowed", None),
        (400, "invalid", "getDau"),
        (200, None, "getDau"),
    ]
    assert "my-own-secret" not in repr(entries)
    assert "mock-augment" not in repr(entries)
