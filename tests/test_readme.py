"""README.md and docs/ are true: their blocks run in order and print what is shown, and their commands exist.

How a page marks its blocks is in `docs/blocks`. Each page is read in a folder of its own, with servers of its own.
"""

import re
from pathlib import Path

import click
import pytest
import yaml

from mockserver.cli import main
from mockserver.organizations import files
from tests.docs import blocks, session
from tests.docs.blocks import NAMES, PAGES, TEXT_NAMES, TEXTS
from tests.server.programs import ROOT

pytestmark = pytest.mark.in_process("the servers are separate processes")

EXEMPT = {
    "README.md": 2,
    "docs/how-to/ci.md": 2,
    "docs/how-to/compare.md": 2,
    "docs/how-to/configure.md": 1,
    "docs/how-to/containers.md": 5,
    "docs/how-to/pytest.md": 1,
    "docs/how-to/scale-out.md": 4,
}
"""How many blocks of a page are exempt, each with its reason in the page."""

EXEMPT_PAGES = {f"docs/cases/{path.stem}.md" for path in (ROOT / "docs" / "cases").glob("*.md")}
_THIRD_PARTY = re.compile(r"^(?:import|from) (pytest|requests|httpx|testcontainers)\b", re.MULTILINE)
_BY_NAME = re.compile(r"pip install .*(?:analytics-mockserver|requirements\.txt)")
_INSTALLED = re.compile(r"`pip install ([^`]+)`")

RUN = {name: page for name, page in zip(NAMES, PAGES, strict=True) if name not in EXEMPT_PAGES and [*blocks.of(page)]}


@pytest.mark.unix("the lines are for a POSIX shell")
@pytest.mark.parametrize("page", RUN.values(), ids=RUN)
def test_every_block_does_what_its_page_says(page: Path, tmp_path: Path) -> None:
    with session.reading(tmp_path) as reader:
        for block in blocks.of(page):
            if not block.exempt and (block.language == "sh" or block.file):
                reader.run(block)


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_every_block_is_run_or_exempt_or_data(page: Path) -> None:
    found = [*blocks.of(page)]
    languages = blocks.DATA | {"sh"}
    assert [block.place for block in found if not (block.file or block.exempt or block.language in languages)] == []


@pytest.mark.parametrize("page", RUN.values(), ids=RUN)
def test_page_says_how_to_install_what_its_tests_import(page: Path) -> None:
    imported = {name for block in blocks.of(page) if block.file for name in _THIRD_PARTY.findall(block.text)}
    installed = {word for line in _INSTALLED.findall(page.read_text(encoding="utf-8")) for word in line.split()}
    assert imported - installed == set()


@pytest.mark.parametrize("page", TEXTS, ids=TEXT_NAMES)
def test_page_that_installs_the_package_by_its_name_says_what_to_do_before_the_first_release(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert not _BY_NAME.search(text) or "first release" in text


def test_exempt_blocks_are_counted() -> None:
    reasons = {name: [block.exempt for block in blocks.of(page) if block.exempt] for name, page in RUN.items()}
    assert {name: len(found) for name, found in reasons.items() if found} == EXEMPT


def test_only_the_pages_of_cases_are_exempt_as_a_whole() -> None:
    for name, page in zip(NAMES, PAGES, strict=True):
        exempt = [block.exempt for block in blocks.of(page)] if name in EXEMPT_PAGES else []
        assert set(exempt) <= {"tests/cases runs every case"}
    assert len(EXEMPT_PAGES) >= 5


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_yaml_can_be_read(page: Path) -> None:
    for block in blocks.of(page):
        if block.language == "yaml":
            assert yaml.safe_load(block.text), block.place


_COMMAND = re.compile(r"(?<![\w/.-])mockserver ((?:(?!mockserver )[^`\n|;&>)])+)")


def unknown_words(text: str) -> list[str]:
    """The commands and flags in a text that `mockserver` does not have."""
    unknown = []
    for match in _COMMAND.finditer(text.replace("\\\n", " ")):
        words = [*match[1].partition(" -- ")[0].split(), "", ""]
        name = words.pop(0)
        command = main.get_command(click.Context(main), name) if name.islower() else None
        if command is None:
            continue
        inner = command.get_command(click.Context(command), words[0]) if isinstance(command, click.Group) else None
        parameters = [*command.params, *(inner.params if inner else [])]
        options = {"--help", *(option for each in parameters for option in each.opts)}
        flags = [word.partition("=")[0] for word in words if word.startswith("--")]
        unknown += [f"mockserver {name} {flag}" for flag in flags if flag not in options]
    return unknown


@pytest.mark.parametrize("page", TEXTS, ids=TEXT_NAMES)
def test_every_flag_exists(page: Path) -> None:
    assert unknown_words(page.read_text(encoding="utf-8")) == []


def test_unknown_flag_is_found() -> None:
    assert unknown_words("run `mockserver serve --prot 1`, or `mockserver sweep --list -- pytest --no-such`") == [
        "mockserver serve --prot"
    ]


def test_readme_is_short() -> None:
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) <= 200


def test_every_bundled_organization_is_described() -> None:
    text = (ROOT / "docs" / "how-to" / "organizations.md").read_text(encoding="utf-8")
    assert [slug for slug in files.bundled() if f"| `{slug}` |" not in text] == []
