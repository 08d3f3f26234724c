"""Answers which commands there are: one group, a file for each family of commands.

What a command needs is imported when it runs, so that asking for help takes no time. What is served stays out.
"""

import click

from mockserver.cli import audit, cases, conduct, env, fidelity, metric, organizations, serving, sweep, switches, tokens

EXAMPLES = """
\b
Examples:
  mockserver serve
  mockserver serve --port 0 --json
  mockserver serve --organization hooli --limits off
  mockserver serve --now 2025-10-21T10:30:00Z --freeze --organization documented
  mockserver serve --policy augment.lookback_exceeded=clamp
  mockserver serve --policy jetbrains-ide.names=items=rows,tool=feature
  mockserver serve --policy-file policy.yaml
  mockserver sweep -- pytest tests/
  mockserver fidelity --vendor augment --grade A
  mockserver conduct --url http://127.0.0.1:8080
  mockserver audit --organization globex
  mockserver metric ai-active-users --from 2025-09-01 --to 2025-09-30 --bucket week
  mockserver serve --case C001
  mockserver cases --vendor augment
  mockserver organizations new --people 300 --seed 7 > mine.yaml
  mockserver serve --organization-file mine.yaml

\b
Exit codes:
  0  fine    1  findings    2  usage    3  the port is taken
"""


@click.group(context_settings={"help_option_names": ["-h", "--help"]}, epilog=EXAMPLES)
@click.version_option(package_name="analytics-mockserver", prog_name="mockserver")
def main() -> None:
    """Simulate the AI-analytics HTTP APIs of Augment Code, Tabnine and JetBrains.

    A client only changes its base URL. Start with `mockserver serve`, and take a token from `mockserver tokens`.
    """


for command in (
    serving.serve,
    tokens.tokens,
    env.env,
    switches.switches,
    sweep.sweep,
    conduct.conduct,
    cases.cases,
    audit.audit,
    metric.metric,
    fidelity.fidelity,
    organizations.organizations,
):
    main.add_command(command)
