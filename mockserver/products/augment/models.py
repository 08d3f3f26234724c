"""The language models that Augment bills, what their tokens cost, and the keys of an organization file for all that.

Prices are whole micro-dollars for a million tokens, so that no amount of money ever is a fraction.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from marshmallow.fields import Field

from mockserver.products.organization_file import FileValues, RuleViolation
from mockserver.validation import file_fields
from mockserver.validation.file_fields import FileMapping

TOKEN_KINDS: Final = ("input", "output", "cache_read", "cache_write")

PRICE_MAXIMUM: Final = 1_000_000_000
MODELS_MAXIMUM: Final = 32

CREDIT_LIMIT: Final = re.compile(r"0|[1-9][0-9]{0,37}")
DOLLAR_LIMIT: Final = re.compile(r"(?:0|[1-9][0-9]{0,25})(?:\.[0-9]{1,12})?")
"""The limit of a budget, as text: of at most 38 digits."""


class Billing(StrEnum):
    """What an organization pays in, and what its budgets are in."""

    CREDITS = "credits"
    USD = "usd"

    @property
    def limit(self) -> re.Pattern[str]:
        """The form of a budget's limit."""
        return CREDIT_LIMIT if self is Billing.CREDITS else DOLLAR_LIMIT

    @property
    def limit_rule(self) -> str:
        """The same in words."""
        if self is Billing.CREDITS:
            return 'a whole number of credits as text, of at most 38 digits without leading zeros, as in "5000"'
        rule = "at most 26 digits without leading zeros before the point, and at most 12 after it"
        return f'an amount of dollars as text, with {rule}, as in "49.50"'


@dataclass(frozen=True, slots=True)
class Model:
    """A model: its share of the use, its prices by the kind of token, and a surcharge in percent (or a discount).

    How many tokens of a kind without a price were used is unknown.
    """

    id: str
    name: str
    weight: int
    prices: Mapping[str, int]
    surcharge: int = 20


DEFAULT_MODELS: Final = (
    Model("claude-haiku-4-5", "Claude Haiku 4.5", 17,
          {"input": 1_000_000, "output": 5_000_000, "cache_read": 100_000, "cache_write": 1_250_000}, surcharge=-10),
    Model("claude-opus-4-1", "Claude Opus 4.1", 8,
          {"input": 15_000_000, "output": 75_000_000, "cache_read": 1_500_000, "cache_write": 18_750_000}),
    Model("claude-sonnet-4-5", "Claude Sonnet 4.5", 45,
          {"input": 3_000_000, "output": 15_000_000, "cache_read": 300_000, "cache_write": 3_750_000}),
    Model("gpt-5", "GPT-5", 30, {"input": 1_250_000, "output": 10_000_000, "cache_read": 125_000}),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Accounting:
    """What an organization file states about money: its models by id, what it pays in, and budgets by address."""

    models: tuple[Model, ...] = DEFAULT_MODELS
    billing: Billing = Billing.CREDITS
    budgets: Mapping[str, str] = field(default_factory=dict)


class ModelSchema(FileMapping):
    """A model in an organization file."""

    id = file_fields.text(r"[a-z0-9][a-z0-9._-]{0,99}\Z", "1 to 100 of a-z, 0-9, - _ and .", required=True)
    name = file_fields.text(required=True)
    weight = file_fields.whole(0, file_fields.WEIGHT_MAXIMUM, required=True)
    input = file_fields.whole(0, PRICE_MAXIMUM, required=True)
    output = file_fields.whole(0, PRICE_MAXIMUM, required=True)
    cache_read = file_fields.whole(0, PRICE_MAXIMUM)
    cache_write = file_fields.whole(0, PRICE_MAXIMUM)
    surcharge = file_fields.whole(-100, 100)


class BudgetSchema(FileMapping):
    """A person's budget in an organization file."""

    email = file_fields.email(required=True)
    limit = file_fields.text(required=True)


FIELDS: Final[Mapping[str, Field[Any]]] = {
    "models": file_fields.many_nested(ModelSchema, "a list of models"),
    "billing": file_fields.one_of(tuple(Billing)),
    "budgets": file_fields.many_nested(BudgetSchema, "a list of budgets, each with email and limit"),
}
"""The keys of an organization."""


def accounting(values: Mapping[str, Any]) -> Accounting:
    """The record of the keys that a file has."""
    models = [_model(each) for each in values.get("models", ())]
    return Accounting(
        models=tuple(sorted(models, key=lambda each: each.id)) or DEFAULT_MODELS,
        billing=Billing(values.get("billing", Billing.CREDITS)),
        budgets={each["email"].casefold(): each["limit"] for each in values.get("budgets", ())},
    )


def _model(values: Mapping[str, Any]) -> Model:
    prices = {kind: values[kind] for kind in TOKEN_KINDS if kind in values}
    return Model(values["id"], values["name"], values["weight"], prices, values.get("surcharge", 20))


def violations(values: FileValues) -> Iterator[RuleViolation]:
    """Models and budgets are distinct, some model is used, and budgets are of special people."""
    models, budgets = values.get("models"), values.get("budgets", ())
    if models is not None and not (0 < len(models) <= MODELS_MAXIMUM and any(each.get("weight") for each in models)):
        rule = f"1 to {MODELS_MAXIMUM} models, at least one of them with a weight above 0"
        yield RuleViolation(("models",), rule)
    for key in ("id", "name"):
        yield from _repeated("models", key, [each.get(key, "") for each in models or ()])
    yield from _repeated("budgets", "email", [each.get("email", "").casefold() for each in budgets])
    known = {person.get("email", "").casefold() for person in values.get("special", ())}
    billing = Billing(values.get("billing", Billing.CREDITS))
    for index, each in enumerate(budgets):
        if each.get("email", "").casefold() not in known:
            yield RuleViolation(("budgets", index, "email"), "the address of one of the people in special")
        if not billing.limit.fullmatch(each.get("limit", "")):
            yield RuleViolation(("budgets", index, "limit"), billing.limit_rule)


def _repeated(group: str, key: str, found: list[str]) -> Iterator[RuleViolation]:
    for index, each in enumerate(found):
        if each in found[:index]:
            yield RuleViolation((group, index, key), f"one of its own; {each} is there before")
