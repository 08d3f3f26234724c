"""The command that records or prints the digests of several thousand answers of the vendors.

    .venv/bin/python -m tests.digests.record [--only-print] [VENDOR]...

`scenes` has the requests. The digests of a vendor are in `tests/vendors/<vendor>/digests.json`; `test_digests` compares
the answers with them.
"""

import json
from pathlib import Path
from typing import Any

import click

from mockserver.gateway.vendor import Vendor
from mockserver.simulation import hashing
from tests.contract import probes
from tests.digests import sending
from tests.digests.scenes import VENDORS

FOLDER = Path(__file__).parents[1] / "vendors"


def file(vendor: Vendor) -> Path:
    """Return the path of the file with the digests of a vendor."""
    return FOLDER / probes.folder(vendor) / "digests.json"


def recorded(vendor: Vendor) -> dict[str, Any]:
    """Return the recorded data version and scenes of a vendor; no scenes if there is no file."""
    if not file(vendor).exists():
        return {"data_version": hashing.DATA_VERSION, "scenes": {}}
    found: dict[str, Any] = json.loads(file(vendor).read_text(encoding="utf-8"))
    return found


def to_text(digests: sending.Digests) -> str:
    """Return the text of a file of digests: one line per request."""
    blocks = [f"{_json(scene)}: {{\n{_lines(found)}\n}}" for scene, found in digests.items()]
    return f'{{"data_version": {hashing.DATA_VERSION},\n"scenes": {{\n' + ",\n".join(blocks) + "\n}}\n"


def _lines(found: dict[str, str]) -> str:
    return ",\n".join(f"  {_json(request)}: {_json(digest)}" for request, digest in found.items())


def _json(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


@click.command()
@click.argument("names", metavar="[VENDOR]...", nargs=-1, type=click.Choice(list(VENDORS)))
@click.option("--only-print", is_flag=True, help="Print the digests instead of writing the files.")
def main(names: tuple[str, ...], *, only_print: bool) -> None:
    """Record the digests of the given vendors, or of all."""
    apps: dict[str, sending.PlayedApp] = {}
    found = {name: sending.digests(VENDORS[name], apps) for name in names or VENDORS}
    if only_print:
        click.echo(json.dumps(found, ensure_ascii=False))
        return
    for name, digests in found.items():
        file(VENDORS[name]).write_text(to_text(digests), encoding="utf-8")


if __name__ == "__main__":
    main()
