"""The reports of a torture: a table for people, JSON for programs, and JUnit XML for tools that show test results."""

import shlex
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from mockserver.cli import options
from mockserver.cli.runs import junit
from mockserver.cli.torture import values
from mockserver.cli.torture.runs import Torture
from mockserver.cli.torture.trials import Trial
from mockserver.cli.torture.verdicts import FINDING, Judged, Outcome, Verdict

TEXT_LINES, DATA_LINES = 12, 40
"""How many lines of the command's output a report has: of the baseline in the text, of any run in JSON and XML."""

_WIDTH = max(map(len, Verdict))


def listing(trials: Sequence[Trial]) -> str:
    """The trials that would be run, one a line."""
    width = max((len(each.name) for each in trials), default=0)
    lines = [f"{each.name.ljust(width)}  {_described(each)}" for each in trials]
    return "\n".join([*lines, "", f"{options.count(len(lines), 'trial')} after the baseline."])


def as_text(torture: Torture) -> str:
    """A row for each trial, with the reasons below it, and how many of each verdict there are."""
    if torture.baseline is None:
        return "Stopped during the baseline; nothing was tried."
    lines = _no_baseline if torture.baseline_problems else _table
    return "\n".join(lines(torture, torture.baseline))


def _no_baseline(torture: Torture, baseline: Outcome) -> Iterator[str]:
    yield "Without any trial, there is nothing to compare with:"
    yield from (f"  {problem}" for problem in torture.baseline_problems)
    yield "The command must pass, use MOCKSERVER_URL, and compute the expected values with the server as it is."
    yield f"Command: {shlex.join(torture.command.arguments)}"
    yield from (f"    | {line}".rstrip() for line in baseline.run.last(TEXT_LINES) or ["(no output)"])


def _table(torture: Torture, baseline: Outcome) -> Iterator[str]:
    reported = options.count(len(baseline.values), "value")
    yield f"Baseline: passed in {baseline.run.seconds:.1f} s; {reported} reported"
    yield ""
    listed = [trial for trial in torture.trials if trial.name in torture.judged]
    width = max((len(trial.name) for trial in listed), default=0)
    for trial in listed:
        judged = torture.judged[trial.name]
        yield f"{judged.verdict.ljust(_WIDTH)}  {trial.name.ljust(width)}  {_described(trial)}"
        if judged.verdict is not Verdict.NOT_MET:
            yield from (f"{' ' * _WIDTH}  | {line}" for line in judged.reason)
    yield ""
    yield from _summary(torture, baseline)


def _summary(torture: Torture, baseline: Outcome) -> Iterator[str]:
    counts = Counter(each.verdict for each in torture.judged.values())
    yield f"{options.count(len(torture.judged), 'trial')}: {', '.join(f'{each} {counts[each]}' for each in Verdict)}."
    if counts[Verdict.WRONG_NUMBERS]:
        yield "Wrong numbers are the worst: the client did not notice that something was wrong."
    if not baseline.values:
        yield (
            f"The command reports no values in the file that {values.VARIABLE} names, so wrong numbers are only "
            "found where it fails by itself."
        )
    if torture.settings.freeze and any(map(_has_finding, torture.judged.values())):
        yield (
            "The clock is frozen, so the client lint counts requests and cannot see how long a client waits between "
            "them. Without --freeze it can."
        )
    if torture.remaining:
        yield f"Not run (stopped): {', '.join(torture.remaining)}"
    for verdict in (Verdict.WRONG_NUMBERS, Verdict.FAILED):
        if bad := [name for name, each in torture.judged.items() if each.verdict is verdict]:
            yield f"To repeat one, run it with --only {shlex.quote(bad[0])}"
            return


def _has_finding(judged: Judged) -> bool:
    return any(line.startswith(FINDING) for line in judged.reason)


def _described(trial: Trial) -> str:
    vendors = f" ({', '.join(trial.vendors)})" if trial.vendors else ""
    return f"{trial.description}{vendors}"


def as_data(torture: Torture) -> dict[str, Any]:
    """An object with the baseline, every trial, and how many there are of each verdict."""
    counts = Counter(each.verdict for each in torture.judged.values())
    return {
        "command": list(torture.command.arguments),
        "baseline": None if torture.baseline is None else _outcome(torture.baseline),
        "baseline_problems": torture.baseline_problems,
        "trials": [_trial(each, torture.judged[each.name]) for each in torture.trials if each.name in torture.judged],
        "counts": {str(verdict).replace(" ", "_"): counts[verdict] for verdict in Verdict},
        "not_run": torture.remaining,
        "interrupted": torture.interrupted,
    }


def _trial(trial: Trial, judged: Judged) -> dict[str, Any]:
    return {
        "name": trial.name,
        "kind": trial.kind,
        "vendors": list(trial.vendors),
        "description": trial.description,
        "sandbox": trial.sandbox,
        "verdict": judged.verdict,
        "reason": list(judged.reason),
        "run": None if judged.outcome is None else _outcome(judged.outcome),
    }


def _outcome(outcome: Outcome) -> dict[str, Any]:
    run = outcome.run
    return {
        "passed": run.passed,
        "ended": str(run),
        "exit_code": None if run.code is None or run.code < 0 else run.code,
        "seconds": round(run.seconds, 3),
        "requests": dict(sorted(run.requests.items())),
        "values": outcome.values,
        "expected": outcome.expected,
        "findings": [
            {"vendor": vendor, "rule": rule, "observed": observed}
            for (vendor, rule), observed in outcome.evidence.findings.items()
        ],
        "output": run.last(DATA_LINES),
    }


def as_junit(torture: Torture) -> str:
    """A test suite with a test for the baseline and one for each trial; those not met or not run are skipped."""
    suite = junit.Suite("mockserver torture")
    if torture.baseline is not None:
        _test(suite, "mockserver.baseline", torture.baseline, torture.baseline_problems)
    for name, judged in torture.judged.items():
        if judged.outcome is None or judged.verdict is Verdict.NOT_MET:
            suite.skipped(name, f"not met: {judged.reason[0]}")
        else:
            _test(suite, name, judged.outcome, judged.reason, judged.verdict)
    for name in torture.remaining:
        suite.skipped(name, "the torture ended before")
    return suite.text()


def _test(
    suite: junit.Suite, name: str, outcome: Outcome, reason: Sequence[str], verdict: Verdict = Verdict.FAILED
) -> None:
    output = "\n".join(outcome.run.last(DATA_LINES))
    if reason:
        suite.failed(name, outcome.run.seconds, output, "; ".join(reason), verdict)
    else:
        suite.passed(name, outcome.run.seconds, output)
