"""Answers what openapi/FIDELITY.md says: the ledger of every vendor, checked against the tests that it names.

`python -m tools.fidelity` writes the file, `--check` only compares. Making the rows stays out (`mockserver.fidelity`).
"""

import ast
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from mockserver.fidelity import ledger, rows
from mockserver.fidelity.ledger import Ledger
from mockserver.fidelity.rows import Kind, Row
from mockserver.gateway.switches import Grade

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "openapi" / "FIDELITY.md"

HEAD = """\
<!-- Made by `python -m tools.fidelity` from the OpenAPI files beside it and the vendors' policies; do not edit. -->

# What every answer rests on

Each operation, parameter, field, error, header, limit and switch that the simulator serves has a row here: how well it
is vouched for, where that is written, and the test that holds it. `make check` fails when something served has no row,
when a row names something that is not served, and when a test that is named does not exist. `mockserver fidelity`
prints the same, `--json` as data. Where a source says *page*, it is the vendor's public documentation of this API.

Grades: **D** documented by the vendor, to the letter; **O** observed in answers or public clients of the live service;
**I** inferred from these; **A** assumed, since nobody says. A field is graded for being there under its name. What is
said about it beside that, and what no page says about everything, stands under *rules*; what a switch changes stands
under *switches*, with the default's grade.

There is no single score: what a client leans on is a few rows, not an average.
"""

HEADINGS = {
    Kind.OPERATION: "Operations",
    Kind.PARAMETER: "Parameters",
    Kind.FIELD: "Fields of answers",
    Kind.ERROR: "Errors: statuses, and the fields of their bodies",
    Kind.HEADER: "Headers",
    Kind.LIMIT: "Limits",
    Kind.SWITCH: "Switches",
    Kind.RULE: "Rules",
}


def main(arguments: list[str]) -> int:
    """0 when the ledger is whole and its file fresh, or made so; 1, with a line on stderr for each reason, if not."""
    ledgers = ledger.all_ledgers()
    findings = [*faults(ledgers, ROOT)]
    fresh = text(ledgers)
    if "--check" not in arguments:
        TARGET.write_text(fresh, encoding="utf-8")
    elif not TARGET.exists() or TARGET.read_text(encoding="utf-8") != fresh:
        findings.append("openapi/FIDELITY.md is stale; `make fix` writes it anew")
    for finding in findings:
        print(finding, file=sys.stderr)
    return 1 if findings else 0


def faults(ledgers: Iterable[Ledger], root: Path) -> Iterator[str]:
    """What is wrong with the ledgers themselves, and every test that a checkout does not have, in sentences."""
    for each in ledgers:
        yield from each.faults
        for row in each.rows:
            path, _, name = row.test.partition("::")
            if name not in tests(root / path):
                yield f"{row.vendor}: the {row.kind} {row.name!r} names a test that does not exist: {row.test}"


@cache
def tests(path: Path) -> frozenset[str]:
    """The names of the test functions of a file; none where there is no such file."""
    if not path.is_file():
        return frozenset()
    found = ast.parse(path.read_text(encoding="utf-8")).body
    return frozenset(each.name for each in found if isinstance(each, ast.FunctionDef) and each.name.startswith("test_"))


def text(ledgers: Iterable[Ledger]) -> str:
    """The whole file."""
    ledgers = list(ledgers)
    parts = [HEAD, _table(_counted(ledgers))]
    for each in ledgers:
        parts.append(f"## {each.vendor}\n")
        parts.append(_table(_counted_by_kind(each.rows)))
        for kind, heading in HEADINGS.items():
            listed = [row for row in each.rows if row.kind is kind]
            if listed:
                parts += [f"### {heading}\n", _table(_rows(listed))]
    return "\n".join(parts)


def _counted(ledgers: list[Ledger]) -> Iterator[tuple[str, ...]]:
    yield "vendor", *Grade
    for each in ledgers:
        yield f"[{each.vendor}](#{each.vendor})", *map(str, rows.counts(each.rows).values())


def _counted_by_kind(found: list[Row]) -> Iterator[tuple[str, ...]]:
    yield "kind", *Grade
    for kind in HEADINGS:
        yield kind, *map(str, rows.counts(row for row in found if row.kind is kind).values())


def _rows(listed: list[Row]) -> Iterator[tuple[str, ...]]:
    yield "grade", "what", "source", "test"
    for row in listed:
        name = row.name if row.kind in {Kind.RULE, Kind.LIMIT} else f"`{row.name}`"
        path, _, test = row.test.partition("::")
        yield row.grade, name, row.source, f"[{test}](../{path})"


def _table(told: Iterable[tuple[str, ...]]) -> str:
    head, *body = (" | ".join(cell.replace("|", r"\|") for cell in row) for row in told)
    rule = " | ".join("---" for _ in head.split(" | "))
    return "\n".join(f"| {line} |" for line in (head, rule, *body)) + "\n"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
