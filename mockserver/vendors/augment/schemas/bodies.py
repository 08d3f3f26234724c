"""JSON bodies of Augment's endpoints: the fields, and their rules."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from marshmallow import Schema, ValidationError, fields, validate

from mockserver.gateway import json_body
from mockserver.gateway.schemas import shortened
from mockserver.gateway.vendor import ViewRequest
from mockserver.products.augment import PRODUCT, addresses
from mockserver.products.augment.breakdown import CostQuery, GroupBy
from mockserver.products.augment.models import Billing
from mockserver.validation.schemas import StrictSchema, flat_errors, parse_date
from mockserver.vendors.augment import policy
from mockserver.vendors.augment.policy import CostToday, EmptyParameters, UnknownParameters
from mockserver.vendors.augment.schemas import periods, queries
from mockserver.vendors.augment.schemas.periods import Period, refuse
from mockserver.vendors.augment.schemas.queries import Page

_GRANULARITIES: Final = {
    "COST_ANALYTICS_TIME_GRANULARITY_TOTAL": False,
    "COST_ANALYTICS_TIME_GRANULARITY_DAY": True,
}
_GROUPS: Final = {f"COST_ANALYTICS_GROUP_BY_{group.name}": group for group in (GroupBy.RESOURCE, GroupBy.USER)}
_RESOURCES: Final = {
    "BUDGET_RESOURCE_CREDITS_CONSUMED": Billing.CREDITS,
    "BUDGET_RESOURCE_USD_COST": Billing.USD,
}
RESOURCE_OF: Final = {billing: name for name, billing in _RESOURCES.items()}
PERIOD: Final = "BUDGET_PERIOD_MONTHLY"
_MAY_BE_EMPTY: Final = ("start_date", "end_date", "cursor")


class Text(fields.String):
    """Text, and nothing that only looks like it."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(error_messages={"invalid": "must be text"}, **kwargs)


class DayText(fields.Field[int]):
    """A calendar date, YYYY-MM-DD in ASCII digits; its ordinal."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> int:
        found = parse_date(value)
        if found is None:
            raise ValidationError(f"must be a date that exists, written YYYY-MM-DD, not {_shown(value)}")
        return found.toordinal()


class Size(fields.Field[int]):
    """A whole number of at least 1; as in JSON Schema, 5.0 is one too. No size is larger than a billion."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> int:
        if isinstance(value, Decimal) and value >= 1 and value == value.to_integral_value():
            return int(min(value, Decimal(10**9)))
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            raise ValidationError(f"must be an integer of at least 1, not {_shown(value)}")
        return value


