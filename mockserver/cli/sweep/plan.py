"""Answers which readings a sweep tries: one switch at another value than the server's, everything else as it is.

Running anything stays out (`runs`), and so does which switches there are (each vendor's `policy`).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from mockserver.gateway.switches import AnySwitch, Grade, Option, Renaming, SwitchError, Switches
from mockserver.validation import suggestions

Known = Mapping[str, Sequence[AnySwitch]]
"""Every vendor's switches, by its name."""


class PlanError(ValueError):
    """A vendor, switch or value to sweep that there is not; the text names what there is."""


@dataclass(frozen=True, slots=True)
class Variation:
    """One switch of a vendor at a value that is not the one `usual` on the server."""

    vendor: str
    switch: AnySwitch
    value: Option
    usual: Option

    @property
    def setting(self) -> tuple[str, str]:
        """The reading as a setting has it: vendor.switch, and the value as text."""
        return f"{self.vendor}.{self.switch.name}", str(self.value)

    def __str__(self) -> str:
        return "=".join(self.setting)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A switch that is not swept unless it is asked for, and why."""

    vendor: str
    switch: str
    why: str

    def __str__(self) -> str:
        return f"{self.vendor}.{self.switch}"


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be run, in this order, and what is not."""

    readings: tuple[Variation, ...]
    left_out: tuple[LeftOut, ...]


def plan(known: Known, usual: Mapping[str, Switches], vendors: Sequence[str], asked: Sequence[str]) -> Plan:
    """The undocumented readings of some vendors, and those of the switches asked for beside them.

    Without either, it is every vendor. `asked` are texts like "vendor.switch" (all its readings, documented or not) or
    "vendor.switch=value" (that one). PlanError for what there is not.
    """
    of_vendors = vendors or (() if asked else tuple(known))
    for vendor in of_vendors:
        if vendor not in known:
            raise PlanError(f"--vendor: {suggestions.unknown_name('vendor', vendor, known)}")
    named = [reading for text in asked for reading in _asked(text, known, usual)]
    found = {(vendor, switch.name): switch for vendor in of_vendors for switch in known[vendor]}
    open_ones = [
        reading
        for (vendor, name), switch in found.items()
        if _why_left_out(vendor, switch) is None
        for reading in _readings(vendor, switch, usual[vendor][switch])
    ]
    asked_for = {(reading.vendor, reading.switch.name) for reading in named}
    left_out = (
        LeftOut(vendor, name, why)
        for (vendor, name), switch in found.items()
        if (why := _why_left_out(vendor, switch)) and (vendor, name) not in asked_for
    )
    return Plan(tuple(dict.fromkeys((*open_ones, *named))), tuple(left_out))


def _why_left_out(vendor: str, switch: AnySwitch) -> str | None:
    name = f"--switch {vendor}.{switch.name}"
    if isinstance(switch, Renaming):
        return f"any names may be given, so there is no list of readings; try some with {name}=old=new"
    if switch.grade is Grade.DOCUMENTED:
        return f"its default is documented; {name} tries the others"
    return None


def _readings(vendor: str, switch: AnySwitch, usual: Option) -> Iterator[Variation]:
    return (Variation(vendor, switch, value, usual) for value in switch.options if value != usual)


def _asked(text: str, known: Known, usual: Mapping[str, Switches]) -> Iterable[Variation]:
    name, equals, value = text.partition("=")
    vendor, switch = _named(name, known)
    at = usual[vendor][switch]
    if equals:
        return [Variation(vendor, switch, _read(name, switch, value, at), at)]
    if isinstance(switch, Renaming):
        raise PlanError(f"--switch {name}: {_why_left_out(vendor, switch)}")
    return _readings(vendor, switch, at)


def _named(name: str, known: Known) -> tuple[str, AnySwitch]:
    """The vendor and the switch that a "vendor.switch" names."""
    vendor, dot, short = name.partition(".")
    if not dot:
        raise PlanError(f"--switch {name}: it takes vendor.switch; `mockserver switches` lists all of them")
    if vendor not in known:
        raise PlanError(f"--switch {name}: {suggestions.unknown_name('vendor', vendor, known)}")
    of_vendor = {switch.name: switch for switch in known[vendor]}
    if short not in of_vendor:
        raise PlanError(f"--switch {name}: {suggestions.unknown_name('switch', short, of_vendor)}")
    return vendor, of_vendor[short]


def _read(name: str, switch: AnySwitch, text: str, usual: Option) -> Option:
    try:
        value: Option = switch.read(text)
    except SwitchError as error:
        raise PlanError(f"--switch {name}: {error}") from error
    if value == usual:
        raise PlanError(f"--switch {name}: {text} is what the baseline has already; name another value, or none")
    return value
