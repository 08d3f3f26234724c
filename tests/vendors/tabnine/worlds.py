"""Strategies for the laws of Tabnine: organizations, other seeds, and ranges with cuts in them."""

from dataclasses import dataclass, replace
from datetime import datetime

from hypothesis import strategies as st

from mockserver.gateway.tokens import Grant
from mockserver.simulation.timestamps import DAY, format_utc, seconds
from tests.contract.client import Client

BEGINNING = seconds(datetime.fromisoformat("2022-01-03T00:00:00Z"))
NOW = seconds(datetime.fromisoformat("2025-10-21T10:30:00Z"))
DOCUMENTED = seconds(datetime.fromisoformat("2025-09-01T00:00:00Z"))
"""The month in which the organization of the documentation does anything."""

GRANULARITIES = ("all", "daily", "weekly", "monthly")
SMALL = (("acme", None), ("acme", 7), ("acme", 2**63), ("empty", None), ("documented", None))
WORLDS = (*SMALL, ("initech", None), ("initech", 11))
"""Organization and seed; None is the organization's own."""


@dataclass(frozen=True, slots=True)
class Span:
    """A range of seconds, the last one left out."""

    first: int
    last: int

    @property
    def texts(self) -> tuple[str, str]:
        """From and to."""
        return format_utc(self.first), format_utc(self.last)


def moments() -> st.SearchStrategy[int]:
    """Seconds of the history: any, those of the documented month, and edges of days and of the hours of work."""
    edges = st.builds(
        lambda day, second: BEGINNING + day * DAY + second,
        st.integers(0, 1386),
        st.sampled_from((0, 8 * 3600, 18 * 3600 - 1, DAY - 1)),
    )
    return st.one_of(st.integers(DOCUMENTED, DOCUMENTED + 30 * DAY), st.integers(BEGINNING, NOW), edges)


def spans(longest: int) -> st.SearchStrategy[Span]:
    """Ranges of up to `longest` days, of seconds at least; the later ones reach into the future."""
    lengths = st.one_of(st.integers(1, 2 * DAY), st.integers(1, longest * DAY))
    return st.builds(lambda first, length: Span(first, first + length), moments(), lengths)


def seeded(client: Client, seed: int | None) -> Client:
    """The same organization under another seed, in a sandbox of its own."""
    if seed is None:
        return client
    token = f"seed-{seed}"
    made = replace(client.sandbox.config, seed=seed)
    client.state.make(token, made, [Grant(token, "tabnine", token, permitted=True)])
    return client.bearing(f"Bearer {token}")
