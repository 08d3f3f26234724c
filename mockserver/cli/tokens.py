"""Answers `mockserver tokens`: what opens the first sandbox at each vendor, with a line to try it.

Which tokens there are stays out (`gateway.tokens`).
"""

import shlex

import click

from mockserver.cli import options
from mockserver.cli.options import DEFAULTS, option


@click.command
@options.organization
@option("--url", default=f"http://{DEFAULTS.host}:{DEFAULTS.port}", help="Where the server is, for the curl lines.")
def tokens(organization: str, url: str) -> None:
    """Print the tokens that a server starts with, each with a curl line.

    At every vendor one token may read analytics, and one is known but forbidden to: it meets a 403.
    """
    from mockserver import vendors
    from mockserver.gateway.tokens import seeded

    for vendor in vendors.discover():
        click.echo(vendor.title)
        for grant in seeded(vendor.name, organization):
            header = f"Authorization: {vendor.schemes[0]} {grant.token}"
            click.echo(f"  {grant.token}{'' if grant.permitted else '  (403)'}")
            click.echo("    " + shlex.join(["curl", "-H", header, url.rstrip("/") + vendor.try_path]))
