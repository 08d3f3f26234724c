"""Answers what the control plane gives: the shape of every answer.

Where the values come from stays out (one module for each resource), and so does what is taken (`schemas`).
"""

from marshmallow import Schema, fields, validate

from mockserver.admin.fields import Milliseconds, Timestamp
from mockserver.gateway.limits import LimitMode
from mockserver.gateway.switches import Grade


class Clock(Schema):
    """The clock as it stands."""

    now = Timestamp(required=True)
    frozen = fields.Boolean(required=True)


class Bucket(Schema):
    """One bucket as it stands: whole requests left, and seconds until it is full."""

    scope = fields.String(required=True)
    remaining = fields.Integer(required=True)
    full_in_seconds = fields.Integer(required=True)


class VendorLimit(Schema):
    """A vendor's limit: how it is set, the numbers in force (null without a limit), and the buckets in use."""

    setting = fields.String(required=True, validate=validate.OneOf((*LimitMode, "custom")))
    per_minute = fields.Integer(required=True, allow_none=True)
    burst = fields.Integer(required=True, allow_none=True)
    buckets = fields.List(fields.Nested(Bucket), required=True)


class SwitchState(Schema):
    """A switch: the value in force, and what there is to know about it.

    Of a switch that renames response names, the value is an object of old names and new ones, and `choices` are the
    names that it may have; setting it sets the whole of the object.
    """

    value = fields.Raw(required=True)
    default = fields.Raw(required=True)
    choices = fields.List(fields.Raw(), required=True)
    grade = fields.Enum(Grade, by_value=True, required=True)
    says = fields.String(required=True)


class Entry(Schema):
    """One request in the journal, without credentials. `refusal` is the reason of a refusal."""

    id = fields.Integer(required=True)
    at = Timestamp(required=True)
    vendor = fields.String(required=True)
    operation = fields.String(required=True, allow_none=True)
    method = fields.String(required=True)
    path = fields.String(required=True)
    query = fields.String(required=True)
    status = fields.Integer(required=True)
    duration_ms = Milliseconds(required=True, attribute="duration_us")
    organization = fields.String(required=True)
    fault = fields.String(required=True, allow_none=True)
    refusal = fields.String(required=True, allow_none=True)


class Finding(Schema):
    """A rule that clients violated at an operation: which requests (ids, and how many more), and what to do instead.

    `source` is the vendor's own advice, or "good practice". `operation` is null where nothing was routed.
    """

    rule = fields.String(required=True)
    source = fields.String(required=True)
    vendor = fields.String(required=True)
    operation = fields.String(required=True, allow_none=True)
    requests = fields.List(fields.Integer(), required=True)
    truncated = fields.Integer(required=True)
    observed = fields.String(required=True)
    advice = fields.String(required=True)


class ExpectedAnswer(Schema):
    """A request of a case, and in words everything that its answer must be."""

    request = fields.String(required=True)
    answer = fields.List(fields.String(), required=True)


class Case(Schema):
    """A situation that clients break on, how to reach it, and what must come back.

    `serve` starts a server that is in it, for which `curl` has the lines; `sandbox` is the body that makes a sandbox
    that is in it, and `curl_in_sandbox` the lines that do so on this server; `marker` is for a test. What it `needs` is
    a socket, or a server that can cut connections; null: nothing.
    """

    id = fields.String(required=True)
    title = fields.String(required=True)
    vendor = fields.String(required=True)
    rationale = fields.String(required=True)
    needs = fields.String(required=True, allow_none=True, validate=validate.OneOf(("socket", "threaded")))
    serve = fields.String(required=True)
    curl = fields.List(fields.String(), required=True)
    sandbox = fields.Dict(keys=fields.String(), required=True)
    curl_in_sandbox = fields.List(fields.String(), required=True)
    marker = fields.String(required=True)
    expect = fields.List(fields.Nested(ExpectedAnswer), required=True)
    returns = fields.String(required=True)
    grade = fields.String(required=True, validate=validate.OneOf([*Grade]))
    source = fields.String(required=True)


class Cases(Schema):
    """Cases, in the order of their ids."""

    cases = fields.List(fields.Nested(Case), required=True)


class Lint(Schema):
    """Findings of the client lint over so many requests, all that the journal holds."""

    requests_checked = fields.Integer(required=True)
    findings = fields.List(fields.Nested(Finding), required=True)


class Token(Schema):
    """A token that opens the sandbox at one vendor."""

    id = fields.String(required=True)
    vendor = fields.String(required=True)
    permission = fields.String(required=True, validate=validate.OneOf(("granted", "forbidden")))
    token = fields.String(required=True)
    client_id = fields.String(
        metadata={"description": "Where clients get their tokens for a secret: the client's id, which is `token` too."}
    )
    client_secret = fields.String(metadata={"description": "What such a client shows beside its id."})
    groups = fields.List(
        fields.String(), metadata={"description": "Where the token sees some teams alone: their names."}
    )


