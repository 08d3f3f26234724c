"""What must hold of Tabnine's lists in pages, and of the form of every answer."""

from collections.abc import Iterator
from functools import partial
from typing import Any, Final

from mockserver.audit.described import answers_are_described
from mockserver.audit.invariant import Invariant
from mockserver.audit.pages import PagedList, pages_are_the_whole
from mockserver.audit.reader import Reader

_LISTS: Final = ("organization/teams", "organization/users")
_LARGEST: Final = 1000
_EVERYBODY: Final = {"teamMember": "true", "active": "true"}


def _pages(reader: Reader, path: str, limit: int) -> Iterator[list[Any]]:
    query = _EVERYBODY if path.endswith("users") else {}

    def fetch(offset: int = 0) -> Any:
        return reader.get("tabnine", f"/api/v1/{path}", offset=offset, limit=limit, **query)

    def next_query(page: Any) -> dict[str, object] | None:
        following = page["meta"].get("next")
        return None if following is None else {"offset": following["offset"]}

    return (page["data"] for page in reader.pages(next_query, fetch))


def _lists(reader: Reader) -> Iterator[PagedList]:
    return (PagedList(path, _LARGEST, partial(_pages, reader, path)) for path in _LISTS)


INVARIANTS: Final = (
    Invariant("tabnine-pages-are-the-whole", "Lists have the same rows in small pages as in large ones, each once.",
              "4", "I", pages_are_the_whole(_lists)),
    answers_are_described("tabnine", "tabnine"),
)  # fmt: skip
