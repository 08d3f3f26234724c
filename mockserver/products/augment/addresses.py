"""People by their addresses."""

from collections.abc import Iterable

import numpy as np

from mockserver.simulation.core import Core

LENGTH_MAXIMUM = 254
"""The longest address that anybody can have, in characters; a search for a longer one could take seconds."""


def find(core: Core, emails: Iterable[str], today: int) -> dict[str, int | None]:
    """The indexes of the people with some addresses, whatever their case; None for those whom nobody has (yet).

    `today` is an ordinal. Who has left is still known.
    """
    found = {email: _index(core, email) for email in emails}
    known = sorted({index for index in found.values() if index is not None})
    if not known:
        return found
    joined = dict(zip(known, core.people.members(np.array(known)).joined.tolist(), strict=True))
    return {email: None if index is None or joined[index] > today else index for email, index in found.items()}


def _index(core: Core, email: str) -> int | None:
    return core.identities.index_of_email(email) if len(email) <= LENGTH_MAXIMUM else None
