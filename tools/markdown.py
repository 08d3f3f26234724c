"""Markdown that the generators write: tables, and files that are written or compared."""

import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def table(rows: Iterable[tuple[str, ...]]) -> str:
    """A table whose first row is its head."""
    head, *body = (" | ".join(cell.replace("|", r"\|") for cell in row) for row in rows)
    rule = " | ".join("---" for _ in head.split(" | "))
    return "\n".join(f"| {line} |" for line in (head, rule, *body)) + "\n"


def update(pages: Mapping[Path, str], *, check: bool) -> bool:
    """Write the pages, or with `check` compare them; return whether they are up to date, and print which are not."""
    outdated = [*_outdated(pages)]
    if not check:
        for path in outdated:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(pages[path], encoding="utf-8")
        return True
    for path in outdated:
        print(f"{_name(path)} is out of date; run `make fix`", file=sys.stderr)
    return not outdated


def _outdated(pages: Mapping[Path, str]) -> Iterator[Path]:
    for path, text in pages.items():
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            yield path


def _name(path: Path) -> str:
    """The path below the folder `docs`, included."""
    parts = path.parts
    return "/".join(parts[len(parts) - parts[::-1].index("docs") - 1 :])
