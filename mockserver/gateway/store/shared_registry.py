"""Sandboxes that several servers share: their state is in an engine, and each server keeps what it has read last."""

import json
import logging
from collections.abc import Callable, Iterable
from decimal import Decimal
from functools import partial
from secrets import token_hex, token_urlsafe
from typing import Any
from weakref import WeakValueDictionary

from mockserver.gateway import tokens
from mockserver.gateway.background import JobList
from mockserver.gateway.faults import FaultPhase
from mockserver.gateway.journal import NEVER, Outcome, Record
from mockserver.gateway.rejection import StoreUnavailable, UnknownToken
from mockserver.gateway.sandbox import DEFAULT, Sandbox, SandboxConfig, TooManySandboxes
from mockserver.gateway.store import shared_admission, shared_journal
from mockserver.gateway.store.batches import Batches
from mockserver.gateway.store.documents import Documents
from mockserver.gateway.store.engine import Engine
from mockserver.gateway.store.known_sandboxes import KnownSandboxes
from mockserver.gateway.store.registry import AUDITS_KEPT, RegistryParts, Result, SandboxRegistry
from mockserver.gateway.store.shared_admission import EffectiveStages, Plan, SharedAdmission
from mockserver.gateway.store.shared_jobs import SharedJobList
from mockserver.gateway.store.shared_journal import SharedJournal, SharedRecord
from mockserver.gateway.store.shared_memory import WrittenMemories
from mockserver.gateway.store.shared_sandbox import SharedSandbox
from mockserver.gateway.store.stored_sandboxes import StoredSandbox, StoredSandboxes
from mockserver.gateway.tokens import Grant
from mockserver.gateway.vendor import RequestContext, Vendor
from mockserver.simulation import clock as clocks
from mockserver.simulation.clock import nanoseconds

log = logging.getLogger(__name__)

CHANGES_MAXIMUM = 1000
"""How often a change is made again that another server has overtaken."""


class ChangeOvertaken(StoreUnavailable):
    """A change was overtaken so often that it was given up."""

    def __init__(self) -> None:
        super().__init__(f"other servers overtook a change {CHANGES_MAXIMUM} times")


