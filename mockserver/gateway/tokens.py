"""Answers which token opens what: the seeded ones by their fixed names, and what any token grants.

Reading a token out of a request stays out (`auth`), and so does what the opened thing is (`sandbox`).
"""

from dataclasses import dataclass
from typing import Generic, TypeVar

Opened = TypeVar("Opened")


@dataclass(frozen=True, slots=True)
class Grant:
    """What a token grants at one vendor; `id` names it without giving the secret away.

    A client that gets its access tokens for a `secret` has its client id as `token`. `groups` are the names of the
    teams whose members it sees, their subteams' included; None: everybody.
    """

    id: str
    vendor: str
    token: str
    permitted: bool
    secret: str | None = None
    groups: tuple[str, ...] | None = None


def seeded_id(vendor: str, *, permitted: bool) -> str:
    """The id of the token that every sandbox is made with at a vendor: the one that may read, or the one that may not.

    It is unique within a sandbox.
    """
    return f"{vendor}-seeded" if permitted else f"{vendor}-seeded-forbidden"


def token_for(vendor: str, name: str, *, permitted: bool) -> str:
    """A token that bears the name of an organisation, of a sandbox or its own, and says whether it is let in."""
    return f"mock-{vendor}-{name}" if permitted else f"mock-{vendor}-{name}-forbidden"


def seeded(vendor: str, name: str, *, secret: str | None = None, groups: tuple[str, ...] = ()) -> tuple[Grant, ...]:
    """The tokens that a sandbox is made with at a vendor: one that may read analytics, one that may not.

    They bear a `name`: the first sandbox's its organisation, any other's its id. With `secret` they are clients that
    share it; with `groups` there is a third one, bound to these teams.
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
    """The tokens of one app and what each opens. Changes are for the lock of the app's state; looking up needs none.

    Tokens that are made while the app runs bear its `mark`, by which all of them are known at once.
    """

    def __init__(self, mark: str) -> None:
        self._mark = mark
        self._opened: dict[tuple[str, str], tuple[Opened, Grant]] = {}
        self._markers = {mark: None}

    def add(self, opened: Opened, grant: Grant) -> None:
        """From now on the grant's token opens this, and what it opened before no more."""
        self._opened[grant.vendor, grant.token] = opened, grant
        for text in (grant.token, grant.secret):
            if text and self._mark not in text:
                self._markers[text] = None

    def remove(self, opened: Opened, grant: Grant) -> None:
        """The grant's token does not open this any more."""
        held = self._opened.get((grant.vendor, grant.token))
        if held is not None and held[0] is opened:
            del self._opened[grant.vendor, grant.token]

    def find(self, vendor: str, token: str) -> tuple[Opened, Grant] | None:
        """What a token opens at a vendor, and what it grants there; None for a token nobody knows."""
        return self._opened.get((vendor, token))

    @property
    def redaction_markers(self) -> list[str]:
        """Texts of which one stands in every token or client's secret that opens anything or ever did.

        There are as many as the first sandbox has tokens, however many were made since.
        """
        return list(self._markers)
