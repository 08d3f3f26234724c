"""Every defect that can be armed at some vendors; `arming` arms one."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from mockserver.gateway import paging_defects
from mockserver.gateway.defects import AnyDefect
from mockserver.gateway.field_defects import FIELD_DEFECTS
from mockserver.gateway.vendor import Vendor
from mockserver.validation import field_path
from mockserver.validation.answer_schema import Answers

ReadAnswers = Callable[[str], Answers]
"""The JSON answers in the OpenAPI file of a vendor, by its name."""


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
    own = (each.name for vendor in vendors for each in _own(vendor))
    return [*dict.fromkeys((*own, *(each.name for each in FIELD_DEFECTS)))]


def listed(vendors: Iterable[Vendor], read: ReadAnswers) -> list[KnownDefect]:
    """Every defect of every vendor: its own, those in its pages, and those in fields."""
    return [each for vendor in vendors for each in _listed(vendor, read(vendor.name))]


def _listed(vendor: Vendor, answers: Answers) -> Iterator[KnownDefect]:
    for each in vendor.defects:
        yield KnownDefect(each.name, vendor.name, each.operations, each.description)
    in_pages = paging_defects.defects(vendor.pages)
    for name, description in {each.name: each.description for each in in_pages}.items():
        operations = tuple(operation for each in in_pages if each.name == name for operation in each.operations)
        yield KnownDefect(name, vendor.name, operations, description)
    for kind in FIELD_DEFECTS:
        defaults = {name: field_path.text_of(path) for name, path in kind.defaults(answers, reports(vendor)).items()}
        if defaults:
            yield KnownDefect(kind.name, vendor.name, (*defaults,), kind.description, takes_at=True, defaults=defaults)


def _own(vendor: Vendor) -> tuple[AnyDefect, ...]:
    """A vendor's own defects, and those in its pages."""
    return *vendor.defects, *paging_defects.defects(vendor.pages)


def named(vendor: Vendor, name: str) -> tuple[AnyDefect, ...]:
    """A vendor's defects with a name, but none in fields."""
    return tuple(each for each in _own(vendor) if each.name == name)


def reports(vendor: Vendor) -> frozenset[str]:
    """The operations that a defect without a path meets: not those that issue tokens, which have their own stages."""
    return frozenset(route.operation for route in vendor.routes if route.stages is None)
