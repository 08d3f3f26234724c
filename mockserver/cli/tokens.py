"""Answers `mockserver tokens`: what opens the first sandbox at each vendor, with a line to try it.

Which tokens there are stays out (`gateway.tokens`).
"""

import shlex
from typing import TYPE_CHECKING

import click

from mockserver.cli import options
from mockserver.cli.options import DEFAULTS, option

if TYPE_CHECKING:
    from mockserver.gateway.tokens import Grant
    from mockserver.gateway.vendor import Vendor

CUT_OUT = """sed -E 's/.*"access_token":"([^"]+)".*/\\1/'"""
"""What takes the access token out of the answer that brings it."""


@click.command
@options.organization
@option("--url", default=f"http://{DEFAULTS.host}:{DEFAULTS.port}", help="Where the server is, for the curl lines.")
def tokens(organization: str, url: str) -> None:
    """Print the tokens that a server starts with, each with a curl line.

    At every vendor one token may read analytics, and one is known but forbidden to: it meets a 403. Where a vendor's
    clients get their tokens for a secret, client id and secret are printed, and the line does both.
    """
    from mockserver import vendors
    from mockserver.gateway.tokens import seeded

    for vendor in vendors.discover():
        click.echo(vendor.title)
        groups = _groups(organization) if vendor.has_group_roles else ()
        for grant in seeded(vendor.name, organization, secret=vendor.secret, groups=groups):
            click.echo(f"  {_shown(grant)}")
            click.echo(f"    {_line(vendor, grant, url.rstrip('/'))}")


def _groups(organization: str) -> tuple[str, ...]:
    """The groups of a bundled organisation's role; another organisation's file is not known here."""
    from mockserver.organizations import files

    return files.named(organization).console_groups if organization in files.bundled() else ()


def _shown(grant: "Grant") -> str:
    client = grant.token if grant.secret is None else f"client id {grant.token}, client secret {grant.secret}"
    notes = [] if grant.permitted else ["403"]
    notes += [f"sees only {', '.join(grant.groups)}"] if grant.groups else []
    return client + "".join(f"  ({note})" for note in notes)


def _line(vendor: "Vendor", grant: "Grant", url: str) -> str:
    """The line to try a token with; a client first gets an access token, in a substitution of the shell's."""
    asked = shlex.quote(url + vendor.sample_path)
    if vendor.token_path is None:
        return f"curl -H {shlex.quote(f'Authorization: {vendor.schemes[0]} {grant.token}')} {asked}"
    credentials = shlex.quote(f"{grant.token}:{grant.secret}")
    form = "-d grant_type=client_credentials"
    exchange = f"curl -s -u {credentials} {form} {shlex.quote(url + vendor.token_path)} | {CUT_OUT}"
    return f'curl -H "Authorization: {vendor.schemes[0]} $({exchange})" {asked}'
