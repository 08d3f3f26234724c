"""The site: it builds without warnings, has every page, and nothing that the server's policy forbids."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.blocks import DOCS
from tests.server.programs import ROOT

pytestmark = pytest.mark.in_process("the generator is a separate process")


def build(source: Path, target: Path) -> "subprocess.CompletedProcess[str]":
    """Run the generator as `make docs` does."""
    folders = ("--conf-dir", str(ROOT / "docs"), "--doctree-dir", str(target.parent / "doctrees"))
    command = [sys.executable, "-m", "sphinx", "--quiet", "--fail-on-warning", *folders, str(source), str(target)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the site."""
    folder = tmp_path_factory.mktemp("docs") / "site"
    done = build(ROOT / "docs", folder)
    assert (done.returncode, done.stderr) == (0, "")
    return folder


def test_site_has_every_page(site: Path) -> None:
    pages = {path.relative_to(ROOT / "docs").with_suffix(".html") for path in DOCS}
    assert [str(page) for page in pages if not (site / page).is_file()] == []


def test_every_page_is_in_the_contents(site: Path) -> None:
    index = (site / "index.html").read_text(encoding="utf-8")
    pages = {str(path.relative_to(ROOT / "docs").with_suffix(".html")) for path in DOCS} - {"index.html"}
    assert [page for page in pages if not page.startswith("cases/") and f'href="{page}"' not in index] == []


def test_links_between_folders_are_kept_and_those_out_of_the_site_are_texts(site: Path) -> None:
    page = (site / "how-to" / "edge-cases.html").read_text(encoding="utf-8")
    assert 'href="../CASES.html"' in page.partition("<h1>")[2].partition("</section>")[0]
    assert re.search(r"\bthe\s+changelog\b", (site / "explanation" / "determinism.html").read_text(encoding="utf-8"))
    assert [page for page in site.rglob("*.html") if "CHANGELOG" in page.read_text(encoding="utf-8")] == []
    assert "test_default_day_is_yesterday</td>" in (site / "FIDELITY.html").read_text(encoding="utf-8").replace(
        "</p>", ""
    )
    assert not (site / "_downloads").exists()


def test_no_page_has_an_inline_script_or_style_or_loads_anything_from_elsewhere(site: Path) -> None:
    for page in site.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        assert re.findall(r"<style|\sstyle=|\son\w+=\"|<script(?![^>]*\ssrc=)[^>]*>", text) == [], page
        assert re.findall(r"<(?:script|link|img)[^>]*(?:src|href)=\"(?:https?:)?//[^\"]*", text) == [], page


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("[a](nowhere.md)", "nowhere.md", id="missing page"),
        pytest.param("[a](index.md#nowhere)", "nowhere", id="missing heading of another page"),
        pytest.param("[a](#nowhere)", "nowhere", id="missing heading"),
        pytest.param("![a](nowhere.png)", "nowhere.png", id="missing image"),
    ],
)
def test_broken_link_fails(tmp_path: Path, text: str, message: str) -> None:
    source = tmp_path / "docs"
    source.mkdir()
    (source / "index.md").write_text("# Index\n\n## Pages\n\n* [Page](page.md)\n", encoding="utf-8")
    (source / "page.md").write_text("# Page\n", encoding="utf-8")
    assert build(source, tmp_path / "site").returncode == 0
    (source / "page.md").write_text(f"# Page\n\n{text}\n", encoding="utf-8")
    done = build(source, tmp_path / "site")
    assert done.returncode != 0
    assert message in done.stderr
