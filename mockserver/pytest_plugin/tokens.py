"""Answers what opens a sandbox at each vendor: tokens, or a client's id and secret.

Making more of them stays out; what is here every sandbox is made with.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Exchange = Callable[[str, str], str]
"""An access token for a client's id and secret."""


class Token(str):
    """A token, which is its own text; `forbidden` is one that is known, and meets a 403."""

    forbidden: str

    def __new__(cls, text: str, forbidden: str) -> "Token":
        """The text and the other one."""
        made = super().__new__(cls, text)
        made.forbidden = forbidden
        return made


@dataclass(frozen=True, slots=True)
class Client:
    """A client that gets access tokens for its credentials; `forbidden` is one whose tokens meet a 403 (or None)."""

    client_id: str
    client_secret: str
    exchange: Exchange
    forbidden: "Client | None" = None

    def access_token(self) -> str:
        """An access token, from the vendor's token endpoint; the journal has this request like any other."""
        __tracebackhide__ = True
        return self.exchange(self.client_id, self.client_secret)


class Tokens:
    """What opens a sandbox, by vendor: `tokens.augment`, `tokens["augment"]`."""

    def __init__(self, told: Mapping[str, Any], exchange: Exchange) -> None:
        self._held = {vendor: _read(one, exchange) for vendor, one in told.items()}

    def __getitem__(self, vendor: str) -> Token | Client:
        """The token or client of any vendor, with hyphens or underscores in its name."""
        name = vendor.replace("_", "-")
        if name not in self._held:
            raise KeyError(f"there is no vendor {vendor!r}; there are: {', '.join(self._held)}")
        return self._held[name]

    def _token(self, vendor: str) -> Token:
        held = self[vendor]
        if not isinstance(held, Token):
            raise TypeError(f"{vendor} has no token but a client: use .client_id, .client_secret and .access_token()")
        return held

    @property
    def augment(self) -> Token:
        """Augment Code's API token."""
        return self._token("augment")

    @property
    def tabnine(self) -> Token:
        """An Admin's token at Tabnine."""
        return self._token("tabnine")

    @property
    def jetbrains_ide(self) -> Token:
        """JetBrains IDE Services' token."""
        return self._token("jetbrains-ide")

    @property
    def jetbrains_console(self) -> Client:
        """JetBrains Console's client, with its id and secret."""
        held = self["jetbrains-console"]
        if not isinstance(held, Client):
            raise TypeError("jetbrains-console has no client but a token")
        return held


def _read(told: Mapping[str, str], exchange: Exchange) -> Token | Client:
    if "token" in told:
        return Token(told["token"], told["forbidden"])
    forbidden = Client(told["forbidden_client_id"], told["forbidden_client_secret"], exchange)
    return Client(told["client_id"], told["client_secret"], exchange, forbidden)
