"""`mockserver profiles`: the profiles, with what a good client does under each."""

import dataclasses

import click

from mockserver import resources
from mockserver.cli import options, servers, tables


@click.command
@options.as_json
def profiles(*, as_json: bool) -> None:
    """List the profiles: named bundles of failures, for every vendor.

    Each has a line on what it does and what a good client does under it. Start a server with `mockserver serve
    --profile NAME`; or give {"profile": NAME} in a POST to /_mock/sandboxes, or profile=NAME in the pytest marker.

    \b
    Examples:
      mockserver profiles
      mockserver profiles --json
    """
    from mockserver.profiles import loading

    with servers.usage_errors(loading.ProfileError):
        found = loading.load(resources.profiles()).profiles
    if as_json:
        options.print_json({"profiles": [dataclasses.asdict(each) for each in found]})
    else:
        click.echo(tables.table((each.name, f"{each.description} A good client {each.advice}") for each in found))
