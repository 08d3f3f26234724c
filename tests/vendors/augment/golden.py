"""Answers digests of what Augment serves to a list of requests; written anew when run as a program.

    .venv/bin/python -m tests.vendors.augment.golden

Whether they may change stays out (`test_golden`).
"""

import json
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import click

from mockserver.app import create_app
from mockserver.simulation import chance
from tests.conftest import SETTINGS
from tests.contract.client import Client

FILE = Path(__file__).with_name("golden.json")
ORGANIZATIONS = ("acme", "documented", "globex", "initech")
RECORDS = "/daily-user-activity-by-editor-language"
REQUESTS = (
    "/dau-count?start_date=2025-07-23&end_date=2025-10-20",
    "/dau-count?start_date=2023-10-20&end_date=2024-01-17",
    "/dau?date=2025-10-15&page_size=250",
    "/dau?date=2025-10-15&page_size=50",
    "/daily-usage?start_date=2025-07-23&end_date=2025-10-20",
    "/daily-usage?start_date=2024-02-26&end_date=2024-03-03",
    "/user-activity?start_date=2025-10-14&end_date=2025-10-20&page_size=100",
    "/user-activity?start_date=2025-07-23&end_date=2025-10-20&page_size=10",
    f"{RECORDS}?date=2025-10-15&page_size=100",
    f"{RECORDS}?date=2025-09-17&page_size=20",
)


def digests() -> dict[str, str]:
    """For every organisation and request, the digest of the body at the frozen clock."""
    found = {}
    for organization in ORGANIZATIONS:
        app = create_app(replace(SETTINGS, organization=organization))
        client = Client(app, "/analytics/v0", f"Bearer mock-augment-{organization}")
        for request in REQUESTS:
            path, _, query = request.partition("?")
            found[f"{organization} {request}"] = sha256(client.get(path, query).body).hexdigest()
    return found


@click.command()
@click.option("--only-print", is_flag=True, help="Print the digests and leave the file as it is.")
def main(*, only_print: bool) -> None:
    """Write the digests anew."""
    text = json.dumps({"data_version": chance.DATA_VERSION, "digests": digests()}, indent=2) + "\n"
    if only_print:
        click.echo(text, nl=False)
    else:
        FILE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
