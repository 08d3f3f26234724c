"""The keys of an organization file, and the shape of each value.

Rules across values are in `rules`, defaults in `records`. Each product adds its own keys.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, Final

from marshmallow import fields, validate

from mockserver import products, settings
from mockserver.products.model import FactSpec
from mockserver.products.organization_file import FileKeys, FileSection
from mockserver.simulation.clock import EARLIEST, LATEST
from mockserver.simulation.organization import PEOPLE_MAXIMUM, Level
from mockserver.validation import file_fields
from mockserver.validation.file_fields import DATE_RULE, DateField, FileMapping, percent, text, whole

SERVICE_ACCOUNTS_MAXIMUM = 1_000
SEED_MAXIMUM = 2**63 - 1

_SLUG = r"(?!.*-(?:forbidden|groups|readonly)\Z)[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?\Z"
_SLUG_RULE = "1 to 40 of a-z, 0-9 and - (not first, not last), not ending in -forbidden, -groups or -readonly"
_DOMAIN = r"(?=.{1,190}\Z)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]\Z"
_DOMAIN_RULE = "a domain in lower case, such as acme.example"
_ACCOUNT = r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}\Z"
_ACCOUNT_RULE = "1 to 100 of A-Z, a-z, 0-9 and . _ - (not first)"

_PRODUCTS: Final = products.discover()
_NAMES: Final = tuple(product.name for product in _PRODUCTS)
_LISTED_NAMES: Final = ", ".join(_NAMES)
ROLES: Final[Mapping[str, int]] = {name: rank for product in _PRODUCTS for rank, name in enumerate(product.roles)}
"""The rank of each role, by the names of all products that have roles."""


def product_keys(section: Callable[[FileSection], FileKeys]) -> dict[str, fields.Field[Any]]:
    """The keys that all products add to one kind of mapping; ValueError when two of them add the same."""
    found: dict[str, fields.Field[Any]] = {}
    for product in _PRODUCTS:
        for key, field in section(product.file).fields.items():
            if key in found:
                raise ValueError(f"{product.name}: another product has the key {key!r} in organization files already")
            found[key] = field
    return found


class LicenceField(DateField):
    """The first day of a licence; null or false for none."""

    default_error_messages = file_fields.rule_messages(f"{DATE_RULE}; null or false for no licence")

    def _deserialize(self, value: object, *args: Any, **kwargs: Any) -> date | None:
        return None if value is False else super()._deserialize(value, *args, **kwargs)


class TimestampField(fields.Field[datetime]):
    """A time that a clock can show, in UTC."""

    default_error_messages = file_fields.rule_messages(
        f"a date, a time and a time zone, as in 2025-10-21T10:30:00Z, from {EARLIEST:%Y-%m-%d} to {LATEST:%Y-%m-%d}"
    )

    def _deserialize(self, value: object, *_: Any, **__: Any) -> datetime:
        try:
            now = settings.parse_timestamp(str(value))
        except settings.SettingsError as error:
            raise self.make_error("invalid") from error
        if not EARLIEST <= now <= LATEST:
            raise self.make_error("invalid")
        return now


class ClockFileSchema(FileMapping):
    """The time at which the clocks of sandboxes start, and whether it stands still."""

    now = TimestampField(required=True)
    frozen = file_fields.boolean()


class TeamFileSchema(FileMapping):
    """A team; a weight of 0 makes it an empty one."""

    name = text(required=True)
    weight = whole(0, file_fields.WEIGHT_MAXIMUM)
    parent = text(allow_none=True)
    default = file_fields.boolean()


class _ServiceAccountKeys(FileMapping):
    """An account without a person."""

    name = text(_ACCOUNT, _ACCOUNT_RULE, required=True)


class TurnoverSchema(FileMapping):
    """How many people join late and how many leave."""

    joiners_percent = percent()
    leavers_percent = percent()
    until = DateField()


class LevelsSchema(FileMapping):
    """How many people use AI tools little, and how many use them much."""

    light_percent = percent()
    heavy_percent = percent()


class AdoptionSchema(FileMapping):
    """How one product spreads."""

    licensed_percent = percent()
    started_percent = percent()
    starts = DateField()
    ramp_days = whole(0, 3_650)
    seats = whole(0, 1_000_000, allow_none=True)


class PeriodSchema(FileMapping):
    """Days on which nobody is active."""

    first = DateField(required=True)
    last = DateField(required=True)


class ExactDaySchema(FileMapping):
    """A day with an exact number of active users."""

    day = DateField(required=True)
    product = file_fields.one_of(_NAMES, required=True)
    users = whole(1, PEOPLE_MAXIMUM + SERVICE_ACCOUNTS_MAXIMUM, required=True)


LicencesSchema = FileMapping.from_dict({name: LicenceField(allow_none=True) for name in _NAMES})


class _SpecialPersonKeys(FileMapping):
    """A person whom the file describes; a team of null is none."""

    email = file_fields.email(required=True)
    name = text()
    team = text(allow_none=True)
    role = file_fields.one_of(ROLES)
    level = file_fields.one_of(Level, post_load=Level)
    joined = DateField()
    left = DateField()
    licences = file_fields.nested(LicencesSchema, f"a mapping of products ({_LISTED_NAMES}) to first days")
    active_only = file_fields.many(DateField(), "a list of dates")


def _fact_rows(spec: FactSpec) -> fields.List[Any]:
    """The rows of one product in a fact: its labels and its counters."""
    labels: dict[str, Any] = {label: text(required=True) for label in spec.labels}
    counters = {counter: whole(0, file_fields.COUNT_MAXIMUM) for counter in spec.counters}
    row = FileMapping.from_dict(labels | counters)
    return file_fields.many_nested(row, "a list of rows, an empty one for a day without activity")


ServiceAccountFileSchema = _ServiceAccountKeys.from_dict(product_keys(lambda section: section.service_account))
SpecialPersonFileSchema = _SpecialPersonKeys.from_dict(product_keys(lambda section: section.person))
FactSchema = FileMapping.from_dict(
    {
        "member": text(required=True),
        "day": DateField(required=True),
        **{product.name: _fact_rows(product.facts) for product in _PRODUCTS},
    }
)
AdoptionsSchema = FileMapping.from_dict(
    {name: file_fields.nested(AdoptionSchema, "a mapping, such as licensed_percent: 80") for name in _NAMES}
)


class _OrganizationKeys(FileMapping):
    """The whole file; only the slug, the name and the number of people are required."""

    slug = text(_SLUG, _SLUG_RULE, required=True)
    name = text(required=True)
    people = whole(1, PEOPLE_MAXIMUM, required=True)
    seed = whole(0, SEED_MAXIMUM)
    domain = text(_DOMAIN, _DOMAIN_RULE)
    clock = file_fields.nested(ClockFileSchema)
    first_day = DateField()
    generated = file_fields.boolean()
    teams = file_fields.many_nested(
        TeamFileSchema, "a list of at least one team", validate=validate.Length(min=1, error="at least one team")
    )
    teamless_percent = percent()
    service_accounts = file_fields.many_nested(
        ServiceAccountFileSchema,
        "a list of service accounts",
        validate=validate.Length(max=SERVICE_ACCOUNTS_MAXIMUM, error=f"at most {SERVICE_ACCOUNTS_MAXIMUM} of them"),
    )
    turnover = file_fields.nested(TurnoverSchema, "a mapping, such as leavers_percent: 10")
    levels = file_fields.nested(LevelsSchema, "a mapping, such as light_percent: 30")
    adoption = file_fields.nested(AdoptionsSchema, f"a mapping with some of: {_LISTED_NAMES}")
    profiles = file_fields.many(
        text(), "a list of names", validate=validate.Length(min=1, error="at least one profile")
    )
    console_groups = file_fields.many(
        text(), "a list of teams", validate=validate.Length(min=1, error="at least one team")
    )
    holidays = file_fields.many(DateField(), "a list of dates")
    silent = file_fields.many_nested(PeriodSchema, "a list of periods, each with first and last")
    exact = file_fields.many_nested(ExactDaySchema, "a list of days, each with day, product and users")
    special = file_fields.many_nested(SpecialPersonFileSchema, "a list of people")
    facts = file_fields.many_nested(FactSchema, "a list of facts, each with member, day and a product's rows")


OrganizationFileSchema = _OrganizationKeys.from_dict(product_keys(lambda section: section.organization))
