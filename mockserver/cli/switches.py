"""`mockserver switches`: every choice that a vendor's documentation leaves open, with its default and options."""

from typing import TYPE_CHECKING

import click

from mockserver.cli import options, tables

if TYPE_CHECKING:
    from mockserver.gateway.switches import AnySwitch


@click.command
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object, as /_mock/policy does.")
def switches(*, as_json: bool) -> None:
    """List the switches: choices that vendors leave open.

    Each has its default, its options, the evidence for the default, and the reason. Evidence: D documented, O observed,
    I inferred, A assumed. Set one with `mockserver serve --policy VENDOR.SWITCH=VALUE`, new response names with
    `--policy VENDOR.names=OLD=NEW,OLD=NEW` (repeated flags add up), several with --policy-file.

    \b
    Examples:
      mockserver switches
      mockserver switches --json > switches.json
    """
    from mockserver import startup_policy, vendors
    from mockserver.admin import policy

    found = startup_policy.all_switches(vendors.discover())
    if as_json:
        options.print_json(
            {name: {each.name: policy.describe(each, each.default) for each in group} for name, group in found.items()}
        )
        return
    for name, group in found.items():
        rows = ((f"{name}.{each.name}", _sentence(each)) for each in group)
        click.echo(f"{tables.table(rows)}\n")


def _sentence(switch: "AnySwitch") -> str:
    return f"{switch.default} ({switch.grade.value}; of {options_text(switch)}). {switch.description}"


def options_text(switch: "AnySwitch") -> str:
    """The options in a few words: a range of numbers by its ends, anything else one by one."""
    from mockserver.gateway.switches import Renaming, TimestampSwitch

    if isinstance(switch, Renaming):
        return f"other names for {', '.join(map(str, switch.options))}"
    if isinstance(switch, TimestampSwitch):
        return f"any timestamp, as in {' and '.join(switch.options)}"
    first, last = switch.options[0], switch.options[-1]
    run = isinstance(first, int) and isinstance(last, int) and switch.options == tuple(range(first, last + 1))
    return f"{first} to {last}" if run else ", ".join(str(option) for option in switch.options)
