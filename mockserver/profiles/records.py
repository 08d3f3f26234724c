"""The records of profiles, and how one becomes the fields of a sandbox's body.

`loading` makes them from a file.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from analytics_mockserver.suggestions import unknown_name
from mockserver.gateway.switches import Known


class UnknownProfile(LookupError):
    """No profile has this name; the message suggests the nearest one."""


@dataclass(frozen=True, slots=True)
class Profile:
    """A bundle of fault rules, switches and defects. `advice` is what a good client does under it.

    The shares of its rules are drawn by its `seed`, so that they are the same in every sandbox. `policy` has options by
    switch, for every group that has the switch.
    """

    name: str
    description: str
    advice: str
    seed: int
    faults: Sequence[Mapping[str, Any]] = ()
    policy: Mapping[str, Any] = field(default_factory=dict)
    defects: Sequence[Any] = ()

    def body(self, vendors: Iterable[str], known: Known) -> dict[str, Any]:
        """Fields of a sandbox's body, with exact numbers.

        A rule is armed once for each vendor: requests to one vendor then do not change what happens at another.
        """
        rules = [{**rule, "vendor": vendor} for rule in self.faults for vendor in vendors]
        body = {"faults": rules, "policy": self._policy(known), "defects": list(self.defects)}
        exact: dict[str, Any] = json.loads(json.dumps(body), parse_float=Decimal)
        return exact

    def _policy(self, known: Known) -> dict[str, dict[str, Any]]:
        given, groups = self.policy, known.items()
        found = {group: {each.name: given[each.name] for each in own if each.name in given} for group, own in groups}
        return {group: options for group, options in found.items() if options}


@dataclass(frozen=True, slots=True)
class Profiles:
    """Every profile, in the order of the file."""

    profiles: tuple[Profile, ...]

    def find(self, name: str) -> Profile:
        """The profile with a name; UnknownProfile if there is none."""
        for profile in self.profiles:
            if profile.name == name:
                return profile
        raise UnknownProfile(unknown_name("profile", name, [profile.name for profile in self.profiles]))
