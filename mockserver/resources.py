"""Answers where the data files are: beside the package in a checkout, inside it in an installed wheel.

Reading them stays out: a room is handed the folder, or a file in it.
"""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_SHIPPED = _PACKAGE / "_data"
"""Only a wheel has this folder; the build puts the checkout's folders into it."""


def fixtures() -> Path:
    """The folder of organisations, names and documented answers."""
    return _folder("fixtures")


def cases() -> Path:
    """The folder of the cases, a file for each vendor."""
    return fixtures() / "cases"


def openapi() -> Path:
    """The folder of the OpenAPI files, one for each surface."""
    return _folder("openapi")


def _folder(name: str) -> Path:
    root = _SHIPPED if _SHIPPED.is_dir() else _PACKAGE.parent
    return root / name
