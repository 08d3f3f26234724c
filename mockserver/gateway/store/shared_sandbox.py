"""A sandbox that several servers share, as one of them has it. What its requests count is in the engine."""

from dataclasses import replace
from threading import Event
from typing import TYPE_CHECKING

from mockserver.gateway.armed_faults import ArmedRule
from mockserver.gateway.limits import BucketState, Limiter, TokenBucket
from mockserver.gateway.sandbox import Sandbox, SandboxConfig
from mockserver.gateway.store.shared_journal import SharedJournal

if TYPE_CHECKING:
    from mockserver.gateway.store.shared_registry import SharedRegistry

_RULE, _BUCKET = "f:", "b:"
"""What the names of counters in the engine begin with."""


class Disarmed(Event):
    """Set when a rule is disarmed, at whichever server; who waits for it looks there when its time is over."""

    def __init__(self, registry: "SharedRegistry", sandbox_id: str) -> None:
        super().__init__()
        self._registry = registry
        self._sandbox_id = sandbox_id

    def wait(self, timeout: float | None = None) -> bool:
        if super().wait(timeout):
            return True
        self._registry.find(self._sandbox_id)
        return self.is_set()


class SharedSandbox(Sandbox):
    """One version of a sandbox; `text` is the document that describes it."""

    journal: SharedJournal

    def __init__(self, sandbox_id: str, config: SandboxConfig, registry: "SharedRegistry") -> None:
        super().__init__(sandbox_id, config, registry)
        self.version = 0
        self.text = ""
        self._registry = registry
        self._forgets: set[str] = set()
        self.settle(0, "")

    def settle(self, version: int, text: str) -> None:
        """Be the version that a document describes: nothing is changed yet."""
        self.version, self.text = version, text
        self._rules = {each.id: each for each in self.faults.armed}
        self._kept_limiters = dict(self.limiters)
        self._forgets = set()
        self.journal.is_cleared = False

    def succeed(self, other: "SharedSandbox | None") -> None:
        """Go on with the rules of the version before, and let go what waits because of those that are gone."""
        before = {} if other is None else {each.id: each for each in other.faults.armed}
        for each in self.faults.armed:
            same = before.get(each.id)
            if same is not None and same.rule == each.rule and same.key == each.key:
                del before[each.id]
                each.disarmed, each.seen = same.disarmed, same.seen
            else:
                each.disarmed = Disarmed(self._registry, self.id)
        for gone in before.values():
            gone.disarmed.set()

    def _forget(self) -> None:
        super()._forget()
        self._forgets = {"m:*", "mv:*"}

    def removed_counters(self) -> list[str]:
        """The counters in the engine that begin anew with this change."""
        rules = {each.id: each for each in self.faults.armed}
        ids = {one for one in {*rules, *self._rules} if rules.get(one) is not self._rules.get(one)}
        names = [name for name, limiter in self.limiters.items() if limiter is not self._kept_limiters[name]]
        counters = [*(_RULE + one for one in sorted(ids)), *(f"{_BUCKET}{name} *" for name in names)]
        return [*counters, *sorted(self._forgets)]

    def counted_rules(self) -> tuple[ArmedRule, ...]:
        armed = self.faults.armed
        counters = self._registry.stored.counters(self.id, [_RULE + each.id for each in armed])
        return tuple(
            each if counted is None or self._rules.get(each.id) is not each else _counted(each, counted)
            for each, counted in zip(armed, counters, strict=True)
        )

    def buckets(self, name: str) -> list[BucketState]:
        allowance = self.allowance(name)
        if allowance is None or self.limiters[name] is not self._kept_limiters[name]:
            return []
        prefix = f"{_BUCKET}{name} "
        counters = self._registry.stored.all_counters(self.id, prefix)
        found = {field.removeprefix(prefix): TokenBucket(*map(int, text.split())) for field, text in counters.items()}
        return Limiter(found).states(allowance, self.clock.now())


def _counted(armed: ArmedRule, counted: str) -> ArmedRule:
    seen, hits = map(int, counted.split())
    return replace(armed, seen=seen, hits=hits)
