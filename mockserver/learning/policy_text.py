"""The policy file and the summary that findings make. The file is what `serve --policy-file` reads."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence

from mockserver.gateway.switches import Option
from mockserver.learning.errors import printable
from mockserver.learning.findings import Findings, Found, Reading
from mockserver.learning.likeness import SAME_NAME
from mockserver.learning.observation import Source

LISTED_MAXIMUM = 200
"""The most lines about what only the other API has."""

_DESCRIBED = {Source.FILE: "an OpenAPI file", Source.SAMPLE: "captured answers"}
_OTHER = {Source.FILE: "Captured answers", Source.SAMPLE: "An OpenAPI file"}


def policy(found: Findings) -> str:
    """The policy file, with a comment about the source of each line, and about everything that is not settled."""
    return "\n".join((*_head(found), *_settings(found), *_open(found), *_only_one_side(found), ""))


def summary(found: Findings) -> list[str]:
    """The result in a few lines."""
    unsettled = [*found.contradictions, *found.silent, *(f"{found.renaming}.{name}" for name in found.open_names)]
    return [
        *(_found(each) for each in found.readings),
        f"Settled: {_count(found.options, 'switch', 'switches')} and {_count(found.names, 'name')}.",
        f"Not settled: {_listed(unsettled)}.",
        f"Unknown to the simulator: {len(found.extra) + found.unknown_fields} (listed at the end of the policy).",
    ]


def _found(reading: Reading) -> str:
    names = [name for name, _ in reading.operations]
    return f"Read {_DESCRIBED[reading.source]} with {_count(names, 'operation')}: {', '.join(names)}."


def _count(of: Mapping[str, object] | Sequence[str], noun: str, plural: str | None = None) -> str:
    return f"{len(of)} {noun if len(of) == 1 else plural or noun + 's'}"


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names) or "nothing"


def _head(found: Findings) -> Iterator[str]:
    yield f"# Made by `mockserver learn {found.vendor}`. Use it: mockserver serve --policy-file FILE"
    yield from (f"# {printable(_found(each))}" for each in found.readings)


def _settings(found: Findings) -> Iterator[str]:
    names = [*_names(found)]
    if not found.options and not names:
        yield f"{found.vendor}: {{}}"
        return
    yield f"{found.vendor}:"
    for name, (option, where) in found.options.items():
        yield f"  {name}: {_scalar(option)}  # {printable(where)}"
    yield from names


def _names(found: Findings) -> Iterator[str]:
    if found.names:
        yield f"  {found.renaming}:"
        for name, (other, where) in found.names.items():
            yield f"    {name}: {_scalar(other)}  # {printable(where)}{_certainty(found.scores[name])}"


def _certainty(score: int) -> str:
    """How a name was found; nothing where it or its description is the same."""
    if score >= SAME_NAME:
        return ""
    return f" (by similar words, {score} of 1000)" if score else " (by its type alone)"


def _open(found: Findings) -> Iterator[str]:
    lines = [*_contradictions(found), *_open_names(found), *_silent(found)]
    if lines:
        yield "# Not settled:"
        yield from (f"#   {line}" for line in lines)
    if found.elsewhere:
        yield f"# {_OTHER[found.readings[0].source]} can show: {', '.join(found.elsewhere)}"
    if found.unseen:
        yield f"# Never in a file or an answer: {', '.join(found.unseen)}"


def _contradictions(found: Findings) -> Iterator[str]:
    for name, options in found.contradictions.items():
        yield f"{name}: {' or '.join(f'{_scalar(option)} ({printable(where)})' for option, where in options.items())}"


def _open_names(found: Findings) -> Iterator[str]:
    yield from (printable(each) for each in dict.fromkeys(found.refused_names.values()))
    for name, candidates in found.open_names.items():
        hidden = "fields whose names are not shown, because they may be data"
        yield f"{found.renaming}.{name}: {' or '.join(map(_candidate, candidates)) or hidden}"


def _candidate(found: Found) -> str:
    return f"{_scalar(found[0])} ({printable(found[1])})"


def _silent(found: Findings) -> Iterator[str]:
    for name, options in found.silent.items():
        yield f"{name}: {' or '.join(map(_scalar, options))}; nothing shows which"


def _only_one_side(found: Findings) -> Iterator[str]:
    if found.extra or found.unknown_fields:
        yield "# Unknown to the simulator:"
        yield from (f"#   {printable(what)} ({printable(where)})" for what, where in found.extra[:LISTED_MAXIMUM])
        if len(found.extra) > LISTED_MAXIMUM:
            yield f"#   and {len(found.extra) - LISTED_MAXIMUM} more"
        if found.unknown_fields:
            yield f"#   in captured answers: {found.unknown_fields} fields, whose names are not shown: they may be data"
    if found.unserved:
        yield "# Known and not simulated:"
        yield from (f"#   {printable(what)} ({printable(where)})" for what, where in found.unserved[:LISTED_MAXIMUM])
    for reading in found.readings:
        yield from _missing(reading)


def _missing(reading: Reading) -> Iterator[str]:
    if reading.lacking:
        yield f"# Not in the OpenAPI file: {printable(', '.join(reading.lacking))}"
    for name, several in reading.unclear.items():
        yield f"# {printable(name)} is not used; it could be {printable(_either(several))}"


def _either(names: Iterable[str]) -> str:
    return " or ".join(names) or "of no operation"


def _scalar(value: Option) -> str:
    """A value that YAML reads as this text or number, whatever characters it has."""
    return json.dumps(value, ensure_ascii=not str(value).isprintable())
