"""Our operations as captured answers have them: JSON bodies, and HAR files. Only shapes are kept."""

import base64
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from analytics_mockserver.suggestions import unknown_name
from mockserver.learning import endpoints, sample_shape
from mockserver.learning.alignment import WHOLE, Renames, best_view
from mockserver.learning.api import SUCCESS, Answer, Endpoint, Header, Operation
from mockserver.learning.document import listing, mapping, text
from mockserver.learning.errors import LearnError
from mockserver.learning.findings import Ours, Reading
from mockserver.learning.observation import Source
from mockserver.learning.shape import Shape, union

BYTES_MAXIMUM = 50 * 1024 * 1024
"""The largest sample, in bytes."""

_LEAST, _MARGIN = 600, 30
"""How much of an operation's answer a body must have, in thousandths, to be one of its answers; and how much less it
must have of any other, unless it is exactly alike."""


@dataclass(frozen=True, slots=True)
class Capture:
    """One captured answer without its values; `operations` are those that it can be of."""

    operations: tuple[str, ...]
    status: str
    shape: Shape | None
    headers: Mapping[str, Shape]
    where: str


def read(ours: Ours, samples: Iterable[str]) -> Reading:
    """The operations in samples, each a file, or OPERATION=FILE; LearnError where none can be read."""
    captures = [each for number, sample in enumerate(samples, 1) for each in _captures(ours, sample, number)]
    found: defaultdict[str, list[Capture]] = defaultdict(list)
    unclear: dict[str, tuple[str, ...]] = {}
    for capture in captures:
        if len(capture.operations) == 1:
            found[capture.operations[0]].append(capture)
        else:
            unclear[capture.where] = capture.operations
    if not found:
        raise LearnError(_nothing(ours, unclear))
    read_operations = [(name, _operation(name, each)) for name, each in found.items()]
    return Reading(Source.SAMPLE, read_operations, unclear=unclear)


def _nothing(ours: Ours, unclear: Mapping[str, tuple[str, ...]]) -> str:
    for where, operations in unclear.items():
        if operations:
            return f"{where} could be of {' or '.join(operations)}; state which: --from-sample {operations[0]}=FILE"
    return (
        f"the samples have no answer of {ours.vendor}; if they are, state of which operation each is, "
        f"as in --from-sample {next(iter(ours.operations))}=FILE; there are: {', '.join(ours.operations)}"
    )


def _captures(ours: Ours, sample: str, number: int) -> Iterator[Capture]:
    operation, path = _split(ours, sample)
    content = sample_shape.read(_bytes(path), str(path))
    entries = mapping(mapping(content).get("log")).get("entries")
    if isinstance(entries, list):
        yield from _har(ours, entries, f"sample {number}")
    else:
        where = f"sample {number}"
        shape = sample_shape.shape(content, where)
        operations = (operation,) if operation else _by_shape(ours, shape)
        yield Capture(operations, SUCCESS, shape, {}, where)


def _split(ours: Ours, sample: str) -> tuple[str | None, Path]:
    """The operation and the file of OPERATION=FILE; a file may have an equals sign in its name."""
    name, equals, path = sample.partition("=")
    if name in ours.operations and equals:
        return name, Path(path)
    if equals and not Path(sample).exists():
        raise LearnError(unknown_name("operation", name, ours.operations))
    return None, Path(sample)


def _bytes(path: Path) -> bytes:
    try:
        size = path.stat().st_size
        if size > BYTES_MAXIMUM:
            raise LearnError(f"{path}: {size:,} bytes; a sample has at most {BYTES_MAXIMUM:,}")
        return path.read_bytes()
    except OSError as error:
        raise LearnError(f"{path}: cannot be read: {error.strerror or error}") from error


def _har(ours: Ours, entries: Iterable[object], where: str) -> Iterator[Capture]:
    """The answers in a HAR file that are of our operations; of all others, nothing is kept."""
    listed = [*map(mapping, entries)]
    elsewhere = _elsewhere(ours, [mapping(each.get("request")) for each in listed])
    for number, each in enumerate(listed, 1):
        request = mapping(each.get("request"))
        operation = _requested(ours, request) or elsewhere.get(_endpoint(request))
        if operation is not None:
            place = f"{where}, entry {number}"
            response = mapping(each.get("response"))
            body = _har_body(mapping(response.get("content")), place)
            headers = dict(_har_headers(response, place))
            yield Capture((operation,), str(response.get("status")), body, headers, place)


