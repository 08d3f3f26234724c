"""Vendors: every folder here is one API surface, found by its name; none imports another."""

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from mockserver.gateway.vendor import Vendor


@cache
def discover() -> tuple[Vendor, ...]:
    """The vendor of every folder, ordered by name."""
    found = [import_module(f"{__name__}.{each.name}").vendor() for each in iter_modules(__path__) if each.ispkg]
    return tuple(sorted(found, key=lambda vendor: vendor.name))
