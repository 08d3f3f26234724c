"""The report of a sweep for people: what failed, what was not run, and how to continue."""

import shlex
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from mockserver.cli.sweep.plan import LeftOut, Plan, Variation
from mockserver.cli.sweep.program import Ended
from mockserver.cli.sweep.runs import Run, Sweep

LINES = 12
"""How many lines of a failed run's output are shown."""

NO_TESTS = 5
"""The exit code of pytest when it finds no tests."""


def listing(plan: Plan) -> str:
    """The variations that would be run, one a line, and the switches that are left out."""
    lines = [f"{each}  ({each.switch.grade.evidence}; the baseline has {each.baseline})" for each in plan.variations]
    return "\n".join([*lines, "", f"{_count(len(lines))} after the baseline.", *_left_out(plan.left_out)])


def report(sweep: Sweep, plan: Plan) -> str:
    """How a sweep went."""
    if sweep.baseline is None:
        return "Stopped during the baseline; no variation was tried."
    if not sweep.has_baseline:
        return "\n".join(_without_baseline(sweep.baseline, sweep.runner.command))
    return "\n".join(_lines(sweep, sweep.baseline, plan))


def _without_baseline(baseline: Run, command: Sequence[str]) -> Iterator[str]:
    """Why there is nothing to compare with."""
    if baseline.ended.passed:
        yield "The command passes, but it sent the server no vendor request, so it would pass with every variation."
        yield "Its base URL must come from MOCKSERVER_URL; `mockserver sweep --help` lists the variables it gets."
    else:
        pytest_note = " (pytest: it found no tests)" if baseline.ended.code == NO_TESTS else ""
        yield f"The command fails without any variation: {baseline.ended}{pytest_note}."
        yield "A sweep needs a command that passes with the server as it is."
        yield f"Requests: {_requests(baseline.requests)}"
    yield f"Command: {shlex.join(command)}"
    yield from _output(baseline.ended)


def _lines(sweep: Sweep, baseline: Run, plan: Plan) -> Iterator[str]:
    yield f"Baseline: passed in {baseline.ended.seconds:.1f} s; requests: {_requests(baseline.requests)}"
    for variation, run in sweep.failed.items():
        yield from _failure(variation, run)
    yield ""
    yield _verdict(sweep)
    yield from _skipped(sweep.skipped)
    if sweep.remaining:
        reason = "stopped" if sweep.interrupted else "--fail-fast"
        yield f"Not run ({reason}): {', '.join(map(str, sweep.remaining))}"
    yield from _left_out([each for each in plan.left_out if each.vendor in baseline.requests])
    if sweep.failed:
        first = shlex.quote(str(next(iter(sweep.failed))))
        yield f"To repeat one, sweep with --switch {first}; to try it by hand, mockserver serve --policy {first}"


def _failure(variation: Variation, run: Run) -> Iterator[str]:
    switch = variation.switch
    yield ""
    yield f"{variation}: {run.ended}"
    yield f"  Evidence: {switch.grade.evidence}; the baseline has {variation.baseline}. {switch.description}"
    yield from _output(run.ended)


def _output(ended: Ended) -> Iterator[str]:
    lines = ended.last(LINES)
    yield from (f"    | {line}".rstrip() for line in lines or ["(no output)"])


def _verdict(sweep: Sweep) -> str:
    ran, failed = len(sweep.runs), len(sweep.failed)
    if not ran:
        return "No variation was tried."
    if not failed:
        return f"Passed: all of {_count(ran)}."
    return f"Failed: {failed} of {_count(ran)}."


def _skipped(variations: Sequence[Variation]) -> Iterator[str]:
    for vendor, number in Counter(variation.vendor for variation in variations).items():
        yield f"Not run: {_count(number)} of {vendor}, to which the command sent no request."


def _left_out(left_out: Sequence[LeftOut]) -> Iterator[str]:
    yield from (f"Left out: {each}: {each.reason}." for each in left_out)


def _requests(requests: Mapping[str, int]) -> str:
    return ", ".join(f"{vendor} {number}" for vendor, number in sorted(requests.items())) or "none"


def _count(number: int) -> str:
    return f"{number} variation" if number == 1 else f"{number} variations"
