"""What was learned of one vendor: the options that are settled, those that are not, and what only one side has."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from mockserver.gateway import unserved
from mockserver.gateway.switches import AnySwitch, Option, Renaming, SwitchError
from mockserver.gateway.unserved import UnservedPaths
from mockserver.learning.alignment import Alignment
from mockserver.learning.api import Endpoint, Operation
from mockserver.learning.naming import Naming, Pair, settle
from mockserver.learning.observation import Observation, Source, values_of
from mockserver.learning.shape import Shape
from mockserver.learning.tenant import Tenant, View

Place = str
Found = tuple[str, Place]


@dataclass(frozen=True, slots=True)
class Ours:
    """A vendor as the simulator has it: its operations by id, with their endpoints, its switches and observations.

    `unserved` are paths that it is known to have and that are not simulated.
    """

    vendor: str
    endpoints: Mapping[str, Endpoint]
    operations: Mapping[str, Operation]
    switches: Sequence[AnySwitch]
    observations: Sequence[Observation]
    unserved: UnservedPaths | None = None

    @property
    def renaming(self) -> Renaming | None:
        """The switch that renames response fields."""
        return next((each for each in self.switches if isinstance(each, Renaming)), None)


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read of one source: the operations that were found, by the ids of ours.

    `unread` are endpoints that the source has and the simulator has not, `unclear` operations with several partners.
    """

    source: Source
    operations: Sequence[tuple[str, Operation]]
    schemes: Mapping[str, Place] = field(default_factory=dict)
    unread: Sequence[Endpoint] = ()
    unclear: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    lacking: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Findings:
    """The result. Each option has the place where it was read; places in samples name no key that may be data.

    `names` are the other names of our fields, and `scores` how much alike they are, as `likeness` counts it.
    `refused_names` are those that the simulator cannot have, each with the reason. `unserved` are operations that the
    simulator knows of and does not simulate.
    `open_names` are the candidates of names that are not settled; `contradictions` switches of which several options
    were seen; `silent` those that could have been seen, `elsewhere` those that another kind of source shows, and
    `unseen` those that nothing shows.
    """

    vendor: str
    readings: Sequence[Reading]
    options: Mapping[str, tuple[Option, Place]]
    names: Mapping[str, Found]
    scores: Mapping[str, int]
    refused_names: Mapping[str, str]
    open_names: Mapping[str, Sequence[Found]]
    contradictions: Mapping[str, Mapping[Option, Place]]
    silent: Mapping[str, tuple[Option, ...]]
    elsewhere: Sequence[str]
    unseen: Sequence[str]
    extra: Sequence[Found]
    unserved: Sequence[Found]
    unknown_fields: int
    renaming: str | None


def learn(ours: Ours, readings: Sequence[Reading]) -> Findings:
    """Compare what was read with the vendor, and settle what can be settled."""
    pairs = [*_pairs(ours, readings)]
    naming = settle(pairs, map(str, ours.renaming.options) if ours.renaming else ())
    tenants = [*_tenants(readings, pairs, naming)]
    seen = _seen(ours.observations, tenants)
    names = {name: (named.other, named.where) for name, named in naming.settled.items()}
    refused = _refused(ours.renaming, {name: other for name, (other, _) in names.items()})
    observed = {each.switch.name for each in ours.observations}
    unknown = sum(
        len(alignment.extra) for pair, alignment in zip(pairs, naming.alignments, strict=True) if pair.is_sample
    )
    return Findings(
        ours.vendor,
        readings,
        {name: next(iter(each.items())) for name, each in seen.items() if len(each) == 1},
        {name: each for name, each in names.items() if name not in refused},
        {name: named.score for name, named in naming.settled.items()},
        refused,
        _open_names(naming) | {name: [names[name]] for name in refused},
        {name: each for name, each in seen.items() if len(each) > 1},
        _silent(ours, tenants, seen),
        _elsewhere(ours, readings),
        [each.name for each in ours.switches if each.name not in observed and each is not ours.renaming],
        [*dict.fromkeys(_extra(ours, readings, pairs, naming))],
        [*dict.fromkeys(_unserved(ours, readings))],
        unknown,
        ours.renaming.name if ours.renaming else None,
    )


def _pairs(ours: Ours, readings: Iterable[Reading]) -> Iterator[Pair]:
    for reading in readings:
        for name, operation in reading.operations:
            mine, other = ours.operations[name].shape, operation.shape
            if mine is not None and other is not None:
                yield Pair(name, mine, other, reading.source is Source.SAMPLE)


def _tenants(readings: Iterable[Reading], pairs: Sequence[Pair], naming: Naming) -> Iterator[tuple[Source, Tenant]]:
    alignments = {id(pair.theirs): each for pair, each in zip(pairs, naming.alignments, strict=True)}
    for reading in readings:
        views = {
            name: View(operation.parameters, operation.answers, alignments.get(id(operation.shape), Alignment()))
            for name, operation in reading.operations
        }
        yield reading.source, Tenant(views, reading.schemes)


