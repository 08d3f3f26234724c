"""Answers how a sweep is told to people: what was not survived, what was not run, and how to go on.

Data for programs stays out (`records`).
"""

import shlex
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from mockserver.cli.sweep.plan import LeftOut, Plan, Variation
from mockserver.cli.sweep.program import Ended
from mockserver.cli.sweep.runs import Run, Sweep

LINES = 12
"""How many lines of its output a failed run is shown with."""

NO_TESTS = 5
"""What pytest exits with when it finds no tests."""


def listed(planned: Plan) -> str:
    """The readings that would be run, one a line, and what would not."""
    lines = [f"{reading}  ({reading.switch.grade}; the baseline has {reading.usual})" for reading in planned.readings]
    return "\n".join(
        [*lines, "", f"{_counted(len(lines), 'reading')} after the baseline.", *_left_out(planned.left_out)]
    )


def told(swept: Sweep, planned: Plan) -> str:
    """How a sweep went."""
    if swept.baseline is None:
        return "Stopped during the baseline; no reading was tried."
    if not swept.sound:
        return "\n".join(_unsound(swept.baseline, swept.runner.command))
    return "\n".join(_lines(swept, swept.baseline, planned))


def _unsound(baseline: Run, command: Sequence[str]) -> Iterator[str]:
    """Why there is nothing to compare with."""
    if baseline.ended.well:
        yield "The command passes, but it asked the server nothing, so it would survive every reading."
        yield "Its base URL must come from MOCKSERVER_URL; `mockserver sweep --help` lists the variables it gets."
    else:
        collected = " (pytest: it found no tests)" if baseline.ended.code == NO_TESTS else ""
        yield f"The command fails before any reading is changed: {baseline.ended}{collected}."
        yield "A sweep tells something only about a command that passes with the server as it is."
        yield f"Requests: {_asked(baseline.requests)}"
    yield f"Command: {shlex.join(command)}"
    yield from _output(baseline.ended)


def _lines(swept: Sweep, baseline: Run, planned: Plan) -> Iterator[str]:
    yield f"Baseline: passed in {baseline.ended.seconds:.1f} s; requests: {_asked(baseline.requests)}"
    for reading, run in swept.findings.items():
        yield from _finding(reading, run)
    yield ""
    yield _verdict(swept)
    yield from _unasked(swept.unasked)
    if swept.left:
        why = "stopped" if swept.interrupted else "--fail-fast"
        yield f"Not run ({why}): {', '.join(map(str, swept.left))}"
    yield from _left_out([each for each in planned.left_out if each.vendor in baseline.requests])
    if swept.findings:
        first = shlex.quote(str(next(iter(swept.findings))))
        yield f"To try one again, sweep with --switch {first}; by hand, mockserver serve --policy {first}"


def _finding(reading: Variation, run: Run) -> Iterator[str]:
    yield ""
    yield f"{reading}: {run.ended}"
    yield f"  Evidence {reading.switch.grade}; the baseline has {reading.usual}. {reading.switch.description}"
    yield from _output(run.ended)


def _output(ended: Ended) -> Iterator[str]:
    lines = ended.last(LINES)
    yield from (f"    | {line}".rstrip() for line in lines or ["(no output)"])


def _verdict(swept: Sweep) -> str:
    ran, failed = len(swept.runs), len(swept.findings)
    if not ran:
        return "No reading was tried."
    if not failed:
        return f"Survived: all of {_counted(ran, 'reading')}."
    return f"Not survived: {failed} of {_counted(ran, 'reading')}."


def _unasked(readings: Sequence[Variation]) -> Iterator[str]:
    for vendor, times in Counter(reading.vendor for reading in readings).items():
        yield f"Not run: {_counted(times, 'reading')} of {vendor}, which the command asked nothing."


def _left_out(left_out: Sequence[LeftOut]) -> Iterator[str]:
    yield from (f"Left out: {each}: {each.why}." for each in left_out)


def _asked(requests: Mapping[str, int]) -> str:
    return ", ".join(f"{vendor} {times}" for vendor, times in sorted(requests.items())) or "none"


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
