"""Tokens: what each grants and opens, and the fixed names of the seeded ones.

`auth` reads tokens from requests; `sandbox` holds what they open.
"""

from dataclasses import dataclass
from typing import Generic, TypeVar

Opened = TypeVar("Opened")


@dataclass(frozen=True, slots=True)
class Grant:
    """What a token grants at one vendor; `id` names it without revealing it.

    For a client that exchanges a `secret` for access tokens, `token` is the client id. `groups` are the names of the
    teams whose members it sees, including their subteams'; None is everybody.
    """

    id: str
    vendor: str
    token: str
    permitted: bool
    secret: str | None = None
    groups: tuple[str, ...] | None = None


def seeded_id(vendor: str, *, permitted: bool) -> str:
    """The id of a seeded token at a vendor: the one that may read analytics, or the one that may not.

    It is unique within a sandbox.
    """
    return f"{vendor}-seeded" if permitted else f"{vendor}-seeded-forbidden"


def token_for(vendor: str, name: str, *, permitted: bool) -> str:
    """A token with a name in it, an organization's, a sandbox's or its own; `forbidden` marks one that cannot read."""
    return f"mock-{vendor}-{name}" if permitted else f"mock-{vendor}-{name}-forbidden"


def seeded(vendor: str, name: str, *, secret: str | None = None, groups: tuple[str, ...] = ()) -> tuple[Grant, ...]:
    """The tokens that a sandbox is made with at a vendor: one that may read analytics, and one that may not.

    Their `name` is the organization's in the first sandbox, and the sandbox's id in any other. With `secret` they are
    clients that share it; with `groups` there is a third one, bound to these teams.
    """
    grants = [
        Grant(seeded_id(vendor, permitted=may), vendor, token_for(vendor, name, permitted=may), may, secret)
        for may in (True, False)
    ]
    if groups:
        bound = f"mock-{vendor}-{name}-groups"
        grants.append(Grant(f"{vendor}-seeded-groups", vendor, bound, permitted=True, secret=secret, groups=groups))
    return tuple(grants)


class TokenRegistry(Generic[Opened]):
    """The tokens of one app and what each opens. Changes need the sandbox registry's lock; looking up needs none.

    Tokens that are made while the app runs contain its `mark`, by which redaction recognizes all of them.
    """

    def __init__(self, mark: str) -> None:
        self._mark = mark
        self._opened: dict[tuple[str, str], tuple[Opened, Grant]] = {}
        self._markers = {mark: None}

    def add(self, opened: Opened, grant: Grant) -> None:
        """Let the grant's token open this, and no longer what it opened before."""
        self._opened[grant.vendor, grant.token] = opened, grant
        for text in (grant.token, grant.secret):
            if text and self._mark not in text:
                self._markers[text] = None

    def remove(self, opened: Opened, grant: Grant) -> None:
        """Let the grant's token no longer open this."""
        held = self._opened.get((grant.vendor, grant.token))
        if held is not None and held[0] is opened:
            del self._opened[grant.vendor, grant.token]

    def find(self, vendor: str, token: str) -> tuple[Opened, Grant] | None:
        """What a token opens at a vendor, and what it grants there; None for an unknown token."""
        return self._opened.get((vendor, token))

    @property
    def redaction_markers(self) -> list[str]:
        """Texts of which every token and every client's secret, past or present, contains at least one.

        There are only as many as the first sandbox has tokens, however many were made since.
        """
        return list(self._markers)
