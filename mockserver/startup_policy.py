"""Answers which undocumented choices a server starts with: those of its policy file, and before them its flags'.

Which choices there are stays out (each vendor's `policy`), and so does making others later (`admin.policy`).
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from mockserver.admin import metrics_policy
from mockserver.gateway import switches
from mockserver.gateway.switches import Known, Option, Options, SwitchError
from mockserver.gateway.vendor import Vendor
from mockserver.settings import Settings, SettingsError
from mockserver.validation import suggestions

_DEPTH_OF_NAMES = 2
"""Mappings around the one that is a switch's value: the vendor's and the file's."""

_NO_TEXT = re.compile(
    r"|~|null|Null|NULL|true|True|TRUE|false|False|FALSE|0o[0-7]+|0x[0-9a-fA-F]+"
    r"|[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)"
)
"""What YAML 1.2 takes for something else than text where it stands without quotation marks (its core schema)."""

METRICS: Known = {metrics_policy.NAME: metrics_policy.SWITCHES}
"""The switches that are no vendor's, by the name of their group."""


def all_switches(served: Iterable[Vendor]) -> Known:
    """Every switch there is: of each vendor by its name, and the others behind them."""
    return {vendor.name: vendor.switches for vendor in served} | dict(METRICS)


def load(settings: Settings, known: Known) -> dict[str, Options]:
    """The values that the settings state, by vendor; SettingsError with a line for each that cannot be."""
    found: dict[str, dict[str, Option]] = {}
    faults: list[str] = []
    for source, vendor, stated in (*_filed(settings.policy_file), *_given(settings.policy)):
        values, wrong = _read(vendor, stated, known)
        found[vendor] = {**found.get(vendor, {}), **values}
        faults += [f"{source} {line}" for line in wrong]
    if faults:
        raise SettingsError("\n".join(faults))
    return dict(found)


def _given(policy: tuple[tuple[str, str], ...]) -> Iterator[tuple[str, str, object]]:
    for name in dict(policy):
        vendor, _, switch = name.partition(".")
        stated = tuple(value for other, value in policy if other == name)
        yield "--policy", vendor, {switch: switches.Repeated(stated)}


def _filed(path: Path | None) -> Iterator[tuple[str, str, object]]:
    if path is not None:
        for vendor, stated in _mapping(path).items():
            yield f"{path}:", vendor, stated


def _read(vendor: str, stated: object, known: Known) -> tuple[dict[str, Option], list[str]]:
    """The values stated for a vendor, and what is wrong with the others, each by its key."""
    if vendor not in known:
        return {}, [f"{vendor}: {suggestions.unknown_name('vendor', vendor, known)}"]
    if not isinstance(stated, Mapping):
        return {}, [f"{vendor}: takes a mapping of switches to their values, not {stated!r:.60}"]
    values: dict[str, Option] = {}
    wrong: list[str] = []
    for name, value in stated.items():
        try:
            values |= switches.parse(known[vendor], {name: value})
        except SwitchError as error:
            wrong.append(f"{vendor}.{name}: {error}")
    return values, wrong


@dataclass(frozen=True, slots=True)
class _Unquoted:
    """A word that YAML does not take for text, where a name belongs."""

    word: str

    def __repr__(self) -> str:
        return f"{self.word or 'nothing'} (text such as this goes in quotation marks)"


class _Text(yaml.BaseLoader):
    """Takes every value as the text that stands there (so that `no` and `null` are choices), and no key twice.

    In the mapping that is a switch's value, an unquoted null, number or truth value is none, as over /_mock.
    """

    depth = 0

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002
        """The mapping; ConstructorError for a key that is none or that stands twice."""
        seen: set[str] = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise yaml.constructor.ConstructorError(None, None, "a key must be a word", key.start_mark)
            if key.value in seen:
                fault = f"the key {key.value!r} stands twice; state it once"
                raise yaml.constructor.ConstructorError(None, None, fault, key.start_mark)
            seen.add(key.value)
        self.depth += 1
        found = super().construct_mapping(node, deep)
        self.depth -= 1
        if self.depth >= _DEPTH_OF_NAMES:
            found |= {key.value: _Unquoted(value.value) for key, value in node.value if _is_no_text(value)}
        return found


def _is_no_text(node: yaml.Node) -> bool:
    return isinstance(node, yaml.ScalarNode) and node.style is None and _NO_TEXT.fullmatch(node.value) is not None


def _mapping(path: Path) -> dict[str, object]:
    """What a file states; SettingsError for one that cannot be read, or that is no mapping in YAML."""
    try:
        stated = yaml.load(path.read_text(encoding="utf-8-sig"), _Text)  # noqa: S506 - it makes nothing but text
    except UnicodeDecodeError as error:
        raise SettingsError(f"{path}: not UTF-8 at byte {error.start}; save the file as UTF-8") from error
    except (OSError, ValueError) as error:
        raise SettingsError(f"{path}: cannot be read: {getattr(error, 'strerror', None) or error}") from error
    except (yaml.YAMLError, RecursionError) as error:
        raise SettingsError(f"{path}: {_reason(error)}") from error
    if isinstance(stated, dict):
        return stated
    if stated is None:
        return {}
    raise SettingsError(f"{path}: takes a mapping of vendors to their switches, as in `vendor: {{switch: value}}`")


def _reason(error: Exception) -> str:
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark is not None:
        return f"line {error.problem_mark.line + 1}: not YAML as it is read here: {error.problem}"
    return f"not YAML as it is read here: {' '.join(str(error).split())}"
