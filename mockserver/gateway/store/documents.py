"""What another server needs to know of a sandbox to have the same one, and who can write and read it as text."""

from collections.abc import Callable
from typing import Protocol, TypeVar

from mockserver.gateway.sandbox import Sandbox, SandboxConfig

AnySandbox = TypeVar("AnySandbox", bound=Sandbox)

NewSandbox = Callable[[SandboxConfig], AnySandbox]
"""Makes a sandbox with an id, as it is when it was just made."""


class Documents(Protocol):
    """Writes a sandbox as text, and reads it: how it was made and how it is set, but not what its requests count."""

    def write(self, sandbox: Sandbox) -> str:
        """The text; the same for two sandboxes that are made and set alike."""

    def read(self, text: str, new: NewSandbox[AnySandbox]) -> AnySandbox:
        """The sandbox; UnreadableDocument where another version wrote the text."""
