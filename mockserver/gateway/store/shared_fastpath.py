"""The fast path over a store: a cached answer is given when the engine has let the request in.

The request is let in as in `shared_registry`, in the same call as others that come at about the same time. If it then
turns out that it must not have the cached answer, it goes on to the app, which does not let it in again.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from time import perf_counter_ns
from typing import Any
from wsgiref.types import WSGIEnvironment

from mockserver.gateway import kept_headers, limits, socket_features
from mockserver.gateway.fastpath import FastPath, KnownRequest, Response
from mockserver.gateway.journal import JOURNALED, NO_NOTES, Outcome, State
from mockserver.gateway.rejection import StoreUnavailable
from mockserver.gateway.store import shared_admission, shared_journal
from mockserver.gateway.store.shared_admission import ADMITTED, Admitted, Plan, SharedAdmission
from mockserver.gateway.store.shared_journal import SharedRecord
from mockserver.gateway.store.shared_registry import SharedRegistry
from mockserver.gateway.store.shared_sandbox import SharedSandbox

log = logging.getLogger(__name__)

Deliver = Callable[[Response | None], None]
"""Takes the answer, or None if the app must be called."""


@dataclass(slots=True)
class _Question:
    """A request on its way to the engine."""

    environ: WSGIEnvironment
    known: KnownRequest
    sandbox: SharedSandbox
    admission: SharedAdmission
    record: SharedRecord
    item: dict[str, Any]
    text: str
    end: str


class SharedFastPath(FastPath):
    """Answers what is cached as soon as the engine has let the request in."""

    _registry: SharedRegistry

    def answer(self, _: WSGIEnvironment) -> Response | None:
        """None: no answer is at hand without the engine."""
        return None

    def respond(self, environ: WSGIEnvironment) -> Response | None:
        """The answer to a request, if it is cached and the engine lets the request in."""
        question = self._question(environ)
        if question is None:
            return None
        try:
            result, now_us = self._registry.batches.ask(question.item, question.text, question.end)
        except StoreUnavailable as error:
            environ[ADMITTED] = error
            return None
        return self._answered(question, result, now_us)

    def answer_later(self, environ: WSGIEnvironment, deliver: Deliver, flush: Callable[[], None]) -> bool:
        """Whether a request may have a cached answer: then `deliver` is called with it, or with None, in any thread.

        `flush` is called after some of these.
        """
        question = self._question(environ)
        if question is None:
            return False
        done = partial(self._deliver, question, deliver)
        self._registry.batches.send(question.item, question.text, done, end=question.end, flush=flush)
        return True

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
        """What the engine is asked for a request that has a cached answer, as far as this server knows."""
        known = self.known(environ)
        sandbox = None if known is None else self._sandbox(known)
        if known is None or sandbox is None:
            return None
        registry, now = self._registry, sandbox.clock.now()
        admission = SharedAdmission(registry, sandbox, now, sandbox.policy)
        make = partial(SharedRecord, publish=partial(registry.publish, sandbox.id, admission))
        record = known.record(environ, sandbox, now, perf_counter_ns(), 0, make)
        assert isinstance(record, SharedRecord)  # noqa: S101 (that is what makes it)
        item = self._item(known, sandbox)
        text = shared_journal.written(record, sandbox.clock, registry.redactor)
        return _Question(environ, known, sandbox, admission, record, item, text, self._end(known))

    def _sandbox(self, known: KnownRequest) -> SharedSandbox | None:
        """The sandbox of a request as it is now, if nothing has changed that its answer depends on."""
        found = self._registry.opened(known.vendor.name, known.grant.token)
        if found is None:
            return None
        sandbox, grant = found
        is_same = grant == known.grant and sandbox.policy.generation == known.generation
        vendor, operation, path = known.vendor.name, known.operation, known.path
        if not is_same or any(each.rule.concerns(vendor, operation, path) for each in sandbox.faults.armed):
            return None
        assert isinstance(sandbox, SharedSandbox)  # noqa: S101 (no other is known here)
        return sandbox if self._registry.answers.get(known.key) is not None else None

    def _item(self, known: KnownRequest, sandbox: SharedSandbox) -> dict[str, Any]:
        plan, allowance = Plan(), sandbox.allowance(known.limit) if known.is_limited else None
        if allowance is not None:
            plan.limit = shared_admission.limit_item(known.limit, known.scope, allowance, known.block)
        return self._registry.complete(plan.item(sandbox, sandbox.version, known.expires_at), known.vendor)

    def _end(self, known: KnownRequest) -> str:
        """What became of the request, if it is answered as it was before."""
        reply = self._registry.answers.get(known.key)
        duration_us = self._registry.batches.last_us
        notes = NO_NOTES if reply is None else reply.notes
        headers = kept_headers.of_response(known.headers)
        state = State(Outcome.ANSWERED, known.code, duration_us, None, None, notes, 0, headers)
        return shared_journal.written_state(state, None, self._registry.redactor)

    def _answered(self, question: _Question, result: Any, now_us: int) -> Response | None:
        """The answer; None where the request must go on to the app, with the admission if it has one."""
        environ, known, admission, record = question.environ, question.known, question.admission, question.record
        if result[0] != "ok":
            self._registry.note(question.sandbox.id, result)
            return None
        self._registry.settle(admission, record, Plan(), result[1:], now_us)
        environ[socket_features.ABANDONED] = record.abandon
        environ[JOURNALED] = question.sandbox.id, record
        now, vendor = admission.now, known.vendor
        reply = self._registry.answers.get(known.key)
        switches = admission.policy.switches[vendor.name]
        is_over = known.expires_at is not None and limits.microseconds(now) >= known.expires_at
        if admission.wait is not None or is_over or reply is None or vendor.cache_epoch(now, switches) != known.epoch:
            environ[ADMITTED] = Admitted(known.grant, admission)
            return None
        response = known.response(reply, question.sandbox, now)
        if response.headers != known.headers:
            record.finish(known.code, None, reply.notes, kept_headers.of_response(response.headers))
        return response.dated(now) if known.is_dated else response
