"""Answers what opens a vendor to a step: whose token, or whose access token, or what stands there literally.

The rule by which tokens bear the name of an organisation or a sandbox is the gateway's. Getting access tokens stays
out.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from mockserver.cases.records import FORBIDDEN, GRANTED, GROUPS, NOBODY, Case, Step
from mockserver.gateway import tokens
from mockserver.gateway.vendor import Vendor

_SEEDED = (GRANTED, FORBIDDEN, GROUPS)


@dataclass(frozen=True, slots=True)
class Credential:
    """What goes into the Authorization header: `literal` as it is, or what the vendor seeds for `who`.

    A client's is sent as Basic where access tokens are got, and `exchanged` for an access token first elsewhere.
    """

    vendor: Vendor | None
    literal: str | None = None
    who: str = GRANTED
    exchanged: bool = False


def of(case: Case, step: Step, vendors: Iterable[Vendor]) -> Credential | None:
    """What a step shows; None for nothing. A path below no mount is taken to be for the vendor of the case."""
    vendor = vendor_of(case, step, vendors)
    if step.mock or step.bearer == NOBODY:
        return None
    if step.bearer not in _SEEDED:
        return Credential(vendor, step.bearer)
    if vendor is None:
        return None
    return Credential(vendor, None, step.bearer, vendor.token_path not in {None, step.path})


def vendor_of(case: Case, step: Step, vendors: Iterable[Vendor]) -> Vendor | None:
    """The vendor that a step asks: the one mounted where its path is, or else the one that the case is about."""
    mounted = {mount: vendor for vendor in vendors for mount in vendor.mounts}
    below = [mount for mount in mounted if f"{step.path}/".startswith(f"{mount}/")]
    if below:
        return mounted[max(below, key=len)]
    return next((vendor for vendor in mounted.values() if vendor.name == case.vendor), None)


def token(vendor: Vendor, who: str, name: str) -> str:
    """A vendor's seeded token, or its client's id, in a sandbox that goes by this name."""
    return tokens.seeded(vendor.name, name, groups=(name,))[_SEEDED.index(who)].token
