"""`mockserver torture` tells a careful client from a naive one, with everything that a server can do to them."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.cli.conftest import Run

pytestmark = pytest.mark.usefixtures("undescribed")

CLIENTS = "tests.cli.torture_clients"
FROZEN = ("--now", "2025-10-21T10:30:00Z", "--freeze")
UNNOTICEABLE = yaml.safe_load(Path(__file__).with_name("torture_clients").joinpath("unnoticeable.yaml").read_text())
FAULTS = ("case.", "profile.")
"""The kinds of trials in which requests fail: everything comes right if they are repeated."""

HARMLESS = {"case.C430", "case.C431", "case.C435"}
"""Faults that leave the bodies of answers alone: a client survives that looks at nothing else."""

SURVIVABLE = {
    *("defect.duplicate-row", "defect.rows-swapped", "defect.email-mismatch", "defect.row-on-two-pages"),
    *("defect.cursor-on-empty-page", "defect.field-added", "defect.enum-unknown", "defect.number-as-text"),
}
"""Defects in whose answers the right numbers still are."""


def verdicts(run: Run, client: str, *flags: str) -> dict[str, Any]:
    """The trials that a client met, by name."""
    command = (sys.executable, "-m", f"{CLIENTS}.{client}")
    result = run("torture", *FROZEN, "--jobs", "2", "--json", "-", *flags, "--", *command)
    assert result.exit_code == 1, result.output
    trials = {each["name"]: each for each in json.loads(result.stdout)["trials"]}
    return {name: each for name, each in trials.items() if each["verdict"] != "not met"}


@pytest.mark.in_process("the clients are processes of their own")
def test_careful_client_survives_or_says_why_it_has_no_numbers(run: Run) -> None:
    found = verdicts(run, "careful")
    by_verdict = {name: each["verdict"] for name, each in found.items()}
    faults = {name: each for name, each in by_verdict.items() if name.startswith(FAULTS)}
    assert set(faults.values()) == {"survived"}, faults
    assert {name for name, verdict in by_verdict.items() if verdict == "wrong numbers"} == UNNOTICEABLE.keys()
    survivable = {name: by_verdict[name] for name in SURVIVABLE & by_verdict.keys()}
    assert (len(survivable) >= 3, set(survivable.values())) == (True, {"survived"}), survivable
    failed = {name: each["run"] for name, each in found.items() if each["verdict"] == "failed"}
    assert len(failed) > 20
    assert [name for name, each in failed.items() if not each["output"][-1].startswith("no numbers today: ")] == []


@pytest.mark.in_process("the clients are processes of their own")
def test_naive_client_reports_wrong_numbers(run: Run) -> None:
    found = verdicts(run, "naive")
    by_verdict = {name: each["verdict"] for name, each in found.items()}
    faults = {name: each for name, each in by_verdict.items() if name.startswith(FAULTS)}
    survived = {name for name, verdict in faults.items() if verdict == "survived"}
    assert (survived >= HARMLESS, len(survived) * 3 < len(faults)) == (True, True), survived
    assert list(by_verdict.values()).count("wrong numbers") > 20
    assert UNNOTICEABLE.keys() < {name for name, verdict in by_verdict.items() if verdict == "wrong numbers"}
    assert found["case.C054"]["reason"] == [
        "ai-active-users?from=2025-10-20&to=2025-10-20&vendor=augment: 0, expected 41"
    ]
    endless = found["defect.cursor-leads-back"]
    assert (endless["verdict"], endless["run"]["exit_code"], endless["run"]["passed"]) == ("failed", None, False)
    assert sum(endless["run"]["requests"].values()) > 10 * sum(found["case.C054"]["run"]["requests"].values())
