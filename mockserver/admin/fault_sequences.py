"""The fields of a fault rule that concern its sequence and its period, and how they go together.

The fields of one effect, and all others of a rule, are in `fault_rules`.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

from mockserver.gateway.faults import GENUINE, AfterSteps

STEPS_MAXIMUM = 100
"""How many steps a sequence can have."""

PASS_STEP = "pass"  # noqa: S105 (not a password)
"""The step that lets a request pass to its genuine answer."""

_PARTNERS = {"then": "steps", "share_by": "share"}
"""Fields that mean something only beside another one."""


class Step(fields.Nested):
    """A step of a sequence: an effect, or the word "pass"."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        if value == PASS_STEP:
            return GENUINE
        if not isinstance(value, dict):
            raise ValidationError(f'must be an effect (an object), or "{PASS_STEP}" for the genuine answer')
        return super()._deserialize(value, *args, **kwargs)

    def _serialize(self, nested_obj: Any, attr: Any, obj: Any, **kwargs: Any) -> Any:  # type: ignore[override]
        if not nested_obj:
            return PASS_STEP
        return super()._serialize(nested_obj, attr, obj, **kwargs)  # type: ignore[no-untyped-call]


def steps(effect: type[Schema]) -> "fields.List[Any]":
    """The field for the steps of a rule, whose effects have a schema."""
    rule = f"must have 1 to {STEPS_MAXIMUM} steps, each an effect or the word {PASS_STEP}"
    description = (
        f"A sequence in place of `effect`: the first request for which the rule fires gets the first step, and so on. "
        f'A step is an effect, or "{PASS_STEP}" for the genuine answer.'
    )
    return fields.List(
        Step(effect),
        validate=validate.Length(1, STEPS_MAXIMUM, error=rule),
        error_messages={"invalid": f'must be a list of effects and "{PASS_STEP}"'},
        metadata={"description": description},
    )


def then() -> fields.String:
    """The field for what follows the last step."""
    return fields.String(
        validate=validate.OneOf(tuple(AfterSteps), error='must be "repeat", "pass" or "last"'),
        metadata={
            "description": "What follows the last step. repeat: the first step again. pass (the default): the rule is "
            "spent, and fires no more. last: the last step for every further request."
        },
    )


def conflicts(given: Mapping[str, Any], original: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What is wrong with the fields of a rule together: the field, and the reason."""
    if "effect" in original and "steps" in original:
        yield "steps", "cannot go with effect: a rule has either one effect or a sequence of steps"
    elif "effect" not in original and "steps" not in original:
        yield "effect", 'must be given, or steps in its place: what happens to the request, as in {"status": 503}'
    for name, other in _PARTNERS.items():
        if name in original and other not in original:
            yield name, f"belongs to {other}, which is not given"
    if given.get("steps") and all(step == GENUINE for step in given["steps"]):
        yield "steps", f'have no effect: at least one must be something else than "{PASS_STEP}"'
    length = len(given.get("steps", ()))
    if 0 < length < given.get("times", 0) and original.get("then", AfterSteps.PASS) == AfterSteps.PASS:
        rule = 'after which the rule is spent, unless then is "repeat" or "last"'
        yield "times", f"is more than the number of steps ({length}), {rule}"
    if {"since", "until"} <= {*given} and given["since"] >= given["until"]:
        yield "until", "must be later than from: the rule is in force from `from` until before `until`"
