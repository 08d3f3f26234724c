"""`mockserver tokens`: the seeded tokens of every vendor, each with a curl line that uses it."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from mockserver.cli import conflicts, options, servers

if TYPE_CHECKING:
    from mockserver.gateway.tokens import Grant


@conflicts.command(conflicts.ONE_ORGANIZATION)
@options.config
@options.organization
@options.organization_file
@options.option("--url", type=options.Url(), default=options.DEFAULT_URL, help="The server's URL, for the curl lines.")
def tokens(organization: str, organization_file: Path | None, url: str) -> None:
    """Print the tokens of a server, each with a curl command.

    Every vendor has one token that may read analytics, and one that is known but answered with 403. Where clients can
    write, there is one more that may only read. Where a vendor's clients exchange credentials for an access token, the
    client id and secret are printed, and the curl command includes the exchange. No server is started or called.

    \b
    Examples:
      mockserver tokens
      mockserver tokens --organization globex --url http://127.0.0.1:9090
      mockserver tokens --organization-file mine.yaml
    """
    from mockserver import vendors
    from mockserver.gateway import curl
    from mockserver.gateway.tokens import seeded

    shown = servers.organization(organization, organization_file)
    for vendor in vendors.discover():
        click.echo(vendor.title)
        groups = shown.role_groups if vendor.has_group_roles else ()
        writes = vendor.has_writes
        for grant in seeded(vendor.name, shown.slug, secret=vendor.secret, groups=groups, writes=writes):
            click.echo(f"  {_credentials(grant)}")
            click.echo(f"    {curl.line(vendor, grant, url, vendor.sample_path)}")


def _credentials(grant: "Grant") -> str:
    client = grant.token if grant.secret is None else f"client id {grant.token}, client secret {grant.secret}"
    notes = [] if grant.permitted else ["403"]
    notes += [] if grant.may_write else ["reads only"]
    notes += [f"sees only {', '.join(grant.groups)}"] if grant.groups else []
    return client + "".join(f"  ({note})" for note in notes)
