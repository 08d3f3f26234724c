"""What must agree across Augment's credits, costs and activity."""

from collections import Counter
from collections.abc import Iterable
from decimal import Decimal
from typing import Any, Final

from mockserver.audit.invariant import Invariant, Violation, all_equal, equal
from mockserver.audit.reader import NotApplicable, Reader
from mockserver.vendors.augment.invariants.reading import name_of, paginate, paginate_costs

_MONEY: Final = ("base_cost_usd", "surcharge_usd", "billed_amount_usd", "estimated_customer_cost_usd")
_NUMBERS: Final = ("input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens", "credits_consumed")
_DAILY: Final = {"granularity": "COST_ANALYTICS_TIME_GRANULARITY_DAY"}
_BY_RESOURCE: Final = {"group_by_keys": ["COST_ANALYTICS_GROUP_BY_RESOURCE"]}
_BY_USER: Final = {"group_by_keys": ["COST_ANALYTICS_GROUP_BY_USER"]}


def _credits(reader: Reader, **query: object) -> list[Any]:
    return paginate(reader, "credit-usage-by-user", "records", 500, **query)


def _sums(points: Iterable[Any]) -> Counter[str]:
    """The metrics of some points, added up; money in millionths."""
    found: Counter[str] = Counter()
    for metrics in (point["cost_metrics"] for point in points):
        found.update({each: int(metrics[each]) for each in _NUMBERS if each in metrics})
        found.update({each: int(Decimal(metrics[each]) * 10**6) for each in _MONEY if each in metrics})
    return found


def _days(reader: Reader) -> dict[str, object]:
    return {"start_date": reader.first, "end_date": reader.last}


def _credits_are_parts(reader: Reader) -> None:
    whole = Counter({name_of(row): row["credits_consumed"] for row in _credits(reader, **_days(reader))})
    parts: Counter[str] = Counter()
    for row in _credits(reader, by_date="true", by_model="true", **_days(reader)):
        parts[name_of(row)] += row["credits_consumed"]
    all_equal(f"{reader.first} to {reader.last}", whole, parts, "credits, and their sum over days and models")


def _spenders_are_active(reader: Reader) -> None:
    for day in reader.sampled_days:
        active = {name_of(row) for row in paginate(reader, "dau", "users", 250, date=day)}
        for row in _credits(reader, start_date=day, end_date=day):
            if name_of(row) not in active:
                raise Violation(f"{day}: {name_of(row)} consumed credits and is not in the dau list")


def _costs_are_credits(reader: Reader) -> None:
    consumed = sum(row["credits_consumed"] for row in _credits(reader, **_days(reader)))
    billed = _sums(paginate_costs(reader))["credits_consumed"]
    equal(f"{reader.first} to {reader.last}", billed, consumed, "credits_consumed of costs and of users")


def _points_add_up(reader: Reader) -> None:
    where, total = f"{reader.first} to {reader.last}", _sums(paginate_costs(reader))
    for parts, fields in (("days", _DAILY), ("resources", _BY_RESOURCE), ("users", _BY_USER)):
        all_equal(where, total, _sums(paginate_costs(reader, **fields)), f"the total and the sum over {parts}")


def _billed_is_base_and_surcharge(reader: Reader) -> None:
    if reader.options["augment"]["billed_identity"] != "exact":
        raise NotApplicable("under billed_identity=loose, billed amounts are rounded up")
    for point in paginate_costs(reader, **_BY_RESOURCE):
        values, metrics = point["group_by_values"], point["cost_metrics"]
        if values["resource_type"].endswith("_MODEL"):
            parts = Decimal(metrics["base_cost_usd"]) + Decimal(metrics["surcharge_usd"])
            billed = Decimal(metrics["billed_amount_usd"])
            equal(values["resource_display_name"], billed, parts, "billed_amount_usd and base and surcharge")


INVARIANTS: Final = (
    Invariant("augment-credits-are-parts", "A user's credits are the sum over days and models.",
              "9.1", "I", _credits_are_parts),
    Invariant("augment-spenders-are-active", "Whoever consumed credits on a day is in its dau list.",
              "9, money and tokens", "I", _spenders_are_active),
    Invariant("augment-costs-are-credits", "credits_consumed of a range is the sum of its users' credits.",
              "9.2", "A", _costs_are_credits),
    Invariant("augment-cost-points-add-up", "Points of days, resources and users add up to the total.",
              "9.2", "I", _points_add_up),
    Invariant("augment-billed-is-base-and-surcharge", "The billed amount of a model is its base cost and surcharge.",
              "9.2", "I", _billed_is_base_and_surcharge),
)  # fmt: skip
