"""The records of a case: its setup, its steps, and the expected answers.

`loading` makes them from files, and `running` executes them.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from difflib import get_close_matches
from typing import Any

from mockserver.gateway import socket_features

GRANTED, FORBIDDEN, GROUPS, NOBODY = "granted", "forbidden", "groups", "nobody"
"""Whose credentials a request sends; any other text is an Authorization header."""

SOCKET = "socket"
"""What a case can need: a server, because a fault cuts, truncates or stalls connections."""

DEFAULT_ORGANIZATION = "acme"


class UnknownCase(LookupError):
    """No case has this id; the message suggests the nearest ones."""


@dataclass(frozen=True, slots=True)
class ExpectedAnswer:
    """The expected answer, as matchers by path (see `matching`); `text` matches the undecoded body.

    `cut`: the connection ends before the answer is complete.
    """

    status: int | None = None
    headers: Mapping[str, Any] = field(default_factory=dict)
    body: Mapping[str, Any] = field(default_factory=dict)
    text: Any = None
    cut: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """One request, sent `times` times: to a vendor, or (`mock`) to the control plane below /_mock.

    `bearer` is whose credentials it sends, `sent` a JSON body, `form` a form body; `keep` gives names to values of the
    answer, by path, for later steps.
    """

    method: str
    target: str
    mock: bool = False
    bearer: str = GRANTED
    times: int = 1
    headers: Mapping[str, str] = field(default_factory=dict)
    sent: Any = None
    form: str | None = None
    expect: ExpectedAnswer = field(default_factory=ExpectedAnswer)
    keep: Mapping[str, str] = field(default_factory=dict)
    note: str = ""

    @property
    def path(self) -> str:
        """The target without the query."""
        return self.target.partition("?")[0]


@dataclass(frozen=True, slots=True)
class Case:
    """One numbered scenario. `setup` has fields of the body that creates a sandbox."""

    id: str
    title: str
    vendor: str
    rationale: str
    setup: Mapping[str, Any]
    steps: Sequence[Step]
    returns: str
    grade: str
    source: str

    @property
    def organization(self) -> str:
        """The organization of a server that is started for it."""
        return str(self.setup.get("organization", DEFAULT_ORGANIZATION))

    @property
    def body(self) -> dict[str, Any]:
        """The setup as a parsed request body, with exact numbers."""
        found: dict[str, Any] = json.loads(json.dumps(self.setup), parse_float=Decimal)
        return found

    @property
    def needs(self) -> str | None:
        """What it needs beyond plain answers: "socket" or None."""
        bodies = [self.setup, *(step.sent for step in self.steps if step.mock)]
        names = {name for part in inside(bodies) if isinstance(part, Mapping) for name in part}
        return None if names.isdisjoint(socket_features.EFFECTS) else SOCKET


def inside(value: Any) -> Iterator[Any]:
    """A value, and every value in it at any depth."""
    yield value
    for each in value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ():
        yield from inside(each)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Every case, by id."""

    cases: tuple[Case, ...]

    @property
    def vendors(self) -> list[str]:
        """The vendors that have cases."""
        return list(dict.fromkeys(case.vendor for case in self.cases))

    def find(self, case_id: str) -> Case:
        """The case with an id; UnknownCase if there is none."""
        ids = [case.id for case in self.cases]
        if case_id in ids:
            return self.cases[ids.index(case_id)]
        padded = f"C{case_id.upper().removeprefix('C'):0>3}"
        near = [padded] if padded in ids else get_close_matches(case_id.upper(), ids, 3)
        hint = f" (did you mean {' or '.join(near)}?)" if near else ""
        raise UnknownCase(f"there is no case {case_id!r:.100}{hint}; `mockserver cases` lists the {len(ids)} there are")
