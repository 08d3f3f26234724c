"""The fast path over a store: a cached answer is given when the engine has let the request in.

The request is let in as in `shared_registry`, in the same call as others that come at about the same time. If it then
turns out that it must not have the cached answer, it goes on to the app, which does not let it in again.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from time import perf_counter_ns
from typing import Any, Final
from wsgiref.types import WSGIEnvironment

from mockserver.gateway import kept_headers, limits
from mockserver.gateway.fastpath import Deliver, FastPath
from mockserver.gateway.journal import Outcome, Record, State
from mockserver.gateway.kept_headers import Headers, SentHeaders
from mockserver.gateway.known_request import KnownRequest, Response
from mockserver.gateway.rejection import StoreUnavailable
from mockserver.gateway.response_cache import CachedReply
from mockserver.gateway.socket_features import Content
from mockserver.gateway.store import shared_admission, shared_journal
from mockserver.gateway.store.shared_admission import ADMITTED, Admitted, Plan, SharedAdmission
from mockserver.gateway.store.shared_journal import SharedRecord
from mockserver.gateway.store.shared_registry import SharedRegistry
from mockserver.gateway.store.shared_sandbox import SharedSandbox
from mockserver.simulation.clock import nanoseconds

log = logging.getLogger(__name__)

_NO_PLAN: Final = Plan()
_DURATION: Final = 2**50
"""Stands for how long a request took, where nothing else is this number."""


@dataclass(frozen=True, slots=True)
class _Prepared:
    """The texts that go to the engine for a known request, and all that they depend on.

    `headers` are those of the answer that the journal keeps. `ends` are the two parts of its final state as text; its
    duration comes between them. `item` is empty where an armed rule may meet the request: it then goes to the app.
    """

    sandbox: SharedSandbox
    reply: CachedReply
    sent: SentHeaders
    secrets: tuple[str, ...]
    headers: Headers
    item: str
    text: str
    ends: tuple[str, str]

    def is_for(self, sandbox: SharedSandbox, reply: CachedReply, sent: SentHeaders, secrets: tuple[str, ...]) -> bool:
        """Whether nothing has changed that they depend on."""
        is_same = self.sandbox is sandbox and self.reply is reply and self.secrets is secrets
        return is_same and self.sent == sent


@dataclass(slots=True)
class _Question:
    """A request on its way to the engine."""

    environ: WSGIEnvironment
    known: KnownRequest
    prepared: _Prepared
    started: int
    end: str


class SharedFastPath(FastPath):
    """Answers what is cached as soon as the engine has let the request in."""

    _registry: SharedRegistry

    def answers(self, environs: Sequence[WSGIEnvironment]) -> list[Response | None]:
        """None for each: no answer is at hand without the engine."""
        return [None for _ in environs]

    def respond(self, environ: WSGIEnvironment) -> Response | None:
        """The answer to a request, if it is cached and the engine lets the request in."""
        question = self._question(environ)
        if question is None:
            return None
        try:
            result, now_us = self._registry.batches.ask(question.prepared.item, question.prepared.text, question.end)
        except StoreUnavailable as error:
            environ[ADMITTED] = error
            return None
        return self._answered(question, result, now_us)

    def answer_later(self, environ: WSGIEnvironment, deliver: Deliver, flush: Callable[[], None]) -> bool:
        """Whether a request may have a cached answer: then `deliver` is called with it, or with None, in any thread.

        `flush` is called after some of these. Nothing is sent before `send_waiting` is called.
        """
        question = self._question(environ)
        if question is None:
            return False
        done, prepared = partial(self._deliver, question, deliver), question.prepared
        self._registry.batches.send(prepared.item, prepared.text, done, end=question.end, flush=flush)
        return True

    def send_waiting(self) -> None:
        """Send the requests that have come since the last call to the engine."""
        self._registry.batches.start()

    def _deliver(self, question: _Question, deliver: Deliver, result: Any, now_us: int) -> None:
        response = None
        if isinstance(result, Exception):
            question.environ[ADMITTED] = result
        else:
            try:
                response = self._answered(question, result, now_us)
            except Exception:
                log.exception("an answer that is nearly at hand cannot be given")
        deliver(response)

    def _question(self, environ: WSGIEnvironment) -> _Question | None:
        """The call to the engine for a request that has a cached answer, as far as this server knows."""
        known = self.known(environ)
        sandbox = None if known is None else self._sandbox(known)
        reply = None if known is None else self._registry.answers.get(known.key)
        if known is None or sandbox is None or reply is None:
            return None
        prepared = self._prepare(environ, known, sandbox, reply)
        if not prepared.item:
            return None
        end = str(self._registry.batches.last_us).join(prepared.ends)
        return _Question(environ, known, prepared, perf_counter_ns(), end)

    def _prepare(
        self, environ: WSGIEnvironment, known: KnownRequest, sandbox: SharedSandbox, reply: CachedReply
    ) -> _Prepared:
        """The texts for a known request: those that are kept, if nothing that they depend on has changed."""
        sent, secrets = kept_headers.of_request(environ), self._registry.redactor.secrets
        kept: _Prepared | None = known.prepared
        if kept is not None and kept.is_for(sandbox, reply, sent, secrets):
            return kept
        headers = known.last_head.journaled
        texts = self._texts(environ, known, sandbox, self._state(known, reply, headers))
        known.prepared = made = _Prepared(sandbox, reply, sent, secrets, headers, *texts)
        return made

    def _texts(
        self, environ: WSGIEnvironment, known: KnownRequest, sandbox: SharedSandbox, state: State
    ) -> tuple[str, str, tuple[str, str]]:
        """The item, text and ends of a known request; empty where an armed rule may meet it."""
        concerned = known.vendor.name, known.operation, known.path
        if any(each.rule.concerns(*concerned) for each in sandbox.faults.armed):
            return "", "", ("", "")
        record = Record(0, known.sent(environ, sandbox), 0, sandbox.clock.frozen, 0)
        text = shared_journal.written(record, sandbox.clock, self._registry.redactor)
        return shared_journal.dumps(self._item(known, sandbox)), text, self._ends(state)

    def _sandbox(self, known: KnownRequest) -> SharedSandbox | None:
        """The sandbox of a request as it is now, if nothing has changed that its answer depends on."""
        found = self._registry.opened(known.vendor.name, known.grant.token)
        if found is None:
            return None
        sandbox, grant = found
        is_same = grant == known.grant and sandbox.policy.generation == known.generation
        return sandbox if is_same else None

    def _item(self, known: KnownRequest, sandbox: SharedSandbox) -> dict[str, Any]:
        plan, allowance = Plan(), sandbox.allowance(known.limit) if known.is_limited else None
        if allowance is not None:
            plan.limit = shared_admission.limit_item(known.limit, known.scope, allowance, known.block)
        return self._registry.complete(plan.item(sandbox, sandbox.version, known.expires_at), known.vendor)

    @staticmethod
    def _state(known: KnownRequest, reply: CachedReply, headers: Headers) -> State:
        """The final state of the request, if it is answered as before; a number stands for its duration."""
        return State(Outcome.ANSWERED, known.code, _DURATION, None, None, reply.notes, 0, headers)

    def _ends(self, state: State) -> tuple[str, str]:
        """A final state as text: two parts, with its duration between."""
        before, _, after = shared_journal.written_state(state, None, self._registry.redactor).partition(str(_DURATION))
        return before, after

    def _answered(self, question: _Question, result: Any, now_us: int) -> Response | None:
        """The answer; None where the request must go on to the app, with the admission if it has one."""
        known, sandbox = question.known, question.prepared.sandbox
        if result[0] != "ok":
            self._registry.note(sandbox.id, result)
            return None
        admission, record = self._settled(question, result, now_us)
        now, vendor = admission.now, known.vendor
        reply = self._registry.answers.get(known.key)
        switches = admission.policy.switches[vendor.name]
        is_over = known.expires_at is not None and limits.microseconds(now) >= known.expires_at
        if admission.wait is not None or is_over or reply is None or vendor.cache_epoch(now, switches) != known.epoch:
            question.environ[ADMITTED] = Admitted(known.grant, admission)
            return None
        ns = nanoseconds(now)
        parts = known.parts(reply, ns)
        _, head, journaled = known.head(sum(map(len, parts)))
        if journaled != question.prepared.headers:
            record.finish(known.code, None, reply.notes, journaled)
        return Response(Content(head, known.date(ns), parts), sandbox.id, record)

    def _settled(self, question: _Question, result: Any, now_us: int) -> tuple[SharedAdmission, SharedRecord]:
        """What the engine has decided on a request, and its record."""
        registry, sandbox, known = self._registry, question.prepared.sandbox, question.known
        admission = SharedAdmission(registry, sandbox, sandbox.clock.at_wall(now_us * 1000), sandbox.policy)
        sent = known.sent(question.environ, sandbox)
        record = SharedRecord(nanoseconds(admission.now), sent, question.started, sandbox.clock.frozen, 0)
        record.publish = partial(registry.publish, sandbox.id)
        registry.settle(admission, record, _NO_PLAN, result[1:], now_us)
        return admission, record
