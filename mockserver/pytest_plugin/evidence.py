"""Answers what is attached to a failed test's report: the requests that were made in its sandbox.

Finding out that a test failed stays out.
"""

from mockserver.pytest_plugin.errors import MockserverGone, MockserverRefused
from mockserver.pytest_plugin.sandboxes import Sandbox

SHOWN = 50


class FailureReport:
    """The requests of a sandbox, read when they are wanted, or as they were kept before it was deleted."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._kept: str | None = None

    def keep(self) -> None:
        """Read them for the last time, for what fails after the sandbox is gone."""
        self._kept = self._read()

    def section(self) -> tuple[str, str]:
        """The title and the text of a section."""
        text = self._read() if self._kept is None else self._kept
        return f"requests in sandbox {self._sandbox.id} (the newest {SHOWN})", text

    def _read(self) -> str:
        try:
            found = self._sandbox.requests.newest(SHOWN)
        except (MockserverGone, MockserverRefused) as error:
            return f"they cannot be read: {error}"
        return "\n".join(map(str, found)) or "none was made with its tokens"
