"""The table of results: what was measured, the value, the target, and whether it is met."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table. `value` is in `unit`; `target` is a maximum, or with `least` a minimum; None: none."""

    name: str
    value: float
    unit: str
    target: float | None
    least: bool = False
    note: str = ""

    @property
    def met(self) -> bool:
        """Whether the value meets the target."""
        if self.target is None:
            return True
        return self.value >= self.target if self.least else self.value <= self.target

    def line(self, width: int) -> str:
        """Return the line as printed."""
        if self.target is None:
            bound = verdict = ""
        else:
            bound = f"{'>=' if self.least else '<='} {self.target:g}"
            verdict = "ok" if self.met else "MISSED"
        return f"{self.name:<{width}}  {self.value:>9.2f} {self.unit:<5} {bound:>9}  {verdict:<6}  {self.note}".rstrip()


def text(figures: list[Figure]) -> str:
    """Return the whole table."""
    width = max(len(figure.name) for figure in figures)
    return "\n".join(figure.line(width) for figure in figures)
