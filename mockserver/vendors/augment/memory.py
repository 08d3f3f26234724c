"""The budgets that clients write: one for each person who has an override, in one sandbox."""

import json
from collections.abc import Mapping
from threading import Lock

from mockserver.products.augment import PRODUCT
from mockserver.products.world import World


class Budgets:
    """Limits by the index of a person. A write is seen as a whole or not at all, by any number of threads."""

    def __init__(self, seeded: Mapping[int, str]) -> None:
        self._limits: Mapping[int, str] = dict(seeded)
        self._lock = Lock()

    def read(self) -> Mapping[int, str]:
        """Every limit, as it is now; it does not change any more."""
        return self._limits

    def write(self, changes: Mapping[int, str | None]) -> Mapping[int, str]:
        """Set limits, and remove those that are None; what stands after this write and before the next one."""
        with self._lock:
            changed = {**self._limits, **changes}
            self._limits = {index: limit for index, limit in changed.items() if limit is not None}
            return self._limits

    def to_text(self) -> str:
        return json.dumps(sorted(self._limits.items()))

    def read_text(self, text: str) -> None:
        with self._lock:
            self._limits = dict(json.loads(text))


def seeded(world: World) -> Budgets:
    """The budgets that the organization file states."""
    budgets = world.of(PRODUCT).accounting.budgets
    found = ((world.identities.index_of_email(email), limit) for email, limit in budgets.items())
    return Budgets({index: limit for index, limit in found if index is not None})
