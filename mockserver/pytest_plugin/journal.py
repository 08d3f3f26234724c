"""Answers which requests a client made in a test's sandbox, and holds a test to what it expected of them.

Saying how a request misses what was expected stays out (`misses`).
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self, overload
from urllib.parse import parse_qs

from mockserver.pytest_plugin import misses
from mockserver.pytest_plugin.faults import Ask
from mockserver.pytest_plugin.misses import Expected


@dataclass(frozen=True, slots=True)
class Request:
    """One request, without credentials. `query` has each parameter's values, decoded; `at` is on the sandbox's clock.

    `operation` is an operationId, None for an unknown path; `refusal` the reason of one; `fault` the id of a rule.
    """

    id: int
    at: datetime
    vendor: str
    operation: str | None
    method: str
    path: str
    query_string: str
    query: Mapping[str, Sequence[str]]
    status: int
    duration_ms: float
    organization: str
    fault: str | None
    refusal: str | None

    @classmethod
    def read(cls, told: Mapping[str, Any]) -> Self:
        """An entry of the journal."""
        return cls(
            **{
                **told,
                "at": datetime.fromisoformat(told["at"]),
                "query_string": told["query"],
                "query": parse_qs(told["query"], keep_blank_values=True),
            }
        )

    def __str__(self) -> str:
        """One line: what was asked, and what came of it."""
        asked = f"{self.path}?{self.query_string}" if self.query_string else self.path
        notes = [f"refused: {self.refusal}"] if self.refusal else []
        notes += [f"met {self.fault}"] if self.fault else []
        note = f" ({', '.join(notes)})" if notes else ""
        return f"#{self.id} {self.at:%Y-%m-%d %H:%M:%S} {self.vendor} {self.method} {asked} -> {self.status}{note}"


class Requests:
    """The requests of a sandbox, oldest first; each look asks the server anew."""

    def __init__(self, ask: Ask, place: str) -> None:
        self._ask = ask
        self._place = place

    def newest(self, limit: int) -> list[Request]:
        """The newest so many, oldest of them first."""
        __tracebackhide__ = True
        return [Request.read(told) for told in self._ask("GET", f"/requests?limit={limit}")["requests"]]

    def _all(self) -> list[Request]:
        __tracebackhide__ = True
        return [Request.read(told) for told in self._ask("GET", "/requests")["requests"]]

    def __iter__(self) -> Iterator[Request]:
        return iter(self._all())

    def __len__(self) -> int:
        return len(self._all())

    @overload
    def __getitem__(self, index: int) -> Request: ...
    @overload
    def __getitem__(self, index: slice) -> list[Request]: ...
    def __getitem__(self, index: int | slice) -> Request | list[Request]:
        return self._all()[index]

    def where(
        self,
        *,
        vendor: str | None = None,
        operation: str | None = None,
        method: str | None = None,
        path: str | None = None,
        query: Mapping[str, Any] | None = None,
        status: int | str | None = None,
    ) -> list[Request]:
        """Those that have everything that is stated.

        `path` may hold `*`, which stands for any characters; `status` may be a class, as in "4xx". In `query`, a value
        is one of the parameter's, a list all of them in order, and None says that the parameter is not there; other
        parameters do not matter.
        """
        __tracebackhide__ = True
        expected = _expected(vendor, operation, method, path, query, status)
        return [each for each in self._all() if not misses.of(each, expected)]

    def assert_made(
        self,
        *,
        vendor: str | None = None,
        operation: str | None = None,
        method: str | None = None,
        path: str | None = None,
        query: Mapping[str, Any] | None = None,
        status: int | str | None = None,
        count: int | None = None,
    ) -> list[Request]:
        """The requests that `where` finds, of which there must be exactly `count`, or without it at least one.

        AssertionError otherwise; it tells which requests were similar, and what they differ in.
        """
        __tracebackhide__ = True
        expected = _expected(vendor, operation, method, path, query, status)
        made = self._all()
        found = [each for each in made if not misses.of(each, expected)]
        if len(found) == count or (count is None and found):
            return found
        raise AssertionError(misses.told(made, expected, count, self._place))

    def clear(self) -> None:
        """Forget them all."""
        __tracebackhide__ = True
        self._ask("DELETE", "/requests")


def _expected(
    vendor: str | None,
    operation: str | None,
    method: str | None,
    path: str | None,
    query: Mapping[str, Any] | None,
    status: int | str | None,
) -> Expected:
    exact = {"vendor": vendor and vendor.replace("_", "-"), "operation": operation, "method": method}
    parts = {name: re.compile(re.escape(text)) for name, text in exact.items() if text is not None}
    if path is not None:
        parts["path"] = re.compile(".*".join(map(re.escape, path.split("*"))), re.DOTALL)
    if status is not None:
        parts["status"] = re.compile(re.escape(str(status)).replace("x", "[0-9]"))
    shown = {**exact, "path": path, "status": None if status is None else str(status)}
    return Expected(
        {name: (text, parts[name]) for name, text in shown.items() if text is not None},
        {name: _values(value) for name, value in (query or {}).items()},
    )


def _values(value: Any) -> misses.Values:
    if value is None:
        return None
    return [str(each) for each in value] if isinstance(value, list | tuple) else str(value)
