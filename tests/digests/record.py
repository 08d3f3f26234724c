"""Writes the digests of several thousand vendor answers anew, or prints them.

    .venv/bin/python -m tests.digests.record [--only-print]

Whether they may change stays out (`test_digests`), and so does what is sent (`scenes`).
"""

import json
from pathlib import Path

import click

from tests.digests import scenes, sending

FILE = Path(__file__).parent / "digests.json"


def written(digests: sending.Digests) -> str:
    """Digests as the file has them: one line for each request."""
    parts = [f"{_text(scene)}: {{\n{_lines(found)}\n}}" for scene, found in digests.items()]
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _lines(found: dict[str, str]) -> str:
    return ",\n".join(f"  {_text(request)}: {_text(digest)}" for request, digest in found.items())


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


@click.command()
@click.option("--only-print", is_flag=True, help="Print the digests and leave the file as it is.")
def main(*, only_print: bool) -> None:
    """Write the digests anew."""
    text = written(sending.digests(scenes.everything()))
    if only_print:
        click.echo(text, nl=False)
    else:
        FILE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
