"""Answers which keys an organisation file has and which shape each value takes.

What one value means for another stays out (`rules`), and so does what a key that is left out stands for (`records`).
"""

import re
from typing import Any

from marshmallow import fields, validate

from mockserver.organizations import shapes
from mockserver.organizations.products import FACT_SPECS, FactSpec
from mockserver.simulation.organization import PEOPLE_MAXIMUM, JetBrainsProgram, Level, Product, Role, Tool

SERVICE_ACCOUNTS_MAXIMUM = 1_000
SEED_MAXIMUM = 2**63 - 1

_SLUG = re.compile(r"(?!.*-(?:forbidden|groups)\Z)[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?\Z")
_SLUG_RULE = "1 to 40 of a-z, 0-9 and - (not first, not last), not ending in -forbidden or -groups"
_DOMAIN = re.compile(r"(?=.{1,190}\Z)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]\Z")
_DOMAIN_RULE = "a domain in lower case, such as acme.example"
_ACCOUNT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}\Z")
_ACCOUNT_RULE = "1 to 100 of A-Z, a-z, 0-9 and . _ - (not first)"
_ID = re.compile(r"[\x21-\x7e]{1,100}\Z")
_ID_RULE = "1 to 100 visible ASCII characters"


class TeamSchema(shapes.FileSchema):
    """A team; a weight of 0 makes it an empty one."""

    name = shapes.text(required=True)
    weight = shapes.whole(0, shapes.WEIGHT_MAXIMUM)
    parent = shapes.text(allow_none=True)
    default = shapes.truth()


class ServiceAccountSchema(shapes.FileSchema):
    """An account without a person."""

    name = shapes.text(_ACCOUNT, _ACCOUNT_RULE, required=True)
    augment_id = shapes.text(_ID, _ID_RULE)


class TurnoverSchema(shapes.FileSchema):
    """Who joins late and who leaves."""

    joiners_percent = shapes.percent()
    leavers_percent = shapes.percent()
    until = shapes.Day()


class LevelsSchema(shapes.FileSchema):
    """How many use AI tools little, and how many use them much."""

    light_percent = shapes.percent()
    heavy_percent = shapes.percent()


class AdoptionSchema(shapes.FileSchema):
    """How one product spreads."""

    licensed_percent = shapes.percent()
    started_percent = shapes.percent()
    starts = shapes.Day()
    ramp_days = shapes.whole(0, 3_650)
    seats = shapes.whole(0, 1_000_000, allow_none=True)


class PeriodSchema(shapes.FileSchema):
    """Days on which nobody is active."""

    first = shapes.Day(required=True)
    last = shapes.Day(required=True)


class ExactDaySchema(shapes.FileSchema):
    """A day with a stated number of active users."""

    day = shapes.Day(required=True)
    product = shapes.one_of(Product, required=True)
    users = shapes.whole(1, PEOPLE_MAXIMUM + SERVICE_ACCOUNTS_MAXIMUM, required=True)


class RaiseSchema(shapes.FileSchema):
    """Top-up credits that come on a day."""

    day = shapes.Day(required=True)
    top_up = shapes.Credits(required=True)


class AllotmentSchema(shapes.FileSchema):
    """What one licence holds each month."""

    quota = shapes.Credits(required=True)
    top_up = shapes.Credits()
    raises = shapes.many(
        fields.Nested(RaiseSchema, error_messages=shapes.says("a mapping, such as day: 2025-10-14, top_up: 5")),
        "a list of raises, each with day and top_up",
    )


class JetBrainsPersonSchema(shapes.FileSchema):
    """What is stated of a person's JetBrains AI."""

    tools = shapes.many(shapes.one_of(Tool), f"a list of tools: {', '.join(Tool)}", validate=shapes.free_tool)
    credits = shapes.many(
        fields.Nested(AllotmentSchema, error_messages=shapes.says("a mapping, such as quota: 10, top_up: 5")),
        "a list of licences, each with its quota",
    )
    old_clients = shapes.many(shapes.one_of(JetBrainsProgram), f"a list of clients: {', '.join(JetBrainsProgram)}")


