"""Text that fits the terminal: tables with two columns, and paragraphs.

Where the output is not a terminal, lines are as long as they have to be, so that each row is one line. Words, and so
numbers, are never cut.
"""

import os
import shutil
import sys
import textwrap
from collections.abc import Iterable

LEAST = 20
"""The columns of a paragraph in the narrowest terminal."""

STACKED = 4
"""The indent of a text that is below its name."""


def width() -> int | None:
    """The columns of the terminal, or those in COLUMNS if it is set; None if the output is not a terminal."""
    if not os.environ.get("COLUMNS") and not sys.stdout.isatty():
        return None
    return shutil.get_terminal_size().columns


def paragraph(text: str, first: str = "", indent: int = 0) -> str:
    """A text, wrapped if need be: `first` begins the first line, so many spaces begin each of the others."""
    columns = width()
    if columns is None:
        return first + text
    return textwrap.fill(
        text,
        max(columns, indent + LEAST),
        initial_indent=first,
        subsequent_indent=" " * indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def table(rows: Iterable[tuple[str, str]]) -> str:
    """A line, or in a terminal a paragraph, for each row; in a narrow terminal, a name and its text are stacked."""
    listed = list(rows)
    columns = width()
    indent = max((len(name) for name, _ in listed), default=0) + 2
    if columns is None or indent <= columns * 2 // 5:
        return "\n".join(paragraph(text, name.ljust(indent), indent) for name, text in listed)
    return "\n".join(f"{name}\n{paragraph(text, ' ' * STACKED, STACKED)}" for name, text in listed)
