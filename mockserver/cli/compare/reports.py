"""The results of `mockserver compare`: as text or JSON on stdout, and as files."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from mockserver.cli import options, servers
from mockserver.cli.compare.runs import Result
from mockserver.cli.runs.junit import Suite
from mockserver.comparison import policy_text
from mockserver.comparison.differences import Difference, Tier
from mockserver.comparison.solving import Choice

_EVIDENCE_MAXIMUM = 3


def write(result: Result, policy: Path | None, fixture: Path | None, junit: Path | None) -> None:
    """Write the files that were asked for; those that cannot be written end the command after the others."""
    subject, switches = result.subject, result.subject.vendor.switches
    policy_file = policy_text.policy(
        subject.vendor.name, switches, result.policy, result.differences, subject.known, _unseen(result)
    )
    files = ((policy, policy_file), (fixture, options.json_text(result.fixture)), (junit, _junit(result)))
    problems = [problem for path, text in files if (problem := _write(path, text))]
    if problems:
        advice = "The same command, with a file that can be written, asks nothing again."
        servers.stop("\n".join([*problems, advice]), click.UsageError.exit_code)


def write_failure(vendor: str, text: str, junit: Path | None) -> str:
    """Write why there was no comparison as JUnit XML; why that fails, or an empty text."""
    suite = Suite(f"mockserver compare {vendor}")
    suite.failed("compare.comparison", 0, text, text.partition("\n")[0], "not compared")
    return _write(junit, suite.text())


def _write(path: Path | None, text: str) -> str:
    """Write a file; why it cannot be written, or an empty text."""
    try:
        if path is not None:
            path.write_text(text if text.endswith("\n") else f"{text}\n", encoding="utf-8")
    except OSError as error:
        return f"{path}: cannot be written: {error.strerror}"
    return ""


def show(result: Result, *, as_json: bool) -> None:
    """Print the differences."""
    if as_json:
        options.print_json(_json(result))
        return
    for line in _lines(result):
        click.echo(line)


def _json(result: Result) -> dict[str, Any]:
    return {
        "vendor": result.subject.vendor.name,
        "requests": result.requests,
        "answers": result.answers,
        "breaks_clients": result.breaks_clients,
        "differences": [_difference(each) for each in result.differences],
        "policy": _policy(result),
        "open_names": {name: [*each] for name, each in result.open_names.items()},
        "not_asked": result.skipped,
        "notes": result.notes,
        "unseen_switches": dict(result.unseen),
        "unseen_names": result.unseen_names,
    }


def _policy(result: Result) -> dict[str, object]:
    switches = {each.name: each for each in result.subject.vendor.switches}
    return {name: switches[name].to_json(option) for name, option in result.policy.items()}


def _difference(each: Difference) -> dict[str, Any]:
    choices = [_choice(choice) for choice in each.choices]
    return {
        "tier": each.tier.value,
        "summary": each.summary,
        "evidence": [*each.evidence],
        "settled_by": choices[0] if len(choices) == 1 else None,
        "open_switch": each.switch or None,
        "candidates": choices if len(choices) > 1 else [],
    }


def _choice(choice: Choice) -> dict[str, Any]:
    beside = {"with": dict([choice.beside])} if choice.beside else {}
    return {"switch": choice.switch, "option": choice.option, **beside}


def _lines(result: Result) -> Iterator[str]:
    name = result.subject.vendor.name
    counts = ((len(result.differences), "difference"), (result.answers, "answer"), (result.requests, "request"))
    found, answers, requests = (options.count(number, noun) for number, noun in counts)
    yield f"{name}: {found} in {answers}; {requests} sent"
    for tier in Tier:
        listed = [each for each in result.differences if each.tier is tier]
        if listed:
            yield f"\n{tier.value.capitalize()}:"
        for each in listed:
            yield from _entry(each)
    if result.open_names:
        yield "\nNames that are open:"
        for field, candidates in result.open_names.items():
            yield f"  {field}: {' or '.join(candidates) or 'unknown'}"
    if unseen := [*_unseen(result)]:
        yield "\nUnseen, so that the options in force are unknown:"
        yield from (f"  {each}" for each in unseen)
    if result.skipped:
        yield f"\nNot asked, because the API lacks what they need: {'; '.join(result.skipped)}"
    yield from (f"\n{each}" for each in result.notes)


def _unseen(result: Result) -> Iterator[str]:
    """What the answers do not show: switches with the reasons, and names of fields."""
    yield from (f"{name}: {reason}" for name, reason in result.unseen.items())
    if result.unseen_names:
        yield f"{result.renaming}: no answer has {', '.join(result.unseen_names)}, under this or another name"


def _entry(each: Difference) -> Iterator[str]:
    yield f"  {each.summary}"
    yield from (f"      {line}" for line in each.evidence[:_EVIDENCE_MAXIMUM])
    if len(each.evidence) > _EVIDENCE_MAXIMUM:
        yield f"      and {len(each.evidence) - _EVIDENCE_MAXIMUM} more"
    if len(each.choices) > 1:
        yield "      Each of these options would settle it."
    elif each.switch:
        yield f"      The switch {each.switch} settles it, as soon as it is known which name is which."
    elif not each.choices:
        yield "      No switch that was tried settles it."


def _junit(result: Result) -> str:
    """A test for each difference; those that are cosmetic pass."""
    suite = Suite(f"mockserver compare {result.subject.vendor.name}")
    if not result.differences:
        suite.passed("compare.no difference", 0, "")
    for each in result.differences:
        name, text = f"{each.tier.value}.{each.summary}", "\n".join(each.evidence)
        if each.tier is Tier.COSMETIC:
            suite.passed(name, 0, text)
        else:
            suite.failed(name, 0, text, each.summary, each.tier.value)
    return suite.text()
