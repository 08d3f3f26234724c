"""Answers which token opens what: the seeded ones by their fixed names, and what any token grants.

Reading a token out of a request stays out (`auth`), and so does which sandbox it opens (`sandbox`).
"""

from dataclasses import dataclass


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


def seeded(
    vendor: str, organization: str, *, secret: str | None = None, groups: tuple[str, ...] = ()
) -> tuple[Grant, ...]:
    """The tokens of the first sandbox at a vendor: one that may read analytics, one that may not.

    With `secret` they are clients that share it; with `groups` there is a third one, bound to these teams.
    """
    name = f"mock-{vendor}-{organization}"
    grants = [
        Grant(f"{vendor}-seeded", vendor, name, permitted=True, secret=secret),
        Grant(f"{vendor}-seeded-forbidden", vendor, f"{name}-forbidden", permitted=False, secret=secret),
    ]
    if groups:
        bound = f"{name}-groups"
        grants.append(Grant(f"{vendor}-seeded-groups", vendor, bound, permitted=True, secret=secret, groups=groups))
    return tuple(grants)
