"""Answers how a figure is told: what was measured, what came out, what it must reach, and whether it does."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table. `value` is in `unit`; the target is a bound from above, or from below with `least`."""

    what: str
    value: float
    unit: str
    target: float
    least: bool = False
    note: str = ""

    @property
    def reached(self) -> bool:
        """Whether the value keeps to its bound."""
        return self.value >= self.target if self.least else self.value <= self.target

    def line(self, width: int) -> str:
        """The line as printed."""
        sign = ">=" if self.least else "<="
        verdict = "ok" if self.reached else "MISSED"
        bound = f"{sign} {self.target:g}"
        return f"{self.what:<{width}}  {self.value:>9.2f} {self.unit:<5} {bound:>9}  {verdict:<6}  {self.note}".rstrip()


def text(figures: list[Figure]) -> str:
    """The whole table."""
    width = max(len(figure.what) for figure in figures)
    return "\n".join(figure.line(width) for figure in figures)
