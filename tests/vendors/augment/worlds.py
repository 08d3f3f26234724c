"""Strategies for the laws of Augment: organizations, other seeds, days, and ranges of days."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from mockserver.gateway.tokens import Grant
from mockserver.simulation.organization import Organization
from tests.contract.client import Client

YESTERDAY = date(2025, 10, 20)
OLDEST = date(2023, 10, 20)
DOCUMENTED = date(2025, 10, 15)
"""The first of the six days on which the organization of the documentation does anything."""

WORLDS = (
    ("acme", None),
    ("acme", 7),
    ("acme", 2**63),
    ("initech", None),
    ("initech", 11),
    ("empty", None),
    ("documented", None),
)
"""Organization and seed; None is the organization's own."""


@dataclass(frozen=True, slots=True)
class Span:
    """A run of days, both ends included."""

    first: date
    last: date

    @property
    def query(self) -> dict[str, str]:
        """The parameters that ask for it."""
        return {"start_date": self.first.isoformat(), "end_date": self.last.isoformat()}

    @property
    def days(self) -> list[str]:
        """Its days as text."""
        return [(self.first + timedelta(days=index)).isoformat() for index in range((self.last - self.first).days + 1)]


def days() -> st.SearchStrategy[date]:
    """Allowed days; the documented ones often, since nothing is known of others in that organization."""
    return st.one_of(st.dates(DOCUMENTED, YESTERDAY), st.dates(OLDEST, YESTERDAY))


def spans(longest: int) -> st.SearchStrategy[Span]:
    """Runs of up to `longest` days."""
    return st.builds(
        lambda last, length: Span(max(last - timedelta(days=length - 1), OLDEST), last), days(), st.integers(1, longest)
    )


def seeded(client: Client, seed: int | None) -> Client:
    """The same organization under another seed, in a sandbox of its own."""
    if seed is None:
        return client
    token = f"seed-{seed}"
    made = replace(client.sandbox.config, seed=seed)
    client.state.make(token, made, [Grant(token, "augment", token, permitted=True)])
    return client.bearing(f"Bearer {token}")


def at(client: Client, organization: Organization) -> Client:
    """A client of the same app at another organization, in the default sandbox."""
    config = replace(client.sandbox.config, organization=organization, seed=organization.seed)
    client.state.make_default(config)
    return client.bearing(f"Bearer mock-augment-{organization.slug}")


def name(row: Any) -> str:
    """Whom a row names."""
    [(key, value)] = [(key, row[key]) for key in ("user_email", "service_account_name") if key in row]
    return f"{key} {value}"


def added(metrics: list[dict[str, int]]) -> dict[str, int]:
    """Metrics added up, key by key; zeros are left out."""
    return {
        key: total
        for key in sorted({key for each in metrics for key in each})
        if (total := sum(each[key] for each in metrics))
    }
