"""Routing: from a path to its vendor and its view.

Unknown paths and wrong methods are routes too, one catch-all for each mount. Vendors share a root where they have the
same mount, or one has a mount below another's. A path there is answered by the vendor that has it. Where none has it,
or more than one, the vendor whose token the request carries answers; without a known token, the one with the longest
mount.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import zip_longest
from typing import NamedTuple
from wsgiref.types import WSGIEnvironment

from flask import Flask, Request, Response, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound
from werkzeug.routing import BaseConverter

from mockserver.gateway import auth, dry_run, pipeline, unserved, view
from mockserver.gateway.cross_origin import Senders
from mockserver.gateway.lazy_rules import LazyRule
from mockserver.gateway.pipeline import AnyResponse
from mockserver.gateway.rejection import Rejection
from mockserver.gateway.store.registry import SandboxRegistry
from mockserver.gateway.unserved import NotSimulated
from mockserver.gateway.vendor import RequestContext, Route, Vendor
from mockserver.gateway.view import ViewResponse

EXTENSION = "mockserver.gateway"
"""Where an app keeps its sandbox registry."""


class RestOfPath(BaseConverter):
    """Whatever follows a mount: nothing, slashes and line breaks included."""

    part_isolating = False
    regex = "(?s:.*)"
    weight = 10_000


Respond = Callable[[WSGIEnvironment], AnyResponse]
"""Makes the response to a request that Flask has not seen."""


Match = tuple[Route, dict[str, str]] | HTTPException
"""A vendor's route and the variables of the path, or why it has none."""


class DirectView(NamedTuple):
    """The view of a route without variables, and its vendor's name: a request for it needs none of Flask's context."""

    vendor: str
    respond: Respond


class Installed(NamedTuple):
    """The direct views of GET by their paths, except those that more than one vendor has, and a check of a request.

    `needs_body` is whether the answer to a request may depend on its body; None where no vendor's path is requested.
    """

    direct: Mapping[str, DirectView]
    needs_body: Callable[[WSGIEnvironment], bool | None]


def install(app: Flask, vendors: Iterable[Vendor], registry: SandboxRegistry, senders: Senders) -> Installed:
    """Add every vendor's routes to an app, and for each mount a catch-all for everything else below it."""
    app.extensions[EXTENSION] = registry
    app.url_map.converters["rest_of_path"] = RestOfPath
    router = _Router(tuple(vendors), registry, senders)
    direct: dict[str, DirectView] = {}
    for vendor in router.vendors:
        for route in vendor.routes:
            respond, is_contested = partial(router.respond, vendor, route), router.is_contested(vendor, route)
            served = router.dispatch if is_contested else partial(_respond_in_flask, respond)
            name = f"{vendor.name}:{route.operation}"
            app.add_url_rule(route.path, name, served, methods=route.methods, provide_automatic_options=False)
            if "GET" in route.methods and "<" not in route.path and not is_contested:
                direct[route.path] = DirectView(vendor.name, respond)
    for mount in {mount for vendor in router.vendors for mount in vendor.mounts}:
        app.view_functions[f"unrouted:{mount}"] = router.dispatch
        for path in (mount, f"{mount}/<rest_of_path:rest>"):
            # A rule without methods, which Flask's add_url_rule cannot make.
            app.url_map.add(LazyRule(path, endpoint=f"unrouted:{mount}"))
    return Installed(direct, router.needs_body)