def _endpoint(request: Mapping[str, Any]) -> Endpoint | None:
    """The method and the path of a request; None for a URL that is none."""
    try:
        path = urlsplit(text(request.get("url"))).path
    except ValueError:
        return None
    return Endpoint(text(request.get("method")).lower(), path, "")


def _elsewhere(ours: Ours, requests: Iterable[Mapping[str, Any]]) -> dict[Endpoint | None, str]:
    """The operations of requests that have only the end of a path of ours, below a prefix that several share."""
    found = {each: None for request in requests if (each := _endpoint(request)) and not _requested(ours, request)}
    matches = endpoints.match([*ours.endpoints.values()], found)
    names = {endpoint: name for name, endpoint in ours.endpoints.items()}
    return {theirs: names[mine] for mine, theirs in matches.found.items()}


def _requested(ours: Ours, request: Mapping[str, Any]) -> str | None:
    """The operation whose path the URL of a request ends with; a variable of the path can be anything."""
    try:
        path = endpoints.steps(urlsplit(text(request.get("url"))).path)
    except ValueError:
        return None
    method = text(request.get("method")).lower()
    ends = {name: endpoints.steps(each.path) for name, each in ours.endpoints.items() if each.method == method}
    found = [name for name, end in ends.items() if _ends_with(path, end)]
    return max(found, key=lambda name: len(ends[name]) - ends[name].count(endpoints.VARIABLE), default=None)


def _ends_with(path: endpoints.Steps, end: endpoints.Steps) -> bool:
    last = path[-len(end) :]
    pairs = zip(end, last, strict=False)
    return len(last) == len(end) and all(mine in {step, endpoints.VARIABLE} for mine, step in pairs)


def _har_headers(response: Mapping[str, Any], where: str) -> Iterator[tuple[str, Shape]]:
    for each in map(mapping, listing(response.get("headers"))):
        yield text(each.get("name")).lower(), sample_shape.header(text(each.get("value")), where)


def _har_body(content: Mapping[str, Any], where: str) -> Shape | None:
    body = content.get("text")
    if not isinstance(body, str):
        return None
    try:
        raw = base64.b64decode(body) if content.get("encoding") == "base64" else body.encode()
        return sample_shape.shape(sample_shape.read(raw, where), where)
    except ValueError:  # LearnError too: a body that cannot be read says nothing.
        return None


def _by_shape(ours: Ours, shape: Shape) -> tuple[str, ...]:
    """The operations whose answers are most like a body; of operations with equal answers, the first."""
    renames = Renames(frozenset(map(str, ours.renaming.options)) if ours.renaming else frozenset())
    scores = {
        name: best_view(operation.shape, shape, renames).score
        for name, operation in ours.operations.items()
        if operation.shape is not None
    }
    best = max(scores.values(), default=0)
    if best < _LEAST:
        return ()
    margin = 0 if best == WHOLE else _MARGIN
    tied = [name for name, score in scores.items() if score >= best - margin]
    first = _outline(ours.operations[tied[0]].shape)
    return tuple(tied[:1] if all(_outline(ours.operations[name].shape) == first for name in tied) else tied)


def _outline(shape: Shape | None) -> object:
    """A shape without the places of its parts."""
    if shape is None:
        return None
    fields = {name: _outline(each) for name, each in shape.fields.items()}
    return shape.kinds, shape.formats, fields, _outline(shape.items)


def _operation(name: str, captures: Iterable[Capture]) -> Operation:
    """What several captured answers of one operation have in common."""
    by_status: defaultdict[str, list[Capture]] = defaultdict(list)
    for each in captures:
        by_status[each.status].append(each)
    answers = {}
    for status, found in by_status.items():
        shapes = [each.shape for each in found if each.shape is not None]
        answers[status] = Answer(union(shapes) if shapes else None, tuple(_headers(found)), found[0].where)
    return Operation(name, "", {}, answers)


def _headers(captures: Sequence[Capture]) -> Iterator[Header]:
    for name in dict.fromkeys(name for each in captures for name in each.headers):
        shapes = [each.headers[name] for each in captures if name in each.headers]
        yield Header(name, union(shapes), len(shapes) == len(captures))
