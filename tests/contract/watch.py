"""A check of every answer of any app in this process against the vendor's OpenAPI file.

The file is read with the response names in force in the sandbox of the request's token. `oracle` checks one answer;
`conftest` fails the test.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from flask import Flask

from mockserver import resources, vendors
from mockserver.admin import admin_context
from mockserver.gateway.vendor import Vendor
from tests.contract import oracle
from tests.contract.oracle import Recorded

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

    Wsgi = Callable[[Flask, WSGIEnvironment, StartResponse], Iterable[bytes]]


class Watch:
    """Looks at every answer that leaves an app below a vendor's mount, and keeps what is wrong with it."""

    def __init__(self) -> None:
        self.judged = 0
        self._faults: list[str] = []
        mounts = {mount: vendor for vendor in vendors.discover() for mount in vendor.mounts}
        self._mounts = sorted(mounts.items(), key=lambda pair: -len(pair[0]))

    def take(self) -> list[str]:
        """What was wrong since the last time of asking."""
        faults, self._faults = self._faults, []
        return faults

    def over(self, app: "Wsgi") -> "Wsgi":
        """The same application method, watched; the answer passes through as it is made."""

        def watched(self_: Flask, environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
            head: list[Any] = []

            def note(status: str, headers: list[tuple[str, str]], exc_info: Any = None, /) -> Callable[[bytes], object]:
                head[:] = [int(status[:3]), {name.lower(): value for name, value in headers}]
                return start(status, headers, exc_info)

            return self._passing(app(self_, environ, note), self_, environ, head)

        return watched

    def _passing(
        self, parts: Iterable[bytes], app: Flask, environ: "WSGIEnvironment", head: list[Any]
    ) -> Iterator[bytes]:
        body = b""
        with ExitStack() as stack:
            if hasattr(parts, "close"):
                stack.callback(parts.close)
            for part in parts:
                body += part
                yield part
        path = "/" + environ["PATH_INFO"].encode("latin-1").decode(errors="replace").lstrip("/")
        said = Recorded(environ["REQUEST_METHOD"], path, head[0], head[1], body)
        self._judge(app, said, environ.get("HTTP_AUTHORIZATION", ""))

    def _judge(self, app: Flask, said: Recorded, authorization: str) -> None:
        vendor = self._vendor(said.path)
        if vendor is not None:
            self.judged += 1
            judge = oracle.read(resources.openapi() / vendor.openapi, tuple(_names(app, vendor, authorization).items()))
            self._faults += judge.faults(said)

    def _vendor(self, path: str) -> Vendor | None:
        return next((one for mount, one in self._mounts if path == mount or path.startswith(f"{mount}/")), None)


def _names(app: Flask, vendor: Vendor, authorization: str) -> dict[str, str]:
    """What an app calls the response names of a vendor; an app without a control plane calls them as they are."""
    if "mockserver.admin" not in app.extensions:
        return {}
    with app.app_context():
        state = admin_context.context().registry
    # An access token begins with the id of its client, and ends in two parts of its own.
    shown = authorization.rpartition(" ")[2]
    opened = state.resolve_token(vendor.name, shown) or state.resolve_token(
        vendor.name, shown.rpartition(".")[0].rpartition(".")[0]
    )
    sandbox = opened[0] if opened else state.default
    return sandbox.policy.switches[vendor.name].renamed_fields(sandbox.profiles[vendor.name].switches)
