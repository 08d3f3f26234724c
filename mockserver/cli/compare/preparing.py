"""The run of `mockserver compare` that its flags mean."""

import os
from collections.abc import Iterable
from pathlib import Path

import click

from analytics_mockserver.suggestions import unknown_name
from mockserver import __version__, resources, settings, startup_policy, vendors
from mockserver.cli import servers
from mockserver.cli.compare.runs import Run, Subject
from mockserver.comparison import policy_text
from mockserver.comparison.state import Origin, State, StateError
from mockserver.learning import file_reading


def run(subject: Subject, live: str, token: str, organization: str | None, state: Path, *, with_bad: bool) -> Run:
    """A run that is prepared; a usage error for a state file of something else."""
    origin = Origin(__version__, subject.vendor.name, subject.plan, live, token, organization)
    with servers.usage_errors(StateError):
        found = State(origin, state)
        found.load()
    return Run(subject, found, with_bad=with_bad)


def check_files(files: Iterable[Path | None]) -> None:
    """A usage error if one of the files could not be written later, or is given twice."""
    given = [each for each in files if each is not None]
    for each in given:
        if problem := _problem(each):
            raise click.UsageError(f"{each}: cannot be written: {problem}")
    if len({each.resolve() for each in given}) < len(given):
        raise click.UsageError("each file that is written needs a name of its own")


def _problem(path: Path) -> str | None:
    try:
        if path.is_dir():
            return "it is a directory"
        if not path.parent.is_dir():
            return f"there is no folder {path.parent}"
        is_writable = os.access(path if path.exists() else path.parent, os.W_OK)
    except OSError as error:
        return error.strerror
    return None if is_writable else "permission denied"


def subject(name: str, against: Path | None) -> Subject:
    """What is compared; a usage error for an unknown vendor or a bad policy file."""
    known = {each.name: each for each in vendors.discover()}
    if name not in known:
        raise click.BadParameter(unknown_name("vendor", name, known), param_hint="VENDOR")
    plans = vendors.exported("comparison", "PLAN")
    if name not in plans:
        raise click.BadParameter(f"{name} has no questions to be compared by", param_hint="VENDOR")
    content = (resources.openapi() / known[name].openapi).read_bytes()
    ours = file_reading.ours(
        name, content, known[name].switches, vendors.exported("learning", "OBSERVATIONS").get(name, ())
    )
    if against is None:
        return Subject(known[name], ours, plans[name], {}, [])
    with servers.usage_errors():
        chosen = startup_policy.load(
            settings.Settings(policy_file=against), startup_policy.all_switches(known.values())
        )
    differences = policy_text.known(against.read_text(encoding="utf-8"))
    return Subject(known[name], ours, plans[name], chosen.get(name, {}), differences)
