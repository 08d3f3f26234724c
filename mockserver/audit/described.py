"""An invariant for every vendor: its answers have the fields, types and values that its OpenAPI file describes."""

from functools import partial
from itertools import islice

from mockserver.audit.invariant import Invariant, Violation
from mockserver.audit.reader import NotApplicable, Reader
from mockserver.validation import answer_schema, yaml_text
from mockserver.validation.answer_schema import AnswerNode

_SHOWN = 3
"""How many differences of an answer are named."""


def answers_are_described(prefix: str, vendor: str) -> Invariant:
    """The invariant of a vendor, whose name begins with `prefix`: over every answer that was read before it."""
    description = "Every answer that was read has the fields, types and values of the OpenAPI file."
    return Invariant(f"{prefix}-answers-are-described", description, "the whole file", "I", partial(_check, vendor))


def _check(vendor: str, reader: Reader) -> None:
    operations = answer_schema.operations(yaml_text.load_bundled(reader.describe(vendor).encode()))
    checked = 0
    for request, answer in reader.answers(vendor):
        path = request.path.partition("?")[0]
        nodes = [each.answer for each in operations if each.method == request.method and each.path.fullmatch(path)]
        if answer.status == 200 and nodes:
            checked += 1
            if differences := _differences(nodes, answer.json()):
                reader.used[request] = None
                raise Violation(f"{request.method} {request.path}: {'; '.join(differences)}")
    if not checked:
        raise NotApplicable("no answer was read before")


def _differences(nodes: list[AnswerNode], body: object) -> list[str]:
    """The first differences between a body and what is described; a path that fits two templates may be either."""
    errors = [list(islice(node.errors(body), _SHOWN)) for node in nodes]
    return errors[0] if all(errors) else []
