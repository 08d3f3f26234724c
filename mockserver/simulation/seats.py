"""Seats: who gets a licence where fewer were bought than people would have."""

from heapq import heappop, heappush

import numpy as np
from numpy.typing import NDArray

from mockserver.simulation.hashing import I64


def without_seat(licensed: I64, left: I64, seats: int) -> NDArray[np.bool_]:
    """A mask of the people for whom no seat is free on the first day of their licence, and who never get one.

    Seats are given in the order of these days; the seat of a person who has left is free again.
    """
    mask: NDArray[np.bool_] = np.zeros(len(licensed), dtype=np.bool_)
    taken: list[int] = []
    for row in np.argsort(licensed, kind="stable").tolist():
        while taken and taken[0] <= licensed[row]:
            heappop(taken)
        if len(taken) < seats:
            heappush(taken, int(left[row]))
        else:
            mask[row] = True
    return mask
