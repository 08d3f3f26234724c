"""How a defect is armed: by its name, at one vendor or operation, and for one in a field at a path.

Which defects there are is in `known_defects`.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Final

from analytics_mockserver.suggestions import unknown_name
from mockserver.gateway import known_defects, renamed_paths
from mockserver.gateway.defects import AnyDefect, ArmedDefect
from mockserver.gateway.field_defects import FIELD_DEFECTS, FieldDefect
from mockserver.gateway.known_defects import ReadAnswers
from mockserver.gateway.renamed_paths import PathNames
from mockserver.gateway.vendor import Vendor
from mockserver.validation import field_path
from mockserver.validation.answer_schema import AnswerNode, Answers
from mockserver.validation.field_path import EVERY, Path, PathError

_FIELDS: Final = {each.name: each for each in FIELD_DEFECTS}
_NEAR: Final = 3

ByVendor = Mapping[str, tuple[AnyDefect, ...]]

Renamed = Mapping[str, Mapping[str, str]]
"""The served names of fields by their documented ones, by vendor; a vendor without any may be left out."""


class DefectError(ValueError):
    """A defect that cannot be armed; `field` is the field of the request that is wrong."""

    def __init__(self, wrong: str, rule: str) -> None:
        super().__init__(rule)
        self.field = wrong


@dataclass(frozen=True, slots=True)
class DefectRequest:
    """A defect to arm: at a path, a vendor and an operation, where these are given.

    `names` is whose names the path has; by default either's. `is_text` is whether it was given by its name alone.
    """

    name: str
    at: str | None = None
    vendor: str | None = None
    operation: str | None = None
    names: PathNames | None = None
    is_text: bool = False


def arm(
    wanted: DefectRequest, vendors: Sequence[Vendor], read: ReadAnswers, renamed: Renamed | None = None
) -> ArmedDefect:
    """A defect as it is armed; DefectError for an unknown name, for a path that no answer has, or that is ambiguous."""
    name, at = wanted.name, wanted.at
    if name not in (known := known_defects.names(vendors)):
        raise DefectError("name", unknown_name("defect", name, known))
    if name not in _FIELDS and at is not None:
        raise DefectError("at", f"{name} is not in one field and takes no path; those that do: {', '.join(_FIELDS)}")
    if wanted.names is not None and at is None:
        raise DefectError("names", "belongs to at, which is not given")
    everywhere = {each.name: each for each in vendors}
    if at is not None:
        at, found = _at_path(wanted, _answers(everywhere, read, wanted), renamed or {})
    else:
        found = _without_path(wanted, everywhere, read)
    return ArmedDefect(name, at, wanted.vendor, wanted.operation, wanted.names and PathNames.DOCUMENTED, found)


def _without_path(wanted: DefectRequest, vendors: Mapping[str, Vendor], read: ReadAnswers) -> ByVendor:
    """What a defect without a path does; DefectError where the vendor or the operation does not have it."""
    everywhere = {name: found for name, each in vendors.items() if (found := _of_vendor(each, wanted.name, read))}
    at_vendor = {name: each for name, each in everywhere.items() if wanted.vendor in {None, name}}
    if not at_vendor:
        raise DefectError("vendor", f"{wanted.vendor} has no {wanted.name}; these have: {', '.join(everywhere)}")
    if wanted.operation is None:
        return at_vendor
    limited = {name: _at_operation(each, wanted.operation) for name, each in at_vendor.items()}
    if not any(limited.values()):
        having = ", ".join(dict.fromkeys(name for each in at_vendor.values() for name in _operations(each)))
        raise DefectError("operation", f"{wanted.operation} has no {wanted.name}; these have: {having}")
    return {name: each for name, each in limited.items() if each}


def _of_vendor(vendor: Vendor, name: str, read: ReadAnswers) -> tuple[AnyDefect, ...]:
    """What a defect without a path does at a vendor: for one in a field, at the default of each operation."""
    if name in _FIELDS:
        return tuple(_FIELDS[name].by_default(read(vendor.name), known_defects.reports(vendor)))
    return known_defects.named(vendor, name)


def _operations(defects: Iterable[AnyDefect]) -> list[str]:
    return [operation for each in defects for operation in each.operations]


def _at_operation(defects: Iterable[AnyDefect], operation: str) -> tuple[AnyDefect, ...]:
    return tuple(replace(each, operations=(operation,)) for each in defects if operation in each.operations)


def _answers(vendors: Mapping[str, Vendor], read: ReadAnswers, wanted: DefectRequest) -> dict[str, Answers]:
    """The answers of the vendor and the operation that are wanted, by vendor."""
    return {
        name: {one: answer for one, answer in read(name).items() if wanted.operation in {None, one}}
        for name in vendors
        if wanted.vendor in {None, name}
    }


def _at_path(wanted: DefectRequest, answers: Mapping[str, Answers], renamed: Renamed) -> tuple[str, ByVendor]:
    """The path by the names of the OpenAPI file, and the defect there at each vendor."""
    kind, text = _FIELDS[wanted.name], str(wanted.at)
    try:
        path = field_path.parse(text)
    except PathError as error:
        raise DefectError("at", str(error)) from error
    places = [*_places(path, answers, renamed, wanted.names)]
    found: defaultdict[Path, defaultdict[str, list[AnyDefect]]] = defaultdict(lambda: defaultdict(list))
    for vendor, operation, place, node in places:
        if kind.fits(place, node):
            found[place][vendor].append(kind.defect(operation, place))
    if not found:
        raise DefectError("at", _refusal(kind, wanted, path, answers, exists=bool(places)))
    if len(found) > 1:
        raise DefectError("at", _ambiguity(text, found))
    ((place, by_vendor),) = found.items()
    return field_path.text_of(place), {vendor: tuple(each) for vendor, each in by_vendor.items()}


def _places(
    path: Path, answers: Mapping[str, Answers], renamed: Renamed, names: PathNames | None
) -> Iterator[tuple[str, str, Path, AnswerNode]]:
    """Every place that a path can mean: its vendor, its operation, its path, and what is there."""
    for vendor, operations in answers.items():
        for operation, answer in operations.items():
            for place, node in renamed_paths.documented(path, answer, renamed.get(vendor, {}), names):
                yield vendor, operation, place, node


def _ambiguity(text: str, found: Mapping[Path, Mapping[str, Sequence[AnyDefect]]]) -> str:
    """Which fields a path can mean, and how to choose one."""
    candidates = [
        f"{field_path.text_of(place)} in {', '.join(_operations(defects))} ({vendor})"
        for place, by_vendor in found.items()
        for vendor, defects in by_vendor.items()
    ]
    choice = 'choose by vendor, by operation, or by names, which is "documented" or "served"'
    return f"some fields are renamed, and {text!r} can be {' or '.join(candidates)}; {choice}"


def _refusal(
    kind: FieldDefect, wanted: DefectRequest, path: Path, answers: Mapping[str, Answers], *, exists: bool
) -> str:
    """Why a path cannot be used, and the nearest ones that can."""
    known = [answer for each in answers.values() for answer in each.values()]
    usable = dict.fromkeys(
        field_path.text_of(path)
        for answer in known
        for path, node in [((), answer), *answer.paths()]
        if kind.fits(path, node)
    )
    every = field_path.text_of(tuple(EVERY if isinstance(step, int) else step for step in path))
    near = ", ".join(get_close_matches(every, list(usable), n=_NEAR, cutoff=0.4))
    where = wanted.operation or wanted.vendor or "any vendor"
    problem = f"{wanted.at!r} is not {kind.rule}" if exists else f"no answer of {where} has {wanted.at!r}"
    return f"{problem}; {f'near it: {near}' if near else field_path.RULE}"
