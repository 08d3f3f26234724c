"""`mockserver compare`: where a live API differs from the simulator, and which switches settle that."""

import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import click

from mockserver.cli import options, servers

_TOKEN = re.compile(r"[\x21-\x7e]+")
_ID = re.compile(r"[A-Za-z0-9._-]{1,100}")
_INTERRUPTED = 130


def _live(_: click.Context, param: click.Parameter, given: str) -> str:
    if not _is_plain_url(given):
        rule = "it takes http://HOST or https://HOST, with a port or a path if need be, and nothing else"
        raise click.BadParameter(f"that is not the URL of an API; {rule}", param=param)
    return given.rstrip("/")


def _is_plain_url(given: str) -> bool:
    """Whether a text is a URL without a user, a query or a fragment, which can be credentials."""
    try:
        parts = urlsplit(given)
        has_port = parts.port != 0
    except ValueError:
        return False
    is_plain = not (parts.query or parts.fragment or "@" in parts.netloc)
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and has_port and is_plain


def _organization(_: click.Context, param: click.Parameter, given: str | None) -> str | None:
    if given is not None and not _ID.fullmatch(given):
        raise click.BadParameter("an id has letters, digits, dots, hyphens and underscores", param=param)
    return given


def _token(_: click.Context, param: click.Parameter, name: str) -> str:
    token = os.environ.get(name, "").strip()
    if not _TOKEN.fullmatch(token):
        rule = "must have a token: ASCII characters without a space; for a client, its id, a colon and its secret"
        raise click.BadParameter(f"the environment variable {name} {rule}", param=param)
    return token


@click.command
@click.argument("vendor", shell_complete=options.completed("vendors"))
@click.option("--live", required=True, metavar="URL", callback=_live, help="The live API.")
@click.option(
    "--token-env",
    "token",
    required=True,
    metavar="NAME",
    callback=_token,
    help="The environment variable with a token that may read, or with CLIENT_ID:CLIENT_SECRET.",
)
@click.option(
    "--organization",
    metavar="ID",
    callback=_organization,
    help="The id of your organization, where requests need one and the API does not tell it.",
)
@click.option(
    "--against",
    "--like",
    type=click.Path(path_type=Path),
    help="A policy file; without it, the live API is compared with the default options.",
)
@click.option("--yes", is_flag=True, help="Begin without asking.")
@click.option("--no-bad-requests", is_flag=True, help="Send no request that should be refused.")
@click.option(
    "--state",
    type=click.Path(path_type=Path),
    help="The file that lets a stopped comparison go on, on the same day (UTC). Default: "
    "mockserver-compare-VENDOR.json.",
)
@click.option("--write-policy", type=click.Path(path_type=Path), help="Write the policy that the live API has.")
@click.option("--write-fixture", type=click.Path(path_type=Path), help="Write answers of this shape, all made up.")
@click.option("--junit", type=click.Path(path_type=Path), help="Write the differences as JUnit XML.")
@click.option(
    "--timeout", type=click.FloatRange(min=0, min_open=True), default=30.0, help="Seconds to wait for an answer."
)
@click.option("--verbose", is_flag=True, help="Print each request's name and status on stderr.")
@options.as_json
def compare(
    vendor: str,
    *,
    live: str,
    token: str,
    organization: str | None,
    against: Path | None,
    yes: bool,
    no_bad_requests: bool,
    state: Path | None,
    write_policy: Path | None,
    write_fixture: Path | None,
    junit: Path | None,
    timeout: float,
    verbose: bool,
    as_json: bool,
) -> None:
    """Compare a live API with the simulator.

    Sends at most 60 requests, which only read, within the documented limit: first it says how many and how long that
    takes, and asks whether to begin. Only shapes are compared, and nothing of an answer's values is kept or shown:
    statuses, names of headers and fields, types, formats, the order of rows, pages, and how bad requests are refused.

    Each difference has its evidence and, where there is one, the switch that settles it, which is found by asking the
    simulator the same under every option. After Ctrl-C or a refusal, the same command goes on where it was, on the same
    day (UTC) and with the same URL, token and organization.

    \b
    Examples:
      mockserver compare VENDOR --live http://127.0.0.1:8080 --token-env TOKEN --yes --write-policy policy.yaml
      mockserver compare VENDOR --live http://127.0.0.1:8080 --token-env TOKEN --yes --against policy.yaml

    \b
    Exit codes:
      0    no difference breaks clients
      1    a difference breaks clients
      2    usage; also when the API cannot be compared, or a file cannot be written
      130  stopped by Ctrl-C or SIGTERM
    """
    from mockserver.cli.compare import preparing, reports

    subject = preparing.subject(vendor, against)
    state = state or Path(f"mockserver-compare-{vendor}.json")
    preparing.check_files((write_policy, write_fixture, junit, state))
    with _ended(vendor, junit):
        run = preparing.run(subject, live, token, organization, state, with_bad=not no_bad_requests)
        _confirm(run.announcement(), is_sure=yes or not run.todo)
        result = run.compare(timeout, verbose=verbose)
        reports.show(result, as_json=as_json)
        reports.write(result, write_policy, write_fixture, junit)
        run.forget()
    sys.exit(1 if result.breaks_clients else 0)


@contextmanager
def _ended(vendor: str, junit: Path | None) -> Iterator[None]:
    """End the command where it is stopped, or cannot compare; the JUnit file has the reason, too."""
    from mockserver.cli.compare import reports, runs
    from mockserver.cli.runs.command import sigterm_as_interrupt

    try:
        with sigterm_as_interrupt():
            yield
    except runs.NotComparedError as error:
        text, code = str(error), click.UsageError.exit_code
    except (KeyboardInterrupt, click.Abort):
        text, code = f"stopped\n{runs.AGAIN}", _INTERRUPTED
    else:
        return
    problem = reports.write_failure(vendor, text, junit)
    servers.stop(f"{text}\n{problem}", code)


def is_terminal() -> bool:
    """Whether somebody can be asked."""
    return sys.stdin.isatty()


def _confirm(announcement: str, *, is_sure: bool) -> None:
    click.echo(announcement, err=True)
    if is_sure:
        return
    if not is_terminal():
        raise click.UsageError(
            "nobody can be asked whether to begin, because standard input is no terminal; give --yes"
        )
    if not click.confirm("Begin?", err=True):
        servers.stop("nothing was sent", click.UsageError.exit_code)
