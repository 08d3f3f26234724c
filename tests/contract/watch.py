"""A check of every answer of every app in this process against the vendor's OpenAPI file.

Response fields have the names that are in force in the sandbox of the request's token. `oracle` checks one answer;
`conftest` fails the test.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any

from flask import Flask

from mockserver import resources, vendors
from mockserver.gateway import routing, socket_features
from mockserver.gateway.fastpath import FastPath
from mockserver.gateway.journal import JOURNALED
from mockserver.gateway.known_request import Response
from mockserver.gateway.rejection import StoreUnavailable
from mockserver.gateway.store.registry import SandboxRegistry
from mockserver.gateway.vendor import Vendor
from tests.contract import oracle
from tests.contract.oracle import Recorded

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

    Wsgi = Callable[[Flask, WSGIEnvironment, StartResponse], Iterable[bytes]]
    Give = Callable[[FastPath, WSGIEnvironment], Response | WSGIApplication | None]


SERVED = {vendor.name: vendor for vendor in vendors.discover()}


class Watch:
    """Checks every answer below a vendor's mount, and collects the errors."""

    def __init__(self) -> None:
        self.checked = 0
        self._errors: list[str] = []
        mounts = {mount: vendor for vendor in SERVED.values() for mount in vendor.mounts}
        self._mounts = sorted(mounts.items(), key=lambda pair: -len(pair[0]))

    def take(self) -> list[str]:
        """Return the errors since the last call, and forget them."""
        errors, self._errors = self._errors, []
        return errors

    def wrap(self, app: "Wsgi") -> "Wsgi":
        """Wrap an application method; its answers are passed on unchanged, part by part."""

        def watched(self_: Flask, environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
            return self._call(partial(app, self_), _registry(self_), environ, start)

        return watched

    def wrap_direct(self, answer: "Give") -> "Give":
        """Wrap the method of the layer in front of Flask that answers requests without Flask."""

        def watched(layer: FastPath, environ: "WSGIEnvironment") -> "Response | WSGIApplication | None":
            given = answer(layer, environ)
            registry = layer._registry  # noqa: SLF001 (the check must not change the layer)
            if given is None:
                return None
            if not isinstance(given, Response):
                return partial(self._call, given, registry)
            content = given.content
            headers = {name.lower(): value for name, value in content.headers}
            self._note(self._errors, registry, environ, [int(content.head.status[:3]), headers], content.body)
            return given

        return watched

    def _call(
        self,
        app: "WSGIApplication",
        registry: SandboxRegistry | None,
        environ: "WSGIEnvironment",
        start: "StartResponse",
    ) -> Iterable[bytes]:
        head: list[Any] = []

        def note(status: str, headers: list[tuple[str, str]], exc_info: Any = None, /) -> Callable[[bytes], object]:
            head[:] = [int(status[:3]), {name.lower(): value for name, value in headers}]
            return start(status, headers, exc_info)

        # An answer that is never read to its end is closed when it is collected, perhaps while another test runs.
        check = partial(self._note, self._errors, registry, environ, head)
        return _pass_on(app(environ, note), check)

    def _note(
        self,
        errors: list[str],
        registry: SandboxRegistry | None,
        environ: "WSGIEnvironment",
        head: list[Any],
        body: bytes,
    ) -> None:
        if socket_features.body_problem(environ) is not None or _is_from_a_page(environ):
            return  # The server refuses the request or adds headers to the answer, not the vendor.
        path = "/" + environ["PATH_INFO"].encode("latin-1").decode(errors="replace").lstrip("/")
        answer = Recorded(environ["REQUEST_METHOD"], path, head[0], head[1], body)
        vendor = self._vendor(answer.path)
        if vendor is not None and (journaled := environ.get(JOURNALED)) is not None:
            # A path of a shared root may belong to the token's vendor.
            vendor = SERVED.get(journaled[1].request.vendor, vendor)
        if vendor is not None:
            self.checked += 1
            names = tuple(_names(registry, vendor, environ.get("HTTP_AUTHORIZATION", "")).items())
            errors += oracle.read(resources.openapi() / vendor.openapi, names).faults(answer)

    def _vendor(self, path: str) -> Vendor | None:
        return next((one for mount, one in self._mounts if path == mount or path.startswith(f"{mount}/")), None)


def _pass_on(parts: Iterable[bytes], check: Callable[[bytes], None]) -> Iterator[bytes]:
    """Pass an answer on, and check it when it has ended."""
    body = b""
    try:
        for part in parts:
            body += part
            yield part
    except GeneratorExit:  # A server need not ask for more after the last byte.
        pass
    finally:
        if hasattr(parts, "close"):
            parts.close()
    check(body)


def _is_from_a_page(environ: "WSGIEnvironment") -> bool:
    return "HTTP_ORIGIN" in environ or "HTTP_SEC_FETCH_SITE" in environ


def _registry(app: Flask) -> SandboxRegistry | None:
    """The sandboxes of an app; None of one without a control plane."""
    return app.extensions[routing.EXTENSION] if "mockserver.admin" in app.extensions else None


def _names(registry: SandboxRegistry | None, vendor: Vendor, authorization: str) -> dict[str, str]:
    """Return the new names of renamed response fields, by the old ones; an app without a control plane renames none.

    Nor does one whose store does not answer: all its answers say so.
    """
    with suppress(StoreUnavailable):
        return {} if registry is None else _renamed(registry, vendor, authorization)
    return {}


def _renamed(registry: SandboxRegistry, vendor: Vendor, authorization: str) -> dict[str, str]:
    # An access token is the id of its client, followed by two more parts.
    token = authorization.rpartition(" ")[2]
    client_id = token.rpartition(".")[0].rpartition(".")[0]
    found = registry.resolve_token(vendor.name, token) or registry.resolve_token(vendor.name, client_id)
    sandbox = found[0] if found else registry.default
    return sandbox.policy.switches[vendor.name].renamed_fields(sandbox.profiles[vendor.name].switches)
