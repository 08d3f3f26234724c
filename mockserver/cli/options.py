"""Answers how a flag is written: its default and its MOCKSERVER_… variable stand in the help, by one rule.

What a flag means stays out (`settings`).
"""

from functools import partial

import click

from mockserver import settings

DEFAULTS = settings.Settings()

CONTEXT = {"auto_envvar_prefix": settings.VARIABLES}
"""For every command with flags: `--journal-size` reads MOCKSERVER_JOURNAL_SIZE, whichever command it belongs to."""

option = partial(click.option, show_default=True, show_envvar=True)

organization = option("--organization", default=DEFAULTS.organization, help="A bundled organisation, by its slug.")

as_json = option("--json", "as_json", is_flag=True, help="Print JSON.")
