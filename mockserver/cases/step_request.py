"""The request of a step: its target, headers, body and credential, with the names in braces filled in.

Which tokens are seeded for an organization or a sandbox is defined by `gateway.tokens`.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from mockserver.cases.records import FORBIDDEN, GRANTED, GROUPS, NOBODY, Case, Step
from mockserver.client import MOUNT
from mockserver.gateway import tokens
from mockserver.gateway.vendor import Vendor

DEFAULT_SANDBOX: Final = "default"
"""The id of the sandbox that a server starts with; its seeded tokens have the organization's name."""

PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")

_SEEDED = (GRANTED, FORBIDDEN, GROUPS)

BUILT_IN = frozenset((*_SEEDED, "secret", "sandbox"))
"""Names in braces that stand for a credential of the step's vendor, or for the sandbox's id."""


@dataclass(frozen=True, slots=True)
class SeededClient:
    """The id and secret, joined by a colon, of the client that a vendor seeds for `who`.

    They are sent as Basic to the token endpoint, and `exchanged` for an access token first at all others.
    """

    vendor: Vendor
    who: str
    text: str
    exchanged: bool


@dataclass(frozen=True, slots=True)
class StepRequest:
    """What a step sends; `credential` is a client's, the text of an Authorization header, or None."""

    target: str
    headers: Mapping[str, str]
    body: str | None
    credential: SeededClient | str | None


def of(case: Case, step: Step, vendors: Iterable[Vendor], sandbox: str, kept: Mapping[str, Any]) -> StepRequest:
    """The request of a step in a sandbox, with the values that earlier steps kept.

    Resources of the control plane are the sandbox's own, except /sandboxes.
    """
    vendor = _vendor_of(case, step, vendors)
    seeded = _seeded(vendor, case.organization if sandbox == DEFAULT_SANDBOX else sandbox) if vendor else {}
    known = {"sandbox": sandbox, **kept, **seeded}
    own = sandbox == DEFAULT_SANDBOX or step.target.startswith("/sandboxes")
    mount = (MOUNT if own else f"{MOUNT}/sandboxes/{sandbox}") if step.mock else ""
    headers = {} if step.sent is None else {"Content-Type": "application/json"}
    headers |= {name: _fill(value, known) for name, value in step.headers.items()}
    body = step.form if step.sent is None else json.dumps(step.sent, ensure_ascii=False)
    return StepRequest(
        target=mount + _fill(step.target, known),
        headers=headers,
        body=None if body is None else _fill(body, known),
        credential=None if step.mock else _credential(step, vendor, known),
    )


def _fill(text: str, known: Mapping[str, Any]) -> str:
    """The text with the values of the names in braces; unknown names are left as they are."""
    return PLACEHOLDER.sub(lambda found: str(known.get(found[1], found[0])), text)


def _credential(step: Step, vendor: Vendor | None, known: Mapping[str, Any]) -> SeededClient | str | None:
    if step.bearer not in {NOBODY, *_SEEDED}:
        return _fill(step.bearer, known)
    if step.bearer == NOBODY or vendor is None:
        return None
    token = known[step.bearer]
    if vendor.token_path is None:
        return f"{vendor.schemes[0]} {token}"
    return SeededClient(vendor, step.bearer, f"{token}:{vendor.secret}", exchanged=vendor.token_path != step.path)


def _vendor_of(case: Case, step: Step, vendors: Iterable[Vendor]) -> Vendor | None:
    """The vendor of a step: the one mounted at its path, or else the one that the case is about."""
    mounted = {mount: vendor for vendor in vendors for mount in vendor.mounts}
    below = [mount for mount in mounted if f"{step.path}/".startswith(f"{mount}/")]
    if below:
        return mounted[max(below, key=len)]
    return next((vendor for vendor in mounted.values() if vendor.name == case.vendor), None)


def _seeded(vendor: Vendor, name: str) -> dict[str, str]:
    """A vendor's seeded tokens, or its clients' ids, in the sandbox or for the organization of this name."""
    grants = tokens.seeded(vendor.name, name, groups=(name,))
    return {"secret": str(vendor.secret), **{who: grant.token for who, grant in zip(_SEEDED, grants, strict=True)}}