class Choice(fields.Field[Any]):
    """One of some names; what it stands for."""

    def __init__(self, choices: Mapping[str, Any], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._choices = choices

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> Any:
        if not isinstance(value, str) or value not in self._choices:
            raise ValidationError(f"must be one of {', '.join(self._choices)}, not {_shown(value)}")
        return self._choices[value]


def _listed(of: fields.Field[Any], least: int, most: int, rule: str, **kwargs: Any) -> fields.List[Any]:
    return fields.List(
        of, validate=validate.Length(least, most, error=rule), error_messages={"invalid": rule}, **kwargs
    )


_ADDRESSES: Final = "must be a list of at least one address; leave it out for everybody"


class JsonObject(StrictSchema):
    """An object in a body; unknown fields are refused with the nearest known one."""

    error_messages = {"type": "must be an object"}  # noqa: RUF012 (as marshmallow declares it)


class CostFilters(JsonObject):
    """Whose costs count."""

    user_emails = _listed(Text(), 1, 100_000, _ADDRESSES)


class CostBody(JsonObject):
    """The body of cost-analytics."""

    start_date = DayText()
    end_date = DayText()
    granularity = Choice(_GRANULARITIES, load_default=False)
    group_by_keys = _listed(Choice(_GROUPS), 0, 1, "must be a list of at most one key", load_default=list)
    filters = fields.Nested(CostFilters, load_default=dict)
    page_size = Size()
    cursor = Text()


class BudgetsBody(JsonObject):
    """The body of get-user-budget-overrides."""

    user_emails = _listed(Text(), 1, 100_000, _ADDRESSES)
    resource = Choice(_RESOURCES, required=True)
    period = Choice({PERIOD: PERIOD}, required=True)


class BudgetConfig(JsonObject):
    """The budget of a person."""

    limit = Text(required=True)


class BudgetRow(JsonObject):
    """A person's budget to set or, without `config`, to remove."""

    user_email = Text(required=True)
    resource = Choice(_RESOURCES, required=True)
    period = Choice({PERIOD: PERIOD}, required=True)
    config = fields.Nested(BudgetConfig)


class SetBudgetsBody(JsonObject):
    """The body of set-user-budget-overrides."""

    overrides = _listed(
        fields.Nested(BudgetRow), 1, policy.BUDGETS_MAXIMUM,
        f"must be a list of 1 to {policy.BUDGETS_MAXIMUM} rows", required=True,
    )  # fmt: skip


_COST, _BUDGETS, _SET_BUDGETS = CostBody(), BudgetsBody(), SetBudgetsBody()


@dataclass(frozen=True, slots=True)
class BudgetChange:
    """A change of the budget of the person at an index: the new limit, or None to remove it."""

    index: int
    limit: str | None


def load_costs(request: ViewRequest) -> tuple[CostQuery, Page]:
    """A query of costs, and the page."""
    given, now, switches = _load(_COST, request), request.now, request.switches
    period = Period.of_costs(now, switches)
    first, last = period.range(given.get("start_date"), given.get("end_date"), switches)
    partial = switches[policy.COST_TODAY] is CostToday.PARTIAL
    emails = given["filters"].get("user_emails")
    query = CostQuery(
        first,
        last,
        min(last, period.known),
        periods.consumed_until(now, switches) if partial else None,
        given["granularity"],
        next(iter(given["group_by_keys"]), None),
        None if emails is None else _people(request, "filters.user_emails", emails),
        periods.publication_of_range(last, now, switches),
    )
    return query, Page(given.get("cursor"), queries.checked_size(given, policy.COST_PAGE, switches))


def load_budgets(request: ViewRequest) -> tuple[int, ...] | None:
    """The people whose budgets are requested, by index; None is everybody."""
    given = _load(_BUDGETS, request)
    _check_resource(request, "resource", given["resource"])
    emails = given.get("user_emails")
    return None if emails is None else _people(request, "user_emails", emails)


def load_changes(request: ViewRequest) -> list[BudgetChange]:
    """The changes of budgets, each of another person; Rejection names the row that breaks a rule."""
    rows = _load(_SET_BUDGETS, request)["overrides"]
    found = addresses.find(request.world, {row["user_email"] for row in rows}, request.now.toordinal())
    changes: dict[int, BudgetChange] = {}
    for number, row in enumerate(rows):
        change = _change(request, f"overrides.{number}", row, found)
        if change.index in changes:
            refuse(f"overrides.{number}", f"overrides.{number}: {row['user_email']} is in the list twice")
        changes[change.index] = change
    return [*changes.values()]


def _change(request: ViewRequest, path: str, row: Mapping[str, Any], found: Mapping[str, int | None]) -> BudgetChange:
    _check_resource(request, f"{path}.resource", row["resource"])
    index = found[row["user_email"]]
    if index is None:
        refuse(f"{path}.user_email", f"{path}: {_not_found([row['user_email']])}")
    limit = row["config"]["limit"] if "config" in row else None
    billing: Billing = row["resource"]
    if limit is not None and not billing.limit.fullmatch(limit):
        refuse(f"{path}.config.limit", f"{path}.config.limit must be {billing.limit_rule}, not {shortened(limit)}")
    return BudgetChange(index, limit)


def _check_resource(request: ViewRequest, path: str, billing: Billing) -> None:
    own = request.world.of(PRODUCT).accounting.billing
    if billing is not own:
        refuse(path, f"{path} must be {RESOURCE_OF[own]}: that is what this organization is billed in")


def _people(request: ViewRequest, path: str, emails: list[str]) -> tuple[int, ...]:
    """The indexes of the people with some addresses, ascending."""
    found = addresses.find(request.world, dict.fromkeys(emails), request.now.toordinal())
    unknown = [email for email, index in found.items() if index is None]
    if unknown:
        refuse(path, _not_found(unknown))
    return tuple(sorted({index for index in found.values() if index is not None}))


def _not_found(emails: list[str]) -> str:
    # Half a surrogate pair, which JSON can contain, has no UTF-8.
    return f"user_email(s) not found on this organization: {', '.join(emails)}".encode(errors="replace").decode()


def _load(schema: Schema, request: ViewRequest) -> dict[str, Any]:
    """The values of a body; Rejection with the first rule that it breaks."""
    queries.check_no_parameters(request)
    given = json_body.load(request)
    if request.switches[policy.UNKNOWN_PARAMETERS] is UnknownParameters.IGNORE:
        given = _known(schema, given)
    if request.switches[policy.EMPTY_PARAMETERS] is EmptyParameters.IGNORE:
        given = {name: value for name, value in given.items() if value != "" or name not in _MAY_BE_EMPTY}
    for name in _MAY_BE_EMPTY:
        if name in schema.fields and given.get(name) == "":
            refuse(name, f"{name} must not be empty; leave it out for its default")
    try:
        loaded: dict[str, Any] = schema.load(given)
    except ValidationError as error:
        path, rules = next(flat_errors(error.messages_dict))
        refuse(".".join(map(str, path)), _named(path, rules[0]))
    return loaded


def _named(path: tuple[Any, ...], rule: str) -> str:
    """A rule with the path of the field that breaks it, or of the object that has an unknown field."""
    if rule.startswith("must "):
        return f"{'.'.join(map(str, path))} {rule}"
    return f"{'.'.join(map(str, path[:-1]))}: {rule}" if len(path) > 1 else rule


def _known(part: Any, value: Any) -> Any:
    """A value without the fields that its schema does not have, at every depth."""
    if isinstance(part, fields.Nested):
        part = part.schema
    if isinstance(part, fields.List) and isinstance(value, list):
        return [_known(part.inner, each) for each in value]
    if isinstance(part, Schema) and isinstance(value, dict):
        return {name: _known(part.fields[name], each) for name, each in value.items() if name in part.fields}
    return value


def _shown(value: object) -> str:
    """What a client sent, for a message, and cut where it is long."""
    if isinstance(value, str):
        return shortened(value)
    text = str(value) if isinstance(value, Decimal) else json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 40 else f"{text[:40]}…"
