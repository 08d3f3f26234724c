"""The shapes of Augment's rows."""

from typing import Any, Final

from mockserver.gateway.schemas import Column, ColumnarSchema
from mockserver.gateway.switches import Switches
from mockserver.products.augment.spending import AMOUNT, TOKENS
from mockserver.vendors.augment import policy
from mockserver.vendors.augment.policy import BilledIdentity, ComputeRows, LargeNumbers

METRICS: Final = {
    "total_modified_lines_of_code": "total_lines",
    "total_messages": "total_messages",
    "total_tool_calls": "tool_calls",
    "completions_count": "completions_count",
    "completions_accepted": "completions_accepted",
    "completions_lines_of_code": "completions_lines",
    "completions_suggested_lines_of_code": "completions_suggested_lines",
    "chat_messages": "chat_messages",
    "remote_agent_messages": "remote_messages",
    "remote_agent_lines_of_code": "remote_lines",
    "ide_agent_messages": "ide_messages",
    "ide_agent_lines_of_code": "ide_lines",
    "cli_agent_interactive_messages": "cli_interactive_messages",
    "cli_agent_interactive_lines_of_code": "cli_interactive_lines",
    "cli_agent_non_interactive_messages": "cli_non_interactive_messages",
    "cli_agent_non_interactive_lines_of_code": "cli_non_interactive_lines",
}
"""The fields of the metrics object, in their order, each with the name of our counter."""

COUNTERS: Final = {counter: name for name, counter in METRICS.items()}
"""The name of each of our counters in the metrics object."""


class MetricsColumn(Column[list[dict[str, int]]]):
    """Metrics objects: sixteen whole numbers each, zeros written out."""

    def _serialize(self, value: Any, *_: Any, **__: Any) -> list[dict[str, int]]:
        return [{name: metrics[counter] for name, counter in METRICS.items()} for metrics in value]


class DayRows(ColumnarSchema):
    """Rows of dau-count or of daily-usage, with the fields of which the report has a column."""

    date = Column[str]()
    user_count = Column[int]()
    metrics = MetricsColumn()


class MemberRows(ColumnarSchema):
    """Rows about users: exactly one of the two names, and what the report has."""

    omitted_when_none = ("user_email", "service_account_name")

    email = Column[str](data_key="user_email")
    service_account = Column[str](data_key="service_account_name")
    active_days = Column[int]()
    language = Column[str]()
    editor = Column[str]()
    metrics = MetricsColumn()


_SAFE_INTEGER: Final = 1 << 53
"""From here on, a JSON number is not exact in every language."""

_RESOURCE_TYPE: Final = "COST_ANALYTICS_RESOURCE_TYPE"


def credit_row(row: Any) -> dict[str, Any]:
    """A record of credit-usage-by-user."""
    labels = {"date": row.date, "model_name": row.model}
    broken_down = {name: label for name, label in labels.items() if label}
    return {**_identity(row), **broken_down, "credits_consumed": row.credits}


def cost_row(row: Any, switches: Switches) -> dict[str, Any]:
    """A data point of cost-analytics."""
    return {
        "start_date": row.first,
        "end_date": row.last,
        "cost_metrics": _compute_only(row, switches) if row.amounts is None else _cost_metrics(row, switches),
        "group_by_values": _group(row),
    }


def _identity(member: Any) -> dict[str, str]:
    if member.email is None:
        return {"service_account_name": member.service_account}
    return {"user_email": member.email}


def _group(row: Any) -> dict[str, str]:
    if row.member is not None:
        return _identity(row.member)
    if row.model is not None:
        return {"resource_display_name": row.model.name, "resource_type": f"{_RESOURCE_TYPE}_MODEL"}
    if row.machines is not None:
        return {"resource_display_name": row.machines, "resource_type": f"{_RESOURCE_TYPE}_COMPUTE"}
    return {}


def billed(row: Any, switches: Switches) -> int:
    """The billed amount of a data point, in micro-dollars: that of its models, and that of compute."""
    return _billed_models(row, switches) + (row.compute or 0)


def _billed_models(row: Any, switches: Switches) -> int:
    loose = switches[policy.BILLED_IDENTITY] is BilledIdentity.LOOSE
    return 0 if row.amounts is None else int(row.amounts[AMOUNT["rounded" if loose else "billed"]])


def _cost_metrics(row: Any, switches: Switches) -> dict[str, Any]:
    """Tokens, money and credits; tokens of a kind that the model has no price for are unknown, and left out."""
    amounts, compute = row.amounts, row.compute or 0
    full = compute if switches[policy.COMPUTE_ROWS] is ComputeRows.FULL else 0
    tokens = {
        name: _count(amounts[AMOUNT[name]], switches)
        for name in TOKENS
        if row.model is None or name.removesuffix("_tokens") in row.model.prices
    }
    return {
        **tokens,
        "base_cost_usd": money(amounts[AMOUNT["base"]] + full),
        "surcharge_usd": money(amounts[AMOUNT["surcharge"]]),
        "billed_amount_usd": money(billed(row, switches)),
        "estimated_customer_cost_usd": money(_billed_models(row, switches) + full),
        "credits_consumed": str(amounts[AMOUNT["credits"]]),
    }


def _compute_only(row: Any, switches: Switches) -> dict[str, Any]:
    cost = money(row.compute)
    if switches[policy.COMPUTE_ROWS] is ComputeRows.BILLED_ONLY:
        return {"billed_amount_usd": cost}
    return {
        "base_cost_usd": cost,
        "surcharge_usd": money(0),
        "billed_amount_usd": cost,
        "estimated_customer_cost_usd": cost,
        "credits_consumed": "0",
    }


def _count(number: int, switches: Switches) -> int | str:
    is_text = number >= _SAFE_INTEGER and switches[policy.LARGE_NUMBERS] is LargeNumbers.TEXT
    return str(number) if is_text else number


def money(micros: int) -> str:
    """Micro-dollars as decimal text in dollars, with as many digits after the point as needed."""
    whole, rest = divmod(abs(micros), 1_000_000)
    fraction = f".{rest:06}".rstrip("0").rstrip(".")
    return f"{'-' if micros < 0 else ''}{whole}{fraction}"
