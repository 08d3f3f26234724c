"""The switches that a server starts with: those of its policy file, with those of its flags over them.

Which switches there are is declared by each vendor's `policy`; they are changed later through `/_mock/policy`.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from analytics_mockserver.suggestions import unknown_name
from mockserver.gateway import dates, switches
from mockserver.gateway.switches import Known, Option, Options, SwitchError
from mockserver.gateway.vendor import Vendor
from mockserver.metrics import policy as metrics_policy
from mockserver.settings import Settings, SettingsError
from mockserver.validation import yaml_text
from mockserver.validation.yaml_text import YamlError

OTHERS: Known = {metrics_policy.NAME: metrics_policy.SWITCHES, dates.NAME: dates.SWITCHES}
"""The switches that belong to no vendor, by the name of their group."""

_NOT_TEXT = (
    r"|~|null|Null|NULL|true|True|TRUE|false|False|FALSE|0o[0-7]+|0x[0-9a-fA-F]+"
    r"|[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)"
)
"""Scalars that YAML 1.2 (its core schema) does not read as text unless they are quoted."""

_UNQUOTED_TAG = "!unquoted"


class _Unquoted(str):
    """An unquoted scalar that is not text in YAML, kept as written, because it may be an option."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class _NotText:
    """Such a scalar as a new name: not a string, so that a renaming refuses it, as it does over /_mock."""

    scalar: str

    def __repr__(self) -> str:
        return f"{self.scalar or 'nothing'} (put it in quotation marks to make it text)"


_LOADER = yaml_text.plain_loader(yaml.SafeLoader, {_UNQUOTED_TAG: _NOT_TEXT})
"""Keeps every scalar as it is written, so that `no` and `null` are options."""

_LOADER.add_constructor(_UNQUOTED_TAG, lambda _, node: _Unquoted(node.value))


def all_switches(vendors: Iterable[Vendor]) -> Known:
    """Every switch there is: those of each vendor by its name, and the others after them."""
    return {vendor.name: vendor.switches for vendor in vendors} | dict(OTHERS)


def load(settings: Settings, known: Known) -> dict[str, Options]:
    """The switches in the settings, by vendor; SettingsError with a line for everything that is wrong."""
    found: dict[str, dict[str, Option]] = {}
    errors: list[str] = []
    from_file = _from_file(settings.policy_file) if settings.policy_file else ()
    for source, vendor, given in (*from_file, *_from_flags(settings.policy)):
        values, wrong = _parse(vendor, given, known)
        found[vendor] = {**found.get(vendor, {}), **values}
        errors += [f"{source} {line}" for line in wrong]
    if errors:
        raise SettingsError("\n".join(errors))
    return dict(found)


def _from_flags(policy: tuple[tuple[str, str], ...]) -> Iterator[tuple[str, str, object]]:
    for name in dict(policy):
        vendor, _, switch = name.partition(".")
        values = tuple(value for other, value in policy if other == name)
        yield "--policy", vendor, {switch: values}


def _from_file(path: Path) -> Iterator[tuple[str, str, object]]:
    """What the mapping in a file gives; SettingsError where it cannot be read, or is no mapping in YAML."""
    try:
        found = yaml_text.load(path.read_bytes(), _LOADER)
    except YamlError as error:
        raise SettingsError("\n".join(f"{path}: {problem}" for problem in error.problems)) from error
    except (OSError, ValueError) as error:
        raise SettingsError(f"{path}: cannot be read: {getattr(error, 'strerror', None) or error}") from error
    if found is not None and not isinstance(found, Mapping):
        rule = "must be a mapping of vendors to their switches, as in `vendor: {switch: value}`"
        raise SettingsError(f"{path}: {rule}")
    for vendor, given in (found or {}).items():
        yield f"{path}:", vendor, given


def _parse(vendor: str, given: object, known: Known) -> tuple[dict[str, Option], list[str]]:
    """The values given for a vendor, and what is wrong with the others, each with its key."""
    if vendor not in known:
        return {}, [f"{vendor}: {unknown_name('vendor', vendor, known)}"]
    if not isinstance(given, Mapping):
        return {}, [f"{vendor}: must be a mapping of switches to their values, not {given!r:.60}"]
    values: dict[str, Option] = {}
    wrong: list[str] = []
    for name, value in given.items():
        try:
            values |= switches.parse(known[vendor], {name: _without_unquoted(value)})
        except SwitchError as error:
            wrong.append(f"{vendor}.{name}: {error}")
    return values, wrong


def _without_unquoted(value: object) -> object:
    """A switch's value; in the mapping of a renaming, an unquoted number, boolean or null is not a name."""
    if not isinstance(value, Mapping):
        return value
    return {old: _NotText(new) if isinstance(new, _Unquoted) else new for old, new in value.items()}
