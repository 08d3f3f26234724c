"""Every folder here is one API surface that is served; no vendor imports another."""

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pkgutil import iter_modules
from types import ModuleType
from typing import Any

from mockserver.gateway.vendor import Vendor


class MissingModule(LookupError):
    """A vendor's folder lacks a module; the text says which, and what to write."""


class BrokenModule(ImportError):
    """A module of a vendor cannot be used; the text names its file, and the reason."""


@cache
def _by_folder() -> dict[str, Vendor]:
    folders = [each.name for each in iter_modules(__path__) if each.ispkg]
    return {folder: import_module(f"{__name__}.{folder}").vendor() for folder in folders}


@cache
def discover() -> tuple[Vendor, ...]:
    """Every vendor there is a folder for, by name."""
    return tuple(sorted(_by_folder().values(), key=lambda vendor: vendor.name))


@cache
def room(name: str) -> Mapping[str, ModuleType]:
    """The module `name` of every vendor, by the vendor's name, imported when it is first called.

    Raises MissingModule for a vendor whose folder has no such module.
    """
    modules = {}
    for folder, vendor in _by_folder().items():
        path = f"{__name__}.{folder}.{name}"
        if find_spec(path) is None:
            raise MissingModule(
                f"the vendor {vendor.name} has no mockserver/vendors/{folder}/{name}.py; "
                f"write one, as the other vendors have it (docs/adding-a-vendor.md)"
            )
        modules[vendor.name] = import_module(path)
    return modules


@cache
def exported(name: str, variable: str) -> Mapping[str, Any]:
    """A variable of the module `name`, by the vendor's name, of every vendor that has such a module.

    Raises BrokenModule for a module that cannot be imported or lacks the variable.
    """
    found = {}
    for folder, vendor in _by_folder().items():
        path = f"{__name__}.{folder}.{name}"
        if find_spec(path) is None:
            continue
        try:
            found[vendor.name] = getattr(import_module(path), variable)
        except Exception as error:
            file = f"mockserver/vendors/{folder}/{name}.py"
            raise BrokenModule(f"{file} must define {variable}; {type(error).__name__}: {error}") from error
    return found
