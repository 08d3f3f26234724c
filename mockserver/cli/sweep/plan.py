"""The variations that a sweep tries: each sets one switch to another option than the server's, and nothing else.

Running them is the job of `runs`; the switches are declared by each vendor's `policy`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import click

from analytics_mockserver.suggestions import unknown_name
from mockserver.gateway.switches import AnySwitch, Grade, Known, Option, Renaming, SwitchError, Switches


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
class Plan:
    """The variations to run, in order, and why each other switch (vendor.switch) is only swept when it is named."""

    variations: Sequence[Variation]
    left_out: Mapping[str, str]


def plan(known: Known, baseline: Mapping[str, Switches], vendors: Sequence[str], names: Sequence[str]) -> Plan:
    """The undocumented variations of some vendors, and those of the switches named beside them.

    Without either, of every vendor. `names` are texts like "vendor.switch" (all its options, documented or not) or
    "vendor.switch=value" (that one). A usage error for an unknown vendor, switch or option lists what exists.
    """
    of_vendors = vendors or (() if names else tuple(known))
    for vendor in of_vendors:
        if vendor not in known:
            raise click.UsageError(f"--vendor: {unknown_name('vendor', vendor, known)}")
    named = [variation for text in names for variation in _named(text, known, baseline)]
    variations: list[Variation] = []
    left_out: dict[str, str] = {}
    for vendor in of_vendors:
        for switch in known[vendor]:
            if reason := _reason_to_leave_out(vendor, switch):
                left_out[f"{vendor}.{switch.name}"] = reason
            else:
                variations += _variations(vendor, switch, baseline[vendor][switch])
    for variation in named:
        left_out.pop(variation.setting[0], None)
    return Plan(tuple(dict.fromkeys((*variations, *named))), left_out)


def _reason_to_leave_out(vendor: str, switch: AnySwitch) -> str | None:
    name = f"--switch {vendor}.{switch.name}"
    if isinstance(switch, Renaming):
        return f"it takes any names, so its options cannot be listed; try some with {name}=old=new"
    if switch.grade is Grade.DOCUMENTED:
        return f"its default is documented; {name} tries the others"
    return None


def _variations(vendor: str, switch: AnySwitch, baseline: Option) -> Iterator[Variation]:
    return (Variation(vendor, switch, value, baseline) for value in switch.options if value != baseline)


def _named(text: str, known: Known, baseline: Mapping[str, Switches]) -> Iterator[Variation]:
    """The variations that "vendor.switch" or "vendor.switch=value" names."""
    name, equals, value = text.partition("=")
    vendor, dot, short = name.partition(".")
    if not dot:
        raise click.UsageError(f"--switch {name}: it must be vendor.switch; `mockserver switches` lists all of them")
    if vendor not in known:
        raise click.UsageError(f"--switch {name}: {unknown_name('vendor', vendor, known)}")
    of_vendor = {switch.name: switch for switch in known[vendor]}
    if short not in of_vendor:
        raise click.UsageError(f"--switch {name}: {unknown_name('switch', short, of_vendor)}")
    switch = of_vendor[short]
    current = baseline[vendor][switch]
    if equals:
        yield Variation(vendor, switch, _option(name, switch, value, current), current)
    elif isinstance(switch, Renaming):
        raise click.UsageError(f"--switch {name}: {_reason_to_leave_out(vendor, switch)}")
    else:
        yield from _variations(vendor, switch, current)


def _option(name: str, switch: AnySwitch, text: str, baseline: Option) -> Option:
    try:
        value: Option = switch.read(text)
    except SwitchError as error:
        raise click.UsageError(f"--switch {name}: {error}") from error
    if value == baseline:
        raise click.UsageError(f"--switch {name}: the baseline has {text} already; name another option, or none")
    return value
