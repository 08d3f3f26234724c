"""Tokens: what each grants, and the fixed names of the seeded ones.

`auth` reads tokens from requests; `sandbox` holds what they open.
"""

from dataclasses import dataclass


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
    """The id of a seeded token, unique within a sandbox: the one that may read analytics, or the other."""
    return f"{vendor}-seeded" if permitted else f"{vendor}-seeded-forbidden"


def token_for(vendor: str, name: str, *, permitted: bool) -> str:
    """A token that contains a name; `forbidden` marks one that cannot read."""
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
