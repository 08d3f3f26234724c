"""A reader of what vendors answer in a sandbox, to requests that no client sent and that may read everything.

Its requests leave no entry in the journal, spend no limit, meet no fault, and take no place in the response cache.
"""

from dataclasses import dataclass
from typing import Self

from flask import Request, Response
from werkzeug.test import EnvironBuilder

from mockserver.gateway import pipeline
from mockserver.gateway.admission import LocalAdmission
from mockserver.gateway.sandbox import Sandbox, SandboxMoment
from mockserver.gateway.store.registry import SandboxRegistry
from mockserver.gateway.tokens import Grant
from mockserver.gateway.vendor import RequestContext


@dataclass(frozen=True, slots=True)
class UnrecordedReader:
    """Reads from a sandbox at one moment."""

    registry: SandboxRegistry
    moment: SandboxMoment

    @classmethod
    def of(cls, registry: SandboxRegistry, sandbox: Sandbox) -> Self:
        """A reader at the present moment of a sandbox."""
        with registry.lock:
            return cls(registry, SandboxMoment.of(sandbox))

    def answer(self, vendor: str, target: str, body: str | None = None) -> Response:
        """A vendor's answer to a GET of a path with its query or, with a JSON body, to a POST that only reads."""
        method, kind = ("GET", None) if body is None else ("POST", "application/json")
        request = Request(EnvironBuilder(target, method=method, data=body, content_type=kind).get_environ())
        context = RequestContext(request.environ, self.registry, self.registry.profiles[vendor], None, request)
        context.grant = Grant("unrecorded", vendor, "", permitted=True)
        moment = self.moment
        context.use(LocalAdmission(self.registry, moment.sandbox, moment.now, moment.policy))
        return pipeline.respond_unrecorded(context)
