"""Fault rules as JSON: their fields, and which of them can go together.

Whether any request can match a rule is checked by `faults`.
"""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from marshmallow import ValidationError, fields, post_load, validate, validates_schema

from mockserver.admin import fault_sequences
from mockserver.admin.effect_conflicts import ACTING, BODILESS, conflicts
from mockserver.admin.fields import Body, NonNegativeDecimal, Rfc3339Timestamp, StrictInteger
from mockserver.gateway.faults import AfterSteps, FaultEffect, FaultPhase, FaultRule, ShareBy

SECONDS_MAXIMUM = 3600
RETRY_SECONDS_MAXIMUM = 7 * 86_400
BYTES_MAXIMUM = 1_000_000_000
COUNT_MAXIMUM = 1_000_000
TEXT_MAXIMUM = 1000
DECIMALS_MAXIMUM = 9
"""Digits after the decimal point: few enough that every JSON parser keeps the number exactly."""

FRAMING = frozenset(
    ("connection", "content-length", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade", "proxy-connection")
)
"""Headers that describe how an answer is sent; only the server sets them."""

CREDENTIALS = frozenset(("authorization", "proxy-authorization", "cookie"))
"""Headers of requests that can identify a client, and that rules do not match on."""

REPEATED_MAXIMUM = 16
"""How often an answer can have the same header."""

_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}")
_HEADER_VALUE = re.compile(rf"[!-~\xa1-\xff](?:[ -~\xa0-\xff]{{0,{TEXT_MAXIMUM - 2}}}[!-~\xa1-\xff])?")


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
        if value in BODILESS:
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


class HeaderValue(fields.Field[Any]):
    """The value of a header, or a list with one for each of several headers of the same name."""

    def __init__(self) -> None:
        text = {"type": "string"}
        several = {"type": "array", "items": text, "minItems": 1, "maxItems": REPEATED_MAXIMUM}
        super().__init__(metadata={"oneOf": [text, several]})


class Headers(TextByName):
    """Headers of an answer, loaded as pairs: a name with a list has a pair for each of its values."""

    def __init__(self, description: str) -> None:
        super().__init__("header names", _header_error, description)
        self.value_field = HeaderValue()

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        super()._deserialize(value, *args, **kwargs)
        return tuple((name, text) for name, given in value.items() for text in _listed(given))

    def _serialize(self, value: Any, *_: Any, **__: Any) -> dict[str, Any]:
        by_name = {name: [text for other, text in value if other == name] for name, _ in value}
        return {name: texts if len(texts) > 1 else texts[0] for name, texts in by_name.items()}


def _listed(value: object) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _header_error(name: str, value: object) -> str | None:
    if not _HEADER_NAME.fullmatch(name):
        return "is not a header name"
    if name.lower() in FRAMING:
        return "is set by the server only: it describes how the answer is sent"
    if not 1 <= len(_listed(value)) <= REPEATED_MAXIMUM:
        return f"must have 1 to {REPEATED_MAXIMUM} values"
    return next(filter(None, map(_value_error, _listed(value))), None)


def _value_error(value: object) -> str | None:
    if not isinstance(value, str) or not _HEADER_VALUE.fullmatch(value):
        return f"must be text of 1 to {TEXT_MAXIMUM} printable characters of Latin-1, without spaces at its ends"
    return None


def _matched_header_error(name: str, value: object) -> str | None:
    if not _HEADER_NAME.fullmatch(name):
        return "is not a header name"
    if name.lower() in FRAMING or "_" in name:
        return "never reaches a rule: the server takes it off the request"
    if name.lower() in CREDENTIALS:
        return "is a credential, which no rule shows; each token opens one sandbox, whose rules it meets"
    return _value_error(value)


def _parameter_error(_: str, value: object) -> str | None:
    if isinstance(value, str | int) and not isinstance(value, bool):
        return None
    return "must be text, or a whole number"


