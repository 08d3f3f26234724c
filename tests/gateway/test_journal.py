"""Promises about the journal: bounded, numbered without gaps, and without credentials."""

from datetime import UTC, datetime

import pytest

from mockserver.gateway.journal import TEXT_MAXIMUM, Entry, Journal, redact_path, redact_query
from tests.gateway.parrot import PARROT, Aviary

TOKEN = "mock-parrot-small"
SECRETS = [TOKEN]


def _entry(number: int) -> Entry:
    at = datetime(2025, 10, 21, tzinfo=UTC)
    return Entry(number, at, "parrot", "speak", "GET", "/parrot/speak", "", 200, 5, "small", None, None)


def _filled(size: int, count: int) -> Journal:
    journal = Journal(size)
    for _ in range(count):
        journal.append(_entry(journal.next_id()))
    return journal


@pytest.mark.parametrize(("size", "count", "kept"), [(3, 0, []), (3, 2, [1, 2]), (3, 3, [1, 2, 3]), (3, 5, [3, 4, 5])])
def test_newest_entries_are_kept_in_order(size: int, count: int, kept: list[int]) -> None:
    assert [entry.id for entry in _filled(size, count)] == kept


def test_clearing_removes_all_entries_and_restarts_ids() -> None:
    journal = _filled(3, 5)
    journal.clear()
    assert list(journal) == []
    assert journal.next_id() == 1


def test_entries_can_be_read_while_others_are_appended() -> None:
    journal = _filled(3, 3)
    option = iter(journal)
    journal.append(_entry(journal.next_id()))
    assert [entry.id for entry in option] == [1, 2, 3]


@pytest.mark.parametrize(
    "query",
    [
        "",
        "a=1&b=2",
        "start_date=2025-10-01&page_size=50",
        "a[]=1&a%5B%5D=2",
        "a=%20+b&&c",
        "=",
        "tokens=3",
        "é=%ff",
        "%",
    ],
)
def test_query_without_credentials_is_unchanged(query: str) -> None:
    assert redact_query(query, SECRETS) == query


@pytest.mark.parametrize(
    ("query", "result"),
    [
        ("token=abc", "token=[redacted]"),
        ("a=1&access_token=abc&b=2", "a=1&access_token=[redacted]&b=2"),
        (
            "TOKEN=abc&Api_Key=x&api-key=y&X-API-Key=z",
            "TOKEN=[redacted]&Api_Key=[redacted]&api-key=[redacted]&X-API-Key=[redacted]",
        ),
        ("to%6ben=abc", "to%6ben=[redacted]"),
        (
            "client_secret=a&password=b&authorization=Bearer+c",
            "client_secret=[redacted]&password=[redacted]&authorization=[redacted]",
        ),
        ("token=a&token=b", "token=[redacted]&token=[redacted]"),
        ("token=", "token=[redacted]"),
        (f"any={TOKEN}", "any=[redacted]"),
        (f"any=Bearer+{TOKEN}&b=1", "any=[redacted]&b=1"),
        ("any=%6D%6Fck-parrot%2dsmall", "any=[redacted]"),
        (f"{TOKEN}", "[redacted]"),
        (f"a=1&{TOKEN}=", "a=1&[redacted]"),
    ],
)
def test_credentials_in_a_query_are_redacted(query: str, result: str) -> None:
    assert redact_query(query, SECRETS) == result


@pytest.mark.parametrize("secret", ["a+b/c==d", "abc==def=", "100%sure"])
def test_token_of_odd_characters_is_redacted(secret: str) -> None:
    assert secret not in redact_query(f"a=1&x={secret}&b=2", [secret])
    assert secret not in redact_query(secret, [secret])


@pytest.mark.parametrize(
    ("path", "result"),
    [
        ("/parrot/speak", "/parrot/speak"),
        (f"/parrot/{TOKEN}/x", "/parrot/[redacted]/x"),
        (f"/parrot/x{TOKEN}y", "/parrot/[redacted]"),
        (f"/{TOKEN}/{TOKEN}", "/[redacted]/[redacted]"),
    ],
)
def test_credentials_in_a_path_are_redacted(path: str, result: str) -> None:
    assert redact_path(path, SECRETS) == result


def test_short_word_does_not_redact_longer_ones() -> None:
    assert redact_query("page=parrot", ["par"]) == "page=parrot"
    assert redact_path("/parrot", ["", "a"]) == "/parrot"


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        (f"/parrot/speak?say={TOKEN}", {"Authorization": f"Bearer {TOKEN}"}),
        (f"/parrot/{TOKEN}", {"Authorization": f"Bearer {TOKEN}"}),
        (f"/parrot/speak?say={TOKEN}", {}),
        (f"/parrot/{TOKEN}", {}),
        ("/parrot/mock%2Dparrot%2Dsmall", {}),
        (f"/parrot/speak?{TOKEN}", {"Authorization": TOKEN}),
        ("/parrot/speak?say=a-real-one-by-mistake", {"Authorization": "Bearer a-real-one-by-mistake"}),
        ("/parrot/a-real-one-by-mistake", {"Authorization": "Basic x a-real-one-by-mistake"}),
    ],
)
def test_no_journal_entry_contains_a_token(path: str, headers: dict[str, str]) -> None:
    aviary = Aviary(PARROT)
    aviary.send(path, token=None, headers=headers)
    (entry,) = aviary.registry.default.journal
    result = f"{entry.path}?{entry.query}"
    assert "[redacted]" in result
    assert TOKEN not in result
    assert "by-mistake" not in result


def test_entries_with_the_same_id_and_timestamp_are_readable() -> None:
    journal = Journal(3)
    journal.append(_entry(1)._replace(operation=None))
    journal.append(_entry(1))
    assert [entry.operation for entry in journal] == [None, "speak"]


def test_long_query_is_truncated() -> None:
    aviary = Aviary(PARROT)
    aviary.send(f"/parrot/speak?say={'a' * 5000}")
    (entry,) = aviary.registry.default.journal
    assert entry.query == f"say={'a' * (TEXT_MAXIMUM - 4)}…"


def test_any_known_token_in_a_query_is_redacted() -> None:
    aviary = Aviary(PARROT)
    aviary.send(f"/parrot/speak?say={TOKEN}", token=f"{TOKEN}-forbidden")
    (entry,) = aviary.registry.default.journal
    assert TOKEN not in entry.query
