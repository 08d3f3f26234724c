"""What must agree across Augment's answers: activity, credits and costs, pages and the form of answers."""

from typing import Final

from mockserver.vendors.augment.invariants import activity, lists, spending

INVARIANTS: Final = (*activity.INVARIANTS, *spending.INVARIANTS, *lists.INVARIANTS)
ROLES: Final = activity.ROLES