class Problem(Schema):
    """Problem details: what is wrong, and with which member."""

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(required=True)
    errors = fields.Dict(keys=fields.String(), values=fields.List(fields.String()))


class Health(Schema):
    """That the server works, and what it serves."""

    status = fields.Constant("ok", required=True, metadata={"type": "string", "enum": ["ok"]})
    version = fields.String(required=True)
    data_version = fields.Integer(required=True)
    now = Timestamp(required=True)
    vendors = fields.List(fields.String(), required=True)
    organizations = fields.List(fields.String(), required=True)


class Index(Schema):
    """Every resource, with the methods that it knows."""

    resources = fields.Dict(keys=fields.String(), values=fields.List(fields.String()), required=True)


class Journal(Schema):
    """Entries of the journal, oldest first."""

    requests = fields.List(fields.Nested(Entry), required=True)


class Tokens(Schema):
    """Every token that opens the sandbox."""

    tokens = fields.List(fields.Nested(Token), required=True)


class Sandbox(Schema):
    """A sandbox, the time in it, and the tokens it was made with at each vendor; null stands for one that was revoked.

    At most vendors they are `token` and, for a 403, `forbidden`. Where clients get their tokens for a secret they are
    `client_id` and `client_secret`, and the same with `forbidden_` before them.
    """

    id = fields.String(required=True)
    organization = fields.String(required=True)
    seed = fields.Integer(required=True)
    now = Timestamp(required=True)
    frozen = fields.Boolean(required=True)
    tokens = fields.Dict(
        keys=fields.String(),
        values=fields.Dict(keys=fields.String(), values=fields.String(allow_none=True)),
        required=True,
    )


class Sandboxes(Schema):
    """Every sandbox, the oldest first."""

    sandboxes = fields.List(fields.Nested(Sandbox), required=True)


class Defect(Schema):
    """An inconsistency that can be armed: what is wrong then, in which operations' answers."""

    name = fields.String(required=True)
    vendor = fields.String(required=True)
    operations = fields.List(fields.String(), required=True)
    says = fields.String(required=True)
    armed = fields.Boolean(required=True)


class Defects(Schema):
    """Every inconsistency that can be armed."""

    defects = fields.List(fields.Nested(Defect), required=True)


class Reset(Schema):
    """The parts that were put back."""

    reset = fields.List(fields.String(), required=True)


class Member(Schema):
    """Somebody by id: a person with an email address."""

    id = fields.UUID(required=True)
    name = fields.String(required=True)
    email = fields.String(required=True)


class SpecialPerson(Member):
    """A person stated in the organisation's file. `left` is the first day without them; null: it does not happen."""

    team = fields.String(required=True, allow_none=True)
    role = fields.String(required=True)
    joined = fields.Date(required=True)
    left = fields.Date(required=True, allow_none=True)
    licences = fields.Dict(keys=fields.String(), values=fields.Date(allow_none=True), required=True)


class ServiceAccount(Schema):
    """An account without a person."""

    id = fields.UUID(required=True)
    name = fields.String(required=True)


class Team(Schema):
    """A team, and how many people are in it today."""

    id = fields.UUID(required=True)
    name = fields.String(required=True)
    parent = fields.String(required=True, allow_none=True)
    default = fields.Boolean(required=True)
    people = fields.Integer(required=True)


class Product(Schema):
    """A product: its first day, seats bought (null: not stated), and people licensed and using it today."""

    name = fields.String(required=True)
    starts = fields.Date(required=True)
    seats = fields.Integer(required=True, allow_none=True)
    licensed = fields.Integer(required=True)
    started = fields.Integer(required=True)


class Outline(Schema):
    """An organisation in a few words: everybody it ever has, and its teams, in numbers."""

    slug = fields.String(required=True)
    name = fields.String(required=True)
    people = fields.Integer(required=True)
    teams = fields.Integer(required=True)
    service_accounts = fields.Integer(required=True)
    first_day = fields.Date(required=True)
    products = fields.List(fields.String(), required=True)


class Organizations(Schema):
    """The organisations there are to ask for."""

    organizations = fields.List(fields.Nested(Outline), required=True)


class Organization(Schema):
    """An organisation, with the ids to begin with. `people` are all it ever has, `present` those on the clock's day."""

    slug = fields.String(required=True)
    name = fields.String(required=True)
    id = fields.UUID(required=True)
    domain = fields.String(required=True)
    seed = fields.Integer(required=True)
    first_day = fields.Date(required=True)
    people = fields.Integer(required=True)
    present = fields.Integer(required=True)
    products = fields.List(fields.Nested(Product), required=True)
    teams = fields.List(fields.Nested(Team), required=True)
    service_accounts = fields.List(fields.Nested(ServiceAccount), required=True)
    special_people = fields.List(fields.Nested(SpecialPerson), required=True)
    users = fields.List(fields.Nested(Member), required=True)
