"""What must agree across Augment's answers: activity (`activity`), and credits and costs (`spending`)."""

from typing import Final

from mockserver.vendors.augment.invariants import activity, spending

INVARIANTS: Final = (*activity.INVARIANTS, *spending.INVARIANTS)
ROLES: Final = activity.ROLES
