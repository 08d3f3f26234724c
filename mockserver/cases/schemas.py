"""The fields of a file of cases.

`loading` makes records of them. The fields of `setup` are those of a sandbox's body, and are checked where sandboxes
are created.
"""

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from mockserver.cases import matching
from mockserver.cases.matching import BadMatcher
from mockserver.gateway.switches import Grade
from mockserver.validation.schemas import StrictSchema

TIMES_MAXIMUM = 1000
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


class CasePart(StrictSchema):
    """A part of a case."""

    error_messages = {"type": "must be a mapping"}  # noqa: RUF012 - as marshmallow declares it


class Matchers(fields.Field[dict[str, Any]]):
    """Matchers by path, or (`lone`) a single one."""

    def __init__(self, *, lone: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._lone = lone

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> Any:
        if not self._lone and not isinstance(value, Mapping):
            raise ValidationError("must be a mapping of paths to matchers")
        try:
            for path, matcher in {matching.WHOLE: value}.items() if self._lone else value.items():
                matching.check(str(path), matcher)
        except BadMatcher as error:
            raise ValidationError(str(error)) from error
        return value


class HeaderMatchers(Matchers):
    """Matchers by the name of a header; `present` and `absent` can be written as plain words."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        given = value if isinstance(value, Mapping) else {}
        matchers = {name: {each: True} if each in ("present", "absent") else each for name, each in given.items()}
        return super()._deserialize(matchers if given else value, *args, **kwargs)


class RequestLine(fields.String):
    """A method and a target, as in GET /path?query."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> str:
        method, _, target = str(value).partition(" ")
        if method not in METHODS or not target.startswith("/") or " " in target:
            raise ValidationError(f"must be a method and a path, as in GET /path?query; methods: {', '.join(METHODS)}")
        return super()._deserialize(value, *args, **kwargs)


class ExpectBody(CasePart):
    """The expected answer."""

    status = fields.Integer(strict=True, validate=validate.Range(100, 599))
    headers = HeaderMatchers()
    body = Matchers()
    text = Matchers(lone=True)
    cut = fields.Boolean(validate=validate.OneOf([True]))


class StepBody(CasePart):
    """One request, to a vendor or to the control plane."""

    request = RequestLine()
    mock = RequestLine()
    bearer = fields.String(data_key="as")
    times = fields.Integer(strict=True, validate=validate.Range(1, TIMES_MAXIMUM))
    headers = fields.Dict(keys=fields.String(), values=fields.String())
    sent = fields.Dict(keys=fields.String(), data_key="body")
    form = fields.String()
    expect = fields.Nested(ExpectBody)
    keep = fields.Dict(
        keys=fields.String(validate=validate.Regexp(r"[a-z_]+\Z", error="must be letters a to z and _")),
        values=fields.String(),
    )
    note = fields.String()

    @validates_schema
    def require_one_request(self, given: dict[str, Any], **_: Any) -> None:
        """ValidationError for a step without a request, or with two."""
        if ("request" in given) is ("mock" in given):
            raise ValidationError("a step has either a request (to a vendor) or a mock (to /_mock)")


def _sentence(**kwargs: Any) -> fields.String:
    return fields.String(required=True, validate=validate.Length(min=3), **kwargs)


class CaseBody(CasePart):
    """One case."""

    id = fields.String(required=True, validate=validate.Regexp(r"C[0-9]{3}\Z", error="must be C and three digits"))
    title = _sentence()
    vendor = _sentence()
    rationale = _sentence()
    setup = fields.Dict(keys=fields.String(), required=True)
    steps = fields.List(fields.Nested(StepBody), required=True, validate=validate.Length(min=1))
    returns = _sentence()
    grade = fields.String(required=True, validate=validate.OneOf([*Grade]))
    source = _sentence()
