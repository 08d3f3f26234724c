"""The folders of the data files: beside the package in a checkout, inside it in an installed wheel."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_SHIPPED = _PACKAGE / "_data"  # Only a wheel has this folder; the build copies the checkout's folders into it.
_ROOT = _SHIPPED if _SHIPPED.is_dir() else _PACKAGE.parent


def fixtures() -> Path:
    """The folder of organizations, names and documented answers."""
    return _ROOT / "fixtures"


def organizations() -> dict[str, Path]:
    """The files of the bundled organizations, by slug, in alphabetical order."""
    return {path.stem: path for path in sorted((fixtures() / "organizations").glob("*.yaml"))}


def cases() -> Path:
    """The folder of the cases, with a file for each vendor."""
    return fixtures() / "cases"


def profiles() -> Path:
    """The file of the profiles."""
    return fixtures() / "profiles.yaml"


def openapi() -> Path:
    """The folder of the OpenAPI files, with a file for each vendor."""
    return _ROOT / "openapi"