class SpecialPersonSchema(shapes.FileSchema):
    """A person stated by name; a team of null is none."""

    email = shapes.email(required=True)
    name = shapes.text()
    team = shapes.text(allow_none=True)
    role = shapes.one_of(Role)
    level = shapes.one_of(Level)
    joined = shapes.Day()
    left = shapes.Day()
    licences = fields.Nested(
        shapes.FileSchema.from_dict({product.value: shapes.Licence() for product in Product}, name="LicencesSchema"),
        error_messages=shapes.says(f"a mapping of products ({', '.join(Product)}) to first days"),
    )
    active_only = shapes.many(shapes.Day(), "a list of dates")
    augment_id = shapes.text(_ID, _ID_RULE)
    jetbrains = fields.Nested(
        JetBrainsPersonSchema, error_messages=shapes.says("a mapping with some of: tools, credits, old_clients")
    )


def _rows(grain: FactSpec) -> fields.List[Any]:
    """The rows of one product in a fact: its labels, and its counters."""
    labels: dict[str, Any] = {label: shapes.text(required=True) for label in grain.labels}
    counters = {counter: shapes.whole(0, shapes.COUNT_MAXIMUM) for counter in grain.counters}
    row = shapes.FileSchema.from_dict(labels | counters, name="RowSchema")
    return _list(row, "a list of rows, an empty one for a day without activity")


def _group(schema: type[Any], rule: str) -> fields.Nested:
    return fields.Nested(schema, error_messages=shapes.says(rule))


def _list(schema: type[Any], rule: str, **kwargs: Any) -> fields.List[Any]:
    return shapes.many(_group(schema, "a mapping of keys and values"), rule, **kwargs)


FactSchema = shapes.FileSchema.from_dict(
    {
        "member": shapes.text(required=True),
        "day": shapes.Day(required=True),
        **{product.value: _rows(grain) for product, grain in FACT_SPECS.items()},
    },
    name="FactSchema",
)

_AdoptionsSchema = shapes.FileSchema.from_dict(
    {product.value: _group(AdoptionSchema, "a mapping, such as licensed_percent: 80") for product in Product},
    name="AdoptionsSchema",
)


class OrganizationSchema(shapes.FileSchema):
    """The whole file; only the slug, the name and the number of people must be stated."""

    slug = shapes.text(_SLUG, _SLUG_RULE, required=True)
    name = shapes.text(required=True)
    people = shapes.whole(1, PEOPLE_MAXIMUM, required=True)
    seed = shapes.whole(0, SEED_MAXIMUM)
    domain = shapes.text(_DOMAIN, _DOMAIN_RULE)
    first_day = shapes.Day()
    generated = shapes.truth()
    teams = _list(TeamSchema, "a list of one team or more", validate=validate.Length(min=1, error="one team at least"))
    teamless_percent = shapes.percent()
    service_accounts = _list(
        ServiceAccountSchema,
        "a list of service accounts",
        validate=validate.Length(max=SERVICE_ACCOUNTS_MAXIMUM, error=f"at most {SERVICE_ACCOUNTS_MAXIMUM} of them"),
    )
    turnover = _group(TurnoverSchema, "a mapping, such as leavers_percent: 10")
    levels = _group(LevelsSchema, "a mapping, such as light_percent: 30")
    adoption = _group(_AdoptionsSchema, f"a mapping with some of: {', '.join(Product)}")
    languages = shapes.Weights()
    editors = shapes.Weights()
    profiles = shapes.many(
        shapes.text(), "a list of names", validate=validate.Length(min=1, error="one profile at least")
    )
    console_groups = shapes.many(
        shapes.text(), "a list of teams", validate=validate.Length(min=1, error="one team at least")
    )
    holidays = shapes.many(shapes.Day(), "a list of dates")
    silent = _list(PeriodSchema, "a list of periods, each with first and last")
    exact = _list(ExactDaySchema, "a list of days, each with day, product and users")
    special = _list(SpecialPersonSchema, "a list of people")
    facts = _list(FactSchema, "a list of facts, each with member, day and a product's rows")
