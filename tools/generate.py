"""Answers what the README's tables say: switches from the vendors, settings from the command, endpoints from openapi/.

`python -m tools.generate` writes them between their markers, `--check` only compares. The prose around them stays out.
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
    """0 when the tables are true, or were made so; 1, with a line on stderr for each reason, otherwise."""
    text = README.read_text(encoding="utf-8")
    fresh, findings = renewed(text, {"endpoints": _endpoints(), "settings": _settings(), "switches": _switches()})
    if "--check" not in arguments:
        README.write_text(fresh, encoding="utf-8")
    elif fresh != text:
        findings.append("README.md has a stale table; `make fix` writes it anew")
    for finding in findings:
        print(finding, file=sys.stderr)
    return 1 if findings else 0


def renewed(text: str, tables: dict[str, Rows]) -> tuple[str, list[str]]:
    """The text with every table as it must be, and a line for each table that has no place in it."""
    findings = []
    for name, rows in tables.items():
        marked = re.compile(rf"(<!-- generated: {name} -->\n).*?(\n<!-- end -->)", re.DOTALL)
        if not marked.search(text):
            findings.append(f"README.md has no place for a table: <!-- generated: {name} -->, a line, <!-- end -->")
        before, table, after = r"\g<1>", _table(rows).replace("\\", r"\\"), r"\g<2>"
        text = marked.sub(before + table + after, text)
    return text, findings


def _table(rows: Rows) -> str:
    head, *body = (" | ".join(cell.replace("|", r"\|") for cell in row) for row in rows)
    rule = " | ".join("---" for _ in head.split(" | "))
    return "\n".join(f"| {line} |" for line in (head, rule, *body))


def _endpoints() -> Iterator[tuple[str, ...]]:
    yield "request", "operation", "answers"
    for vendor in vendors.discover():
        described = (resources.openapi() / vendor.openapi).read_text(encoding="utf-8")
        for at, item in yaml.safe_load(described)["paths"].items():
            for method in METHODS:
                if method in item:
                    operation = item[method]
                    yield f"`{method.upper()} {at}`", f"`{operation['operationId']}`", operation["summary"]


def _settings() -> Iterator[tuple[str, ...]]:
    yield "flag", "variable", "default", "meaning"
    for option in serving.serve.params:
        if isinstance(option, click.Option):
            shown = f"`{option.default}`" if isinstance(option.default, str | int) and not option.is_flag else ""
            yield f"`{option.opts[0]}`", f"`{option.envvar}`", shown, option.help or ""


def _switches() -> Iterator[tuple[str, ...]]:
    yield "switch", "default", "choices", "evidence", "what it settles"
    for group, known in startup_policy.all_switches(vendors.discover()).items():
        for switch in known:
            name = f"`{group}.{switch.name}`"
            yield name, f"`{switch.default}`", switches.written(switch), switch.grade.value, switch.description


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
