"""Tests of matchers: which values each matches, and how it is described."""

from typing import Any

import pytest
from marshmallow import ValidationError

from mockserver.cases import matching
from mockserver.cases.records import ExpectedAnswer

DOCUMENT: dict[str, Any] = {
    "users": [{"id": 1, "email": "a@x", "on": True}, {"id": 2}, {"id": 3, "email": "c@x"}],
    "page": {"next": "", "more": False, "none": None, "share": 0.5, "twice": [1, 1]},
}
KEPT = {"first": "a@x"}

MATCHING: list[tuple[str, Any]] = [
    ("users[0].id", 1),
    ("users[-1].email", "c@x"),
    ("users[*].email", ["a@x", "c@x"]),
    ("users[*].id", {"sum": 6, "unique": True, "length": 3, "every": {"above": 0, "below": 4}}),
    ("users", {"length": 3, "contains": {"id": 2}, "lacks": {"id": 4}}),
    ("users", {"every": {"type": "object"}}),
    ("users[7].id", {"absent": True}),
    ("users.id", {"absent": True}),
    ("page[0]", {"absent": True}),
    ("page.next", {"present": True, "equals": "", "type": "string"}),
    ("page.more", False),
    ("page.none", {"equals": None}),
    ("page.none", {"type": "null"}),
    ("page.share", {"at_least": 0.5, "at_most": 0.5, "type": "number", "differs": 1}),
    ("page.twice", {"unique": False, "type": "list"}),
    ("page", {"length": 5, "type": "object"}),
    ("users[0].email", {"contains": "@", "lacks": "%", "matches": "^a@", "kept": "first"}),
    ("users[2].email", {"not_kept": "first"}),
    ("users[0].on", {"type": "boolean"}),
    ("users[0].id", {"type": "integer"}),
    ("$", {"type": "object"}),
]


@pytest.mark.parametrize(("path", "matcher"), MATCHING)
def test_matching_value_has_no_mismatch(path: str, matcher: Any) -> None:
    matching.check(path, matcher)
    assert list(matching.mismatches(DOCUMENT, {path: matcher}, KEPT)) == []


MISMATCHING: list[tuple[str, Any, str]] = [
    ("users[0].id", 2, "users[0].id: expected a value that is 2, got 1"),
    ("users[0].id", True, "is true, got 1"),
    ("users[0].id", 1.0, "is 1.0, got 1"),
    ("users[0].id", "1", 'is "1", got 1'),
    ("users[7]", {"present": True}, "is present, got nothing"),
    ("page.next", {"absent": True}, 'is absent, got ""'),
    ("page.next", {"differs": ""}, 'is not "", got ""'),
    ("users", {"length": 2}, "has the length 2, got ["),
    ("page.share", {"length": 2}, "has the length 2, got 0.5"),
    ("users[*].id", {"sum": 7}, "has the sum 7, got [1, 2, 3]"),
    ("users[*].email", {"sum": 7}, "has the sum 7"),
    ("page.twice", {"unique": True}, "has no duplicates, got [1, 1]"),
    ("users[*].id", {"unique": False}, "has duplicates, got [1, 2, 3]"),
    ("users[*].id", {"every": {"above": 1}}, "has only elements of which each is above 1, got [1, 2, 3]"),
    ("users[*].id", {"contains": 4}, "contains 4"),
    ("users[*].id", {"lacks": 1}, "does not contain 1"),
    ("users[0].email", {"contains": 1}, "contains 1"),
    ("users[0].email", {"matches": "^b"}, "matches /^b/"),
    ("users[0].id", {"above": 1, "at_most": 9}, "is above 1 and is at most 9, got 1"),
    ("users[0].on", {"above": 0}, "is above 0, got true"),
    ("users[0].id", {"below": 1}, "is below 1"),
    ("users[0].id", {"at_least": 2}, "is at least 2"),
    ("users[0].on", {"type": "integer"}, "has the type integer, got true"),
    ("users[0].email", {"not_kept": "first"}, "differs from first"),
    ("users[2].email", {"kept": "first"}, 'equals first, got "c@x"'),
]


@pytest.mark.parametrize(("path", "matcher", "message"), MISMATCHING)
def test_mismatch_shows_expected_and_actual_value(path: str, matcher: Any, message: str) -> None:
    matching.check(path, matcher)
    (mismatch,) = matching.mismatches(DOCUMENT, {path: matcher}, KEPT)
    assert message in mismatch


@pytest.mark.parametrize(
    ("path", "matcher", "message"),
    [
        ("", 1, "'' is not a path; paths have names and indexes"),
        ("users[x]", 1, "'users[x]' is not a path"),
        ("a..b", 1, "'a..b' is not a path"),
        ("a", {"lenght": 1}, "a: there is no matcher 'lenght'; there are: present, absent"),
        ("a", {"length": "1"}, "a: length cannot be '1'; it takes: int"),
        ("a", {"type": "text"}, "a: type cannot be 'text'; it takes: string, integer"),
        ("a", {"every": {"is": 1}}, "a: there is no matcher 'is'"),
    ],
)
def test_invalid_path_or_matcher_is_refused(path: str, matcher: Any, message: str) -> None:
    with pytest.raises(ValidationError) as refused:
        matching.check(path, matcher)
    assert str(refused.value).startswith(message)


def test_expectation_is_described_in_words() -> None:
    body = {"users": {"length": 2}, "$": {"type": "object"}, "page.next": ""}
    expected = ExpectedAnswer(200, {"Retry-After": {"absent": True}}, body, {"contains": "users"})
    assert list(matching.sentences(expected)) == [
        "status 200",
        "header Retry-After is absent",
        "users has the length 2",
        "the body has the type object",
        'page.next is ""',
        'the text of the body contains "users"',
    ]
    assert list(matching.sentences(ExpectedAnswer(cut=True))) == ["the connection ends before the answer is complete"]
    assert list(matching.sentences(ExpectedAnswer(body={"$": {"absent": True}}))) == ["the body is not JSON"]
