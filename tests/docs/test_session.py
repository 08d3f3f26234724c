"""The reader of the pages notices what is wrong in them, and keeps the state of a shell from block to block."""

from pathlib import Path

import pytest

from tests.docs import blocks, session
from tests.server.programs import ROOT

pytestmark = [
    pytest.mark.in_process("the commands run in separate processes"),
    pytest.mark.unix("the lines are for a POSIX shell"),
]

PAGE = ROOT / "docs" / "page.md"


def read(folder: Path, text: str) -> None:
    """Do what a page with this text says."""
    with session.reading(folder) as reader:
        for block in blocks.of(PAGE, text):
            reader.run(block)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("```sh\necho one\n```\n\n```text\none\n```\n", id="output"),
        pytest.param("```sh\necho one two three\n```\n\n```text\none … three\n```\n", id="output with a gap"),
        pytest.param("```sh\necho '[1, 2]'\n```\n\n```json\n[1, \"…\"]\n```\n", id="JSON"),
        pytest.param("<!-- exit code 3 -->\n```sh\n(exit 3)\n```\n", id="exit code"),
        pytest.param("```sh\nexport NAME=value\n```\n\n```sh\n[ $NAME = value ]\n```\n", id="exported variable"),
        pytest.param("Save as `a.txt`:\n\n```ini\none\n```\n\n```sh\ngrep one a.txt\n```\n", id="saved file"),
    ],
)
def test_true_page_passes(tmp_path: Path, text: str) -> None:
    read(tmp_path, text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("```sh\necho two\n```\n\n```text\none\n```\n", "page.md:1 prints\ntwo", id="output"),
        pytest.param("```sh\necho '[1, 3]'\n```\n\n```json\n[1, 2]\n```\n", "page.md:1 prints", id="JSON"),
        pytest.param("\n\n```sh\nfalse\n```\n", "page.md:3\nfalse", id="exit code"),
        pytest.param("<!-- exit code 1 -->\n```sh\ntrue\n```\n", "page.md:2\ntrue", id="no exit code"),
        pytest.param("```sh\nunset_command\n```\n", "unset_command", id="unknown command"),
        pytest.param(
            "```sh\ncurl -s http://127.0.0.1:8080/\n```\n", "no server was started at this port", id="no server"
        ),
        pytest.param("```sh\nmockserver serve --organization x\n```\n", "the server did not start", id="server"),
        pytest.param(
            "```sh\nmockserver serve\nmockserver serve --port 8081\n```\n",
            "a terminal runs one server",
            id="two servers",
        ),
    ],
)
def test_false_page_fails(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(AssertionError) as raised:
        read(tmp_path, text)
    assert message in str(raised.value)


def test_second_server_at_a_port_fails(tmp_path: Path) -> None:
    server = "```sh\nmockserver serve\n```\n\n"
    with pytest.raises(AssertionError, match="this page has a server at port 8080 already"):
        read(tmp_path, server * 2)


def test_error_of_a_request_without_shown_output_fails(tmp_path: Path) -> None:
    server, request = "```sh\nmockserver serve\n```\n\n", "```sh\ncurl -s http://127.0.0.1:8080/nothing\n```\n"
    with pytest.raises(AssertionError, match=r"page\.md:5"):
        read(tmp_path, server + request)


def test_reason_of_an_exempt_block_is_read() -> None:
    (block,) = blocks.of(PAGE, "<!-- not executed: it needs a cluster -->\n```sh\nkubectl\n```\n")
    assert block.exempt == "it needs a cluster"
    (block,) = blocks.of(PAGE, "<!-- other -->\n<!-- not executed here: it is long -->\n\n# Title\n\n```sh\nls\n```\n")
    assert block.exempt == "it is long"
