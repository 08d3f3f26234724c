"""The rows and totals of the Console's answers, in assumed field names (the switch `names` has others)."""

from typing import Any

from marshmallow import Schema, fields

from mockserver.gateway.switches import Switches
from mockserver.vendors.jetbrains_console import policy
from mockserver.vendors.jetbrains_console.policy import CreditsForm


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
    """Hundredths of a credit as credits with two decimals; the switch `credits_form` decides about the JSON type."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> float | str:  # noqa: ARG002 (marshmallow names them)
        schema: Any = self.parent
        if schema.switches[policy.CREDITS_FORM] is CreditsForm.STRING:
            return f"{value // 100}.{value % 100:02}"
        return float(value / 100)  # Below 2**53 this is the nearest double, and its text is exact.


class Consumption(Schema):
    """Credits spent in a bucket; a total has no date."""

    def __init__(self, switches: Switches, **options: Any) -> None:
        super().__init__(**options)
        self.switches = switches

    date = fields.String()
    built_in = Credits(data_key="builtInQuota")
    top_up = Credits(data_key="topUpCredits")
    total = Credits(data_key="totalCredits")
