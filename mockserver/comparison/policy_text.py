"""The policy file of a comparison, for `mockserver serve --like`, and the differences that such a file knows."""

import json
from collections.abc import Iterable, Iterator, Mapping

from mockserver.comparison.differences import Difference
from mockserver.gateway.switches import AnySwitch, Option, Renaming

KNOWN = "# known: "
"""How a line begins that names a difference which no switch settles."""


def policy(
    vendor: str,
    switches: Iterable[AnySwitch],
    options: Mapping[str, Option],
    differences: Iterable[Difference],
    known: Iterable[str],
    unseen: Iterable[str],
) -> str:
    """The file: the options, with their evidence, and as comments what is undecided, unseen or known."""
    listed = [*differences]
    evidence = {each.choices[0].switch: each.evidence[0] for each in listed if len(each.choices) == 1}
    evidence |= {
        choice.beside[0]: f"{choice.switch}={choice.option} shows with this option, and perhaps with others"
        for each in listed
        for choice in each.choices
        if choice.beside
    }
    lines = ["# Written by `mockserver compare`."]
    lines += [f"{vendor}:", *_options(switches, options, evidence)] if options else [f"{vendor}: {{}}"]
    lines += [f"# undecided: {each.summary}" for each in listed if len(each.choices) > 1 or each.switch]
    lines += [f"# unseen: {each}" for each in unseen]
    unsettled = {key for each in listed if len(each.choices) != 1 for key in each.keys}
    lines += [f"{KNOWN}{each}" for each in sorted({*unsettled, *known})]
    return "\n".join(lines) + "\n"


def _options(
    switches: Iterable[AnySwitch], options: Mapping[str, Option], evidence: Mapping[str, str]
) -> Iterator[str]:
    for switch in switches:
        if switch.name in options:
            option = options[switch.name]
            comment = f"  # {evidence[switch.name]}" if switch.name in evidence else ""
            if isinstance(switch, Renaming):
                yield f"  {switch.name}:"
                yield from (f"    {old}: {json.dumps(new)}" for old, new in switch.to_json(option).items())
            else:
                yield f"  {switch.name}: {json.dumps(str(option))}{comment}"


def known(text: str) -> list[str]:
    """The differences that a policy file knows."""
    return [line.removeprefix(KNOWN) for line in text.splitlines() if line.startswith(KNOWN)]