class SharedRegistry(SandboxRegistry):
    """The sandboxes in an engine."""

    def __init__(
        self,
        parts: RegistryParts,
        *,
        engine: Engine,
        documents: Documents,
        effective: EffectiveStages,
        join: Callable[[], None],
    ) -> None:
        super().__init__(parts)
        self.engine = engine
        self.batches = Batches(engine)
        self.stored = StoredSandboxes(engine)
        self._documents = documents
        self._effective = effective
        self._join = join
        self.known = KnownSandboxes(self.lock, self._forget_answers)
        self.memories = WrittenMemories(engine)
        self._audits: WeakValueDictionary[str, SharedJobList[Any]] = WeakValueDictionary()
        self._default_config: SandboxConfig | None = None
        self._sequence = 0

    # Sandboxes

    def make(
        self, sandbox_id: str, config: SandboxConfig, grants: Iterable[Grant], seconds: Decimal | None = None
    ) -> SharedSandbox:
        return self._make(sandbox_id, config, grants, seconds, most="", stays=0)

    def _make(
        self,
        sandbox_id: str,
        config: SandboxConfig,
        grants: Iterable[Grant],
        seconds: Decimal | None,
        most: int | str,
        stays: int,
    ) -> SharedSandbox:
        sandbox = SharedSandbox(sandbox_id, config, self)
        sandbox.grants = {each.id: each for each in grants}
        text = self._documents.write(sandbox)
        lifetime = "" if seconds is None else max(int(seconds * 1000), 1)
        reply = self.engine.script("make", sandbox_id, text, _keys(sandbox), lifetime, most, stays)
        if reply[0] == "full":
            raise TooManySandboxes
        if reply[0] == "exists":
            return self._learn(sandbox_id, reply[1], reply[2])
        self.forget(sandbox_id)
        return self._learn(sandbox_id, reply[1], text)

    def make_default(self, config: SandboxConfig) -> SharedSandbox:
        """The default sandbox: the one that another server has made, if there is one."""
        self._default_config = config
        grants = self.seeded_grants(config, config.organization.slug)
        return self._make(DEFAULT, config, grants, None, most="", stays=1)

    def make_sandbox(self, config: SandboxConfig, seconds: Decimal | None = None) -> Sandbox:
        name = f"{self.mark}-{self._next_number()}"
        return self._make(name, config, self.seeded_grants(config, name), seconds, most=self.maximum, stays=0)

    def _next_number(self) -> int:
        return int(self.engine.command("INCR", self.engine.key("number")))

    @property
    def ids(self) -> list[str]:
        return self.stored.ids()

    @property
    def sandboxes(self) -> list[Sandbox]:
        ids = self.ids
        found = {
            each: self._known_in(each, version) for each, version in zip(ids, self.stored.versions(ids), strict=True)
        }
        unknown = [each for each, known in found.items() if known is None]
        for each, stored in zip(unknown, self.stored.read(unknown), strict=True):
            found[each] = self._learned(each, stored, is_listed=True)
        return [each for each in found.values() if each is not None]

    def find(self, sandbox_id: str) -> SharedSandbox | None:
        [version] = self.stored.versions([sandbox_id])
        return self._known_in(sandbox_id, version) or self._learned(sandbox_id, *self.stored.read([sandbox_id]))

    def last_known(self, sandbox_id: str) -> SharedSandbox | None:
        return self.known.get(sandbox_id)

    def may_exist(self, _: str) -> bool:
        return True

    def check(self) -> None:
        self.engine.probe()

    def _known_in(self, sandbox_id: str, version: int | None) -> SharedSandbox | None:
        """What this server knows of a sandbox, if it is this version."""
        known = self.known.get(sandbox_id)
        return known if known is not None and known.version == version else None

    def _learned(
        self, sandbox_id: str, stored: StoredSandbox | None, *, is_listed: bool = False
    ) -> SharedSandbox | None:
        """What was read of a sandbox, which is forgotten if it is gone."""
        return self._gone(sandbox_id) if stored is None else self._learn(sandbox_id, *stored, is_listed=is_listed)

    def _gone(self, sandbox_id: str) -> SharedSandbox | None:
        """Forget a sandbox that no longer exists; the default one is made again."""
        self.forget(sandbox_id)
        if sandbox_id != DEFAULT or self._default_config is None:
            return None
        return self._restore_default()

    def _restore_default(self) -> SharedSandbox:
        assert self._default_config is not None  # noqa: S101 (it is set before the first request)
        log.warning("the store at %s is without its data; the sandbox %r is made again", self.engine.address, DEFAULT)
        self.connect()
        return self.make_default(self._default_config)

    def connect(self) -> None:
        """Have what all servers of a store have in common; where the store is empty, this server decides."""
        self._join()
        key = self.engine.key("mark")
        mark = self.engine.commands(("SET", key, token_hex(4), "NX"), ("GET", key))[1]
        self.mark_tokens(mark)

    def _learn(self, sandbox_id: str, version: int, text: str, *, is_listed: bool = False) -> SharedSandbox:
        """Keep what was read of a sandbox, unless a newer version is known; of those in a list, while there is room."""
        made = self._documents.read(text, partial(SharedSandbox, sandbox_id, registry=self))
        made.settle(version, text)
        self.learn_tokens(made.grants.values())
        return self.known.keep(made, evicts=not is_listed)

    def forget(self, sandbox_id: str) -> None:
        """Forget a sandbox, and let go what waits in it."""
        known, audits = self.known.drop(sandbox_id), self._audits.pop(sandbox_id, None)
        if audits is not None:
            audits.end_own()
        if known is not None:
            known.faults.reset()

    def _forget_answers(self, sandbox_id: str) -> None:
        self.answers.forget(sandbox_id)
        self.requests.forget(sandbox_id)
        self.memories.forget(sandbox_id)

    def delete(self, sandbox: Sandbox) -> None:
        self.engine.script("delete", sandbox.id)
        sandbox.audits.clear()
        self.forget(sandbox.id)

    def change(self, sandbox: Sandbox, make_change: Callable[[Sandbox], Result]) -> Result:
        for _ in range(CHANGES_MAXIMUM):
            [stored] = self.stored.read([sandbox.id])
            if stored is None:
                return make_change(sandbox)  # It was deleted meanwhile: nobody will see the change.
            mine = self._documents.read(stored.text, partial(SharedSandbox, sandbox.id, registry=self))
            mine.settle(*stored)
            result = make_change(mine)
            if self._is_written(mine):
                return result
        raise ChangeOvertaken

    def _is_written(self, mine: SharedSandbox) -> bool:
        text, removed, empties = self._documents.write(mine), mine.removed_counters(), mine.journal.is_cleared
        if text == mine.text and not removed and not empties:
            return True
        what = mine.id, mine.version, text, _keys(mine), int(empties)
        reply = self.engine.script("change", *what, token_urlsafe(12), *removed)
        if reply[0] == "ok":
            self._learn(mine.id, reply[1], text)
        return bool(reply[0] != "stale")

    # Tokens

    def grant(self, sandbox: Sandbox, vendor: str, *, permitted: bool) -> Grant:
        number = self._next_number()
        token = tokens.token_for(vendor, f"{self.mark}-{number}", permitted=permitted)
        grant = Grant(f"{vendor}-{number}", vendor, token, permitted, self.profiles[vendor].secret)
        self.change(sandbox, lambda changed: changed.grants.update({grant.id: grant}))
        return grant

    def revoke(self, sandbox: Sandbox, grant_id: str) -> bool:
        return self.change(sandbox, lambda changed: changed.grants.pop(grant_id, None)) is not None

    def resolve_token(self, vendor: str, token: str) -> tuple[Sandbox, Grant] | None:
        found = self.opened(vendor, token)
        if found is not None:
            return found
        sandbox_id = self.engine.command("GET", self.engine.key("t", vendor, token))
        if sandbox_id is None or self.find(sandbox_id) is None:
            return None
        return self.opened(vendor, token)

    def opened(self, vendor: str, token: str) -> tuple[SharedSandbox, Grant] | None:
        """What this server knows of a token."""
        return self.known.opened(vendor, token)

    # Requests

    def open(self, context: RequestContext, token: str) -> tuple[Sandbox, Grant] | None:
        vendor = context.vendor.name
        if (found := self.opened(vendor, token)) is not None or not context.is_journaled:
            return found or self.resolve_token(vendor, token)
        admission = self._admit(context, self._default(), lookup=f"{vendor}:{token}")
        if admission is None:
            return self.opened(vendor, token)
        context.use(admission)
        return None

    def admit(self, context: RequestContext, sandbox: Sandbox | None) -> SharedAdmission:
        found = self._admit(context, self._default() if sandbox is None else sandbox)
        assert found is not None  # noqa: S101 (it is only where a token is looked up)
        return found

    def _default(self) -> SharedSandbox:
        return self.known.get(DEFAULT) or self._restore_default()

    def _admit(self, context: RequestContext, sandbox: Sandbox, lookup: str | None = None) -> SharedAdmission | None:
        """Let a request into a sandbox; None where its token, which is looked up, opens another one."""
        assert isinstance(sandbox, SharedSandbox)  # noqa: S101 (no other is made here)
        admission = self._provisional(context, sandbox)
        if (before := shared_admission.before(context)) is not None:
            self._begin(before.record)
            return before
        while True:
            plan = Plan() if context.grant is None else shared_admission.plan(context, sandbox, self._effective)
            item = self.complete(plan.item(sandbox, sandbox.version, context.expires_at), context.vendor)
            if lookup is not None:
                item["token"] = lookup
            record, text = self._begun(context, sandbox, admission)
            result, now_us = self.batches.ask(shared_journal.dumps(item), text)
            kind, *details = result
            if kind == "ok":
                self.settle(admission, record, plan, details, now_us)
                self._begin(record)
                return admission
            if kind == "elsewhere":
                self._learn(*details)
                return None
            if kind == "draws":
                plan.correct(*details)
            else:
                sandbox = self._again(context, sandbox, details)
                admission = self._provisional(context, sandbox)

    def _begin(self, record: Record | None) -> None:
        """Note that a request is in progress from now on, if it has a record."""
        if record is not None:
            self.batches.in_progress.add(record)

    def _provisional(self, context: RequestContext, sandbox: SharedSandbox) -> SharedAdmission:
        """An admission for what is done before the engine answers, and where it does not."""
        admission = SharedAdmission(self, sandbox, sandbox.clock.now(), sandbox.policy)
        context.use(admission)
        return admission

    def _again(self, context: RequestContext, sandbox: SharedSandbox, details: list[Any]) -> SharedSandbox:
        """The sandbox as it is now; UnknownToken where it is gone, or the token of the request is."""
        present = self._learn(sandbox.id, *details) if details else self._gone(sandbox.id)
        if present is not None and present.version == sandbox.version:  # The engine has an older one: it was set back.
            self.known.drop(sandbox.id)
            present = self._learn(sandbox.id, *details)
        grant = context.grant
        if present is None or (grant is not None and present.grants.get(grant.id) != grant):
            raise UnknownToken
        return present

    def _begun(
        self, context: RequestContext, sandbox: SharedSandbox, admission: SharedAdmission
    ) -> tuple[SharedRecord | None, str | None]:
        if not context.is_journaled:
            return None, None
        make = partial(SharedRecord, publish=partial(self.publish, sandbox.id))
        record = context.new_record(admission, make)
        return record, shared_journal.written(record, sandbox.clock, self.redactor)

    def complete(self, item: dict[str, Any], vendor: Vendor) -> dict[str, Any]:
        """The question to the engine with what is the same for every request to a vendor."""
        return {**item, "size": self.journal_size, "vendor": vendor.name}

    def note(self, sandbox_id: str, result: list[Any]) -> None:
        """Learn what the engine said of a sandbox in place of letting a request in."""
        if result[0] == "stale":
            self._learn(sandbox_id, *result[1:])
        else:
            self._gone(sandbox_id)

    def settle(
        self, admission: SharedAdmission, record: SharedRecord | None, plan: Plan, details: list[Any], now_us: int
    ) -> None:
        """Fill in what the engine has decided."""
        record_id, sequence, volume, before, before_hits, wait, after, after_hits, memory_version = details
        admission.now = admission.sandbox.clock.at_wall(now_us * 1000)
        admission.wait = None if wait < 0 else wait
        admission.memory_version = memory_version
        if before:
            admission.hits[FaultPhase.BEFORE] = shared_admission.hit(plan.before[before - 1], before_hits)
        if after:
            admission.hits[FaultPhase.AFTER] = shared_admission.hit(plan.after[after - 1], after_hits)
        with self.lock:
            self._sequence = max(self._sequence, sequence)
        if record is not None:
            record.id, record.start_seq, record.volume = record_id, sequence, volume
            record.at_ns = nanoseconds(admission.now)
            admission.record = record

    def publish(self, sandbox_id: str, record: SharedRecord) -> None:
        """Send the state of a request to the engine; nobody waits for it."""
        if record.state.outcome is not Outcome.IN_PROGRESS:
            self.batches.in_progress.discard(record)
        if record.state.end_seq != NEVER:  # Later than all that has begun, before all that begins after the answer.
            record.state = record.state._replace(end_seq=self._sequence + 1)
        item = {"sandbox": sandbox_id, "volume": record.volume, "id": record.id}
        text = shared_journal.written_state(record.state, record.request.headers.authorization, self.redactor)
        self.batches.send(shared_journal.dumps(item), text, None)

    # Parts of sandboxes

    def new_journal(self, sandbox_id: str) -> SharedJournal:
        return SharedJournal(self.journal_size, self.engine, self.batches, sandbox_id)

    def audits_of(self, sandbox_id: str) -> JobList[Any]:
        """The audits of a sandbox: the same list for each version of it."""
        with self.lock:
            found = self._audits.get(sandbox_id)
            if found is None:
                found = self._audits[sandbox_id] = self.job_list("audit", AUDITS_KEPT, sandbox_id)
            return found

    def job_list(self, noun: str, kept: int, owner: str) -> SharedJobList[Any]:
        return SharedJobList(noun, kept, self.engine, owner, partial(self._restored_job, noun))

    def _restored_job(self, noun: str, given: dict[str, Any]) -> Any:
        return self.restored_jobs[noun](given)

    def first_generation(self) -> int:
        """One that no sandbox with the same id has had: cached replies are known by it."""
        return clocks.wall_ns() // 1000

    def close(self) -> None:
        """Send what is left, and close the connections."""
        self.batches.close()
        self.engine.close()


def _keys(sandbox: Sandbox) -> str:
    """What the tokens of a sandbox are found by."""
    return json.dumps([f"{each.vendor}:{each.token}" for each in sandbox.grants.values()])
