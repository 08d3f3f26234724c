"""The verdict on a trial: one thing varies in each case."""

from dataclasses import replace

import pytest

from mockserver.cli.runs.command import Run
from mockserver.cli.torture import verdicts
from mockserver.cli.torture.journals import Evidence
from mockserver.cli.torture.trials import Kind, Trial
from mockserver.cli.torture.verdicts import Outcome

METRIC = "ai-active-users?from=2025-10-06&to=2025-10-12"
FINE = Run(0, 0.5, "done\n", {"one": 3})
DEFECT = Trial(Kind.DEFECT, "row-lost", "A row is lost.", {}, frozenset({("one", "list")}), ("one",))
FAULT = replace(DEFECT, kind=Kind.CASE, has_faults=True)
SWITCH = replace(DEFECT, kind=Kind.SWITCH)


def seen(faults: int = 0, answers: str = "new", **findings: str) -> Evidence:
    """What was seen of a client that asked for a list."""
    found = {("one", rule.replace("_", "-")): observed for rule, observed in findings.items()}
    return Evidence({("one", "list"), ("one", "get")}, faults, found, {answers})


def outcome(
    run: Run = FINE,
    evidence: Evidence | None = None,
    users: int | None = 7,
    metric: int = 42,
    problem: str | None = None,
) -> Outcome:
    """A run that reports two values, or one without users; its server expects 42 of the metric."""
    reported = {METRIC: metric} if users is None else {METRIC: metric, "users": users}
    return Outcome(run, evidence or seen(), {} if problem else reported, {METRIC: 42}, problem)


BASELINE = outcome(evidence=seen(answers="old", users_polled="often"))
FAILED = Run(1, 0.5, "\none\ntwo\n\nthree\nValueError: no rows\n", {"one": 3})
LAST = ["exit code 1", "two", "three", "ValueError: no rows"]
UNCHANGED = "nothing that the client asked for was changed"
OTHER_METRIC, OTHER_USERS, NO_USERS = f"{METRIC}: 41, expected 42", "users: 6, expected 7", "users: missing, expected 7"
POLLED = seen(users_polled="often")
FOUND = seen(day_by_day="seven days")
CASES: dict[str, tuple[Trial, Outcome, str, list[str]]] = {
    "the same values": (DEFECT, outcome(), "survived", []),
    "the same answers": (DEFECT, outcome(evidence=seen(answers="old")), "not met", [UNCHANGED]),
    "no fault": (FAULT, outcome(), "not met", [UNCHANGED]),
    "a fault": (FAULT, outcome(evidence=seen(1)), "survived", []),
    "another exit code": (DEFECT, outcome(FAILED), "failed", LAST),
    "no end": (DEFECT, outcome(Run(None, 9.9, "")), "failed", ["still running after 9.9 s"]),
    "another metric": (DEFECT, outcome(metric=41), "wrong numbers", [OTHER_METRIC]),
    "another value than in the baseline": (DEFECT, outcome(users=6), "wrong numbers", [OTHER_USERS]),
    "a value that is missing": (DEFECT, outcome(users=None), "wrong numbers", [NO_USERS]),
    "a value that is missing from a failure": (DEFECT, outcome(FAILED, users=None), "failed", LAST),
    "another value in a failure": (DEFECT, outcome(FAILED, users=6), "wrong numbers", [OTHER_USERS]),
    "another value where days are restated": (SWITCH, outcome(users=6), "survived", []),
    "another metric where days are restated": (SWITCH, outcome(metric=41), "wrong numbers", [OTHER_METRIC]),
    "an unusable file": (DEFECT, outcome(problem="it is not JSON"), "failed", ["it is not JSON"]),
    "an unusable file of a failure": (DEFECT, outcome(FAILED, problem="it is not JSON"), "failed", LAST),
    "a new finding": (DEFECT, outcome(evidence=FOUND), "failed", ["client lint: one: day-by-day: seven days"]),
    "a finding of the baseline": (DEFECT, outcome(evidence=POLLED), "survived", []),
}


@pytest.mark.parametrize(("trial", "found", "verdict", "reason"), CASES.values(), ids=CASES)
def test_verdict(trial: Trial, found: Outcome, verdict: str, reason: list[str]) -> None:
    judged = verdicts.judge(trial, BASELINE, found)
    assert (judged.verdict, list(judged.reason), judged.outcome) == (verdict, reason, found)
