"""Whose credentials a step sends: a vendor's seeded token, an access token got with it, or a literal text.

Which tokens are seeded for an organization or a sandbox is defined by `gateway.tokens`.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from mockserver.cases.records import FORBIDDEN, GRANTED, GROUPS, NOBODY, Case, Step
from mockserver.gateway import tokens
from mockserver.gateway.vendor import Vendor

_SEEDED = (GRANTED, FORBIDDEN, GROUPS)


@dataclass(frozen=True, slots=True)
class Credential:
    """The value of the Authorization header: `literal` as it is, or what the vendor seeds for `who`.

    Where clients have a secret, it is sent as Basic to the token endpoint, and `exchanged` for an access token first
    at all others.
    """

    vendor: Vendor | None
    literal: str | None = None
    who: str = GRANTED
    exchanged: bool = False


def of(case: Case, step: Step, vendors: Iterable[Vendor]) -> Credential | None:
    """The credential of a step, or None. A path below no mount belongs to the vendor of the case."""
    vendor = vendor_of(case, step, vendors)
    if step.mock or step.bearer == NOBODY:
        return None
    if step.bearer not in _SEEDED:
        return Credential(vendor, step.bearer)
    if vendor is None:
        return None
    return Credential(vendor, None, step.bearer, vendor.token_path not in {None, step.path})


def vendor_of(case: Case, step: Step, vendors: Iterable[Vendor]) -> Vendor | None:
    """The vendor of a step: the one mounted at its path, or else the one that the case is about."""
    mounted = {mount: vendor for vendor in vendors for mount in vendor.mounts}
    below = [mount for mount in mounted if f"{step.path}/".startswith(f"{mount}/")]
    if below:
        return mounted[max(below, key=len)]
    return next((vendor for vendor in mounted.values() if vendor.name == case.vendor), None)


def token(vendor: Vendor, who: str, name: str) -> str:
    """A vendor's seeded token, or its client's id, in the sandbox or for the organization of this name."""
    return tokens.seeded(vendor.name, name, groups=(name,))[_SEEDED.index(who)].token
