"""Data that are restated: how much of a day's figures is missing in each publication of the day.

A day is published, and restated with each of the publications of the days after it, until its figures are final. What
the missing share of a person's day means is decided by the product.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np

from mockserver.simulation import hashing
from mockserver.simulation.hashing import I64

WHOLE: Final = 256
"""The share of a day that is missing as a whole."""

_LATE_PERCENT: Final = 40
_CORRECTED_PERCENT: Final = 60
_LEAST_CORRECTED, _MOST_CORRECTED = 8, 48
"""The share that is missing at first of a person's day that is corrected: 3 to 19 percent."""


class Restatement(StrEnum):
    """How first published figures differ from the final ones: not at all, by people, or by small errors."""

    OFF = "off"
    LATE_ROWS = "late_rows"
    CORRECTIONS = "corrections"


@dataclass(frozen=True, slots=True)
class Publication:
    """The newest publication, that of the day `through` (an ordinal), and how it and those before restate days.

    A day is restated in each of the `restated_days` publications after its first one.
    """

    restatement: Restatement
    restated_days: int
    through: int

    @property
    def final_through(self) -> int:
        """The newest day whose figures are final."""
        return self.through - self.restated_days

    def of_range(self, last: int) -> "Publication | None":
        """The same for a range up to a day; None where all figures of the range are final."""
        return self if last > self.final_through else None

    def missing(self, key: int, index: I64, days: I64) -> I64:
        """The share, of WHOLE, that is missing of the days of some members; pairs of an index and a day.

        With each publication of a day it stays or falls, and finally it is 0. A day that is not published yet is as in
        its first publication.
        """
        ahead = (days - self.final_through).clip(0, self.restated_days)
        bits = hashing.mix(hashing.mix(key, index), days)
        differs = hashing.field(bits, 0)
        if self.restatement is Restatement.LATE_ROWS:
            arrives = 1 + (hashing.field(bits, 1) * self.restated_days >> 16)
            is_late = hashing.percent(differs, _LATE_PERCENT) & (self.restated_days - ahead < arrives)
            return np.where(is_late, WHOLE, 0)
        share = _LEAST_CORRECTED + (hashing.field(bits, 1) * (_MOST_CORRECTED - _LEAST_CORRECTED) >> 16)
        return np.where(hashing.percent(differs, _CORRECTED_PERCENT), share * ahead // self.restated_days, 0)
