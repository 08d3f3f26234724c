"""Probes: what the tests that every vendor must pass send to a vendor, found by its folder.

Each vendor has one file, `tests/vendors/<vendor>/probes.py` (dashes as underscores), with one name: `PROBES`. The
shared tests send them with every option of every switch, with every defect, over sockets, and compare the answers to
the vendor's OpenAPI file, its ledger and its recorded digests.
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
"""Query parameters by path, below the vendor's first mount."""


def last_page(_: Any) -> None:
    """The next page of a vendor without pages."""


@dataclass(frozen=True, slots=True)
class Probes:
    """What to send to a vendor, in the organization acme at the tests' clock, unless another is named.

    * `answered` gives a query for every GET operation that is answered with 200; together the answers show every field
      of the OpenAPI file.
    * `others` are further GETs with a success other than 200, as path and query.
    * `refused` are queries that are refused, at least one for each form of a 400.
    * `caught` names, for each defect, the invariants of the audit that fail under it at acme.
    * `next_page` reads from a body the query parameters of the next page, None on the last one.
    """

    answered: Callable[["Client"], Queries]
    refused: Queries
    others: tuple[str, ...] = ()
    caught: Mapping[str, set[str]] = field(default_factory=dict)
    next_page: Callable[[Any], Mapping[str, str | int] | None] = last_page


class MissingProbes(LookupError):
    """A vendor without probes; the text says what to write where."""


def folder(vendor: Vendor) -> str:
    """The name of a vendor's folder, in the product and in the tests."""
    return vendor.name.replace("-", "_")


def of(vendor: Vendor) -> Probes:
    """The probes of a vendor."""
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
