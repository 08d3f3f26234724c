"""Load a folder of YAML files into a catalogue of cases; errors name the file, the case and the field.

The fields of `setup` are those of a sandbox's body, which are checked when the sandbox is created.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from marshmallow import ValidationError, fields, post_load, validate, validates_schema

from mockserver.cases import matching
from mockserver.cases.records import Case, Catalogue, ExpectedAnswer, Step, inside
from mockserver.cases.step_request import BUILT_IN, PLACEHOLDER
from mockserver.gateway.switches import Grade
from mockserver.validation import yaml_text
from mockserver.validation.schemas import StrictSchema, flat_errors
from mockserver.validation.yaml_text import YamlError

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


class CaseError(ValueError):
    """An invalid file of cases; each line of the message says where and why."""


class CasePart(StrictSchema):
    """A part of a case."""

    error_messages = {"type": "must be a mapping"}  # noqa: RUF012 - as marshmallow declares it


class HeaderMatcher(fields.Raw):
    """A matcher; `present` and `absent` can be written as plain words."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> Any:
        return {value: True} if value in ("present", "absent") else value


def _matchers(**kwargs: Any) -> fields.Dict:
    """Matchers by path."""
    rule = "must be a mapping of paths to matchers"
    return fields.Dict(validate=_check_matchers, error_messages={"invalid": rule}, **kwargs)


def _check_matchers(matchers: Mapping[Any, Any]) -> None:
    for path, matcher in matchers.items():
        matching.check(str(path), matcher)


class RequestLine(fields.Field[tuple[str, str]]):
    """A method and a target, as in GET /path?query."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> tuple[str, str]:
        method, _separator, target = str(value).partition(" ")
        if method not in METHODS or not target.startswith("/") or " " in target:
            raise ValidationError(f"must be a method and a path, as in GET /path?query; methods: {', '.join(METHODS)}")
        return method, target


class ExpectBody(CasePart):
    """The expected answer."""

    status = fields.Integer(strict=True, validate=validate.Range(100, 599))
    headers = _matchers(values=HeaderMatcher())
    body = _matchers()
    text = fields.Raw(validate=partial(matching.check, matching.WHOLE))
    cut = fields.Boolean(validate=validate.OneOf([True]))

    @post_load
    def make(self, given: dict[str, Any], **_: Any) -> ExpectedAnswer:
        return ExpectedAnswer(**given)


class StepBody(CasePart):
    """One request, to a vendor or to the control plane."""

    request = RequestLine()
    mock = RequestLine()
    bearer = fields.String(data_key="as")
    times = fields.Integer(strict=True, validate=validate.Range(1, 1000))
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

    @post_load
    def make(self, given: dict[str, Any], **_: Any) -> Step:
        mock = "mock" in given
        method, target = given.pop("mock" if mock else "request")
        return Step(**given, method=method, target=target, mock=mock)


def _sentence() -> fields.String:
    return fields.String(required=True, validate=validate.Length(min=3))


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

    @post_load
    def make(self, given: dict[str, Any], **_: Any) -> Case:
        return Case(**given)


_CASE = CaseBody()
"""Created once, since creating it takes longer than using it."""


def load(folder: Path) -> Catalogue:
    """The cases of every file in a folder, by id; CaseError with a line for each error."""
    found: list[Case] = []
    errors: list[str] = []
    for path in sorted(folder.glob("*.yaml")):
        cases, wrong = _load_file(path)
        found += cases
        errors += [f"{path.name}: {error}" for error in wrong]
    repeated = [name for name, times in Counter(case.id for case in found).items() if times > 1]
    errors += [f"{name} is the id of more than one case" for name in repeated]
    if errors:
        raise CaseError("\n".join(errors))
    return Catalogue(tuple(sorted(found, key=lambda case: case.id)))


def _load_file(path: Path) -> tuple[list[Case], list[str]]:
    try:
        document = yaml_text.load(path.read_bytes(), yaml_text.DECIMAL_LOADER)
    except YamlError as error:
        return [], str(error).splitlines()
    if not isinstance(document, list):
        return [], ["must be a list of cases, each beginning with `- id: C001`"]
    cases: list[Case] = []
    errors: list[str] = []
    for index, each in enumerate(document):
        name = each.get("id") if isinstance(each, Mapping) else None
        try:
            case: Case = _CASE.load(each)
        except ValidationError as error:
            for keys, rules in flat_errors(error.messages_dict):
                place = f"{name or f'case {index + 1}'}: {yaml_text.format_path(keys)}".removesuffix(": ")
                errors += [f"{place}: {rule}" for rule in rules]
            continue
        cases.append(case)
        if case.vendor != path.stem:
            errors.append(f"{case.id}: vendor: must be {path.stem!r}, like the name of the file")
        errors += [f"{case.id}: {error}" for error in _unknown_names(case)]
    return cases, errors


def _unknown_names(case: Case) -> Iterator[str]:
    """Errors for names in braces and in matchers that no earlier step keeps."""
    kept: set[str] = set()
    for index, step in enumerate(case.steps):
        texts = inside([step.target, step.bearer, step.form, step.headers, step.sent])
        named = {name for text in texts if isinstance(text, str) for name in PLACEHOLDER.findall(text)}
        matchers = inside([step.expect.headers, step.expect.body, step.expect.text])
        words = [each.get(word) for each in matchers if isinstance(each, Mapping) for word in ("kept", "not_kept")]
        compared = {name for name in words if isinstance(name, str)}
        for name in sorted((named - BUILT_IN | compared) - kept):
            known = ", ".join(sorted(kept)) or "nothing"
            yield f"steps[{index}]: no earlier step keeps {name!r}; kept so far: {known}"
        kept |= {*step.keep}
