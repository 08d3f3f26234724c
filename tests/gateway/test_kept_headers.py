"""Promises about the headers in the journal: which are kept, how long they may be, and that none is a credential."""

from base64 import b64encode

import pytest

from mockserver.gateway import kept_headers
from mockserver.gateway.journal import Journal
from mockserver.gateway.kept_headers import AUTHORIZATION_MAXIMUM, VALUE_MAXIMUM, SentHeaders
from mockserver.gateway.redaction import Redactor
from tests.gateway.parrot import PARROT, UNLIMITED, Aviary

PATH = "/parrot/speak"
KNOWN = "mock-parrot-small"


def shown(**headers: str) -> dict[str, str]:
    """The request headers in the journal; underscores stand for hyphens."""
    aviary = Aviary(UNLIMITED)
    aviary.send(PATH, headers={name.replace("_", "-"): value for name, value in headers.items()})
    journal = aviary.registry.default.journal
    return journal.request_headers(journal.records()[0])


def test_headers_that_decide_an_answer_are_kept_and_others_are_not() -> None:
    headers = shown(Accept="text/csv", User_Agent="client/1.0", X_Request_Id="a-1", X_Other="b", Accept_Language="en")
    assert headers.pop("Host")
    assert headers == {"Accept": "text/csv", "Authorization": "Bearer [redacted]", "User-Agent": "client/1.0"} | {
        "X-Request-Id": "a-1"
    }


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        (f"Bearer {KNOWN}", "Bearer [redacted]"),
        ("bearer nobody's", "bearer [redacted]"),
        ("Basic " + b64encode(b"client:secret").decode(), "Basic [redacted]"),
        ("Bearer", "Bearer"),
        ("Bearer ", "Bearer"),
        (KNOWN, "[redacted]"),
        ("a-token-without-a-scheme", "[redacted]"),
        ("hunter two", "[redacted]"),
        ("Bearer " + "x" * AUTHORIZATION_MAXIMUM, "[redacted]"),
    ],
)
def test_only_the_scheme_of_a_credential_is_shown(sent: str, kept: str) -> None:
    assert shown(Authorization=sent)["Authorization"] == kept


@pytest.mark.parametrize("name", ["Cookie", "Proxy-Authorization", "X-Api-Key"])
def test_header_that_carries_credentials_is_shown_without_its_value(name: str) -> None:
    sent = kept_headers.of_request({f"HTTP_{name.upper().replace('-', '_')}": "anything"})
    assert Redactor().headers(sent.pairs, None) == ((name, "[redacted]"),)


@pytest.mark.parametrize(
    "value",
    [KNOWN, KNOWN.upper(), f"client ({KNOWN})", f"a/{b64encode(KNOWN.encode()).decode()}", "a token=theirs", "my-own"],
)
def test_credential_in_another_header_is_redacted(value: str) -> None:
    assert shown(Authorization="Bearer my-own", User_Agent=value)["User-Agent"] == "[redacted]"


def test_short_credential_is_redacted_where_it_is_a_whole_word() -> None:
    headers = shown(Authorization="Bearer s", User_Agent="client s", X_Request_Id="sss")
    assert (headers["User-Agent"], headers["X-Request-Id"]) == ("[redacted]", "sss")


def test_of_a_long_value_only_the_length_is_kept() -> None:
    headers = shown(User_Agent="a" * VALUE_MAXIMUM, If_None_Match="b" * (VALUE_MAXIMUM + 1))
    assert headers["User-Agent"] == "a" * VALUE_MAXIMUM
    assert headers["If-None-Match"] == f"[{VALUE_MAXIMUM + 1} characters]"


def test_no_header_repeats_a_part_of_an_authorization_that_is_too_long_to_keep() -> None:
    headers = shown(Authorization="Bearer part " + "x" * AUTHORIZATION_MAXIMUM, User_Agent="part")
    assert headers == {"Authorization": "[redacted]"}


def test_headers_that_the_server_has_ready_are_taken_by_reference() -> None:
    ready = SentHeaders()
    assert kept_headers.of_request({kept_headers.SENT: ready}) is ready


def test_answer_shows_its_type_and_length_and_a_refusal_its_allowed_methods() -> None:
    aviary = Aviary(UNLIMITED)
    answer, refusal = aviary.send(PATH), aviary.send(PATH, method="DELETE")
    journal = aviary.registry.default.journal
    one, two = (journal.response_headers(each, each.state) for each in journal.records())
    json = {"Content-Type": "application/json"}
    assert one == json | {"Content-Length": str(len(answer.data))}
    assert two == json | {"Content-Length": str(len(refusal.data)), "Allow": "GET,HEAD"}


@pytest.mark.parametrize("name", ["X-RateLimit-Remaining", "RateLimit", "x-rate-limit-reset", "ETag", "Allow", "Link"])
def test_header_of_an_answer_is_kept(name: str) -> None:
    assert kept_headers.of_response(((name, "1"), ("X-Other", "2"))) == ((name, "1"),)


def test_credential_in_a_header_of_an_answer_is_redacted_and_repeated_headers_are_joined() -> None:
    aviary = Aviary(PARROT)
    aviary.send(PATH)
    [record] = aviary.registry.default.journal.records()
    headers = kept_headers.of_response((("Link", f"</a?token={KNOWN}>"), ("Allow", "GET"), ("Allow", "HEAD")))
    state = record.state._replace(headers=headers)
    shown = aviary.registry.default.journal.response_headers(record, state)
    assert shown == {"Link": "[redacted]", "Allow": "GET, HEAD"}


def test_request_in_progress_has_no_headers_of_an_answer() -> None:
    aviary = Aviary(PARROT)
    aviary.send(PATH)
    [record] = aviary.registry.default.journal.records()
    record.state = type(record.state)()
    assert Journal(1, Redactor()).response_headers(record, record.state) is None
