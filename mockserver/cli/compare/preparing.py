"""The run of `mockserver compare` that its flags mean."""

from pathlib import Path

import click

from analytics_mockserver.suggestions import unknown_name
from mockserver import resources, settings, startup_policy, vendors
from mockserver.cli import servers
from mockserver.cli.compare.runs import Run, Subject
from mockserver.comparison import policy_text
from mockserver.comparison.interview import State, StateError
from mockserver.learning import file_reading


def run(vendor: str, against: Path | None, state_file: Path, *, with_bad: bool) -> Run:
    """A run that is prepared; a usage error for an unknown vendor, a bad policy file, or a state file of another."""
    subject = _subject(vendor, against)
    state = State(vendor, state_file)
    with servers.usage_errors(StateError):
        state.load()
    return Run(subject, state, with_bad=with_bad)


def check_folders(*outputs: Path | None) -> None:
    """A usage error if a file could not be written later."""
    for each in outputs:
        if each is not None and not each.parent.is_dir():
            raise click.UsageError(f"{each}: cannot be written: there is no folder {each.parent}")


def _subject(name: str, against: Path | None) -> Subject:
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
