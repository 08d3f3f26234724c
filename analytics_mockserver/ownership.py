"""Whether the package `mockserver` that Python would import here is the one of analytics-mockserver.

It is recognized by a line of its `__init__.py`, without being imported.
"""

import sys
from importlib.util import find_spec
from pathlib import Path

DISTRIBUTION = "analytics-mockserver"
PACKAGE = "mockserver"
MARK = f'__distribution__ = "{DISTRIBUTION}"'.encode()

REINSTALL = f"`pip install --force-reinstall --no-deps {DISTRIBUTION}` (or the path of a checkout) restores it"

ELSEWHERE = (
    f"The server can run in an environment of its own: set `mockserver_command = uvx {DISTRIBUTION}` in pytest's ini "
    f"file, or start it there (`uvx {DISTRIBUTION} serve`, or a container) and pass its URL with --mockserver-url"
)


class PackageUnusable(Exception):
    """The package `mockserver` cannot be used here; the text says why, and what to do."""


def check() -> None:
    """Raise PackageUnusable if the package is not ours."""
    conflict = find_conflict()
    if conflict is not None:
        raise PackageUnusable(conflict)


def find_conflict() -> str | None:
    """What is wrong with the package `mockserver`, and what to do about it; None if it is ours."""
    try:
        spec = find_spec(PACKAGE)
    except ValueError:  # The imported module has no specification: a program has made it.
        return _foreign(getattr(sys.modules[PACKAGE], "__file__", None))
    except ImportError:  # An import hook of a program refuses it.
        spec = None
    if spec is None or spec.origin is None:
        where = Path(__file__).parent.with_name(PACKAGE) / "__init__.py"
        cause = f"another distribution with a package {PACKAGE} has probably been uninstalled"
        return f"the file {where} of {DISTRIBUTION} is missing: {cause}. {REINSTALL}."
    return None if _is_ours(spec.origin) else _foreign(spec.origin)


def missing(module: str) -> str:
    """What to do when the server cannot import a module: of this distribution, or of one that it depends on."""
    if module.partition(".")[0] in {PACKAGE, "analytics_mockserver"}:
        return f"the module {module} of {DISTRIBUTION} is missing. {REINSTALL}."
    install = f"`pip install {DISTRIBUTION}`, without --no-deps, installs everything that the server needs"
    return f"the server needs the module {module}, which is not installed here; {install}. {ELSEWHERE}."


def _is_ours(file: str) -> bool:
    try:
        return MARK in Path(file).read_bytes()
    except OSError:
        return False


def _foreign(file: str | None) -> str:
    whose = next((f", but of the distribution {name}" for name in owners(file)), "")
    return f"the package {PACKAGE} in {file or 'memory'} is not the one of {DISTRIBUTION}{whose}. {ELSEWHERE}."


def owners(file: str | None) -> list[str]:
    """The distributions other than ours that have installed this file."""
    if file is None:
        return []
    from importlib import metadata

    path = Path(file).resolve()
    name = f"{PACKAGE}/{path.name}"
    return [
        distribution.name
        for distribution in metadata.distributions()
        if distribution.name != DISTRIBUTION
        and any(str(each) == name and Path(str(each.locate())).resolve() == path for each in distribution.files or ())
    ]
