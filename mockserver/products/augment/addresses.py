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
    found = {email: core.identities.index_of_email(email) for email in emails}
    known = joined(core, (index for index in found.values() if index is not None), today)
    return {email: index if index in known else None for email, index in found.items()}


def joined(core: Core, indexes: Iterable[int], today: int) -> set[int]:
    """Those of some people who have joined by a day (an ordinal); who has left is still among them."""
    given = sorted({*indexes})
    days = core.people.members(np.array(given, dtype=np.int64)).joined.tolist() if given else ()
    return {index for index, day in zip(given, days, strict=True) if day <= today}
