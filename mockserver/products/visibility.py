"""What one surface shows of a product at a moment, as far as the metrics depend on it."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any

from mockserver.products.model import ProductModel


@dataclass(frozen=True, slots=True)
class Visibility:
    """The counters that a surface shows, with its own names for them, from day to day (ordinals).

    `through` is the newest day shown, `since` the oldest (None: days of any age). `variant` is for the product alone,
    whose `source` knows what it leaves out of the facts; `last_variant` is another one for the day `through`, where
    that day is shown in part. `hidden_lines` are counters of lines that exist but are shown in no answer.
    """

    product: ProductModel[Any]
    through: int
    fields: Mapping[str, str]
    since: int | None = None
    variant: Hashable = None
    last_variant: Hashable = None
    hidden_lines: tuple[str, ...] = ()
