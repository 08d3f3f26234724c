"""`mockserver env`: a server's URL and seeded tokens as environment variables for a client's tests."""

import shlex
from pathlib import Path

import click

from mockserver import settings
from mockserver.cli import conflicts, options, servers

EXAMPLES = """
\b
Examples:
  eval "$(mockserver env)"                          this shell, and what it starts
  mockserver env --format dotenv >> "$GITHUB_ENV"   the later steps of a job
  mockserver env --format dotenv > mock.env         docker run --env-file mock.env
  mockserver env --format powershell | Out-String | Invoke-Expression
"""


@conflicts.command(conflicts.ONE_ORGANIZATION, epilog=EXAMPLES)
@options.organization
@options.organization_file
@options.server_url
@click.option(
    "--format",
    "form",
    type=click.Choice(("shell", "dotenv", "json", "powershell")),
    default="shell",
    show_default=True,
    help="How the variables are written; dotenv quotes nothing.",
)
def env(organization: str, organization_file: Path | None, url: str, form: str) -> None:
    """Print the variables by which a client's tests find a server and its tokens.

    \b
    MOCKSERVER_URL                       the base URL, without a slash at the end
    MOCKSERVER_TOKEN_<VENDOR>            the token of each vendor that takes one
    MOCKSERVER_CLIENT_ID_<VENDOR>        the id and secret of each vendor whose
    MOCKSERVER_CLIENT_SECRET_<VENDOR>    clients exchange them for an access token

    <VENDOR> is the vendor's name in upper case, with underscores for hyphens. No server is started or called.
    `mockserver sweep` sets the same variables for the command that it runs. A token or client id with -forbidden
    appended is answered with 403.
    """
    slug = servers.organization(organization, organization_file).slug
    found = variables(url.rstrip("/"), slug)
    for name, value in found.items():
        if not value.isprintable() or not value:
            raise click.UsageError(f"{name} cannot be {value!r}: a value must be one line of plain text")
    if form == "json":
        options.print_json(found)
    else:
        click.echo("\n".join(_assignment(form, name, value) for name, value in found.items()))


def variables(url: str, organization: str) -> dict[str, str]:
    """Each variable's name and value, for a server at a URL (without a slash at its end) and an organization's slug."""
    from mockserver import vendors
    from mockserver.gateway.tokens import seeded

    found = {settings.variable("url"): url}
    for vendor in vendors.discover():
        grant, *_ = seeded(vendor.name, organization, secret=vendor.secret)
        if grant.secret is None:
            found[settings.variable(f"token-{vendor.name}")] = grant.token
        else:
            found[settings.variable(f"client-id-{vendor.name}")] = grant.token
            found[settings.variable(f"client-secret-{vendor.name}")] = grant.secret
    return found


def _assignment(form: str, name: str, value: str) -> str:
    match form:
        case "shell":
            return f"export {name}={shlex.quote(value)}"
        case "powershell":  # Between single quotes only a single quote is special, and is written twice.
            return f"$env:{name} = '{value.replace(chr(39), chr(39) * 2)}'"
        case _:
            return f"{name}={value}"
