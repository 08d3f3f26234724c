"""The variations that a sweep tries: each sets one switch to another option than the server's, and nothing else.

Running them is the job of `runs`; the switches are declared by each vendor's `policy`.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from mockserver.gateway.switches import AnySwitch, Grade, Option, Renaming, SwitchError, Switches
from mockserver.validation.suggestions import unknown_name

Known = Mapping[str, Sequence[AnySwitch]]
"""Every vendor's switches, by its name."""


class PlanError(ValueError):
    """An unknown vendor, switch or option to sweep; the text lists what exists."""


@dataclass(frozen=True, slots=True)
class Variation:
    """One switch of a vendor, set to another option than the `baseline` has."""

    vendor: str
    switch: AnySwitch
    value: Option
    baseline: Option

    @property
    def setting(self) -> tuple[str, str]:
        """The variation as in the settings: vendor.switch, and the option as text."""
        return f"{self.vendor}.{self.switch.name}", str(self.value)

    def __str__(self) -> str:
        return "=".join(self.setting)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A switch that is only swept when it is named, and why."""

    vendor: str
    switch: str
    reason: str

    def __str__(self) -> str:
        return f"{self.vendor}.{self.switch}"


@dataclass(frozen=True, slots=True)
class Plan:
    """The variations to run, in order, and the switches that are left out."""

    variations: tuple[Variation, ...]
    left_out: tuple[LeftOut, ...]


def plan(known: Known, baseline: Mapping[str, Switches], vendors: Sequence[str], names: Sequence[str]) -> Plan:
    """The undocumented variations of some vendors, and those of the switches named beside them.

    Without either, of every vendor. `names` are texts like "vendor.switch" (all its options, documented or not) or
    "vendor.switch=value" (that one). PlanError for an unknown vendor, switch or option.
    """
    of_vendors = vendors or (() if names else tuple(known))
    for vendor in of_vendors:
        if vendor not in known:
            raise PlanError(f"--vendor: {unknown_name('vendor', vendor, known)}")
    named = [variation for text in names for variation in _named(text, known, baseline)]
    found = {(vendor, switch.name): switch for vendor in of_vendors for switch in known[vendor]}
    undocumented = [
        variation
        for (vendor, name), switch in found.items()
        if _reason_to_leave_out(vendor, switch) is None
        for variation in _variations(vendor, switch, baseline[vendor][switch])
    ]
    named_switches = {(variation.vendor, variation.switch.name) for variation in named}
    left_out = (
        LeftOut(vendor, name, reason)
        for (vendor, name), switch in found.items()
        if (reason := _reason_to_leave_out(vendor, switch)) and (vendor, name) not in named_switches
    )
    return Plan(tuple(dict.fromkeys((*undocumented, *named))), tuple(left_out))


def _reason_to_leave_out(vendor: str, switch: AnySwitch) -> str | None:
    name = f"--switch {vendor}.{switch.name}"
    if isinstance(switch, Renaming):
        return f"it takes any names, so its options cannot be listed; try some with {name}=old=new"
    if switch.grade is Grade.DOCUMENTED:
        return f"its default is documented; {name} tries the others"
    return None


def _variations(vendor: str, switch: AnySwitch, baseline: Option) -> Iterator[Variation]:
    return (Variation(vendor, switch, value, baseline) for value in switch.options if value != baseline)


def _named(text: str, known: Known, baseline: Mapping[str, Switches]) -> Iterable[Variation]:
    name, equals, value = text.partition("=")
    vendor, switch = _find(name, known)
    current = baseline[vendor][switch]
    if equals:
        return [Variation(vendor, switch, _option(name, switch, value, current), current)]
    if isinstance(switch, Renaming):
        raise PlanError(f"--switch {name}: {_reason_to_leave_out(vendor, switch)}")
    return _variations(vendor, switch, current)


def _find(name: str, known: Known) -> tuple[str, AnySwitch]:
    """The vendor and the switch in a "vendor.switch"."""
    vendor, dot, short = name.partition(".")
    if not dot:
        raise PlanError(f"--switch {name}: it must be vendor.switch; `mockserver switches` lists all of them")
    if vendor not in known:
        raise PlanError(f"--switch {name}: {unknown_name('vendor', vendor, known)}")
    of_vendor = {switch.name: switch for switch in known[vendor]}
    if short not in of_vendor:
        raise PlanError(f"--switch {name}: {unknown_name('switch', short, of_vendor)}")
    return vendor, of_vendor[short]


def _option(name: str, switch: AnySwitch, text: str, baseline: Option) -> Option:
    try:
        value: Option = switch.read(text)
    except SwitchError as error:
        raise PlanError(f"--switch {name}: {error}") from error
    if value == baseline:
        raise PlanError(f"--switch {name}: the baseline has {text} already; name another option, or none")
    return value
