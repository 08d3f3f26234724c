"""Answers what a rule of faults may say: its members, what each takes, and which of them go together.

Whether a rule can ever meet a request stays out (`reach`), and so does what it then does (`gateway.effects`).
"""

from collections.abc import Iterator, Mapping
from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from mockserver.admin.fields import StrictInteger
from mockserver.admin.rule_fields import COUNT_MAXIMUM, Exact, Headers, PageStatus, Query, Set, Text, Times
from mockserver.admin.schemas import Body
from mockserver.gateway.faults import RULES_MAXIMUM, Phase

SECONDS_MAXIMUM = 3600
BYTES_MAXIMUM = 1_000_000_000

INSTEAD = ("status", "html", "rate_limited", "reset")
SPOILING = ("truncate_bytes", "stall_seconds", "malformed_json")
ACTING = (*INSTEAD, "delay_seconds", *SPOILING)
"""The members of an effect that do something by themselves: in place of the answer, while it waits, and to its body."""


class EffectBody(Body):
    """What happens to the request.

    At most one of `status`, `html`, `rate_limited` and `reset` takes the answer's place. `code` and `message` belong to
    `status`, `headers` to any answer of the rule's own. A delay goes with everything; what spoils a body
    (`truncate_bytes`, `stall_seconds` with `after_bytes`, `malformed_json`) with whatever body there is; of a shorter
    one nothing is missing. Bytes are counted of the body.
    """

    status = StrictInteger(400, 599, metadata={"description": "A failure in the vendor's own shape."})
    code = Text(metadata={"description": "What the vendor's shape has for machines, in place of its own."})
    message = Text(metadata={"description": "What the failure says."})
    headers = Headers(keys=fields.String(), values=fields.String(), metadata={"description": "Headers of the answer."})
    html = PageStatus(200, 599, metadata={"description": "A gateway's page with this status, in place of JSON."})
    rate_limited = Set(metadata={"description": "The vendor's own 429.", "enum": [True]})
    reset = Set(metadata={"description": "The connection is cut before the first byte.", "enum": [True]})
    delay_seconds = Exact(SECONDS_MAXIMUM)
    truncate_bytes = StrictInteger(
        0, BYTES_MAXIMUM, metadata={"description": "The body ends here, whatever its length was said to be."}
    )
    stall_seconds = Exact(SECONDS_MAXIMUM)
    after_bytes = StrictInteger(0, BYTES_MAXIMUM, metadata={"description": "Where the body stands still."})
    malformed_json = Set(metadata={"description": "The body lacks its last bracket.", "enum": [True]})

    @validates_schema(pass_original=True)
    def go_together(self, given: dict[str, Any], original: dict[str, Any], **_: Any) -> None:
        """ValidationError for members that cannot stand together, or alone; unknown ones are refused elsewhere."""
        errors: dict[str, list[str]] = {}
        if not any(name in original for name in ACTING) and {*original} <= {*self.fields}:
            errors["_schema"] = [f"says nothing to do; give at least one of: {', '.join(ACTING)}"]
        for member, rule in _clashes(given):
            errors.setdefault(member, []).append(rule)
        if errors:
            raise ValidationError(errors)


def _clashes(given: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    answers = [name for name in INSTEAD if name in given]
    for extra in answers[1:]:
        yield extra, f"cannot stand beside {answers[0]}: only one of {', '.join(INSTEAD)} can be the answer"
    yield from _belonging(given, answers)
    if "reset" in given:
        yield from ((name, "cannot stand beside reset, which leaves no body") for name in SPOILING if name in given)
    if "html" in given and "malformed_json" in given:
        yield "malformed_json", "cannot stand beside html, which is no JSON"
    if given.get("after_bytes", 0) > given.get("truncate_bytes", BYTES_MAXIMUM):
        yield "after_bytes", "lies behind truncate_bytes, where the body ends"


def _belonging(given: Mapping[str, Any], answers: list[str]) -> Iterator[tuple[str, str]]:
    for name in ("code", "message"):
        if name in given and "status" not in given:
            yield name, "belongs to status, which is not there"
    if "headers" in given and not {"status", "html", "rate_limited"} & {*answers}:
        yield "headers", "belong to an answer of the rule's own: status, html or rate_limited"
    for name, other in (("stall_seconds", "after_bytes"), ("after_bytes", "stall_seconds")):
        if name in given and other not in given:
            yield other, f"is needed beside {name}"


_OBJECT: dict[str, Any] = {"type": "must be an object", "required": "is needed: what happens to the request"}


class RuleBody(Body):
    """Which requests meet an effect: those that have everything that is stated.

    The rules are asked in the order in which they were armed, and the first that fires is the only one that a request
    meets; those behind it do not see it.
    """

    vendor = fields.String(metadata={"description": "A vendor's name."})
    operation = fields.String(metadata={"description": "An operationId of the vendor's OpenAPI file."})
    path = Text(metadata={"description": "The whole path, decoded; `*` stands for any characters, slashes too."})
    query = Query(
        keys=fields.String(),
        values=fields.String(),
        metadata={"description": "Parameters that the query has, decoded; of one that is repeated, any may be it."},
    )
    times = Times(1, COUNT_MAXIMUM, metadata={"description": "How often it fires at most."})
    skip = StrictInteger(0, COUNT_MAXIMUM, metadata={"description": "How many requests it lets pass first."})
    share = Exact(1, metadata={"exclusiveMinimum": 0, "maximum": 1, "description": "Which share of requests it meets."})
    phase = fields.String(
        validate=validate.OneOf(tuple(Phase), error='must be "before" or "after"'),
        metadata={
            "description": "before (the default): behind authentication, and nothing is spent or written. after: "
            "behind the limiter and the view, whatever that answered."
        },
    )
    effect = fields.Nested(EffectBody, required=True, error_messages=_OBJECT)


class RulesBody(Body):
    """All rules, in order; without `rules`, those that the sandbox was made with."""

    rules = fields.List(
        fields.Nested(RuleBody, error_messages=_OBJECT),
        validate=validate.Length(max=RULES_MAXIMUM, error=f"there can be at most {RULES_MAXIMUM} rules"),
    )


class ArmedRuleBody(RuleBody):
    """A rule at work, and how many requests met it; one that met as many as it may stays listed."""

    id = fields.String(required=True)
    hits = fields.Integer(required=True)


class ArmedRules(Body):
    """The rules that are armed, in order."""

    rules = fields.List(fields.Nested(ArmedRuleBody), required=True)
