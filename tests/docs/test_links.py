"""Links of the texts on the file host and on a package page: the generator checks those inside docs/."""

import re
from pathlib import Path

import pytest
from hatchling.metadata.core import ProjectMetadata
from hatchling.plugin.manager import PluginManager

from tests.docs.blocks import TEXT_NAMES, TEXTS
from tests.server.programs import ROOT

_CODE = re.compile(r"^```.*?^```$|`[^`\n]*`", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\(([^)\s]+)\)")


def links(page: Path) -> list[str]:
    """The targets of a page's links and images."""
    return _LINK.findall(_CODE.sub("", page.read_text(encoding="utf-8")))


def headings(page: Path) -> set[str]:
    """The anchors that the file host gives the headings of a page."""
    text = re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    titles = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def broken(page: Path) -> list[str]:
    """The relative links of a page that lead nowhere."""
    found = []
    for link in links(page):
        path, _, anchor = link.partition("#")
        target = page.parent / path if path else page
        if link.startswith("https:"):
            continue
        if not target.exists() or (anchor and anchor not in headings(target)):
            found.append(link)
    return found


@pytest.mark.parametrize("page", TEXTS, ids=TEXT_NAMES)
def test_every_link_leads_somewhere(page: Path) -> None:
    assert broken(page) == []


def test_broken_link_is_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# One title\n\n[a](#one-title) [b](#two) [c](no.md) `[d](no.md)` [e](https://x.example)\n")
    assert broken(page) == ["#two", "no.md"]


def test_package_page_has_no_link_to_a_file() -> None:
    metadata = ProjectMetadata(str(ROOT), PluginManager())
    text = metadata.core.readme
    assert metadata.core.readme_content_type == "text/markdown"
    assert [link for link in _LINK.findall(text) if not link.startswith("https:")] == []
    assert "console.png" not in text
    assert "has a tutorial of ten minutes, guides" in " ".join(text.split())
