"""Answers of vendors to requests that no client sent, as a sandbox would give them to one who may read everything.

They leave no entry in the journal, spend no limit, meet no fault, and take no place in the response cache.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Self

from flask import Request, Response
from werkzeug.test import EnvironBuilder

from mockserver.gateway import pipeline
from mockserver.gateway.sandbox import Policy, Sandbox, SandboxRegistry
from mockserver.gateway.tokens import Grant
from mockserver.gateway.vendor import RequestContext


@dataclass(frozen=True, slots=True)
class UnrecordedReader:
    """Reads from a sandbox at one moment, under one policy, whatever becomes of its clock and policy meanwhile."""

    registry: SandboxRegistry
    sandbox: Sandbox
    now: datetime
    policy: Policy

    @classmethod
    def of(cls, registry: SandboxRegistry, sandbox: Sandbox) -> Self:
        """A reader at the present moment of a sandbox."""
        with registry.lock:
            return cls(registry, sandbox, sandbox.clock.now(), sandbox.policy)

    def answer(self, vendor: str, target: str, body: str | None = None) -> Response:
        """A vendor's answer to a GET of a path with its query or, with a JSON body, to a POST that only reads."""
        method, kind = ("GET", None) if body is None else ("POST", "application/json")
        request = Request(EnvironBuilder(target, method=method, data=body, content_type=kind).get_environ())
        context = RequestContext(request.environ, self.registry, self.registry.profiles[vendor], None, request)
        context.grant = Grant("unrecorded", vendor, "", permitted=True)
        context.sandbox, context.now, context.policy = self.sandbox, self.now, self.policy
        context.switches = self.policy.switches[vendor]
        return pipeline.respond_unrecorded(context)
