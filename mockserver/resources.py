"""The folders of data files: beside the package in a checkout, inside it in an installed wheel.

This module only finds the folders; callers read the files.
"""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_SHIPPED = _PACKAGE / "_data"
"""Exists only in a wheel: the build copies the folders of the checkout into it."""


def fixtures() -> Path:
    """Return the folder of organizations, names and documented answers."""
    return _folder("fixtures")


def cases() -> Path:
    """Return the folder of the case files, one per vendor."""
    return fixtures() / "cases"


def openapi() -> Path:
    """Return the folder of the OpenAPI files, one per vendor."""
    return _folder("openapi")


def _folder(name: str) -> Path:
    root = _SHIPPED if _SHIPPED.is_dir() else _PACKAGE.parent
    return root / name