@dataclass(frozen=True, slots=True)
class _Router:
    """The vendors of an app, and what answers a request for a path."""

    vendors: tuple[Vendor, ...]
    registry: SandboxRegistry
    senders: Senders

    def is_contested(self, vendor: Vendor, route: Route) -> bool:
        """Whether another vendor has a path that the route's path can be, too."""
        others = [each for each in self._sharing(route.path) if each is not vendor]
        return any(_can_be_the_same(route.path, their.path) for other in others for their in other.routes)

    def respond(
        self, vendor: Vendor, route: Route, environ: WSGIEnvironment, from_flask: Request | None = None
    ) -> AnyResponse:
        """The response to a request for a route; `from_flask` is Flask's request, if Flask has seen it."""
        stages = vendor.stages if route.stages is None else route.stages

        def then(context: RequestContext) -> ViewResponse:
            return view.respond(route.view, context)

        context = RequestContext(environ, self.registry, vendor, route.operation, from_flask, route)
        return pipeline.run(context, self.senders, stages, then)

    def dispatch(self, **_: str) -> Response:
        """A Flask view for a path that no vendor has, or more than one."""
        sent = _current_request()
        vendor, found = self._choose(self._sharing(_path_of(sent.environ)), sent.environ)
        if isinstance(found, HTTPException):
            return view.for_flask(self._refuse(vendor, found, sent))
        route, sent.view_args = found
        return view.for_flask(self.respond(vendor, route, sent.environ, sent))

    def needs_body(self, environ: WSGIEnvironment) -> bool | None:
        """Whether the answer to a request may depend on its body; None where the path is no vendor's."""
        sharing = self._sharing(_path_of(environ))
        if not sharing:
            return None
        return dry_run.needs_body(environ, self.registry, self.senders, *self._choose(sharing, environ))

    def _choose(self, sharing: Sequence[Vendor], environ: WSGIEnvironment) -> tuple[Vendor, Match]:
        """The one of these vendors that answers a request, and what it has at the path."""
        matched = [(vendor, _match(vendor, environ)) for vendor in sharing]
        having = [pair for pair in matched if not isinstance(pair[1], NotFound)] or matched
        with_token = (pair for pair in having if len(having) > 1 and self._has_token(pair[0], environ))
        return next(with_token, having[0])

    def _refuse(self, vendor: Vendor, error: HTTPException, sent: Request) -> AnyResponse:
        """The vendor's refusal, after its stages: none for a wrong method on a path that has stages of its own."""

        def fail(_: RequestContext) -> Response:
            raise error

        route = next((each for each in vendor.routes if each.path == sent.path), None)
        own = isinstance(error, MethodNotAllowed) and route is not None and route.stages is not None
        context = RequestContext(sent.environ, self.registry, vendor, None, sent, route)
        return pipeline.run(context, self.senders, () if own else vendor.stages, fail)

    def _sharing(self, path: str) -> Sequence[Vendor]:
        """The vendors whose path it can be: by their longest mount above it, and then those that share such a mount."""
        above = {mount for vendor in self.vendors for mount in vendor.mounts if _is_below(path, mount)}

        def longest(vendor: Vendor) -> int:
            return max((len(mount) for mount in vendor.mounts if mount in above), default=0)

        sharing = [
            vendor for vendor in self.vendors if any(_is_below(mount, one) for mount in vendor.mounts for one in above)
        ]
        return sorted(sharing, key=longest, reverse=True)

    def _has_token(self, vendor: Vendor, environ: WSGIEnvironment) -> bool:
        """Whether a request carries a token of the vendor's."""
        try:
            token = auth.credential(environ.get("HTTP_AUTHORIZATION"), vendor.schemes)
        except Rejection:
            return False
        return self.registry.resolve_token(vendor.name, token) is not None


def _respond_in_flask(respond: Callable[[WSGIEnvironment, Request], AnyResponse], **_: str) -> Response:
    """A view for Flask; the path's variables are in the request."""
    sent = _current_request()
    return view.for_flask(respond(sent.environ, sent))


def _current_request() -> Request:
    found: Request = request._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 (documented)
    return found


def _match(vendor: Vendor, environ: WSGIEnvironment) -> Match:
    """The vendor's route for a request and the path's variables, or why there is none: a 404, a 405 or a 501."""
    try:
        operation, variables = pipeline.route_map(vendor.routes).bind_to_environ(environ).match()
    except HTTPException as error:
        is_missing = isinstance(error, NotFound | MethodNotAllowed)
        method, path = environ["REQUEST_METHOD"], _path_of(environ)
        found = unserved.find(vendor.unserved, method, path) if is_missing else None
        return error if found is None else NotSimulated(found)
    return next(route for route in vendor.routes if route.operation == operation), dict(variables)


def _path_of(environ: WSGIEnvironment) -> str:
    """The path as the routes see it, without the slashes at its start that Werkzeug folds."""
    return f"/{environ['PATH_INFO'].lstrip('/')}"


def _is_below(path: str, mount: str) -> bool:
    return path == mount or path.startswith(f"{mount}/")


def _can_be_the_same(path: str, other: str) -> bool:
    """Whether two paths can be the same one; a variable is one segment of a path."""
    pairs = zip_longest(path.split("/"), other.split("/"), fillvalue="")
    return all(one == two or (one and two and "<" in one + two) for one, two in pairs)
