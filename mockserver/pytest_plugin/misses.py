"""Answers how far requests are from what a test expected, and says it so that the difference is seen at once.

Where the requests come from stays out (`journal`).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from re import Pattern
from typing import Protocol

SHOWN = 5
"""How many requests a failure tells of."""

Values = str | Sequence[str] | None
"""What a parameter is expected to have: this among its values, exactly these, or nothing at all."""


class Made(Protocol):
    """What is looked at of a request."""

    @property
    def query(self) -> Mapping[str, Sequence[str]]:
        """Each parameter's values."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What a request must have: `parts` by name, as the test wrote them and as they are matched, and parameters."""

    parts: Mapping[str, tuple[str, Pattern[str]]]
    query: Mapping[str, Values]

    def __str__(self) -> str:
        stated = {name: text for name, (text, _) in self.parts.items()}
        named = [*stated.items(), *((name, _shown(value)) for name, value in self.query.items())]
        return " and ".join(f"{name} {text}" for name, text in named) or "anything at all"

    def __len__(self) -> int:
        return len(self.parts) + len(self.query)


def of(made: Made, expected: Expected) -> list[str]:
    """What a request differs in, as "page_size (sent 100, expected 50)"; nothing when it is as expected."""
    return [f"{name} (sent {sent}, expected {wanted})" for name, sent, wanted in _differences(made, expected)]


def _differences(made: Made, expected: Expected) -> Iterator[tuple[str, str, str]]:
    for name, (text, pattern) in expected.parts.items():
        sent = getattr(made, name)
        if not pattern.fullmatch(str(sent)):
            yield name, str(sent), text
    for name, wanted in expected.query.items():
        values = made.query.get(name)
        if not _has(values, wanted):
            yield name, _shown(values), _shown(wanted)


def _has(values: Sequence[str] | None, wanted: Values) -> bool:
    if wanted is None or values is None:
        return values is wanted
    return wanted in values if isinstance(wanted, str) else list(values) == list(wanted)


def _shown(values: Values) -> str:
    if values is None:
        return "nothing"
    return repr(values) if values == "" else values if isinstance(values, str) else ", ".join(values)


def told(made: Sequence[Made], expected: Expected, count: int | None, place: str) -> str:
    """Why an expectation failed: how many requests were as expected, and which came closest."""
    found = [each for each in made if not of(each, expected)]
    wanted = "at least 1 request" if count is None else _requests(count)
    lines = [f"expected {wanted} with {expected}; {len(found)} of {len(made)} in this sandbox had all of it"]
    if not made:
        lines.append(f"no request was made here: is the client pointed at {place}?")
    lines += [f"  {each}" for each in found[:SHOWN]]
    return "\n".join([*lines, *_closest([each for each in made if of(each, expected)], expected)])


def _closest(others: Sequence[Made], expected: Expected) -> Iterator[str]:
    """The requests that differ in the fewest parts; where they differ in all of them, they are not called similar."""
    if not others:
        return
    fewest = min(len(of(each, expected)) for each in others)
    near = [each for each in others if len(of(each, expected)) == fewest]
    kind = "similar" if fewest < len(expected) else "other"
    more = f" (the newest {SHOWN})" if len(near) > SHOWN else ""
    yield f"{_requests(len(near), kind)}{more}:"
    for each in near[-SHOWN:]:
        yield f"  {each}, differing in {', '.join(of(each, expected))}"


def _requests(count: int, kind: str = "") -> str:
    return f"{count} {kind}{' ' if kind else ''}request{'' if count == 1 else 's'}"
