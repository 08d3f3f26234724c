"""A line on standard error that shows what a command is waiting for; only on a terminal, and removed afterwards."""

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

Item = TypeVar("Item")


@contextmanager
def shown(text: str) -> Iterator[None]:
    """Show a text during the block."""
    stream = sys.stderr
    if not stream.isatty():
        yield
        return
    stream.write(f"\r{text}")
    stream.flush()
    try:
        yield
    finally:
        stream.write(f"\r{' ' * len(text)}\r")
        stream.flush()


def counted(items: Iterable[Item], total: int, noun: str) -> Iterator[Item]:
    """The items, `total` of them; while each is computed, its number is shown."""
    iterator = iter(items)
    for number in range(1, total + 1):
        with shown(f"{noun} {number:,} of {total:,}"):
            item = next(iterator)
        yield item
