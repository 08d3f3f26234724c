"""The command that records the digests of several thousand vendor answers, or prints them.

    .venv/bin/python -m tests.digests.record [--only-print]

`scenes` has the requests, and `test_digests` compares the answers with the recorded digests.
"""

import json
from pathlib import Path

import click

from tests.digests import scenes, sending

FILE = Path(__file__).parent / "digests.json"


def to_text(digests: sending.Digests) -> str:
    """Return the contents of the file: one line per request."""
    blocks = [f"{_json(scene)}: {{\n{_lines(found)}\n}}" for scene, found in digests.items()]
    return "{\n" + ",\n".join(blocks) + "\n}\n"


def _lines(found: dict[str, str]) -> str:
    return ",\n".join(f"  {_json(request)}: {_json(digest)}" for request, digest in found.items())


def _json(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


@click.command()
@click.option("--only-print", is_flag=True, help="Print the digests and leave the file as it is.")
def main(*, only_print: bool) -> None:
    """Record the digests."""
    text = to_text(sending.digests(scenes.all_scenes()))
    if only_print:
        click.echo(text, nl=False)
    else:
        FILE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
