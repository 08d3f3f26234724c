"""`mockserver env`: a server's URL and seeded tokens as environment variables for a client's tests."""

import os
import shlex
from pathlib import Path
from urllib.parse import urlsplit

import click

from analytics_mockserver.client.http import is_loopback
from mockserver import settings
from mockserver.cli import conflicts, options, servers

PROXY_EXCEPTIONS = ("NO_PROXY", "no_proxy")
"""The variable that lists the hosts to reach without a proxy: programs differ in which name they read."""

LOOPBACK = ("localhost", "127.0.0.1", "::1")
"""This machine. The IPv6 address has no brackets: with brackets, httpx raises InvalidURL for every request."""

EXAMPLES = """
\b
Examples:
  eval "$(mockserver env)"                          this shell, and what it starts
  mockserver env --format dotenv >> "$GITHUB_ENV"   the later steps of a job
  mockserver env --format dotenv > mock.env         docker run --env-file mock.env
  mockserver env --format powershell | Out-String | Invoke-Expression
"""


@conflicts.command(conflicts.ONE_ORGANIZATION, epilog=EXAMPLES)
@options.config
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
    """Print a server's URL and tokens as environment variables.

    A client's tests find the server by them:

    \b
    MOCKSERVER_URL                       the base URL, without a slash at the end
    MOCKSERVER_TOKEN_<VENDOR>            the token of each vendor that takes one
    MOCKSERVER_CLIENT_ID_<VENDOR>        the id and secret of each vendor whose
    MOCKSERVER_CLIENT_SECRET_<VENDOR>    clients exchange them for an access token
    NO_PROXY and no_proxy                what they list already, and this machine,
                                         if the server is on this machine

    <VENDOR> is the vendor's name in upper case, with underscores for hyphens. No server is started or called.
    `mockserver sweep` sets the same variables for the command that it runs. A token or client id with -forbidden
    appended is answered with 403.
    """
    slug = servers.organization(organization, organization_file).slug
    found = variables(url, slug)
    for name, value in found.items():
        if not value.isprintable() or not value:
            raise click.UsageError(f"{name} cannot be {value!r}: a value must be one line of plain text")
    if form == "json":
        options.print_json(found)
    else:
        click.echo("\n".join(_assignment(form, name, value) for name, value in found.items()))


def variables(url: str, organization: str) -> dict[str, str]:
    """Each variable's name and value, for a server at a URL (without a slash at its end) and an organization's slug.

    The environment's own exceptions from the use of a proxy are included.
    """
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
    return found | _proxy_exceptions(url)


def _proxy_exceptions(url: str) -> dict[str, str]:
    """NO_PROXY under both its names, with this machine's addresses, for a server on this machine; else nothing."""
    host = str(urlsplit(url).hostname)
    if not is_loopback(host):
        return {}
    listed = ",".join(os.environ.get(name, "") for name in PROXY_EXCEPTIONS).split(",")
    hosts = dict.fromkeys([*filter(None, map(str.strip, listed)), host, *LOOPBACK])
    value = "*" if "*" in hosts else ",".join(hosts)  # Programs understand the asterisk only on its own.
    return dict.fromkeys(PROXY_EXCEPTIONS, value)


def _assignment(form: str, name: str, value: str) -> str:
    match form:
        case "shell":
            return f"export {name}={shlex.quote(value)}"
        case "powershell":  # Between single quotes only a single quote is special, and is written twice.
            return f"$env:{name} = '{value.replace(chr(39), chr(39) * 2)}'"
        case _:
            return f"{name}={value}"
