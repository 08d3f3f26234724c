"""The rows and totals of the Console's answers, in assumed field names (the switch `names` has others)."""

from typing import Any

from marshmallow import Schema, fields

from mockserver.gateway.switches import Switches
from mockserver.vendors.jetbrains_console import policy
from mockserver.vendors.jetbrains_console.policy import CreditsForm


class CreditAmount(fields.Field[int]):
    """Hundredths of a credit as credits with two decimals; the switch `credits_form` decides about the JSON type."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> float | str:  # noqa: ARG002 (marshmallow names them)
        schema: Any = self.parent
        if schema.switches[policy.CREDITS_FORM] is CreditsForm.STRING:
            return f"{value // 100}.{value % 100:02}"
        return float(value / 100)  # Below 2**53 this is the nearest double, and its text is exact.


class ReportRow(Schema):
    """A bucket of a report, or its total; a field without a number in the report is left out, and a total has no date.

    Users are distinct ones.
    """

    def __init__(self, switches: Switches) -> None:
        super().__init__()
        self.switches = switches

    date = fields.String()
    enabled = fields.Integer(data_key="enabledUsers")
    active = fields.Integer(data_key="activeUsers")
    hit = fields.Integer(data_key="usersHitLimit")
    peak = fields.Integer(data_key="peakDailyUsers")
    built_in = CreditAmount(data_key="builtInQuota")
    top_up = CreditAmount(data_key="topUpCredits")
    total = CreditAmount(data_key="totalCredits")
