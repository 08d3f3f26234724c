"""The admin token: one word, given as it is or in a file."""

from pathlib import Path

import pytest

from analytics_mockserver import admin_token
from analytics_mockserver.admin_token import AdminTokenError


@pytest.mark.parametrize("token", ["s", "let-me-in", "s3cret-ÄÖ", "€"])
def test_one_word_can_be_a_token(token: str) -> None:
    assert admin_token.check(token) == token


@pytest.mark.parametrize("token", ["", " ", "let me in", "a\n", "a\r\nX-Header: b", "\x00", "a\u00a0b", "\ud800"])
def test_anything_else_cannot_be_sent(token: str) -> None:
    with pytest.raises(AdminTokenError, match="it must be one word, since it is sent as a Bearer token"):
        admin_token.check(token)


CONTENTS = {
    "the token alone": b"let-me-in",
    "a line": b"let-me-in\n",
    "a line of Windows": b"let-me-in\r\n",
    "a byte order mark": b"\xef\xbb\xbflet-me-in\r\n",
    "empty lines at the end": b"let-me-in\n\n",
}


@pytest.mark.parametrize("content", CONTENTS.values(), ids=CONTENTS)
def test_line_break_at_the_end_of_a_file_is_no_part_of_the_token(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_bytes(content)
    assert admin_token.read(file) == "let-me-in"


UNUSABLE = {
    "an empty file": (b"", "the admin token is empty"),
    "an empty line": (b"\n", "the admin token is empty"),
    "two lines": (b"let-me-in\nand-me\n", "contains a space, a line break or a control character"),
    "a space at the start": (b" let-me-in", "contains a space"),
    "another encoding": ("lät-me-in".encode("latin-1"), "the file is not UTF-8 text"),
}


@pytest.mark.parametrize(("content", "message"), UNUSABLE.values(), ids=UNUSABLE)
def test_file_without_a_token_is_an_error_that_names_it(content: bytes, message: str, tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_bytes(content)
    with pytest.raises(AdminTokenError, match=message) as refusal:
        admin_token.read(file)
    assert str(file) in str(refusal.value)


@pytest.mark.parametrize(("name", "reason"), [("missing", "No such file or directory"), (".", "Is a directory")])
def test_unreadable_file_is_an_error_with_the_reason(name: str, reason: str, tmp_path: Path) -> None:
    with pytest.raises(AdminTokenError, match=f"the admin token cannot be read from .*: {reason}"):
        admin_token.read(tmp_path / name)


def test_token_is_chosen_from_what_is_given(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("from-file\n")
    assert [admin_token.choose(None, None), admin_token.choose("a", None)] == [None, "a"]
    assert admin_token.choose(None, file) == "from-file"
    with pytest.raises(AdminTokenError, match="must be one word"):
        admin_token.choose("let me in", None)


def test_two_tokens_are_an_error(tmp_path: Path) -> None:
    with pytest.raises(AdminTokenError, match=r"there are two admin tokens; .*, not both"):
        admin_token.choose("a", tmp_path)
