"""Generates the tables of the README: endpoints from openapi/, switches from the vendors, settings from the command.

`python -m tools.generate` writes them between their markers; `--check` only compares.
"""

import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import click
import yaml

from mockserver import resources, startup_policy, vendors
from mockserver.cli import serving, switches

README = Path(__file__).resolve().parent.parent / "README.md"
METHODS = ("get", "put", "post", "patch", "delete")

Rows = Iterable[tuple[str, ...]]


def main(arguments: list[str]) -> int:
    """Return 0 if every table is up to date or was updated; else 1, with a line on stderr for each reason."""
    text = README.read_text(encoding="utf-8")
    updated, problems = with_tables(text, {"endpoints": _endpoints(), "settings": _settings(), "switches": _switches()})
    if "--check" not in arguments:
        README.write_text(updated, encoding="utf-8")
    elif updated != text:
        problems.append("README.md has a table that is out of date; run `make fix`")
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


def with_tables(text: str, tables: dict[str, Rows]) -> tuple[str, list[str]]:
    """Return the text with new tables, and a message for each table whose markers are missing."""
    problems = []
    for name, rows in tables.items():
        marked = re.compile(rf"(<!-- generated: {name} -->\n).*?(\n<!-- end -->)", re.DOTALL)
        if not marked.search(text):
            problems.append(f"README.md has no markers for a table: <!-- generated: {name} -->, a line, <!-- end -->")
        before, table, after = r"\g<1>", _table(rows).replace("\\", r"\\"), r"\g<2>"
        text = marked.sub(before + table + after, text)
    return text, problems


def _table(rows: Rows) -> str:
    head, *body = (" | ".join(cell.replace("|", r"\|") for cell in row) for row in rows)
    rule = " | ".join("---" for _ in head.split(" | "))
    return "\n".join(f"| {line} |" for line in (head, rule, *body))


def _endpoints() -> Iterator[tuple[str, ...]]:
    yield "request", "operation", "description"
    for vendor in vendors.discover():
        description = (resources.openapi() / vendor.openapi).read_text(encoding="utf-8")
        for path, item in yaml.safe_load(description)["paths"].items():
            for method in METHODS:
                if method in item:
                    operation = item[method]
                    yield f"`{method.upper()} {path}`", f"`{operation['operationId']}`", operation["summary"]


def _settings() -> Iterator[tuple[str, ...]]:
    yield "flag", "variable", "default", "description"
    for option in serving.serve.params:
        if isinstance(option, click.Option) and not option.hidden:
            default = f"`{option.default}`" if isinstance(option.default, str | int) and not option.is_flag else ""
            yield f"`{option.opts[0]}`", f"`{option.envvar}`", default, option.help or ""


def _switches() -> Iterator[tuple[str, ...]]:
    yield "switch", "default", "options", "evidence", "description"
    for group, group_switches in startup_policy.all_switches(vendors.discover()).items():
        for switch in group_switches:
            name = f"`{group}.{switch.name}`"
            evidence = switch.grade.name.lower()
            yield name, f"`{switch.default}`", switches.options_text(switch), evidence, switch.description


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
