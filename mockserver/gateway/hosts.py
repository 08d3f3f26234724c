"""The names by which the server may be requested, and the check of a Host header against them.

A page can point its own host name at this machine (DNS rebinding); the browser then takes the server for a part of that
page's site, and only the Host header shows it. Pages that are honest about their origin are in `cross_origin`.
"""

import re
from collections.abc import Callable, Iterable
from ipaddress import ip_address

_HOST = re.compile(r"(\[[0-9a-f:.]+\]|[^\[\]:/@\s]+)(?::[0-9]{1,5})?")

_REMEMBERED_MAXIMUM = 1000
"""How many accepted headers are remembered. A client sends one or two; only an attacker sends more."""


def _no_live_names(_: str) -> frozenset[str]:
    return frozenset()


class Hosts:
    """The accepted names: those of loopback, the name or address that the server listens on, and the `allowed` ones.

    With `any_name`, every name is accepted. `live_names` returns the host names of a vendor's live service, which are
    accepted for that vendor's paths; it is called when a request has a name that is not accepted otherwise.
    """

    def __init__(
        self,
        bound: str,
        allowed: Iterable[str] = (),
        live_names: Callable[[str], frozenset[str]] = _no_live_names,
        *,
        any_name: bool = False,
    ) -> None:
        self._names = {_normalized(name.lower()) for name in ("localhost", bound, *allowed)}
        self._live_names = live_names
        self._any_name = any_name
        self._remembered: set[str | tuple[str, str | None]] = set()

    def accept(self, host: str, vendor: str | None = None) -> bool:
        """Whether a request with this Host header may come in, at a vendor's path or, without one, at any other."""
        if self._any_name or host in self._remembered or (host, vendor) in self._remembered:
            return True
        found = _HOST.fullmatch(host.lower())
        if found is None:
            return False
        name = _normalized(found[1].strip("[]"))
        if name in self._names or _is_loopback(name):
            self._remember(host)
        elif vendor is not None and name in self._live_names(vendor):
            self._remember((host, vendor))
        else:
            return False
        return True

    def _remember(self, header: str | tuple[str, str | None]) -> None:
        if len(self._remembered) >= _REMEMBERED_MAXIMUM:
            self._remembered.clear()
        self._remembered.add(header)


def _normalized(name: str) -> str:
    """An address in its usual notation; a name as it is."""
    try:
        return str(ip_address(name))
    except ValueError:
        return name


def _is_loopback(name: str) -> bool:
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False
