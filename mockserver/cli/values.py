"""The values that a shell completes: read from the names of files where that is enough, because a person waits."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import click
from click.shell_completion import CompletionItem

from mockserver import resources

_CASE = re.compile(r"^- id: (\S+)\n  title: (.*)$", re.MULTILINE)
_PROFILE = re.compile(r"^([a-z-]+):$", re.MULTILINE)
_OWN = "admin"
"""The OpenAPI file that is of no vendor."""


def _starting(values: Iterable[str], incomplete: str) -> list[str]:
    return [each for each in values if each.startswith(incomplete)]


def organizations(_: click.Context, __: click.Parameter, incomplete: str) -> list[str]:
    """The bundled organizations."""
    return _starting(resources.organizations(), incomplete)


def vendors(_: click.Context, __: click.Parameter, incomplete: str) -> list[str]:
    """Every vendor: there is an OpenAPI file for each."""
    return _starting((name for name in _stems(resources.openapi().glob("*.yaml")) if name != _OWN), incomplete)


def groups(_: click.Context, __: click.Parameter, incomplete: str) -> list[str]:
    """Every vendor, and what concerns several of them: there is a file of cases for each."""
    return _starting(_stems(resources.cases().glob("*.yaml")), incomplete)


def cases(_: click.Context, __: click.Parameter, incomplete: str) -> list[CompletionItem[str]]:
    """The ids of the cases, with their titles."""
    texts = (each.read_text(encoding="utf-8") for each in sorted(resources.cases().glob("*.yaml")))
    found = sorted(match for text in texts for match in _CASE.findall(text))
    return [CompletionItem(name, help=title) for name, title in found if name.upper().startswith(incomplete.upper())]


def profiles(_: click.Context, __: click.Parameter, incomplete: str) -> list[str]:
    """The profiles."""
    return _starting(_PROFILE.findall(resources.profiles().read_text(encoding="utf-8")), incomplete)


def metrics(_: click.Context, __: click.Parameter, incomplete: str) -> list[str]:
    """The metrics."""
    from mockserver.products.metric_events import Metric

    return _starting(Metric, incomplete)


def switches(_: click.Context, __: click.Parameter, incomplete: str) -> list[CompletionItem[str]]:
    """Every switch with each of its options; for a renaming, the beginning of one."""
    return [each for each in _settings_of_switches() if each.value.startswith(incomplete)]


def trials(_: click.Context, __: click.Parameter, incomplete: str) -> list[CompletionItem[str]]:
    """The trials of a torture, with what they do."""
    from mockserver import app
    from mockserver.cli.torture import trials as found
    from mockserver.settings import Settings

    offered = found.of_server(app.create_app(Settings()))
    listed = [CompletionItem(each.name, help=each.description) for each in offered]
    return [each for each in listed if each.value.startswith(incomplete)]


def _settings_of_switches() -> Iterator[CompletionItem[str]]:
    from mockserver import startup_policy
    from mockserver import vendors as served

    for group, found in startup_policy.all_switches(served.discover()).items():
        for switch in found:
            for option in switch.options:
                yield CompletionItem(f"{group}.{switch.name}={option}", help=switch.description)


def _stems(paths: Iterable[Path]) -> list[str]:
    return sorted(path.stem for path in paths)
