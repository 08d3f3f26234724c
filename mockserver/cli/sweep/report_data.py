"""The report of a sweep for programs: JSON, and JUnit XML for whatever shows test results."""

import json
from typing import Any
from xml.etree import ElementTree as ET

from mockserver.cli.sweep.plan import Plan, Variation
from mockserver.cli.sweep.runs import Run, Sweep

LINES = 40
"""How many lines of a run's output are included."""


def as_json(sweep: Sweep, plan: Plan) -> str:
    """An object with the baseline, every run, and what was not run; `failed` counts the failed variations."""
    return json.dumps(
        {
            "command": list(sweep.runner.command),
            "baseline": None if sweep.baseline is None else _run(sweep.baseline),
            "variations": [{**_variation(variation), **_run(run)} for variation, run in sweep.runs.items()],
            "failed": len(sweep.failed),
            "skipped": [str(variation) for variation in sweep.skipped],
            "not_run": [str(variation) for variation in sweep.remaining],
            "left_out": {str(each): each.reason for each in plan.left_out},
            "interrupted": sweep.interrupted,
        },
        ensure_ascii=False,
        indent=2,
    )


def _variation(variation: Variation) -> dict[str, Any]:
    switch = variation.switch
    return {
        "variation": str(variation),
        "vendor": variation.vendor,
        "switch": switch.name,
        "value": switch.to_json(variation.value),
        "baseline_value": switch.to_json(variation.baseline),
        "grade": switch.grade.value,
        "evidence": switch.grade.evidence,
        "description": switch.description,
    }


def _run(run: Run) -> dict[str, Any]:
    return {
        "passed": run.ended.passed,
        "ended": str(run.ended),
        "exit_code": run.ended.code,
        "seconds": round(run.ended.seconds, 3),
        "requests": dict(sorted(run.requests.items())),
        "output": run.ended.last(LINES),
    }


def as_junit(sweep: Sweep) -> str:
    """A test suite with a test for the baseline and one for each variation; those not run are skipped."""
    suite = ET.Element("testsuite", name="mockserver sweep")
    if sweep.baseline is not None:
        _test(suite, "mockserver", "baseline", sweep.baseline, passed=sweep.has_baseline)
    for variation, run in sweep.runs.items():
        _test(suite, *_names(variation), run, passed=run.ended.passed)
    for variation in sweep.skipped:
        _skip(suite, variation, "the command sent the vendor no request")
    for variation in sweep.remaining:
        _skip(suite, variation, "the sweep ended before")
    for name, what in (("tests", "testcase"), ("failures", ".//failure"), ("skipped", ".//skipped")):
        suite.set(name, str(len(suite.findall(what))))
    suite.set("errors", "0")
    ET.indent(suite)
    return ET.tostring(suite, encoding="unicode", xml_declaration=False)


def _names(variation: Variation) -> tuple[str, str]:
    vendor, _, name = str(variation).partition(".")
    return vendor, name


def _test(suite: ET.Element, vendor: str, name: str, run: Run, *, passed: bool) -> None:
    case = ET.SubElement(suite, "testcase", classname=vendor, name=name, time=f"{run.ended.seconds:.3f}")
    output = "\n".join(run.ended.last(LINES))
    if passed:
        ET.SubElement(case, "system-out").text = output
    else:
        message = str(run.ended) if not run.ended.passed else "the command sent the server no vendor request"
        ET.SubElement(case, "failure", message=message).text = output


def _skip(suite: ET.Element, variation: Variation, reason: str) -> None:
    vendor, name = _names(variation)
    ET.SubElement(ET.SubElement(suite, "testcase", classname=vendor, name=name), "skipped", message=reason)
