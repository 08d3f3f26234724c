"""A check that vendors share: the pages of a list add up to the whole, each row once, and only the last is empty."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, pairwise
from typing import Any

from mockserver.audit.invariant import Violation, equal
from mockserver.audit.reader import NotApplicable, Reader

_PARTS = 3
"""About how many small pages a list is read in."""


@dataclass(frozen=True, slots=True)
class PagedList:
    """A list by its name, its largest page, and the rows of each page of a size, in order."""

    name: str
    largest: int
    pages: Callable[[int], Iterator[list[Any]]]


def pages_are_the_whole(lists: Callable[[Reader], Iterable[PagedList]]) -> Callable[[Reader], None]:
    """A check of some lists, each in large pages and in small ones."""

    def check(reader: Reader) -> None:
        compared = 0
        for each in lists(reader):
            whole = list(chain.from_iterable(each.pages(each.largest)))
            if len(whole) > 1:
                compared += 1
                small = list(each.pages(min(len(whole) // _PARTS + 1, each.largest)))
                _check_pages(each.name, small)
                _check_rows(each.name, list(chain.from_iterable(small)), whole)
        if not compared:
            raise NotApplicable("no list has two rows")

    return check


def _check_pages(name: str, pages: list[list[Any]]) -> None:
    for number, (page, following) in enumerate(pairwise(pages), 1):
        if not page:
            raise Violation(f"{name}: page {number} is empty and leads to another one")
        repeated = next((row for row in following[:1] if row in page), None)
        if repeated is not None:
            raise Violation(f"{name}: a row is on page {number} and on page {number + 1}: {repeated}")


def _check_rows(name: str, parts: list[Any], whole: list[Any]) -> None:
    equal(name, len(parts), len(whole), "rows in small pages and in large ones")
    for number, (part, row) in enumerate(zip(parts, whole, strict=True), 1):
        equal(f"{name}, row {number}", part, row, "the row in small pages and in large ones")
