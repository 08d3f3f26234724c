"""Every defect that can be armed at some vendors, and how one is armed by its name and, for a field, a path."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Final

from analytics_mockserver.suggestions import unknown_name
from mockserver.gateway import paging_defects
from mockserver.gateway.defects import AnyDefect, ArmedDefect
from mockserver.gateway.field_defects import FIELD_DEFECTS, FieldDefect
from mockserver.gateway.vendor import Vendor
from mockserver.validation import field_path
from mockserver.validation.answer_schema import Answers
from mockserver.validation.field_path import EVERY, Path, PathError

_FIELDS: Final = {each.name: each for each in FIELD_DEFECTS}
_NEAR: Final = 3

ReadAnswers = Callable[[str], Answers]
"""The JSON answers in the OpenAPI file of a vendor, by its name."""


class DefectError(ValueError):
    """A defect that cannot be armed; `field` is "name" or "at", whichever is wrong."""

    def __init__(self, wrong: str, rule: str) -> None:
        super().__init__(rule)
        self.field = wrong


@dataclass(frozen=True, slots=True)
class KnownDefect:
    """A defect at one vendor; `defaults` are the paths that a defect of a field has without `at`, by operation."""

    name: str
    vendor: str
    operations: tuple[str, ...]
    description: str
    takes_at: bool = False
    defaults: Mapping[str, str] = field(default_factory=dict)


def names(vendors: Iterable[Vendor]) -> list[str]:
    """The name of every defect, each once."""
    return [*dict.fromkeys((*(each.name for vendor in vendors for each in _own(vendor)), *_FIELDS))]


def listed(vendors: Iterable[Vendor], read: ReadAnswers) -> list[KnownDefect]:
    """Every defect of every vendor: its own, those in its pages, and those in fields."""
    return [each for vendor in vendors for each in _listed(vendor, read(vendor.name))]


def arm(name: str, at: str | None, vendors: Sequence[Vendor], read: ReadAnswers) -> ArmedDefect:
    """A defect as it is armed; DefectError for an unknown name, and for a path that no answer has."""
    if name not in (known := names(vendors)):
        raise DefectError("name", unknown_name("defect", name, known))
    if name in _FIELDS:
        return ArmedDefect(name, at, _at_fields(_FIELDS[name], at, {each.name: each for each in vendors}, read))
    if at is not None:
        raise DefectError("at", f"{name} is not in one field and takes no path; those that do: {', '.join(_FIELDS)}")
    return ArmedDefect(name, None, {each.name: found for each in vendors if (found := _named(each, name))})


def _listed(vendor: Vendor, answers: Answers) -> Iterator[KnownDefect]:
    for each in vendor.defects:
        yield KnownDefect(each.name, vendor.name, each.operations, each.description)
    in_pages = paging_defects.defects(vendor.pages)
    for name, description in {each.name: each.description for each in in_pages}.items():
        operations = tuple(operation for each in in_pages if each.name == name for operation in each.operations)
        yield KnownDefect(name, vendor.name, operations, description)
    for kind in FIELD_DEFECTS:
        defaults = {name: field_path.text_of(path) for name, path in kind.defaults(answers, _reports(vendor)).items()}
        if defaults:
            yield KnownDefect(kind.name, vendor.name, (*defaults,), kind.description, takes_at=True, defaults=defaults)


def _own(vendor: Vendor) -> tuple[AnyDefect, ...]:
    """A vendor's own defects, and those in its pages."""
    return *vendor.defects, *paging_defects.defects(vendor.pages)


def _named(vendor: Vendor, name: str) -> tuple[AnyDefect, ...]:
    return tuple(each for each in _own(vendor) if each.name == name)


def _reports(vendor: Vendor) -> frozenset[str]:
    """The operations that a defect without a path meets: not those that issue tokens, which have their own stages."""
    return frozenset(route.operation for route in vendor.routes if route.stages is None)


def _at_fields(
    kind: FieldDefect, at: str | None, vendors: Mapping[str, Vendor], read: ReadAnswers
) -> dict[str, tuple[AnyDefect, ...]]:
    answers = {name: read(name) for name in vendors}
    if at is None:
        return {name: tuple(kind.by_default(answers[name], _reports(each))) for name, each in vendors.items()}
    try:
        path = field_path.parse(at)
    except PathError as error:
        raise DefectError("at", str(error)) from error
    found = {name: tuple(kind.at(each, path)) for name, each in answers.items()}
    if not any(found.values()):
        raise DefectError("at", _refusal(kind, at, path, answers))
    return {name: each for name, each in found.items() if each}


def _refusal(kind: FieldDefect, at: str, path: Path, answers: Mapping[str, Answers]) -> str:
    """Why a path cannot be used, and the nearest ones that can."""
    known = [answer for each in answers.values() for answer in each.values()]
    exists = any(answer.at(path) is not None for answer in known)
    usable = dict.fromkeys(
        field_path.text_of(path)
        for answer in known
        for path, node in [((), answer), *answer.paths()]
        if kind.fits(path, node)
    )
    every = field_path.text_of(tuple(EVERY if isinstance(step, int) else step for step in path))
    near = ", ".join(get_close_matches(every, list(usable), n=_NEAR, cutoff=0.4))
    problem = f"{at!r} is not {kind.rule}" if exists else f"no answer of any vendor has {at!r}"
    return f"{problem}; {f'near it: {near}' if near else field_path.RULE}"
