"""Answers what a case is made of: a situation, how to set it up, what to ask, and what must come back.

Reading one from a file stays out (`reading`), and so does doing what it says (`running`).
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from difflib import get_close_matches
from typing import Any

from mockserver.gateway import socket_features

GRANTED, FORBIDDEN, GROUPS, NOBODY = "granted", "forbidden", "groups", "nobody"
"""Whose credentials a request bears; any other word is sent as it is."""

SOCKET, THREADED = "socket", "threaded"
"""What a case can need of the server: a socket, or the server that can cut connections, which has one."""

SOCKET_EFFECTS = {socket_features.TRUNCATE: SOCKET, socket_features.STALL: SOCKET, socket_features.RESET: THREADED}
"""What an effect of a fault needs."""

DEFAULT_ORGANIZATION = "acme"


class UnknownCase(LookupError):
    """There is no case with this id; the text says which ones are near."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What must come back, as matchers by path (see `matching`); `text` is for a body as it stands.

    `cut`: no whole answer comes, the connection ends before.
    """

    status: int | None = None
    headers: Mapping[str, Any] = field(default_factory=dict)
    body: Mapping[str, Any] = field(default_factory=dict)
    text: Any = None
    cut: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """One request, done `times` times: to a vendor, or (`mock`) to the control plane below /_mock.

    `bearer` says whose credentials it bears, `sent` is a JSON body, `form` one of a form; `keep` names parts of the
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
    expect: Expected = field(default_factory=Expected)
    keep: Mapping[str, str] = field(default_factory=dict)
    note: str = ""

    @property
    def path(self) -> str:
        """Where it asks, without the query."""
        return self.target.partition("?")[0]


@dataclass(frozen=True, slots=True)
class Case:
    """One numbered situation. `setup` holds members of the body that makes a sandbox."""

    id: str
    title: str
    vendor: str
    breaks: str
    setup: Mapping[str, Any]
    steps: tuple[Step, ...]
    returns: str
    grade: str
    source: str

    @property
    def organization(self) -> str:
        """Whose tokens open a server that is made for it."""
        return str(self.setup.get("organization", DEFAULT_ORGANIZATION))

    @property
    def body(self) -> dict[str, Any]:
        """The setup as a request's body is read: numbers exact."""
        found: dict[str, Any] = json.loads(json.dumps(self.setup), parse_float=Decimal)
        return found

    @property
    def needs(self) -> str | None:
        """What it needs of the server beside answers: "socket", "threaded" (which has one), or nothing."""
        stated = [self.setup, *(step.sent for step in self.steps if step.mock)]
        members = {name for part in inside(stated) if isinstance(part, Mapping) for name in part}
        found = {SOCKET_EFFECTS[name] for name in members if name in SOCKET_EFFECTS}
        return THREADED if THREADED in found else min(found, default=None)


def inside(value: Any) -> Iterator[Any]:
    """A value, and every value in it at any depth."""
    yield value
    for each in value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ():
        yield from inside(each)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Every case, in the order of their ids."""

    cases: tuple[Case, ...]

    @property
    def vendors(self) -> list[str]:
        """What cases are about, each once."""
        return list(dict.fromkeys(case.vendor for case in self.cases))

    def find(self, case_id: str) -> Case:
        """The case with an id; UnknownCase where there is none."""
        ids = [case.id for case in self.cases]
        if case_id in ids:
            return self.cases[ids.index(case_id)]
        padded = f"C{case_id.upper().removeprefix('C'):0>3}"
        near = [padded] if padded in ids else get_close_matches(case_id.upper(), ids, 3)
        hint = f" (did you mean {' or '.join(near)}?)" if near else ""
        raise UnknownCase(f"there is no case {case_id!r:.100}{hint}; `mockserver cases` lists the {len(ids)} there are")
