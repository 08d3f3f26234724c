"""Tokens: what each grants, and the fixed names of the seeded ones.

`auth` reads tokens from requests; `sandbox` holds what they open.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Grant:
    """What a token grants at one vendor; `id` names it without revealing it.

    For a client that exchanges a `secret` for access tokens, `token` is the client id. `groups` are the names of the
    teams whose members it sees, including their subteams'; None is everybody. Without `may_write` it may only read.
    """

    id: str
    vendor: str
    token: str
    permitted: bool
    secret: str | None = None
    groups: tuple[str, ...] | None = None
    may_write: bool = True

    @property
    def has_all_rights(self) -> bool:
        """Whether it may read everything and write."""
        return self.permitted and self.may_write and self.groups is None


def readonly_id(vendor: str) -> str:
    """The id of the seeded token that may read analytics and write nothing, unique within a sandbox."""
    return f"{vendor}-seeded-readonly"


def seeded_id(vendor: str, *, permitted: bool) -> str:
    """The id of a seeded token, unique within a sandbox: the one that may read analytics, or the other."""
    return f"{vendor}-seeded" if permitted else f"{vendor}-seeded-forbidden"


def token_for(vendor: str, name: str, *, permitted: bool) -> str:
    """A token that contains a name; `forbidden` marks one that cannot read."""
    return f"mock-{vendor}-{name}" if permitted else f"mock-{vendor}-{name}-forbidden"


def seeded(
    vendor: str, name: str, *, secret: str | None = None, groups: tuple[str, ...] = (), writes: bool = False
) -> tuple[Grant, ...]:
    """The tokens that a sandbox is made with at a vendor: one that may read analytics, and one that may not.

    Their `name` is the organization's in the first sandbox, and the sandbox's id in any other. With `secret` they are
    clients that share it; with `groups` there is one more, bound to these teams, and with `writes` one that may only
    read.
    """
    grants = [
        Grant(seeded_id(vendor, permitted=may), vendor, token_for(vendor, name, permitted=may), may, secret)
        for may in (True, False)
    ]
    if groups:
        bound = f"mock-{vendor}-{name}-groups"
        grants.append(Grant(f"{vendor}-seeded-groups", vendor, bound, permitted=True, secret=secret, groups=groups))
    if writes:
        readonly = f"mock-{vendor}-{name}-readonly"
        grants.append(Grant(readonly_id(vendor), vendor, readonly, permitted=True, secret=secret, may_write=False))
    return tuple(grants)
