"""The values in a configuration file, checked before click converts them, so that an error names the file and the line.

The keys are the flags of `mockserver serve`, without the hyphens in front. Finding and reading the file is in
`config_file`; how its settings combine with flags and variables is in `config_defaults`.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import click

from analytics_mockserver import admin_token
from analytics_mockserver.suggestions import unknown_name
from mockserver import resources, settings
from mockserver.cli.config_file import ConfigError, ConfigFile

SECRET = frozenset(("admin-token",))
"""The keys whose values are not shown."""

_ALTERNATIVES = (("organization", "organization-file"), ("admin-token", "admin-token-file"))
_SHOWN_MAXIMUM = 60


class InvalidValue(ValueError):
    """A value that a setting cannot have; the text has the rule."""


@cache
def known() -> dict[str, click.Option]:
    """The options of `mockserver serve` that a file can set, by key."""
    from mockserver.cli.serving import serve

    found = (each for each in serve.params if isinstance(each, click.Option) and not each.hidden)
    return {each.opts[0].removeprefix("--"): each for each in found if each.name != "config"}


def checked(file: ConfigFile) -> dict[str, Any]:
    """The values in a file by parameter name, for click to convert; ConfigError for everything that is wrong."""
    values: dict[str, Any] = {}
    problems = []
    for key, value in file.settings.items():
        if key not in known():
            problems.append(f"{file.location(key)}: {unknown_name('setting', key, known())}")
            continue
        try:
            values[str(known()[key].name)] = _checked(key, value, file.path.parent)
        except InvalidValue as error:
            problems.append(f"{file.location(key)}: {key}: {error}")
    for first, second in _ALTERNATIVES:
        if {first, second} <= file.settings.keys():
            problems.append(f"{file.location(second)}: {second} contradicts {first}; leave one of them out")
    if problems:
        raise ConfigError("\n".join(problems))
    return values


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of value: its rule, and whether a value of TOML obeys it."""

    rule: str
    fits: Callable[[Any], bool]


def _is_number(value: object, *types: type) -> bool:
    return isinstance(value, types) and not isinstance(value, bool)


def _is_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


TEXT = Kind("text in quotation marks", lambda value: isinstance(value, str))
FLAG = Kind("true or false", lambda value: isinstance(value, bool))
WHOLE = Kind("a whole number", lambda value: _is_number(value, int))
NUMBER = Kind("a number", lambda value: _is_number(value, int, float))
TEXTS = Kind('a list of texts, as in ["one", "two"]', _is_texts)
TIMESTAMP = Kind("a time, as in 2025-10-21T10:30:00Z", lambda value: isinstance(value, str | datetime))
SWITCHES = Kind(
    'a table of switches by vendor, or a list as in ["VENDOR.SWITCH=VALUE"]',
    lambda value: isinstance(value, Mapping) or _is_texts(value),
)


def kind(option: click.Option) -> Kind:
    """The kind of an option's values in a file."""
    by_name = {"now": TIMESTAMP, "policy": SWITCHES}
    if option.name in by_name:
        return by_name[option.name]
    if option.is_flag or option.multiple:
        return FLAG if option.is_flag else TEXTS
    by_type: dict[type[click.ParamType[Any]], Kind] = {click.IntRange: WHOLE, click.FloatRange: NUMBER}
    return next((found for of, found in by_type.items() if isinstance(option.type, of)), TEXT)


def _organization(slug: str) -> None:
    if slug not in resources.organizations():
        raise InvalidValue(unknown_name("organization", slug, resources.organizations()))


_RULES: dict[str, Callable[[str], object]] = {
    "admin-token": admin_token.check,
    "allowed-host": settings.parse_host,
    "cors-origin": settings.parse_origin,
    "now": settings.parse_timestamp,
    "organization": _organization,
    "policy": settings.parse_switch,
    "store": settings.parse_store,
}
"""What else a text has to obey, by key; each raises an error otherwise."""


def _checked(key: str, value: Any, folder: Path) -> Any:
    """The value for click; InvalidValue if it is of the wrong type, or is not allowed. Paths begin at the folder."""
    option = known()[key]
    expected = kind(option)
    if not expected.fits(value):
        raise InvalidValue(f"must be {expected.rule}{'' if key in SECRET else f', not {_show(value)}'}")
    if isinstance(option.type, click.Path):
        return str(folder / value)
    if isinstance(value, Mapping):
        value = list(_switches(value))
    converted = value.isoformat() if isinstance(value, datetime) else value
    try:
        option.type_cast_value(click.Context(click.Command(key)), converted)
        for each in converted if option.multiple else [converted]:
            _RULES.get(key, str)(each)
    except (click.BadParameter, settings.SettingsError, admin_token.AdminTokenError) as error:
        raise InvalidValue(getattr(error, "message", str(error))) from error
    return converted


def _switches(table: Mapping[str, Any]) -> Iterator[str]:
    """Switches in the form of --policy."""
    for vendor, group in table.items():
        if not isinstance(group, Mapping):
            raise InvalidValue(f"{vendor} must be a table of switches, not {_show(group)}")
        for switch, value in group.items():
            for text in _options(f"{vendor}.{switch}", value):
                yield f"{vendor}.{switch}={text}"


def _options(name: str, value: Any) -> Iterator[str]:
    """The value of a switch as text; of a renaming, one text for each new name."""
    if isinstance(value, Mapping) and all(isinstance(new, str) for new in value.values()):
        yield from (f"{old}={new}" for old, new in value.items())
    elif isinstance(value, str | int):
        yield str(value).lower() if isinstance(value, bool) else str(value)
    else:
        raise InvalidValue(f"{name} must be an option in quotation marks, or a table of new names, not {_show(value)}")


def _show(value: object) -> str:
    """A value in an error, as TOML has it; tables and lists are not shown in full."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Mapping | list):
        return "a table" if isinstance(value, Mapping) else "this list"
    text = repr(value) if isinstance(value, str) else str(value)
    return text if len(text) <= _SHOWN_MAXIMUM else f"{text[:_SHOWN_MAXIMUM]}…"
