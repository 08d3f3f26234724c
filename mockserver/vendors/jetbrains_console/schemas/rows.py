"""What the Console gives: the shapes of its rows and totals, in assumed words.

Computing a row stays out.
"""

from typing import Any

from marshmallow import Schema, fields

from mockserver.gateway.switches import Values


class Adoption(Schema):
    """Distinct users in a bucket; a total has no date."""

    date = fields.String()
    enabled = fields.Integer(data_key="enabledUsers")
    active = fields.Integer(data_key="activeUsers")


class LimitHits(Schema):
    """Distinct users who hit their limit in a bucket."""

    date = fields.String()
    users = fields.Integer(data_key="usersHitLimit")


class LimitHitsTotal(Schema):
    """Distinct users who hit their limit in the range, and the most on one day of it."""

    users = fields.Integer(data_key="usersHitLimit")
    peak = fields.Integer(data_key="peakDailyUsers")


class Credits(fields.Field[int]):
    """Hundredths of a credit as credits with two decimals; the switch `credits_form` says whether as a number."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> float | str:  # noqa: ARG002 (marshmallow names them)
        schema: Any = self.parent
        if schema.values["credits_form"] == "string":
            return f"{value // 100}.{value % 100:02}"
        return float(value / 100)  # Of a whole number below 2**53 this is the double nearest to it, written as it is.


class Consumption(Schema):
    """Credits that were spent in a bucket; a total has no date."""

    def __init__(self, values: Values, **more: Any) -> None:
        super().__init__(**more)
        self.values = values

    date = fields.String()
    built_in = Credits(data_key="builtInQuota")
    top_up = Credits(data_key="topUpCredits")
    total = Credits(data_key="totalCredits")
