"""`mockserver learn`: a policy file from what a real service's OpenAPI file and captured answers show."""

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mockserver.cli import options, servers

if TYPE_CHECKING:
    from mockserver.learning.findings import Findings, Ours

_HEADER = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([\x20-\x7e\t]*)")


def _header(_: click.Context, param: click.Parameter, given: tuple[str, ...]) -> dict[str, str]:
    """The headers by name. Errors have no value, which may be a token."""
    found = {}
    for number, text in enumerate(given, 1):
        match = _HEADER.fullmatch(text)
        if match is None:
            rule = "it takes NAME: VALUE on one line, as in 'X-Tenant: north', in ASCII characters"
            raise click.BadParameter(f"number {number} is not a header; {rule}", param=param)
        found[match[1]] = match[2].strip()
    return found


@click.command
@click.argument("vendor", shell_complete=options.completed("vendors"))
@click.argument("files", nargs=-1, metavar="[SAMPLE]...")
@click.option("--openapi", "source", metavar="FILE|URL", help="The service's own OpenAPI or Swagger file.")
@click.option(
    "--from-sample",
    "samples",
    multiple=True,
    metavar="[OPERATION=]FILE",
    help="A captured JSON answer, or a HAR file; repeatable. Its values are never kept or shown.",
)
@click.option(
    "--header",
    "headers",
    multiple=True,
    metavar="'NAME: VALUE'",
    callback=_header,
    help="A header for the request to the URL; repeatable.",
)
@click.option("--token-env", metavar="NAME", help="The environment variable with a Bearer token for the URL.")
@click.option(
    "--timeout", type=click.FloatRange(min=0, min_open=True), default=30.0, help="Seconds to wait for the URL."
)
@click.option("--output", type=click.Path(path_type=Path), help="Write the policy to this file, not to stdout.")
def learn(
    vendor: str,
    files: tuple[str, ...],
    source: str | None,
    samples: tuple[str, ...],
    headers: dict[str, str],
    token_env: str | None,
    timeout: float,
    output: Path | None,
) -> None:
    """Learn the switches from a real service.

    Reads the OpenAPI or Swagger file of your tenant, captured answers, or both, and prints a policy file for
    `mockserver serve --policy-file`: the options that they show, each with its source. What they leave open is listed,
    with the candidates, and never guessed. A summary goes to stderr.

    With --from-sample, only the shapes of answers are used: types, fields, nullability and formats. The operation of an
    answer is found by its shape, or named by you as OPERATION=FILE. In a HAR file, operations are found by their paths.

    \b
    Examples:
      mockserver learn VENDOR --openapi tenant.json --output policy.yaml
      mockserver learn VENDOR --openapi http://127.0.0.1:8080/_mock/openapi/VENDOR.yaml
      mockserver learn VENDOR --from-sample users.json profiles.json
      mockserver learn VENDOR --from-sample session.har
    """
    if files and not samples:
        raise click.UsageError("samples need --from-sample before the first one")
    if source is None and not samples:
        raise click.UsageError("there is nothing to read; give --openapi FILE|URL, --from-sample FILE, or both")
    from mockserver.learning.errors import LearnError
    from mockserver.learning.fetching import Unreachable

    request_headers = _with_token(source, headers, token_env)
    try:
        found = _findings(_ours(vendor), source, (*samples, *files), request_headers, timeout)
    except Unreachable as error:
        servers.stop(str(error), 1)
    except LearnError as error:
        servers.stop(str(error), click.UsageError.exit_code)
    _write(found, output)


def _with_token(source: str | None, headers: dict[str, str], token_env: str | None) -> dict[str, str]:
    """The headers with that of the token; a usage error where they are of no use."""
    from mockserver.learning import fetching

    if (headers or token_env) and not fetching.is_url(source or ""):
        raise click.UsageError("--header and --token-env are for a URL; --openapi has none")
    if token_env is None:
        return headers
    token = os.environ.get(token_env, "").strip()
    if not token or not token.isascii() or not token.isprintable():
        raise click.BadParameter(
            f"the environment variable {token_env} must have a token: one line of ASCII characters",
            param_hint="--token-env",
        )
    return {**headers, "Authorization": f"Bearer {token}"}


def _ours(name: str) -> "Ours":
    """The vendor as the simulator has it; a usage error for an unknown one."""
    from analytics_mockserver.suggestions import unknown_name
    from mockserver import resources, vendors
    from mockserver.learning import file_reading

    known = {each.name: each for each in vendors.discover()}
    if name not in known:
        raise click.BadParameter(unknown_name("vendor", name, known), param_hint="VENDOR")
    observations = vendors.exported("learning", "OBSERVATIONS").get(name, ())
    content = (resources.openapi() / known[name].openapi).read_bytes()
    return file_reading.ours(name, content, known[name].switches, observations, known[name].unserved)


def _findings(
    ours: "Ours", source: str | None, samples: tuple[str, ...], headers: dict[str, str], timeout: float
) -> "Findings":
    from mockserver.learning import fetching, file_reading, findings, sample_reading
    from mockserver.learning.document import Document

    readings = []
    if source is not None:
        content = fetching.load(source, headers, timeout)
        readings.append(file_reading.read(ours, Document(content, fetching.label(source))))
    if samples:
        readings.append(sample_reading.read(ours, samples))
    return findings.learn(ours, readings)


def _write(found: "Findings", output: Path | None) -> None:
    from mockserver.learning import policy_text

    text = policy_text.policy(found)
    if output is None:
        click.echo(text, nl=False)
    else:
        try:
            output.write_text(text, encoding="utf-8")
        except OSError as error:
            raise click.UsageError(f"{output}: cannot be written: {error.strerror}") from error
    for line in policy_text.summary(found):
        click.echo(line, err=True)
