"""The trials of a torture: each is one thing that a server does to its clients, from its start on.

Trials are found, not listed: they are what the control plane of a server offers.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import Any, Final

import click
from flask import Flask

from analytics_mockserver.suggestions import unknown_name
from mockserver.client import Client, in_process

RESTATEMENT: Final = "restatement"
"""The switch that a vendor has whose published days change."""

_DELAYS: Final = ("delay_seconds", "stall_seconds", "drip_seconds")
"""The fields of an effect by which a request takes longer."""

Request = tuple[str | None, str | None]
"""A vendor and an operation; None is any."""


class Kind(StrEnum):
    """What a trial is; its name begins with it."""

    PROFILE = "profile"
    CASE = "case"
    SWITCH = "switch"
    DEFECT = "defect"


@dataclass(frozen=True, slots=True)
class Trial:
    """One thing that is tried: `sandbox` has the fields with which a sandbox is made that does it.

    `targets` are the requests whose answers it can change. `vendors` are theirs; none: several, or all. `has_faults` is
    whether requests fail, rather than that answers are wrong. `delay_seconds` is the longest delay of a fault.
    """

    kind: Kind
    short: str
    description: str
    sandbox: Mapping[str, Any]
    targets: frozenset[Request]
    vendors: tuple[str, ...] = ()
    has_faults: bool = False
    delay_seconds: float = 0

    @property
    def name(self) -> str:
        """As in "defect.lost-row"."""
        return f"{self.kind}.{self.short}"

    def only_at(self, vendors: Sequence[str]) -> "Trial":
        """The same trial at these of its vendors, if it is a defect; others happen at one vendor, or at all."""
        if self.kind is not Kind.DEFECT or {*vendors} >= {*self.vendors}:
            return self
        kept = tuple(each for each in self.vendors if each in vendors)
        return replace(
            self,
            sandbox={"defects": [{"name": self.short, "vendor": each} for each in kept]},
            targets=frozenset((vendor, operation) for vendor, operation in self.targets if vendor in kept),
            vendors=kept,
        )

    def concerns(self, requests: Iterable[Request]) -> bool:
        """Whether any of these requests can get another answer because of it."""
        return any(
            vendor in {None, asked_vendor} and operation in {None, asked_operation}
            for asked_vendor, asked_operation in requests
            for vendor, operation in self.targets
        )


def of_server(app: Flask) -> list[Trial]:
    """Every trial that the server of an app offers."""
    return find(Client("http://localhost", transport=in_process(app)))


def find(client: Client) -> list[Trial]:
    """Every trial in the control plane of a server: profiles, cases with faults, restatement, and defects."""
    return [*map(_of_profile, client.profiles()), *_cases(client), *_switches(client), *_defects(client)]


def _of_profile(profile: Mapping[str, Any]) -> Trial:
    anything, name = frozenset({(None, None)}), profile["name"]
    return _with_faults(
        Trial(Kind.PROFILE, name, profile["description"], {"profile": name}, anything), profile["faults"]
    )


def select(trials: Sequence[Trial], vendors: Sequence[str], only: Sequence[str], skip: Sequence[str]) -> list[Trial]:
    """The trials of some vendors that match a pattern of `only`, if there are any, and none of `skip`.

    A pattern matches a name as a whole, with or without its kind. A usage error for one that matches none, and for a
    vendor that nothing can happen at.
    """
    known = sorted({vendor for trial in trials for vendor in trial.vendors})
    for vendor in vendors:
        if vendor not in known:
            raise click.UsageError(f"--vendor: {unknown_name('vendor', vendor, known)}")
    for flag, patterns in (("--only", only), ("--skip", skip)):
        for pattern in patterns:
            if not any(_matches(trial, pattern) for trial in trials):
                names = [name for trial in trials for name in (trial.short, trial.name)]
                problem = unknown_name("trial", pattern, names).partition(";")[0]
                raise click.UsageError(f"{flag}: {problem}; `mockserver torture --list` lists all of them")
    return [
        trial.only_at(vendors) if vendors else trial
        for trial in trials
        if (not vendors or not trial.vendors or not set(vendors).isdisjoint(trial.vendors))
        and (not only or any(_matches(trial, pattern) for pattern in only))
        and not any(_matches(trial, pattern) for pattern in skip)
    ]


def _matches(trial: Trial, pattern: str) -> bool:
    return any(fnmatchcase(name, pattern) for name in (trial.name, trial.short))


def _cases(client: Client) -> Iterator[Trial]:
    """The fault rules of every case that has some: a sandbox of any organization and time gets them."""
    known = client.health()["vendors"]
    for case in client.cases():
        if not (rules := case["sandbox"].get("faults")):
            continue
        targets = frozenset((rule.get("vendor"), rule.get("operation")) for rule in rules)
        vendors = (case["vendor"],) if case["vendor"] in known else ()
        yield _with_faults(
            Trial(Kind.CASE, case["id"], f"{case['title']}.", {"faults": rules}, targets, vendors), rules
        )


def _with_faults(trial: Trial, rules: Sequence[Mapping[str, Any]]) -> Trial:
    effects = [effect for rule in rules for effect in rule.get("steps", [rule.get("effect")])]
    delays = [effect.get(name, 0) for effect in effects if effect != "pass" for name in _DELAYS]
    return replace(trial, has_faults=bool(rules), delay_seconds=float(max(delays, default=0)))


def _switches(client: Client) -> Iterator[Trial]:
    """Every option of restatement other than the server's, at every vendor that has it."""
    for vendor, switches in client.policy.get().items():
        switch = switches.get(RESTATEMENT, {"options": (), "value": None})
        for option in switch["options"]:
            if option != switch["value"]:
                name, options = f"{vendor}.{RESTATEMENT}={option}", {vendor: {RESTATEMENT: option}}
                description = f"Published days are restated: {option.replace('_', ' ')}."
                yield Trial(Kind.SWITCH, name, description, {"policy": options}, frozenset({(vendor, None)}), (vendor,))


def _defects(client: Client) -> Iterator[Trial]:
    """Every defect by its name; vendors that have the same one have it together, as most clients read several."""
    by_name: dict[str, list[dict[str, Any]]] = {}
    for each in client.defects.get()["known"]:
        by_name.setdefault(each["name"], []).append(each)
    for name, same in by_name.items():
        targets = frozenset((each["vendor"], operation) for each in same for operation in each["operations"])
        vendors = tuple(each["vendor"] for each in same)
        yield Trial(Kind.DEFECT, name, same[0]["description"], {"defects": [name]}, targets, vendors)
