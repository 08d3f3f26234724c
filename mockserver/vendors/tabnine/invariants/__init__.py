"""What must agree across Tabnine's answers: the first endpoints, the newer ones, pages and the form of answers."""

from typing import Final

from mockserver.vendors.tabnine.invariants import first, lists, newer

INVARIANTS: Final = (*first.INVARIANTS, *newer.INVARIANTS, *lists.INVARIANTS)
ROLES: Final = first.ROLES
