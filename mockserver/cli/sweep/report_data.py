"""Answers how a sweep is told to programs: as JSON, and as JUnit's XML for whatever shows test results.

Words for people stay out (`told`).
"""

import json
from typing import Any
from xml.etree import ElementTree as ET

from mockserver.cli.sweep.plan import Plan, Variation
from mockserver.cli.sweep.runs import Run, Sweep

LINES = 40
"""How many lines of a run's output are written."""


def as_json(swept: Sweep, planned: Plan) -> str:
    """An object with the baseline, every run, and what was not run; `findings` is how many were not survived."""
    return json.dumps(
        {
            "command": list(swept.runner.command),
            "baseline": None if swept.baseline is None else _run(swept.baseline),
            "readings": [{**_reading(reading), **_run(run)} for reading, run in swept.runs.items()],
            "findings": len(swept.findings),
            "unasked": [str(reading) for reading in swept.unasked],
            "not_run": [str(reading) for reading in swept.left],
            "left_out": {str(each): each.why for each in planned.left_out},
            "interrupted": swept.interrupted,
        },
        ensure_ascii=False,
        indent=2,
    )


def _reading(reading: Variation) -> dict[str, Any]:
    return {
        "reading": str(reading),
        "vendor": reading.vendor,
        "switch": reading.switch.name,
        "value": reading.switch.to_json(reading.value),
        "usual": reading.switch.to_json(reading.usual),
        "grade": reading.switch.grade.value,
        "says": reading.switch.description,
    }


def _run(run: Run) -> dict[str, Any]:
    return {
        "survived": run.ended.well,
        "ended": str(run.ended),
        "exit_code": run.ended.code,
        "seconds": round(run.ended.seconds, 3),
        "requests": dict(sorted(run.requests.items())),
        "output": run.ended.last(LINES),
    }


def as_junit(swept: Sweep) -> str:
    """A test suite with a case for the baseline and one for each reading; what was not run is skipped, and says why."""
    suite = ET.Element("testsuite", name="mockserver sweep")
    if swept.baseline is not None:
        _case(suite, "mockserver", "baseline", swept.baseline, sound=swept.sound)
    for reading, run in swept.runs.items():
        _case(suite, *_names(reading), run, sound=run.ended.well)
    for reading in swept.unasked:
        _skipped(suite, reading, "the command asked the vendor nothing")
    for reading in swept.left:
        _skipped(suite, reading, "the sweep ended before")
    for name, what in (("tests", "testcase"), ("failures", ".//failure"), ("skipped", ".//skipped")):
        suite.set(name, str(len(suite.findall(what))))
    suite.set("errors", "0")
    ET.indent(suite)
    return ET.tostring(suite, encoding="unicode", xml_declaration=False)


def _names(reading: Variation) -> tuple[str, str]:
    vendor, _, name = str(reading).partition(".")
    return vendor, name


def _case(suite: ET.Element, vendor: str, name: str, run: Run, *, sound: bool) -> None:
    case = ET.SubElement(suite, "testcase", classname=vendor, name=name, time=f"{run.ended.seconds:.3f}")
    output = "\n".join(run.ended.last(LINES))
    if sound:
        ET.SubElement(case, "system-out").text = output
    else:
        message = str(run.ended) if not run.ended.well else "the command asked the server nothing"
        ET.SubElement(case, "failure", message=message).text = output


def _skipped(suite: ET.Element, reading: Variation, why: str) -> None:
    vendor, name = _names(reading)
    ET.SubElement(ET.SubElement(suite, "testcase", classname=vendor, name=name), "skipped", message=why)
