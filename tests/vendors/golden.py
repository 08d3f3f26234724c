"""Answers digests of what each vendor serves to its list of requests; written anew when run as a program.

    .venv/bin/python -m tests.vendors.golden [vendor]

Whether they may change stays out (`test_golden`), and so does what is asked (each vendor's `golden`).
"""

import json
from collections.abc import Iterable, Mapping
from hashlib import sha256
from importlib import import_module
from pathlib import Path

import click

from mockserver.simulation import hashing
from tests.contract.client import Client

HERE = Path(__file__).parent
VENDORS = tuple(sorted(place.parent.name for place in HERE.glob("*/golden.py")))


def file(name: str) -> Path:
    """Where a vendor's digests are kept."""
    return HERE / name / "golden.json"


def digests(name: str) -> dict[str, str]:
    """The digest of every body that a vendor serves to its list of requests at the frozen clock."""
    found: dict[str, str] = import_module(f"tests.vendors.{name}.golden").digests()
    return found


def told(client: Client, requests: Iterable[str], ids: Mapping[str, str] | None = None) -> dict[str, str]:
    """The digest of the body with which each request is answered; `ids` fill what stands in braces."""
    found = {}
    for request in requests:
        path, _, query = request.format_map(ids or {}).partition("?")
        answer = client.get(path, query)
        assert answer.status == 200, request
        found[request] = digest(answer.body)
    return found


def digest(text: bytes) -> str:
    """What tells one text from another."""
    return sha256(text).hexdigest()


@click.command()
@click.argument("names", metavar="[VENDOR]...", nargs=-1, type=click.Choice(VENDORS))
@click.option("--only-print", is_flag=True, help="Print the digests and leave the files as they are.")
def main(names: tuple[str, ...], *, only_print: bool) -> None:
    """Write the digests anew, of these vendors or of all."""
    found = {name: digests(name) for name in names or VENDORS}
    if only_print:
        click.echo(json.dumps(found))
        return
    for name, told in found.items():
        text = json.dumps({"data_version": hashing.DATA_VERSION, "digests": told}, indent=2) + "\n"
        file(name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
