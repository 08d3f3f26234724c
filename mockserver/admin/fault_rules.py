"""Fault rules as JSON: their fields, and which of them can go together.

Whether any request can match a rule is checked by `faults`.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from marshmallow import ValidationError, fields, post_load, validate, validates_schema

from mockserver.admin.fields import Body, NonNegativeDecimal, StrictInteger
from mockserver.gateway.faults import FaultEffect, FaultPhase, FaultRule

SECONDS_MAXIMUM = 3600
BYTES_MAXIMUM = 1_000_000_000
COUNT_MAXIMUM = 1_000_000
TEXT_MAXIMUM = 1000
DECIMALS_MAXIMUM = 9
"""Digits after the decimal point: few enough that every JSON parser keeps the number exactly."""

REPLACING = ("status", "html", "rate_limited", "reset")
CORRUPTING = ("truncate_bytes", "stall_seconds", "malformed_json")
ACTING = (*REPLACING, "delay_seconds", *CORRUPTING)
"""The fields of an effect that do something alone: replace the answer, delay it, or corrupt its body."""

FRAMING = frozenset(
    ("connection", "content-length", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade", "proxy-connection")
)
"""Headers that describe how an answer is sent; only the server sets them."""

_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}")
_HEADER_VALUE = re.compile(rf"[!-~](?:[ -~]{{0,{TEXT_MAXIMUM - 2}}}[!-~])?")


class PositiveDecimal(NonNegativeDecimal):
    """A number above 0 and up to a maximum, with so few digits that JSON returns it exactly."""

    def __init__(self, most: int, **metadata: str) -> None:
        super().__init__(metadata={"exclusiveMinimum": 0, "maximum": most, **metadata})
        self._most = most

    def _validate(self, value: Decimal) -> None:
        if value == 0:
            raise ValidationError(f"0 has no effect; it must be above 0, up to {self._most}")
        if value > self._most or value != round(value, DECIMALS_MAXIMUM):
            rule = f"a number above 0, up to {self._most}, with at most {DECIMALS_MAXIMUM} digits after the point"
            raise ValidationError(f"must be {rule}")

    def _serialize(self, value: Decimal | None, *_: Any, **__: Any) -> Any:
        return None if value is None else float(value) if value % 1 else int(value)


class Times(StrictInteger):
    """How often a rule fires at most."""

    def _validate(self, value: int) -> None:
        if value == 0:
            rule = f"it must be a whole number from 1 to {COUNT_MAXIMUM}"
            raise ValidationError(f"0 would never let the rule fire; {rule}")
        super()._validate(value)


class PageStatus(StrictInteger):
    """The status of an HTML page: any that allows a body."""

    def _validate(self, value: int) -> None:
        super()._validate(value)
        if value in (204, 205, 304):
            raise ValidationError(f"cannot be {value}, which allows no body; a gateway answers 502, 503 or 504")


class TrueOnly(fields.Boolean):
    """True; leaving the field out means false."""

    def __init__(self, description: str) -> None:
        super().__init__(metadata={"description": description, "enum": [True]})

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> bool:
        if value is True:
            return True
        raise ValidationError("must be true; leave it out otherwise")


class ShortText(fields.String):
    """Printable text of limited length."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> str:
        if isinstance(value, str) and 1 <= len(value) <= TEXT_MAXIMUM and value.isprintable():
            return value
        raise ValidationError(f"must be text of 1 to {TEXT_MAXIMUM} printable characters")


class TextByName(fields.Dict):
    """An object of texts, loaded as pairs; `find_error` returns what is wrong with a name and its value, or None."""

    def __init__(self, names: str, find_error: Callable[[str, object], str | None], description: str) -> None:
        super().__init__(keys=fields.String(), values=fields.String(), metadata={"description": description})
        self._names = names
        self._find_error = find_error

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> Any:
        if not isinstance(value, dict):
            raise ValidationError(f"must be an object of {self._names} and their values")
        errors = {name: [rule] for name, text in value.items() if (rule := self._find_error(name, text))}
        if errors:
            raise ValidationError(errors)
        return tuple((name, str(text)) for name, text in value.items())

    def _serialize(self, value: Any, *_: Any, **__: Any) -> dict[str, str]:
        return dict(value)


def _header_error(name: str, value: object) -> str | None:
    if not _HEADER_NAME.fullmatch(name):
        return "is not a header name"
    if name.lower() in FRAMING:
        return "is set by the server only: it describes how the answer is sent"
    if not isinstance(value, str) or not _HEADER_VALUE.fullmatch(value):
        return f"must be text of 1 to {TEXT_MAXIMUM} ASCII characters, without spaces at its ends"
    return None


def _parameter_error(_: str, value: object) -> str | None:
    if isinstance(value, str | int) and not isinstance(value, bool):
        return None
    return "must be text, or a whole number"


