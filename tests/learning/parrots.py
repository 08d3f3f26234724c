"""A made-up vendor with small answers, for tests of how fields and operations are found."""

import json
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any, Final

from mockserver.gateway.switches import AnySwitch, Grade, names, switch
from mockserver.learning import file_reading, findings, sample_reading
from mockserver.learning.document import Document
from mockserver.learning.findings import Findings, Ours
from mockserver.learning.observation import Observation, always, error_field, field, header, never, status

Mood = StrEnum("Mood", ["CHEERFUL", "GRUMPY"])
MOOD: Final = switch("mood", Mood, grade=Grade.ASSUMED, description="Whether a parrot has a mood, or none.")
HUNGER: Final = switch("hunger", Mood, grade=Grade.ASSUMED, description="What no source can show.")
NAMES: Final = names(
    *("names", "rows", "born", "weight", "length", "keeper", "mail", "id", "sum"),
    kept=("next",),
    grade=Grade.ASSUMED,
    description="Names of fields.",
)
SWITCHES: Final[tuple[AnySwitch, ...]] = (MOOD, HUNGER, NAMES)

PARROT: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["id", "born", "weight", "length"],
    "properties": {
        "id": {"type": "string", "format": "uuid"},
        "born": {"type": "string", "format": "date", "description": "The day on which it hatched."},
        "weight": {"type": "integer", "description": "Grams that it weighs."},
        "length": {"type": "integer", "description": "Millimeters from beak to tail."},
        "mood": {"type": "string"},
    },
}
KEEPER: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["keeper", "mail"],
    "properties": {"keeper": {"type": "string"}, "mail": {"type": "string", "format": "email"}},
}
SUM: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["weight", "length"],
    "properties": {"weight": {"type": "integer"}, "length": {"type": "integer"}},
}


def page(row: Any, **more: Any) -> dict[str, Any]:
    """A page of rows."""
    properties = {"rows": {"type": "array", "items": row}, **more}
    return {"type": "object", "required": ["rows"], "properties": properties}


ANSWERS: Final = {
    "/zoo/v1/parrots": page(PARROT, next={"type": "string"}, sum=SUM),
    "/zoo/v1/keepers": page(KEEPER),
    "/zoo/v1/parrots/{id}": PARROT,
    "/zoo/v1/parrots/{id}/weight": {"type": "object", "properties": {"weight": {"type": "integer"}}},
}
OBSERVATIONS: Final = (
    Observation(MOOD, Mood.CHEERFUL, field(("get /zoo/v1/parrots/{id}", "none"), "mood", always)),
    Observation(MOOD, Mood.GRUMPY, field(("get /zoo/v1/parrots/{id}",), "mood", never)),
    Observation(MOOD, Mood.GRUMPY, status(("get /zoo/v1/keepers", "none"), "418")),
    Observation(MOOD, Mood.GRUMPY, header("429", "X-Grumpy")),
    Observation(MOOD, Mood.GRUMPY, error_field("grumpy", always, beside="error")),
)


def document(answers: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    """A document with these answers by path, to GET."""
    paths = {path: {"get": operation(path, schema)} for path, schema in answers.items()}
    return {"openapi": "3.1.0", "paths": paths, **more}


def operation(path: str, schema: Any) -> dict[str, Any]:
    """An operation that answers with a schema."""
    answer = {"content": {"application/json": {"schema": schema}}}
    return {"operationId": f"get {path}", "responses": {"200": answer}}


def ours(answers: Mapping[str, Any] = ANSWERS) -> Ours:
    """The vendor as the simulator would have it."""
    content = json.dumps(document(answers)).encode()
    return file_reading.ours("parrots", content, SWITCHES, OBSERVATIONS)


def learned(answers: Mapping[str, Any], known: Ours | None = None, **more: Any) -> Findings:
    """What a file with these answers says."""
    return learned_of(document(answers, **more), known)


def learned_of(content: Any, known: Ours | None = None) -> Findings:
    """What a document says."""
    known = known or ours()
    return findings.learn(known, [file_reading.read(known, Document(json.dumps(content).encode(), "tenant.json"))])


def sampled(samples: Sequence[str]) -> Findings:
    """What samples say."""
    known = ours()
    return findings.learn(known, [sample_reading.read(known, samples)])
