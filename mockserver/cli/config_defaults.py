"""The settings of a configuration file as the defaults of a command, below its flags and variables.

A command takes the settings for which it has flags.
"""

from collections.abc import Iterable, Mapping
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from mockserver.cli import config_file, options
from mockserver.cli.config_file import ConfigFile

FILE = f"{__name__}.file"
"""The key of the file in the `meta` of a command's context."""

_GIVES_WAY = {
    "organization": ("organization_file",),
    "organization_file": ("organization",),
    "policy_file": ("policy",),
    "case": ("organization", "organization_file", "profile", "now", "freeze", "limits", "policy", "policy_file"),
}
"""For a flag, the settings that would override it; those of a file give way to it. All by parameter name."""

_CHECKED_LATE = ("host", "case", "profile", "policy", "policy_file")
"""The parameters whose values may turn out wrong after the file was checked."""

_GIVEN = (ParameterSource.COMMANDLINE, ParameterSource.ENVIRONMENT)


def read(ctx: click.Context, path: Path | None) -> None:
    """Give a command the settings of a file, by default of the one that is found; ConfigError if anything is wrong."""
    file = _found() if path is None else config_file.load(path)
    if file is None:
        return
    from mockserver.cli import config_values

    values = config_values.checked(file)
    # An option without a variable concerns one call of the command, even if it has the name of a setting.
    defaults = {each.name: each.default for each in ctx.command.params if each.envvar}
    url = _url(values)
    if url is not None and defaults.get("url") == options.DEFAULT_URL:
        values["url"] = url
    ctx.default_map = {name: value for name, value in values.items() if name in defaults}
    ctx.meta[FILE] = file


def _found() -> ConfigFile | None:
    try:
        folder = Path.cwd()
    except OSError:  # The folder has been deleted.
        return None
    return config_file.find(folder)


def give_way(ctx: click.Context) -> None:
    """Let flags and variables win over settings of the file that would override them; switches are merged."""
    file = dict(ctx.default_map or {})
    given = {name for name in ctx.params if ctx.get_parameter_source(name) in _GIVEN}
    dropped = {name for each in given & _GIVES_WAY.keys() for name in _GIVES_WAY[each]} & file.keys() - given
    if "policy" in given & file.keys():
        ctx.params["policy"] = _merged([] if "policy_file" in given else file["policy"], ctx.params["policy"])
    ctx.default_map = {name: value for name, value in file.items() if name not in dropped}
    for name in dropped:
        ctx.params[name] = getattr(options.DEFAULTS, name)
        ctx.set_parameter_source(name, ParameterSource.DEFAULT)


def _merged(below: Iterable[str], above: Iterable[str]) -> tuple[str, ...]:
    """Switches, and those that are set over them."""
    names = {each.partition("=")[0] for each in above}
    return (*(each for each in below if each.partition("=")[0] not in names), *above)


def _url(values: Mapping[str, Any]) -> str | None:
    """The URL of a server with these settings, on its own machine; None where it is the default, or not known."""
    if not values.keys() & {"host", "port"} or values.get("port") == 0:
        return None
    host = str(values.get("host", options.DEFAULTS.host)).strip("[]")
    return f"http://{_in_url(host)}:{values.get('port', options.DEFAULTS.port)}"


def _in_url(host: str) -> str:
    try:
        address = ip_address(host)
    except ValueError:
        return host
    if address.is_unspecified:
        return "127.0.0.1"
    return f"[{host}]" if address.version == 6 else host


def note() -> str:
    """What an error says about settings of the file that may be its reason; nothing if there are none."""
    ctx = click.get_current_context(silent=True)
    if ctx is None or FILE not in ctx.meta:
        return ""
    names = [each for each in _CHECKED_LATE if ctx.get_parameter_source(each) is ParameterSource.DEFAULT_MAP]
    keys = ", ".join(name.replace("_", "-") for name in names)
    return f" ({ctx.meta[FILE].path} sets {keys})" if keys else ""
