"""The browser of the console's tests: Chromium as the system's package manager installs it.

Without one, the tests are left out, and one line says so; where REQUIRED is set, they fail.
"""

import os
import shutil
from typing import Final

import pytest

REQUIRED: Final = "MOCKSERVER_REQUIRE_BROWSER"
_NAMES: Final = ("chromium", "chromium-browser", "google-chrome")
_HINT: Final = "install the package chromium, and repeat"

EXECUTABLE: Final = next(filter(None, map(shutil.which, _NAMES)), None)
"""The path of the browser, or None."""

MISSING: Final = (
    f"no browser ({', '.join(_NAMES)}): the tests of the console in a browser were left out; {_HINT}"
    if EXECUTABLE is None and not os.environ.get(REQUIRED)
    else ""
)
"""What to tell if tests are left out; else empty."""


def lacks_browser(item: pytest.Item) -> bool:
    """Return whether a test needs a browser and is to be left out."""
    return bool(MISSING) and "browser" in getattr(item, "fixturenames", ())


def path() -> str:
    """Return the path of the browser; the test fails if there is none."""
    if EXECUTABLE is None:
        pytest.fail(f"{REQUIRED} is set, and there is no browser ({', '.join(_NAMES)}); {_HINT}")
    return EXECUTABLE
