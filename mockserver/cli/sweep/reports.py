"""The reports of a sweep: text for people, JSON for programs, and JUnit XML for tools that show test results."""

import shlex
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from mockserver.cli import options
from mockserver.cli.runs import junit
from mockserver.cli.runs.command import Run
from mockserver.cli.runs.served import NO_REQUEST
from mockserver.cli.sweep.plan import Plan, Variation
from mockserver.cli.sweep.runs import Sweep

TEXT_LINES, DATA_LINES = 12, 40
"""How many lines of a run's output a report has: of a failed run in the text, of any run in JSON and JUnit XML."""


def listing(plan: Plan) -> str:
    """The variations that would be run, one a line, and the switches that are left out."""
    lines = [f"{each}  ({each.switch.grade.evidence}; the baseline has {each.baseline})" for each in plan.variations]
    return "\n".join([*lines, "", f"{_count(len(lines))} after the baseline.", *_left_out(plan.left_out)])


def as_text(sweep: Sweep) -> str:
    """What failed, what was not run, and how to continue."""
    if sweep.baseline is None:
        return "Stopped during the baseline; no variation was tried."
    lines = _comparison(sweep, sweep.baseline) if sweep.has_baseline else _no_baseline(sweep, sweep.baseline)
    return "\n".join(lines)


def _no_baseline(sweep: Sweep, baseline: Run) -> Iterator[str]:
    """Why there is nothing to compare with."""
    if baseline.passed:
        yield "The command passes, but it sent the server no vendor request, so it would pass with every variation."
        yield "Its base URL must come from MOCKSERVER_URL; `mockserver sweep --help` lists the variables it gets."
    else:
        pytest_note = " (pytest: it found no tests)" if baseline.code == 5 else ""
        yield f"The command fails without any variation: {baseline}{pytest_note}."
        yield "A sweep needs a command that passes with the server as it is."
        yield f"Requests: {_requests(baseline)}"
    yield f"Command: {shlex.join(sweep.command.arguments)}"
    yield from _output(baseline)


def _comparison(sweep: Sweep, baseline: Run) -> Iterator[str]:
    """How the variations went."""
    yield f"Baseline: passed in {baseline.seconds:.1f} s; requests: {_requests(baseline)}"
    for variation, run in sweep.failed.items():
        switch = variation.switch
        yield ""
        yield f"{variation}: {run}"
        yield f"  Evidence: {switch.grade.evidence}; the baseline has {variation.baseline}. {switch.description}"
        yield from _output(run)
    yield ""
    ran, failed = len(sweep.runs), len(sweep.failed)
    if not ran:
        yield "No variation was tried."
    else:
        yield f"Failed: {failed} of {_count(ran)}." if failed else f"Passed: all of {_count(ran)}."
    for vendor, number in Counter(variation.vendor for variation in sweep.skipped).items():
        yield f"Not run: {_count(number)} of {vendor}, to which the command sent no request."
    if sweep.remaining:
        reason = "stopped" if sweep.interrupted else "--fail-fast"
        yield f"Not run ({reason}): {', '.join(map(str, sweep.remaining))}"
    swept = {name: reason for name, reason in sweep.plan.left_out.items() if name.split(".")[0] in baseline.requests}
    yield from _left_out(swept)
    if failed:
        first = shlex.quote(str(next(iter(sweep.failed))))
        yield f"To repeat one, sweep with --switch {first}; to try it by hand, mockserver serve --policy {first}"


def _output(run: Run) -> Iterator[str]:
    yield from (f"    | {line}".rstrip() for line in run.last(TEXT_LINES) or ["(no output)"])


def _left_out(reasons: Mapping[str, str]) -> Iterator[str]:
    yield from (f"Left out: {name}: {reason}." for name, reason in reasons.items())


def _requests(run: Run) -> str:
    return ", ".join(f"{vendor} {number}" for vendor, number in sorted(run.requests.items())) or "none"


def _count(variations: int) -> str:
    return options.count(variations, "variation")


def as_data(sweep: Sweep) -> dict[str, Any]:
    """An object with the baseline, every run, and what was not run; `failed` counts the failed variations."""
    return {
        "command": list(sweep.command.arguments),
        "baseline": None if sweep.baseline is None else _run(sweep.baseline),
        "variations": [{**_variation(variation), **_run(run)} for variation, run in sweep.runs.items()],
        "failed": len(sweep.failed),
        "skipped": [str(variation) for variation in sweep.skipped],
        "not_run": [str(variation) for variation in sweep.remaining],
        "left_out": sweep.plan.left_out,
        "interrupted": sweep.interrupted,
    }


def _variation(variation: Variation) -> dict[str, Any]:
    switch = variation.switch
    return {
        "variation": str(variation),
        "vendor": variation.vendor,
        "switch": switch.name,
        "value": switch.to_json(variation.value),
        "baseline_value": switch.to_json(variation.baseline),
        "grade": switch.grade,
        "evidence": switch.grade.evidence,
        "description": switch.description,
    }


def _run(run: Run) -> dict[str, Any]:
    return {
        "passed": run.passed,
        "ended": str(run),
        "exit_code": None if run.code is None or run.code < 0 else run.code,
        "seconds": round(run.seconds, 3),
        "requests": dict(sorted(run.requests.items())),
        "output": run.last(DATA_LINES),
    }


def as_junit(sweep: Sweep) -> str:
    """A test suite with a test for the baseline and one for each variation; those not run are skipped."""
    suite = junit.Suite("mockserver sweep")
    if sweep.baseline is not None:
        _test(suite, "mockserver.baseline", sweep.baseline, passed=sweep.has_baseline)
    for variation, run in sweep.runs.items():
        _test(suite, str(variation), run, passed=run.passed)
    skipped = dict.fromkeys(map(str, sweep.skipped), "the command sent the vendor no request")
    for name, reason in {**skipped, **dict.fromkeys(map(str, sweep.remaining), "the sweep ended before")}.items():
        suite.skipped(name, reason)
    return suite.text()


def _test(suite: junit.Suite, name: str, run: Run, *, passed: bool) -> None:
    output = "\n".join(run.last(DATA_LINES))
    if passed:
        suite.passed(name, run.seconds, output)
    else:
        suite.failed(name, run.seconds, output, NO_REQUEST if run.passed else str(run))
