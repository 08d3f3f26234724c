"""The start of `mockserver serve`: its ready line comes before the app is made, unless a setting may turn out wrong."""

import gc
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING

import click

from mockserver import resources
from mockserver.cli import output
from mockserver.settings import Settings
from mockserver.simulation import clock

if TYPE_CHECKING:
    from flask import Flask


class LineLost(Exception):
    """The line that says where the server is could not be written; the text says why."""


def is_sound(settings: Settings) -> bool:
    """Whether every setting is known to be good before an app is made from it.

    That is so for what Settings checks, a bundled organization, and a time at which a clock can be.
    """
    if settings.now is not None and not clock.EARLIEST <= settings.now <= clock.LATEST:
        return False
    return settings.organization in resources.organizations() and not settings.needs_app


class Start:
    """A server that starts. With `as_json`, a program waits for its line; `then` is called after it."""

    def __init__(self, settings: Settings, *, as_json: bool, then: Callable[[], object] | None) -> None:
        self.settings = settings
        self._as_json = as_json
        self._then = then
        self._url = ""

    def ready(self, url: str) -> None:
        """Print where the server is; LineLost when a program waits for this line, and it cannot be written."""
        self._url = url
        self._print(self._ready_line())
        if self._then is not None:
            self._then()

    def _ready_line(self) -> str:
        if self._as_json:
            return json.dumps({"url": self._url, "pid": os.getpid()})
        return self._first_line(self._url)

    def _print(self, line: str) -> None:
        try:
            click.echo(line)
        except OSError as error:
            if self._as_json:
                raise LineLost(output.reason(error) or str(error)) from error
            output.discard()

    def make(self) -> "Flask":
        """The app, which is made by the first call."""
        return self._app

    def make_late(self) -> "Flask":
        """The app, made when the server is ready. Without `as_json`, what it simulates is printed, if anybody reads it.

        That comes first, because a server that has its app may end at any time, and a thread must not print then.
        """
        app = self._app
        if not self._as_json:  # Then it is not needed.
            self.print_banner(self._banner(app))
        return app

    def print_banner(self, lines: list[str]) -> None:
        """Without `as_json`, print what is simulated, if anybody reads it."""
        if not self._as_json:
            self._print("\n".join(lines))

    @cached_property
    def _app(self) -> "Flask":
        with _quick_start():
            from mockserver import app
            from mockserver.cli import access_log

            made = app.create_app(self.settings)
            access_log.install(made)
        return made

    def _first_line(self, url: str) -> str:
        case = self.settings.case
        in_case = f" in case {case} (see `mockserver cases {case}`)" if case else ""
        profile = self.settings.profile
        with_profile = f" with the profile {profile} (see `mockserver profiles`)" if profile else ""
        return f"Serving at {url}{in_case}{with_profile}; Ctrl-C stops."

    def _banner(self, app: "Flask") -> list[str]:
        from mockserver.admin import admin_context
        from mockserver.cli import banner

        sandbox = app.extensions[admin_context.EXTENSION].registry.default
        return banner.lines(sandbox, self.settings, self._url)


@contextmanager
def _quick_start() -> Iterator[None]:
    """Import and make the app without looking for garbage, and without the threads of a BLAS that nothing uses.

    All of it stays until the end. The search would take a tenth of the start.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
