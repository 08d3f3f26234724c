"""A dry run of a request without its body: whether it is refused whatever the body is. Nothing is journaled or spent.

A server asks before it tells a client to send the body (`100 Continue`).
"""

from itertools import takewhile
from typing import Any, NoReturn
from wsgiref.types import WSGIEnvironment

from werkzeug.exceptions import HTTPException

from mockserver.gateway import pipeline
from mockserver.gateway.cross_origin import Senders
from mockserver.gateway.store.registry import SandboxRegistry
from mockserver.gateway.vendor import RequestContext, Route, Vendor

_EFFECTIVE = (pipeline.fault, pipeline.limit)
"""The stages that change something: that a request passes them can be known only when it does."""


class _BodyNeeded(Exception):
    """Something reads the body."""


class _Unsent:
    """The body of a request that is not to be read."""

    def read(self, *_: int) -> NoReturn:
        raise _BodyNeeded

    readline = read


def needs_body(
    environ: WSGIEnvironment,
    registry: SandboxRegistry,
    senders: Senders,
    vendor: Vendor,
    found: tuple[Route, Any] | HTTPException,
) -> bool:
    """Whether the answer to a request may depend on its body; `found` is the route of its path, or why it has none."""
    if isinstance(found, HTTPException) or senders.refusal(environ, vendor.name) is not None:
        return False
    route = found[0]
    unsent = {**environ, "wsgi.input": _Unsent()}
    context = RequestContext(unsent, registry, vendor, route.operation, None, route, is_journaled=False)
    if (context.request.content_length or 0) > route.body_maximum:
        return False
    stages = vendor.stages if route.stages is None else route.stages
    try:
        for stage in takewhile(lambda each: each not in _EFFECTIVE, stages):
            stage(context)
    except _BodyNeeded:
        return True
    except Exception:  # noqa: BLE001 (whatever it is, the request is refused)
        return False
    return True
