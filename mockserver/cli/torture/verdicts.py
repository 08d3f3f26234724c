"""The verdict on a trial: whether the client survived it, and if not, whether it noticed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from mockserver.cli.runs.command import Run
from mockserver.cli.torture import values
from mockserver.cli.torture.journals import Evidence
from mockserver.cli.torture.trials import Kind, Trial

REASON_LINES = 3
"""How many lines of the output are the reason of a command that failed."""


FINDING = "client lint: "
"""How a reason begins that is a finding of the client lint."""


class Verdict(StrEnum):
    """What became of the client in a trial; WRONG_NUMBERS is the worst, because nobody notices it."""

    WRONG_NUMBERS = "wrong numbers"
    FAILED = "failed"
    SURVIVED = "survived"
    NOT_MET = "not met"


@dataclass(frozen=True, slots=True)
class Outcome:
    """One run of the command: what it reported, what the server has to say of that, and what it did on the server.

    `problem` is what is wrong with the values that it reported.
    """

    run: Run
    evidence: Evidence
    values: Mapping[str, Any]
    expected: Mapping[str, Any]
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class Judged:
    """A verdict with its reason, a line or several; the run is None where none was needed."""

    verdict: Verdict
    reason: Sequence[str] = ()
    outcome: Outcome | None = None


def judge(trial: Trial, baseline: Outcome, outcome: Outcome) -> Judged:
    """The verdict on a run of a trial, beside the run without any."""
    verdict, reason = _verdict(trial, baseline, outcome)
    return Judged(verdict, reason, outcome)


def _verdict(trial: Trial, baseline: Outcome, outcome: Outcome) -> tuple[Verdict, Sequence[str]]:
    if not _is_met(trial, baseline.evidence, outcome.evidence):
        return Verdict.NOT_MET, ("nothing that the client asked for was changed",)
    run, wanted = outcome.run, _wanted(trial, baseline, outcome)
    if run.passed and outcome.problem is not None:
        return Verdict.FAILED, (outcome.problem,)
    if not run.passed:  # A value that is missing is no number, if the client says that it failed.
        wanted = {name: value for name, value in wanted.items() if name in outcome.values}
    if wrong := values.differences(outcome.values, wanted):
        return Verdict.WRONG_NUMBERS, wrong
    if not run.passed:
        return Verdict.FAILED, (str(run), *[line for line in run.last(50) if line.strip()][-REASON_LINES:])
    if found := _new_findings(baseline.evidence, outcome.evidence):
        return Verdict.FAILED, found
    return Verdict.SURVIVED, ()


def _is_met(trial: Trial, before: Evidence, after: Evidence) -> bool:
    """Whether a fault met a request, or an answer is another one than in the baseline."""
    if trial.has_faults:
        return after.faults > 0
    return trial.concerns(after.requests) and not after.answers <= before.answers


def _wanted(trial: Trial, baseline: Outcome, outcome: Outcome) -> dict[str, Any]:
    """The expected values: of metrics from the server of the run, of the client's own names from the baseline.

    Restated figures are genuine, so that the client's own values may differ from the baseline's; those of metrics are
    computed from the figures that the server shows.
    """
    own = {} if trial.kind is Kind.SWITCH else baseline.values
    return {**own, **outcome.expected}


def _new_findings(before: Evidence, after: Evidence) -> list[str]:
    return [
        f"{FINDING}{vendor}: {rule}: {observed}"
        for (vendor, rule), observed in after.findings.items()
        if (vendor, rule) not in before.findings
    ]
