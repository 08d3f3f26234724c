"""Promises about expectations: each word holds where it should and nowhere else, and is said as it is meant."""

from typing import Any

import pytest

from mockserver.cases import matching
from mockserver.cases.matching import BadMatcher
from mockserver.cases.records import Expected

DOCUMENT: dict[str, Any] = {
    "users": [{"id": 1, "email": "a@x", "on": True}, {"id": 2}, {"id": 3, "email": "c@x"}],
    "page": {"next": "", "more": False, "none": None, "share": 0.5, "twice": [1, 1]},
}
KEPT = {"first": "a@x"}

HOLD: list[tuple[str, Any]] = [
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


@pytest.mark.parametrize(("path", "matcher"), HOLD)
def test_what_holds_is_no_fault(path: str, matcher: Any) -> None:
    matching.check(path, matcher)
    assert list(matching.faults(DOCUMENT, {path: matcher}, KEPT)) == []


FAIL: list[tuple[str, Any, str]] = [
    ("users[0].id", 2, "users[0].id should be such that it is 2, but there is 1"),
    ("users[0].id", True, "it is true, but there is 1"),
    ("users[0].id", 1.0, "it is 1.0, but there is 1"),
    ("users[0].id", "1", 'it is "1", but there is 1'),
    ("users[7]", {"present": True}, "it is there, but there is nothing"),
    ("page.next", {"absent": True}, 'it is not there, but there is ""'),
    ("page.next", {"differs": ""}, 'it is not "", but there is ""'),
    ("users", {"length": 2}, "it has the length 2, but there is ["),
    ("page.share", {"length": 2}, "it has the length 2, but there is 0.5"),
    ("users[*].id", {"sum": 7}, "it sums up to 7, but there is [1, 2, 3]"),
    ("users[*].email", {"sum": 7}, "it sums up to 7"),
    ("page.twice", {"unique": True}, "it has no two alike, but there is [1, 1]"),
    ("users[*].id", {"unique": False}, "it has some alike, but there is [1, 2, 3]"),
    ("users[*].id", {"every": {"above": 1}}, "it has only such of which each is above 1, but there is [1, 2, 3]"),
    ("users[*].id", {"contains": 4}, "it contains 4"),
    ("users[*].id", {"lacks": 1}, "it does not contain 1"),
    ("users[0].email", {"contains": 1}, "it contains 1"),
    ("users[0].email", {"matches": "^b"}, "it has the form /^b/"),
    ("users[0].id", {"above": 1, "at_most": 9}, "it is above 1 and is at most 9, but there is 1"),
    ("users[0].on", {"above": 0}, "it is above 0, but there is true"),
    ("users[0].id", {"below": 1}, "it is below 1"),
    ("users[0].id", {"at_least": 2}, "it is at least 2"),
    ("users[0].on", {"type": "integer"}, "it is of type integer, but there is true"),
    ("users[0].email", {"not_kept": "first"}, "it is not what first was"),
    ("users[2].email", {"kept": "first"}, 'it is what first was, but there is "c@x"'),
]


@pytest.mark.parametrize(("path", "matcher", "said"), FAIL)
def test_what_does_not_hold_is_said_with_what_is_there(path: str, matcher: Any, said: str) -> None:
    matching.check(path, matcher)
    (fault,) = matching.faults(DOCUMENT, {path: matcher}, KEPT)
    assert said in fault


@pytest.mark.parametrize(
    ("path", "matcher", "said"),
    [
        ("", 1, "'' is no path; it takes names and places"),
        ("users[x]", 1, "'users[x]' is no path"),
        ("a..b", 1, "'a..b' is no path"),
        ("a", {"lenght": 1}, "a: there is no matcher 'lenght'; there are: present, absent"),
        ("a", {"length": "1"}, "a: length cannot be '1'; it takes: int"),
        ("a", {"type": "text"}, "a: type cannot be 'text'; it takes: string, integer"),
        ("a", {"every": {"is": 1}}, "a: there is no matcher 'is'"),
    ],
)
def test_a_path_or_a_matcher_that_cannot_be_is_refused(path: str, matcher: Any, said: str) -> None:
    with pytest.raises(BadMatcher) as refused:
        matching.check(path, matcher)
    assert str(refused.value).startswith(said)


def test_an_expectation_is_said_in_words() -> None:
    body = {"users": {"length": 2}, "$": {"type": "object"}, "page.next": ""}
    expected = Expected(200, {"Retry-After": {"absent": True}}, body, {"contains": "users"})
    assert list(matching.sentences(expected)) == [
        "status 200",
        "header Retry-After is not there",
        "users has the length 2",
        "the body is of type object",
        'page.next is ""',
        'the text of the body contains "users"',
    ]
    assert list(matching.sentences(Expected(cut=True))) == ["the connection ends before the answer is whole"]
    assert list(matching.sentences(Expected(body={"$": {"absent": True}}))) == ["the body is no JSON"]
