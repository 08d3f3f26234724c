"""`mockserver config`: a configuration file to start from, or the settings that are in force."""

import json
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from mockserver.cli import options

if TYPE_CHECKING:
    from mockserver.cli.config_file import ConfigFile

_HEAD = """\
# Settings of `mockserver serve`. Save this file as mockserver.toml, and remove the # before a setting to set it.
# Flags and variables override it. In pyproject.toml, the same settings are in the table [tool.mockserver].
# The other commands take the settings for which they have flags too, and the URL that follows from host and port.
# Paths begin at the folder of this file."""

_EXAMPLES = {
    "organization-file": '"mine.yaml"',
    "case": '"C001"',
    "profile": '"flaky"',
    "now": "2025-10-21T10:30:00Z",
    "policy": '{metrics = {subteams = "with"}}',
    "policy-file": '"policy.yaml"',
    "admin-token": '"a-secret"',
    "admin-token-file": '"admin-token.txt"',
    "allowed-host": '["mockserver.test"]',
    "cors-origin": '["http://localhost:3000"]',
    "store": '"redis://127.0.0.1:6379/0"',
}
"""Values of the settings that have no default."""

_WIDTH = 120
_MASK = "***"


@click.command
@click.option("--show", is_flag=True, help="Print the settings in force, and where each is from.")
@options.option(
    "--config", "path", type=click.Path(path_type=Path), help="With --show, the file instead of the one that is found."
)
def config(path: Path | None, *, show: bool) -> None:
    """Print a configuration file, or the settings in force.

    The file has every setting with its description and default. `mockserver serve` and the other commands read
    mockserver.toml, or [tool.mockserver] in pyproject.toml, in the working directory or the nearest one above it that
    has either. A flag overrides a variable, a variable the file, and the file the default. A --case that is given
    starts without the organization, profile, clock, limits and switches of the file.

    \b
    Examples:
      mockserver config > mockserver.toml
      mockserver config --show
    """
    click.echo("\n".join(_effective(path) if show else _template()))


def _template() -> Iterator[str]:
    from mockserver.cli import config_values

    yield _HEAD
    for key, option in config_values.known().items():
        yield ""
        choices = (
            f" One of: {', '.join(map(str, option.type.choices))}." if isinstance(option.type, click.Choice) else ""
        )
        names = f" ({option.opts[0]}, {option.envvar})"
        lines = textwrap.wrap(f"{option.help}{choices}{names}", _WIDTH - 2, break_on_hyphens=False)
        yield from (f"# {line}" for line in lines)
        yield f"#{key} = {_EXAMPLES.get(key) or _toml(_default(option))}" + (
            "  # no default" if key in _EXAMPLES else ""
        )


def _default(option: click.Option) -> Any:
    return False if option.is_flag else option.default


def _effective(path: Path | None) -> Iterator[str]:
    """Every setting as in a file, with its source as a comment; settings without a value are commented out."""
    from mockserver.cli import config_defaults, config_values
    from mockserver.cli.serving import serve

    with serve.make_context("serve", [] if path is None else ["--config", str(path)]) as ctx:
        file = ctx.meta.get(config_defaults.FILE)
        yield f"# The configuration file is {file.path}." if file else "# There is no configuration file."
        for key, option in config_values.known().items():
            source = ctx.get_parameter_source(str(option.name))
            value = _value(ctx, option, source)
            shown = _shown(key, value)
            if shown in {None, ()}:
                yield f"#{key}  # not set"
            else:
                yield f"{key} = {_toml(shown)}  # {_described(source, option, file)}"


def _shown(key: str, value: Any) -> Any:
    """A value without what is secret in it."""
    from mockserver.cli import config_values

    if value and key == "store":
        from mockserver.settings import SettingsError, parse_store

        try:
            return str(parse_store(value))
        except SettingsError:  # Any part of it may be the password.
            return _MASK
    return _MASK if value and key in config_values.SECRET else value


def _value(ctx: click.Context, option: click.Option, source: ParameterSource | None) -> Any:
    """The value of a setting. The file with the admin token is read at once, so its name is not in the context."""
    name = str(option.name)
    if option.expose_value:
        is_secret_from_file = name == "admin_token" and source is ParameterSource.DEFAULT
        return None if is_secret_from_file else ctx.params[name]
    return option.value_from_envvar(ctx) if source is ParameterSource.ENVIRONMENT else ctx.lookup_default(name)


def _described(source: ParameterSource | None, option: click.Option, file: "ConfigFile | None") -> str:
    if source is ParameterSource.DEFAULT_MAP and file is not None:
        return file.location(option.opts[0].removeprefix("--"))
    return str(option.envvar) if source is ParameterSource.ENVIRONMENT else "default"


def _toml(value: Any) -> str:
    """A value as TOML; JSON has the same texts, numbers, lists and truth values."""
    return json.dumps(value, ensure_ascii=False, default=str)