class EffectBody(Body):
    """What happens to the request.

    At most one of `status`, `html`, `rate_limited` and `reset` replaces the answer; without them, the vendor's own is
    changed. `code`, `message`, `empty` and `error` belong to `status`. A delay goes with everything, `headers` and
    `retry_after_date` with any answer. What changes a body (`gzip`, `chunked` with `cut_after_bytes`, `truncate_bytes`,
    `short_length`, `stall_seconds` with `after_bytes`, `drip_seconds`, `malformed_json`, `json_nan`,
    `json_duplicate_key`, `byte_order_mark`) goes with any body, and leaves one complete that is too short for it or
    lacks what it changes. Byte counts are those of the body as it is sent: with `gzip`, of the compressed one.
    """

    status = StrictInteger(
        200, 599, "An error in the vendor's own form. A status below 400 needs `empty` or `error` beside it."
    )
    code = ShortText(metadata={"description": "The error code in the vendor's form, in place of its own."})
    message = ShortText(metadata={"description": "The error's message."})
    empty = TrueOnly("The answer has no body and no Content-Type.")
    error = TrueOnly("The vendor's error, with a status below 400 too: then it has the body of a 500.")
    headers = Headers(
        "Headers of the answer; each replaces those of the same name, in any case. A list is sent as several headers "
        "of the same name."
    )
    html = PageStatus(200, 599, "A gateway's HTML page with this status, in place of JSON.")
    rate_limited = TrueOnly("The vendor's own 429.")
    reset = TrueOnly("The connection is reset before the first byte.")
    delay_seconds = PositiveDecimal(SECONDS_MAXIMUM)
    gzip = TrueOnly("The body is compressed, whatever the request accepts.")
    chunked = TrueOnly("The body is sent in chunks, with no Content-Length; to HTTP/1.0, as it is until the end.")
    cut_after_bytes = StrictInteger(0, BYTES_MAXIMUM, "Where a chunked body ends, always without its last chunk.")
    truncate_bytes = StrictInteger(0, BYTES_MAXIMUM, "Where the body ends, whatever its Content-Length.")
    short_length = StrictInteger(
        1, BYTES_MAXIMUM, "Content-Length is so many bytes too small. The body is whole, and ends the connection."
    )
    stall_seconds = PositiveDecimal(SECONDS_MAXIMUM)
    after_bytes = StrictInteger(0, BYTES_MAXIMUM, "Where the body stalls.")
    malformed_json = TrueOnly("The body lacks its last bracket.")
    json_nan = TrueOnly("The first number of the body is NaN, which is no JSON.")
    json_duplicate_key = TrueOnly("The object that the body is ends with its first key once more, and there with null.")
    close_idle = TrueOnly("The answer is whole and says keep-alive, and the connection is closed right after it.")
    byte_order_mark = TrueOnly("The body begins with the byte order mark of UTF-8.")
    drip_seconds = PositiveDecimal(
        SECONDS_MAXIMUM, description="The body takes so long, a little every half second, so that no read times out."
    )
    retry_after_date = StrictInteger(
        0, RETRY_SECONDS_MAXIMUM, "Retry-After as an HTTP date, so many seconds after the time in the Date header."
    )

    @validates_schema(pass_original=True)
    def check_combination(self, given: dict[str, Any], original: dict[str, Any], **_: Any) -> None:
        """ValidationError for fields that cannot go together, or stand alone; unknown ones are refused elsewhere."""
        errors: dict[str, list[str]] = {}
        if not any(original.get(name) not in (None, {}) for name in ACTING) and {*original} <= {*self.fields}:
            errors["_schema"] = [f"has no effect; give at least one of: {', '.join(ACTING)}"]
        for field, rule in conflicts(given):
            errors.setdefault(field, []).append(rule)
        if errors:
            raise ValidationError(errors)

    @post_load
    def make(self, given: dict[str, Any], **_: Any) -> FaultEffect:
        return FaultEffect(**given)


class RuleBody(Body):
    """Which requests get an effect: those that match every field that is given.

    Rules are tried in the order in which they were armed. The first one that fires is the only one that affects a
    request; later ones do not count it.

    A rule counts every request that matches it from `from` until before `until`. It ignores the first `skip` of these,
    then those that are not in its `share`, and fires for the others, at most `times`. In a sequence, each request for
    which it fires gets the next step; a step "pass" counts like any other.
    """

    vendor = fields.String(metadata={"description": "A vendor's name."})
    operation = fields.String(metadata={"description": "An operationId of the vendor's OpenAPI file."})
    path = ShortText(metadata={"description": "The whole path, decoded; `*` stands for any characters, slashes too."})
    query = TextByName(
        "parameters", _parameter_error, "Parameters of the query, decoded; a repeated one matches by any of its values."
    )
    request_headers = TextByName(
        "header names",
        _matched_header_error,
        "Headers of the request, in any case of their names; in a value, `*` stands for any characters.",
    )
    since = Rfc3339Timestamp(
        data_key="from",
        metadata={"description": "From when it is in force, on the sandbox's clock; default: from the beginning."},
    )
    until = Rfc3339Timestamp(metadata={"description": "Until when it is in force, exclusive; default: without end."})
    times = Times(1, COUNT_MAXIMUM, "How often it fires at most.")
    skip = StrictInteger(0, COUNT_MAXIMUM, "How many matching requests it skips first.")
    share = PositiveDecimal(1, description="The share of matching requests it affects.")
    share_by = fields.String(
        validate=validate.OneOf(tuple(ShareBy), error='must be "request" or "client"'),
        metadata={
            "description": "What the share is drawn for. request (the default): each request. client: each client, so "
            "that either all of its requests are in the share or none; a client is a token with a User-Agent."
        },
    )
    phase = fields.String(
        validate=validate.OneOf(tuple(FaultPhase), error='must be "before" or "after"'),
        metadata={
            "description": "before (the default): after authentication, and nothing is spent or written. after: after "
            "the limiter and the view, whatever they answered."
        },
    )
    effect = fields.Nested(EffectBody)
    steps = fault_sequences.steps(EffectBody)
    then = fault_sequences.then()

    @validates_schema(pass_original=True, skip_on_field_errors=False)
    def check_combination(self, given: dict[str, Any], original: object, **_: Any) -> None:
        """ValidationError for fields that cannot go together, or that are missing."""
        if not isinstance(original, Mapping):
            return
        errors: dict[str, list[str]] = {}
        for field, rule in fault_sequences.conflicts(given, original):
            errors.setdefault(field, []).append(rule)
        if errors:
            raise ValidationError(errors)

    @post_load
    def make(self, given: dict[str, Any], **_: Any) -> FaultRule:
        words = {"phase": FaultPhase, "then": AfterSteps, "share_by": ShareBy}
        options = {name: kind(given[name]) for name, kind in words.items() if name in given}
        return FaultRule(**{**given, **options, "steps": tuple(given.get("steps", ()))})