def _seen(
    observations: Iterable[Observation], tenants: Sequence[tuple[Source, Tenant]]
) -> dict[str, dict[Option, Place]]:
    found: dict[str, dict[Option, Place]] = {}
    for each in observations:
        for source, tenant in tenants:
            place = next(each.condition.places(tenant), None) if each.is_possible_in(source) else None
            if place is not None:
                found.setdefault(each.switch.name, {}).setdefault(each.option, place.where)
    return found


def _silent(
    ours: Ours, tenants: Sequence[tuple[Source, Tenant]], seen: Mapping[str, object]
) -> dict[str, tuple[Option, ...]]:
    """The switches that such a source can show, and of which it shows nothing; with their options."""
    sources = {source for source, _ in tenants}
    return {
        each.switch.name: each.switch.options
        for each in ours.observations
        if each.switch.name not in seen and any(map(each.is_possible_in, sources))
    }


def _elsewhere(ours: Ours, readings: Iterable[Reading]) -> list[str]:
    """The switches that only another kind of source can show."""
    sources = {each.source for each in readings}
    shown = {each.switch.name for each in ours.observations if any(map(each.is_possible_in, sources))}
    return [*dict.fromkeys(each.switch.name for each in ours.observations if each.switch.name not in shown)]


def _refused(renaming: Renaming | None, names: Mapping[str, str]) -> dict[str, str]:
    """The names that the simulator cannot have, with the reasons: by themselves, or beside another one."""
    if renaming is None:
        return {}
    known = {*renaming.options, *renaming.kept}
    alone = {name: _problem(renaming, {name: other}) for name, other in names.items() if other not in known}
    found = {name: problem for name, problem in alone.items() if problem}
    rest = {name: other for name, other in names.items() if name not in found}
    while problem := _problem(renaming, rest):
        times = Counter(rest.get(name, name) for name in known)
        collided = [name for name, other in rest.items() if times[other] > 1]
        found |= dict.fromkeys(collided, problem)
        rest = {name: other for name, other in rest.items() if name not in found}
    return found


def _problem(renaming: Renaming, names: Mapping[str, str]) -> str | None:
    """Why the simulator cannot have these names together; None if it can."""
    try:
        renaming.read(names)
    except SwitchError as error:
        return str(error)
    return None


def _open_names(naming: Naming) -> dict[str, Sequence[Found]]:
    differing = {
        name: [(each.other, each.where) for each in found if not each.is_weak]
        for name, found in naming.differing.items()
    }
    return {**naming.open(), **differing}


def _extra(ours: Ours, readings: Iterable[Reading], pairs: Sequence[Pair], naming: Naming) -> Iterator[Found]:
    """What only the other API has; of samples nothing, because their keys may be data."""
    for pair, alignment in zip(pairs, naming.alignments, strict=True):
        if not pair.is_sample:
            if alignment.wrapper is not None:
                yield (
                    f"{pair.operation}: the answer is inside another object or array, or has none around it",
                    (alignment.wrapper),
                )
            yield from ((f"{pair.operation}: the field {path}", where) for path, where in alignment.extra)
    for reading in readings:
        for name, operation in reading.operations:
            yield from _extra_parameters(name, ours.operations[name], operation)
            yield from _extra_values(name, pairs, naming)
        yield from ((str(each), each.where) for each in reading.unread if not _is_unserved(ours, each))


def _unserved(ours: Ours, readings: Iterable[Reading]) -> Iterator[Found]:
    for reading in readings:
        yield from ((str(each), each.where) for each in reading.unread if _is_unserved(ours, each))


def _is_unserved(ours: Ours, theirs: Endpoint) -> bool:
    """Whether the end of a path is one that the simulator knows of and does not simulate."""
    steps = theirs.path.strip("/").split("/")
    paths = ("/" + "/".join(steps[number:]) for number in range(len(steps)))
    return any(unserved.find(ours.unserved, theirs.method.upper(), path) for path in paths)


def _extra_parameters(name: str, ours: Operation, theirs: Operation) -> Iterator[Found]:
    for parameter, each in theirs.parameters.items():
        if parameter not in ours.parameters:
            yield f"{name}: the parameter {parameter}", each.shape.where
        else:
            yield from _values(f"{name}: the parameter {parameter}", ours.parameters[parameter].shape, each.shape)


def _extra_values(name: str, pairs: Sequence[Pair], naming: Naming) -> Iterator[Found]:
    for pair, alignment in zip(pairs, naming.alignments, strict=True):
        if pair.operation == name:
            for path, shape in alignment.found.items():
                yield from _values(f"{name}: the field {path}", alignment.ours[path], shape)


def _values(what: str, ours: Shape, theirs: Shape) -> Iterator[Found]:
    if values_of(ours):
        for value in sorted(values_of(theirs) - values_of(ours)):
            yield f"{what} has the value {value}", theirs.where