class EffectBody(Body):
    """What happens to the request.

    At most one of `status`, `html`, `rate_limited` and `reset` replaces the answer. `code` and `message` belong to
    `status`, `headers` to any answer that the rule makes. A delay goes with everything; what corrupts a body
    (`truncate_bytes`, `stall_seconds` with `after_bytes`, `malformed_json`) goes with any body, and leaves a shorter
    one complete. Byte counts are those of the body.
    """

    status = StrictInteger(400, 599, "An error in the vendor's own form.")
    code = ShortText(metadata={"description": "The error code in the vendor's form, in place of its own."})
    message = ShortText(metadata={"description": "The error's message."})
    headers = TextByName("header names", _header_error, "Headers of the answer.")
    html = PageStatus(200, 599, "A gateway's HTML page with this status, in place of JSON.")
    rate_limited = TrueOnly("The vendor's own 429.")
    reset = TrueOnly("The connection is reset before the first byte.")
    delay_seconds = PositiveDecimal(SECONDS_MAXIMUM)
    truncate_bytes = StrictInteger(0, BYTES_MAXIMUM, "Where the body ends, whatever its Content-Length.")
    stall_seconds = PositiveDecimal(SECONDS_MAXIMUM)
    after_bytes = StrictInteger(0, BYTES_MAXIMUM, "Where the body stalls.")
    malformed_json = TrueOnly("The body lacks its last bracket.")

    @validates_schema(pass_original=True)
    def check_combination(self, given: dict[str, Any], original: dict[str, Any], **_: Any) -> None:
        """ValidationError for fields that cannot go together, or stand alone; unknown ones are refused elsewhere."""
        errors: dict[str, list[str]] = {}
        if not any(name in original for name in ACTING) and {*original} <= {*self.fields}:
            errors["_schema"] = [f"has no effect; give at least one of: {', '.join(ACTING)}"]
        for field, rule in _conflicts(given):
            errors.setdefault(field, []).append(rule)
        if errors:
            raise ValidationError(errors)

    @post_load
    def make(self, given: dict[str, Any], **_: Any) -> FaultEffect:
        return FaultEffect(**given)


def _conflicts(given: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    replacing = [name for name in REPLACING if name in given]
    for extra in replacing[1:]:
        yield extra, f"cannot go with {replacing[0]}: only one of {', '.join(REPLACING)} can replace the answer"
    yield from _missing_partners(given, replacing)
    if "reset" in given:
        yield from ((name, "cannot go with reset, which leaves no body") for name in CORRUPTING if name in given)
    if "html" in given and "malformed_json" in given:
        yield "malformed_json", "cannot go with html, which is not JSON"
    if given.get("after_bytes", 0) > given.get("truncate_bytes", BYTES_MAXIMUM):
        yield "after_bytes", "is beyond truncate_bytes, where the body ends"


def _missing_partners(given: Mapping[str, Any], replacing: list[str]) -> Iterator[tuple[str, str]]:
    for name in ("code", "message"):
        if name in given and "status" not in given:
            yield name, "belongs to status, which is not given"
    if "headers" in given and not {"status", "html", "rate_limited"} & {*replacing}:
        yield "headers", "belong to an answer that the rule makes: status, html or rate_limited"
    for name, other in (("stall_seconds", "after_bytes"), ("after_bytes", "stall_seconds")):
        if name in given and other not in given:
            yield other, f"must be given beside {name}"


class RuleBody(Body):
    """Which requests get an effect: those that match every field that is given.

    Rules are tried in the order in which they were armed. The first one that fires is the only one that affects a
    request; later ones do not count it.
    """

    vendor = fields.String(metadata={"description": "A vendor's name."})
    operation = fields.String(metadata={"description": "An operationId of the vendor's OpenAPI file."})
    path = ShortText(metadata={"description": "The whole path, decoded; `*` stands for any characters, slashes too."})
    query = TextByName(
        "parameters", _parameter_error, "Parameters of the query, decoded; a repeated one matches by any of its values."
    )
    times = Times(1, COUNT_MAXIMUM, "How often it fires at most.")
    skip = StrictInteger(0, COUNT_MAXIMUM, "How many matching requests it skips first.")
    share = PositiveDecimal(1, description="The share of matching requests it affects.")
    phase = fields.String(
        validate=validate.OneOf(tuple(FaultPhase), error='must be "before" or "after"'),
        metadata={
            "description": "before (the default): after authentication, and nothing is spent or written. after: after "
            "the limiter and the view, whatever they answered."
        },
    )
    effect = fields.Nested(
        EffectBody,
        required=True,
        error_messages={"required": 'must be given: what happens to the request, as in {{"status": 503}}'},
    )

    @post_load
    def make(self, given: dict[str, Any], **_: Any) -> FaultRule:
        phase = FaultPhase(given.pop("phase", FaultPhase.BEFORE))
        return FaultRule(**given, phase=phase)
