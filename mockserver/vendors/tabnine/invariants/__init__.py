"""What must agree across Tabnine's answers: the first endpoints (`first`), and the newer ones (`newer`)."""

from typing import Final

from mockserver.vendors.tabnine.invariants import first, newer

INVARIANTS: Final = (*first.INVARIANTS, *newer.INVARIANTS)
ROLES: Final = first.ROLES
