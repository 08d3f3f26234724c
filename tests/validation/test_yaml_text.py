"""Tests of reading YAML: which values there are, and which traps are refused with their line."""

from typing import Any

import pytest
import yaml

from mockserver.validation import yaml_text
from mockserver.validation.yaml_text import YamlError

LOADERS = [
    pytest.param(yaml_text.plain_loader(parent), id=parent.__name__) for parent in (yaml.CSafeLoader, yaml.SafeLoader)
]
every_loader = pytest.mark.parametrize("loader", LOADERS)


@every_loader
def test_values_are_as_written(loader: type[Any]) -> None:
    content = (
        b"country: NO\nclock: 12:30\nday: 2025-02-30\nold: 017\nbig: 99999999999999999999\nhalf: 1.5\nyes: on\n"
        b"number: -12\nzero: 0\ntruth: true\nnothing:\nalso: ~\nlist: [1, two]\n"
    )
    assert yaml_text.load(content, loader) == {
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


def test_decimal_loader_reads_decimals() -> None:
    assert yaml_text.load(b"half: 1.5\nwhole: 2\n", yaml_text.DECIMAL_LOADER) == {"half": 1.5, "whole": 2}


@every_loader
def test_keys_are_always_text(loader: type[Any]) -> None:
    assert yaml_text.load(b"1: {true: a}\n~: b\n", loader) == {"1": {"true": "a"}, "~": "b"}


def test_byte_order_mark_is_ignored() -> None:
    assert yaml_text.load(b"\xef\xbb\xbfslug: a\n") == {"slug": "a"}


def test_empty_text_is_none() -> None:
    assert yaml_text.load(b"") is None


REFUSED = {
    "an alias": (b"a: &x 1\nb: *x\n", "line 2: alias *x: aliases are not supported; write the value out"),
    "a bomb of aliases": (
        b"a: &a [x, x]\nb: &b [*a, *a]\n",
        "line 2: alias *a: aliases are not supported; write the value out\n" * 2,
    ),
    "a tag": (b"a: !!python/name:os.system x\n", "line 1: tag tag:yaml.org,2002:python/name:os.system: tags are"),
    "a tag on a list": (b"a: !!set [x]\n", "line 1: tag tag:yaml.org,2002:set: tags are not supported"),
    "a key twice": (
        b"a: 1\nb: {c: 1,\n  c: 2}\na: 3\n",
        (
            "b.c: the key is repeated, on line 2 and on line 3; write it once\n"
            "a: the key is repeated, on line 1 and on line 4; write it once"
        ),
    ),
    "a key twice in a list": (b"a: [{b: 1, b: 2}]\n", "a[0].b: the key is repeated, on line 1 and on line 1"),
    "an odd key twice": (
        b'a: {"b\\n": 1, "b\\n": 2}\n',
        "a.'b\\n': the key is repeated, on line 1 and on line 1",
    ),
    "a list as a key": (b"? [a]\n: 1\n", "line 1: a key must be a word, not a list or a mapping"),
    "too deep": (b"a: " + b"[" * 500, "line 1: lists and mappings are nested more than 12 deep"),
    "a broken line": (b"a: 1\nb: [1\n", "line 3, column 1: not YAML: while parsing a flow sequence, did not find"),
    "a control character": (b"a: \x01\n", "not YAML: "),
    "endless lists": (b"[" * 5000, "line 1: lists and mappings are nested more than 12 deep"),
    "two documents": (b"a: 1\n---\nb: 1\n", "line 2, column 1: not YAML: expected a single document in the stream"),
    "not UTF-8": (b"a: \xff\n", "not UTF-8 at byte 3; save the file as UTF-8"),
}


@pytest.mark.parametrize(("content", "message"), REFUSED.values(), ids=REFUSED)
def test_traps_are_refused_with_their_line(content: bytes, message: str) -> None:
    with pytest.raises(YamlError) as refused:
        yaml_text.load(content)
    assert str(refused.value).startswith(message.rstrip("\n"))


@every_loader
@pytest.mark.parametrize("content", [content for content, _ in REFUSED.values()], ids=REFUSED)
def test_both_loaders_refuse_the_same(loader: type[Any], content: bytes) -> None:
    with pytest.raises(YamlError):
        yaml_text.load(content, loader)


@pytest.mark.parametrize(
    ("text", "quoted"),
    [("a", "'a'"), ("a\x00", "'a\\x00'"), ("a" * 99, "'" + "a" * 58 + "…")],
    ids=["plain", "not printable", "long"],
)
def test_quoted_text_is_printable_and_short(text: str, quoted: str) -> None:
    assert yaml_text.quote(text) == quoted
