"""Writes docs/CASES.md: every case of the catalogue, with all that is needed to reproduce it by hand.

`python -m tools.cases` writes the file, `--check` only compares.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

from mockserver import vendors
from mockserver.cases import describe, loading
from mockserver.cases.records import Case, Catalogue
from mockserver.gateway.vendor import Vendor

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "fixtures" / "cases"
TARGET = ROOT / "docs" / "CASES.md"

HEAD = """\
<!-- Made by `python -m tools.cases` from fixtures/cases/*.yaml; do not edit. -->

# Cases

{count} situations in which clients of these APIs break. A test runs each of them, and you can reproduce them in three
ways:

* **On a server of its own.** Run the first line of the case, `mockserver serve --case C001`, and in another terminal
  the curl lines below it, in order. The lines that begin with `#` are the expected answers.
* **In a sandbox of a running server.** `POST /_mock/sandboxes` with `{{"case": "C001"}}` or, if the server was started
  without flags, with the whole body that the case shows. Use the tokens in the answer, and
  `/_mock/sandboxes/<id>/` in place of `/_mock/`. `mockserver cases C001` prints these lines too, and
  `GET /_mock/cases/C001` has them as `curl_in_sandbox`.
* **In pytest.** The marker sets up the test's `sandbox`.

`mockserver cases --run C001` runs the steps and reports whether every answer is as expected; without an id, it runs
all cases. A line with python3 extracts a value from an answer for a later line.

Grades: **D** documented by the vendor, **O** observed in answers or public clients, **I** inferred from these, **A**
assumed, since no source says (most of these have a switch).
"""


def main(arguments: list[str]) -> int:
    """0 if the file is up to date, or was written; 1, with a line on stderr, otherwise."""
    fresh = text(loading.load(SOURCE), vendors.discover())
    if "--check" not in arguments:
        TARGET.write_text(fresh, encoding="utf-8")
    elif not TARGET.exists() or TARGET.read_text(encoding="utf-8") != fresh:
        print("docs/CASES.md is out of date; `make fix` updates it", file=sys.stderr)
        return 1
    return 0


def text(catalogue: Catalogue, served: tuple[Vendor, ...]) -> str:
    """The whole file."""
    parts = [HEAD.format(count=len(catalogue.cases)), "\n".join(_table(catalogue)) + "\n"]
    for vendor in catalogue.vendors:
        parts.append(f"# {vendor}\n")
        parts += ["\n".join(_case(case, served)) + "\n" for case in catalogue.cases if case.vendor == vendor]
    return "\n".join(parts)


def _table(catalogue: Catalogue) -> Iterator[str]:
    yield "| id | vendor | grade | case |"
    yield "| --- | --- | --- | --- |"
    for case in catalogue.cases:
        title = case.title.replace("|", r"\|")
        yield f"| [{case.id}](#{case.id.lower()}) | {case.vendor} | {case.grade} | {title} |"


def _case(case: Case, served: tuple[Vendor, ...]) -> Iterator[str]:
    data = describe.describe(case, served)
    yield f'<a id="{case.id.lower()}"></a>\n'
    yield f"## {case.id}: {case.title}\n"
    yield f"**Why clients break on it.** {case.rationale}\n"
    yield "```sh"
    yield f"{data['serve']}"
    yield from data["curl"]
    yield "```\n"
    yield f"**Expected answers.** {case.returns}\n"
    yield f"**Sandbox:** `{json.dumps(data['sandbox'], ensure_ascii=False)}`  "
    yield f"**pytest:** `{data['marker']}`  "
    yield f"**Evidence:** {case.grade}, {case.source}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
