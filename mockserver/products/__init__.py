"""Products that people work with, one folder each, which exports PRODUCT. No product imports another.

A product computes from the simulation's core what each person did in it on each day. Vendors turn that into answers.
"""

from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from mockserver.products.model import ProductModel


@cache
def discover() -> tuple[ProductModel[Any], ...]:
    """Every product that has a folder, by name."""
    names = sorted(each.name for each in iter_modules(__path__) if each.ispkg)
    return tuple(import_module(f"{__name__}.{name}").PRODUCT for name in names)


def role_names() -> tuple[str, ...]:
    """The names of the ranks of roles, from the first product that has roles; empty where none has."""
    return next((product.roles for product in discover() if product.roles), ())
