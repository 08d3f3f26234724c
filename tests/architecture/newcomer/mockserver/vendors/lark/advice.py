"""Advice for clients of Lark: pagination and dates."""

from typing import Final

from mockserver.conduct.advice import Advice, RangeParameters

ADVICE: Final = Advice(
    page_size="per_page",
    default_page_sizes={"listPeople": 20, "listSingers": 20},
    dates=RangeParameters("from", "to"),
    daily_operations={"listDays": ""},
    user_lists=frozenset({"listPeople"}),
)
