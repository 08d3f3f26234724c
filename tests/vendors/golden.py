"""Digests of what each vendor serves to its golden probes; run as a program, it writes them anew.

    .venv/bin/python -m tests.vendors.golden [vendor]

Whether they may change is explained in `test_golden`; the requests are in each vendor's `probes`.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import click

from mockserver import vendors
from mockserver.app import create_app
from mockserver.gateway.vendor import Vendor
from mockserver.simulation import hashing
from tests.conftest import SETTINGS
from tests.contract import client as clients
from tests.contract import probes
from tests.contract.client import Client

HERE = Path(__file__).parent
VENDORS = {vendor.name: vendor for vendor in vendors.discover()}


def file(name: str) -> Path:
    """Where a vendor's digests are kept."""
    return HERE / probes.folder(VENDORS[name]) / "golden.json"


def digests(name: str) -> dict[str, str]:
    """The digest of every body that a vendor serves to its golden probes, by organization and request.

    Where clients exchange a secret for tokens, the digest of the token; where roles can be bound to groups, the answers
    to acme's bound role too.
    """
    vendor = VENDORS[name]
    found: dict[str, str] = {}
    for organization in probes.of(vendor).organizations:
        app = create_app(replace(SETTINGS, organization=organization))
        client = clients.opened(app, vendor, f"mock-{name}-{organization}", vendor.mounts[0])
        if client.exchange is not None:
            found[f"{organization} token"] = digest(str(client.authorization).encode())
        found |= _digests(client, vendor, organization)
        if vendor.has_group_roles and organization == "acme":
            bound = clients.opened(app, vendor, f"mock-{name}-{organization}-groups", vendor.mounts[0])
            found |= _digests(bound, vendor, f"{organization} groups")
    return found


def _digests(client: Client, vendor: Vendor, label: str) -> dict[str, str]:
    ids = probes.of(vendor).ids(client)
    return {f"{label} {request}": each for request, each in _answers(client, probes.of(vendor).golden, ids)}


def _answers(client: Client, requests: Iterable[str], ids: Mapping[str, str]) -> Iterable[tuple[str, str]]:
    for request in requests:
        path, _, query = request.format_map(ids).partition("?")
        answer = client.get(path, query)
        assert answer.status == 200, request
        yield request, digest(answer.body)


def digest(text: bytes) -> str:
    """The digest of one text."""
    return sha256(text).hexdigest()


@click.command()
@click.argument("names", metavar="[VENDOR]...", nargs=-1, type=click.Choice(list(VENDORS)))
@click.option("--only-print", is_flag=True, help="Print the digests and leave the files as they are.")
def main(names: tuple[str, ...], *, only_print: bool) -> None:
    """Write the digests anew, of these vendors or of all."""
    found = {name: digests(name) for name in names or VENDORS}
    if only_print:
        click.echo(json.dumps(found))
        return
    for name, of_vendor in found.items():
        text = json.dumps({"data_version": hashing.DATA_VERSION, "digests": of_vendor}, indent=2) + "\n"
        file(name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
