"""Promises about reading YAML: what is taken, and which traps are refused where they stand."""

from typing import Any

import pytest
import yaml

from mockserver.organizations import text
from mockserver.organizations.problems import OrganizationError

LOADERS = [pytest.param(text.plain(parent), id=parent.__name__) for parent in (yaml.CSafeLoader, yaml.SafeLoader)]
every_loader = pytest.mark.parametrize("loader", LOADERS)


@every_loader
def test_values_are_what_was_written(loader: type[Any]) -> None:
    content = (
        b"country: NO\nclock: 12:30\nday: 2025-02-30\nold: 017\nbig: 99999999999999999999\nhalf: 1.5\nyes: on\n"
        b"number: -12\nzero: 0\ntruth: true\nnothing:\nalso: ~\nlist: [1, two]\n"
    )
    assert text.mapping(content, "file", loader) == {
        "country": "NO",
        "clock": "12:30",
        "day": "2025-02-30",
        "old": "017",
        "big": "99999999999999999999",
        "half": "1.5",
        "yes": "on",
        "number": -12,
        "zero": 0,
        "truth": True,
        "nothing": None,
        "also": None,
        "list": [1, "two"],
    }


@every_loader
def test_a_key_is_text_whatever_it_looks_like(loader: type[Any]) -> None:
    assert text.mapping(b"1: {true: a}\n~: b\n", "file", loader) == {"1": {"true": "a"}, "~": "b"}


def test_a_byte_order_mark_is_no_part_of_the_first_key() -> None:
    assert text.mapping(b"\xef\xbb\xbfslug: a\n", "file") == {"slug": "a"}


REFUSED = {
    "an alias": (b"a: &x 1\nb: *x\n", "file: line 2: alias *x: aliases are not taken; write the value out"),
    "a bomb of aliases": (
        b"a: &a [x, x]\nb: &b [*a, *a]\n",
        "file: line 2: alias *a: aliases are not taken; write the value out\n" * 2,
    ),
    "a tag": (b"a: !!python/name:os.system x\n", "file: line 1: tag tag:yaml.org,2002:python/name:os.system: tags are"),
    "a tag on a list": (b"a: !!set [x]\n", "file: line 1: tag tag:yaml.org,2002:set: tags are not taken"),
    "a key twice": (
        b"a: 1\nb: {c: 1,\n  c: 2}\na: 3\n",
        (
            "file: b.c: the key stands twice, on line 2 and on line 3; state it once\n"
            "file: a: the key stands twice, on line 1 and on line 4; state it once"
        ),
    ),
    "a key twice in a list": (b"a: [{b: 1, b: 2}]\n", "file: a[0].b: the key stands twice, on line 1 and on line 1"),
    "a list as a key": (b"? [a]\n: 1\n", "file: line 1: a key must be a word, not a list or a mapping"),
    "too deep": (b"a: " + b"[" * 500, "file: line 1: lists and mappings stand more than 12 deep in one another"),
    "a broken line": (
        b"a: 1\nb: [1\n",
        "file: line 3, column 1: not YAML: while parsing a flow sequence, did not find",
    ),
    "a control character": (b"a: \x01\n", "file: not YAML: "),
    "two documents": (
        b"a: 1\n---\nb: 1\n",
        "file: line 2, column 1: not YAML: expected a single document in the stream",
    ),
    "not UTF-8": (b"a: \xff\n", "file: not UTF-8 at byte 3; save the file as UTF-8"),
    "an empty file": (b"", "file: not a mapping; a file states keys, `slug`, `name` and `people` at least"),
    "a list": (b"- a\n", "file: not a mapping; "),
}


@pytest.mark.parametrize(("content", "said"), REFUSED.values(), ids=REFUSED)
def test_a_trap_is_refused_where_it_stands(content: bytes, said: str) -> None:
    with pytest.raises(OrganizationError) as refused:
        text.mapping(content, "file")
    assert str(refused.value).startswith(said.rstrip("\n"))


@every_loader
@pytest.mark.parametrize("content", [content for content, _ in REFUSED.values()], ids=REFUSED)
def test_either_loader_refuses_the_same(loader: type[Any], content: bytes) -> None:
    with pytest.raises(OrganizationError):
        text.mapping(content, "file", loader)
