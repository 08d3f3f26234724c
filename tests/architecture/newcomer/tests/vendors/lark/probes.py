"""The probes of Lark."""

from typing import Final

from tests.contract.client import Client
from tests.contract.probes import Probes, Queries


def _answered(_: Client) -> Queries:
    return {
        "/people": {"per_page": 5},
        "/singers": {"date": "2025-10-14", "per_page": 5},
        "/days": {"from": "2025-10-13", "to": "2025-10-19"},
    }


PROBES: Final = Probes(
    answered=_answered,
    refused={"/days": {"from": "2025-13-01", "to": "2025-10-19"}},
    others=("/days?from=2021-01-01&to=2021-01-07",),
    caught={"song-too-many": {"lark-days-are-singers"}},
)
