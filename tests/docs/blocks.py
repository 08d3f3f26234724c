"""The fenced blocks of README.md and docs/, with what the page says about each.

* `sh` is run. A `json` or `text` block after it is its output, in which "…" stands for anything.
* A block after a paragraph with "Save as `NAME`:" is written to that file.
* `<!-- exit code N -->` before a block is the exit code of its last command, 0 without it.
* `<!-- not executed: REASON -->` before a block, or `<!-- not executed here: REASON -->` before the first heading of a
  page, exempts it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

from tests.server.programs import ROOT

EXAMPLES = ROOT / "docs" / "examples"
"""Projects with tests of their own."""

DOCS = [path for path in sorted((ROOT / "docs").rglob("*.md")) if not path.is_relative_to(EXAMPLES)]
PAGES = [ROOT / "README.md", *DOCS]
NAMES = [str(page.relative_to(ROOT)) for page in PAGES]
TEXTS = [*PAGES, *(ROOT / f"{name}.md" for name in ("CHANGELOG", "CONTRIBUTING", "SECURITY")), *EXAMPLES.rglob("*.md")]
"""The pages, and those whose blocks are not run here."""
TEXT_NAMES = [str(page.relative_to(ROOT)) for page in TEXTS]
OUTPUTS = {"json", "text"}
DATA = {"dockerfile", "ini", "text", "yaml"}
"""Languages of blocks that need not be run."""

_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_EXEMPT = re.compile(r"<!-- not executed: (.+?) -->\n\Z", re.DOTALL)
_EXEMPT_PAGE = re.compile(r"\A(?:<!--.*-->\n)*<!-- not executed here: (.+?) -->\n")
_EXIT_CODE = re.compile(r"<!-- exit code (\d+) -->\n\Z")
_SAVE_AS = re.compile(r"Save as\s+`([\w.-]+)`:\n\n\Z")


@dataclass(frozen=True, slots=True)
class Block:
    """A block. `output` is what its commands print, if the page shows it; `exempt` the reason not to run it."""

    page: Path
    line: int
    language: str
    text: str
    output: tuple[str, str] | None
    file: str | None
    exit_code: int
    exempt: str | None

    @property
    def place(self) -> str:
        """The page and the line of the block."""
        return f"{self.page.relative_to(ROOT)}:{self.line}"


def of(page: Path, text: str | None = None) -> Iterator[Block]:
    """The blocks of a page, in order, without those that are the output of another."""
    text = page.read_text(encoding="utf-8") if text is None else text
    whole_page = _EXEMPT_PAGE.match(text)
    found = [*_FENCE.finditer(text)]
    outputs: set[int] = set()
    for match, after in zip_longest(found, found[1:]):
        if match.start() in outputs:
            continue
        output = _output(text, match, after)
        if output and after:
            outputs.add(after.start())
        before = text[: match.start()]
        file, code, exempt = _SAVE_AS.search(before), _EXIT_CODE.search(before), _EXEMPT.search(before) or whole_page
        yield Block(
            page,
            before.count("\n") + 1,
            match[1],
            match[2],
            output,
            file[1] if file else None,
            int(code[1]) if code else 0,
            exempt[1] if exempt else None,
        )


def _output(text: str, match: re.Match[str], after: re.Match[str] | None) -> tuple[str, str] | None:
    adjacent = after is not None and text[match.end() : after.start()].strip() == ""
    return (after[1], after[2]) if after and adjacent and match[1] == "sh" and after[1] in OUTPUTS else None
