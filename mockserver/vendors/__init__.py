"""Every folder here is one API surface, served; none knows another."""

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from mockserver.gateway.vendor import Vendor


@cache
def discover() -> tuple[Vendor, ...]:
    """Every vendor there is a folder for, by name."""
    found = [import_module(f"{__name__}.{each.name}").vendor() for each in iter_modules(__path__) if each.ispkg]
    return tuple(sorted(found, key=lambda vendor: vendor.name))
