"""Answers what fixtures/CASES.md says: every case of the catalogue, with all that it takes to do it by hand.

`python -m tools.cases` writes the file, `--check` only compares. What a case says stays out (`mockserver.cases`).
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

from mockserver import vendors
from mockserver.cases import describe, reading
from mockserver.cases.records import Case, Catalogue
from mockserver.gateway.vendor import Vendor

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "fixtures" / "cases"
TARGET = ROOT / "fixtures" / "CASES.md"

HEAD = """\
<!-- Made by `python -m tools.cases` from fixtures/cases/*.yaml; do not edit. -->

# Cases

{count} situations that clients of these APIs break on. Each is executed by a test, and can be done by hand in three
ways:

* **A server of its own.** Run the case's first line, `mockserver serve --case C001`, and in another terminal the curl
  lines below it, in their order. The lines beginning with `#` say what must come back.
* **A sandbox on a server that runs.** `POST /_mock/sandboxes` with `{{"case": "C001"}}`, or, where the server was
  started without flags, with the whole body that the case gives; ask with the tokens in the answer, and of
  `/_mock/sandboxes/<id>/` in place of `/_mock/`. `mockserver cases C001` prints these lines too, and
  `GET /_mock/cases/C001` has them under `curl_in_sandbox`.
* **In pytest.** The marker makes the test's `sandbox` so.

`mockserver cases --run C001` does the steps and says whether everything came back as it must; without an id, all of
them. Where a line needs python3, it takes a part out of an answer for a later line.

Grades: **D** documented by the vendor, **O** observed in answers or public clients, **I** inferred from these, **A**
assumed, since nobody says (most of these have a switch).
"""


def main(arguments: list[str]) -> int:
    """0 when the file is fresh, or was made so; 1, with a line on stderr, otherwise."""
    fresh = text(reading.catalogue(SOURCE), vendors.discover())
    if "--check" not in arguments:
        TARGET.write_text(fresh, encoding="utf-8")
    elif not TARGET.exists() or TARGET.read_text(encoding="utf-8") != fresh:
        print("fixtures/CASES.md is stale; `make fix` writes it anew", file=sys.stderr)
        return 1
    return 0


def text(catalogue: Catalogue, served: tuple[Vendor, ...]) -> str:
    """The whole file."""
    parts = [HEAD.format(count=len(catalogue.cases)), "\n".join(_listed(catalogue)) + "\n"]
    for vendor in catalogue.vendors:
        parts.append(f"# {vendor}\n")
        parts += ["\n".join(_case(case, served)) + "\n" for case in catalogue.cases if case.vendor == vendor]
    return "\n".join(parts)


def _listed(catalogue: Catalogue) -> Iterator[str]:
    yield "| case | vendor | grade | situation |"
    yield "| --- | --- | --- | --- |"
    for case in catalogue.cases:
        title = case.title.replace("|", r"\|")
        yield f"| [{case.id}](#{case.id.lower()}) | {case.vendor} | {case.grade} | {title} |"


def _case(case: Case, served: tuple[Vendor, ...]) -> Iterator[str]:
    told = describe.describe(case, served)
    yield f'<a id="{case.id.lower()}"></a>\n'
    yield f"## {case.id}: {case.title}\n"
    yield f"**Why clients break on it.** {case.breaks}\n"
    yield "```sh"
    yield f"{told['serve']}"
    yield from told["curl"]
    yield "```\n"
    yield f"**What must come back.** {case.returns}\n"
    yield f"**Sandbox:** `{json.dumps(told['sandbox'], ensure_ascii=False)}`  "
    yield f"**pytest:** `{told['marker']}`  "
    yield f"**Evidence:** {case.grade}, {case.source}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
