"""Probes: the requests that the shared tests send to a vendor.

Each vendor has one file, `tests/vendors/<vendor>/probes.py` (with underscores for dashes), which defines `PROBES`. The
shared tests send them with every option of every switch, with every defect and over sockets, and compare the answers
with the vendor's OpenAPI file, its ledger and its recorded digests.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from mockserver.gateway.vendor import Vendor

if TYPE_CHECKING:
    from tests.contract.client import Client

Queries = Mapping[str, Mapping[str, Any]]
"""Query parameters by path: below the vendor's first mount, or a whole path below another of its mounts."""


def last_page(_: Any) -> None:
    """Return the next page of a vendor without pages: None."""


@dataclass(frozen=True, slots=True)
class Probes:
    """The requests to send to a vendor, for the organization acme at the time of the tests.

    * `answered` returns a query for every GET operation; all get a 200, and together the answers have every field of
      the OpenAPI file.
    * `others` are targets of GET requests whose success is not a 200.
    * `posted` are paths of POST operations with JSON bodies, which get a 200 in this order.
    * `refused` are queries that get a 400, at least one for each form of it, and requests that are not simulated.
    * `caught` has the invariants of the audit that each defect violates at acme.
    * `next_page` returns the query parameters of the next page from a body, and None for the last page.
    """

    answered: Callable[["Client"], Queries]
    refused: Queries
    others: tuple[str, ...] = ()
    posted: tuple[tuple[str, Mapping[str, Any]], ...] = ()
    caught: Mapping[str, set[str]] = field(default_factory=dict)
    next_page: Callable[[Any], Mapping[str, str | int] | None] = last_page


class MissingProbes(LookupError):
    """A vendor has no probes; the message explains what to write, and where."""


def folder(vendor: Vendor) -> str:
    """Return the name of a vendor's folder, in the product and in the tests."""
    return vendor.name.replace("-", "_")


def of(vendor: Vendor) -> Probes:
    """Return the probes of a vendor."""
    name = f"tests.vendors.{folder(vendor)}.probes"
    try:
        missing = find_spec(name) is None
    except ModuleNotFoundError:
        missing = True
    if missing:
        raise MissingProbes(
            f"{vendor.name} has no probes: write PROBES = Probes(...) in tests/vendors/{folder(vendor)}/probes.py, "
            "as tests/contract/probes.py describes them"
        )
    found: Probes = import_module(name).PROBES
    return found
