"""A fixture of a live API's answers: their fields, types and lengths, with made-up values of the simulator's world."""

from collections import defaultdict
from collections.abc import Mapping
from itertools import cycle, islice
from typing import Any

from mockserver.comparison.asking import MADE_UP_ID
from mockserver.comparison.facts import ITEM, PRESENT, Aspect, Facts, Path
from mockserver.learning.shape import DECIMALS, DIGITS, EMPTY, NUMERIC, Kind

ROWS_MAXIMUM = 3
"""How many rows of an array are made up; its true length is beside them."""

_TEXTS = {"uuid": MADE_UP_ID, "email": "ada@acme.example", "date": "2025-10-01", EMPTY: ""}


def body(answer: Facts, sample: Any) -> Any:
    """A made-up body with the shape of an answer; `sample` is the simulator's own answer, whose values are used."""
    values: defaultdict[tuple[Path, Aspect], set[str]] = defaultdict(set)
    for each in answer:
        values[each.path, each.aspect].add(each.value)
    return _Maker(values).value((), sample)


class _Maker:
    def __init__(self, values: Mapping[tuple[Path, Aspect], set[str]]) -> None:
        self._values = values

    def value(self, path: Path, sample: Any) -> Any:
        """A value of the first type that an answer has at a path, null last."""
        kinds = self._values.get((path, Aspect.KIND), set())
        for kind in (Kind.OBJECT, Kind.ARRAY, Kind.STRING, Kind.INTEGER, Kind.NUMBER, Kind.BOOLEAN):
            if kind.value in kinds:
                return self._made(kind, path, sample)
        return None

    def _made(self, kind: Kind, path: Path, sample: Any) -> Any:
        if kind is Kind.OBJECT:
            return self._object(path, sample if isinstance(sample, dict) else {})
        if kind is Kind.ARRAY:
            first = sample[0] if isinstance(sample, list) and sample else None
            count = min(self._length(path), ROWS_MAXIMUM)
            return [self.value((*path, ITEM), first) for _ in range(count)]
        if kind is Kind.STRING:
            return self._text(path, sample if isinstance(sample, str) else "text")
        return {Kind.BOOLEAN: True, Kind.INTEGER: 1, Kind.NUMBER: self._number(path)}[kind]

    def _object(self, path: Path, sample: Mapping[str, Any]) -> dict[str, Any]:
        names = sorted(
            each[-1]
            for (each, aspect), values in self._values.items()
            if aspect is Aspect.PRESENCE and each[:-1] == path and PRESENT in values
        )
        return {name: self.value((*path, name), sample.get(name)) for name in names}

    def _text(self, path: Path, sample: str) -> str:
        formats = self._values.get((path, Aspect.FORMAT), set())
        for each in sorted(formats):
            if each in _TEXTS:
                return _TEXTS[each]
            if each.startswith(DIGITS):
                digits = int(each.removeprefix(DIGITS))
                return f"2025-10-01T10:30:00{'.' if digits else ''}{'1' * digits}Z"
        words = "1" if NUMERIC in formats else sample or "text"
        return "".join(islice(cycle(words), self._length(path)))

    def _number(self, path: Path) -> float:
        formats = self._values.get((path, Aspect.FORMAT), set())
        decimals = max((int(each.removeprefix(DECIMALS)) for each in formats if each.startswith(DECIMALS)), default=1)
        return float(f"1.{'1' * min(decimals, 9)}")

    def _length(self, path: Path) -> int:
        return max(map(int, self._values.get((path, Aspect.LENGTH), ())), default=1)
