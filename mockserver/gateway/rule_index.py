"""An index of armed rules: those that can concern a request, without a look at all others.

`armed_faults` makes a new one whenever its rules change.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from mockserver.gateway.armed_faults import ArmedRule

TARGETS_MAXIMUM = 1024
"""For how many vendors, operations and paths the rules are kept."""

_BEGINNING, _END = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)

Target = tuple[str, str | None, str]
"""A vendor, an operation and a path."""


class _Live(NamedTuple):
    """The rules for a target that are in force and not spent, and from when until before when these are all."""

    rules: tuple["ArmedRule", ...]
    since: datetime
    until: datetime


class RuleIndex:
    """An index of these rules. It may be used by several threads at once, without a lock."""

    def __init__(self, armed: Iterable["ArmedRule"]) -> None:
        self._armed = tuple(armed)
        self._live: dict[Target, _Live] = {}

    def has_live(self, target: Target, now: datetime) -> bool:
        """Whether a rule matches a target, is in force, and is not spent."""
        live = self._live.get(target)
        if live is None or not live.since <= now < live.until:
            live = self._find(target, now)
        elif any(each.is_spent for each in live.rules):  # A spent rule stays spent.
            live = live._replace(rules=tuple(each for each in live.rules if not each.is_spent))
        else:
            return bool(live.rules)
        if len(self._live) >= TARGETS_MAXIMUM:
            self._live.clear()
        self._live[target] = live
        return bool(live.rules)

    def _find(self, target: Target, now: datetime) -> _Live:
        matching = [each for each in self._armed if not each.is_spent and each.rule.concerns(*target)]
        changes = [time for each in matching for time in (each.rule.since, each.rule.until) if time is not None]
        return _Live(
            tuple(each for each in matching if each.rule.is_in_force(now)),
            max((each for each in changes if each <= now), default=_BEGINNING),
            min((each for each in changes if each > now), default=_END),
        )
