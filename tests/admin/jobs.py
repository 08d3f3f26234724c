"""Jobs in tests: waiting for their states, a gate that holds up audits, and a case that waits."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from mockserver.admin import admin_context
from mockserver.cases.records import Catalogue
from tests.admin.driver import Admin
from tests.cases.sending import GOOD
from tests.cases.test_loading import read

PATIENCE = 60
"""Seconds after which a job counts as stuck."""

ENDED = ("finished", "failed")


def started(admin: Admin, path: str = "/audits", body: object = None) -> Any:
    """A job that was started by a POST."""
    answer = admin.send("POST", path, body)
    assert answer.status == 201, answer.body
    assert answer.headers["Location"] == f"/_mock{path}/{answer.json['id']}"
    return answer.json


def reached(admin: Admin, path: str, *states: str) -> Any:
    """A job, once it is in one of the states."""
    pause = Event()
    for _ in range(PATIENCE * 100):
        job = admin.get(path)
        if job["state"] in states:
            return job
        pause.wait(0.01)
    raise AssertionError(f"{path} never is {states}")


def ended(admin: Admin, path: str = "/audits/audit-1") -> Any:
    """A job, once it has ended."""
    return reached(admin, path, *ENDED)


class Gate:
    """Calls that wait until the gate is opened; `entered` is set by the first."""

    def __init__(self) -> None:
        self.entered = Event()
        self._opened = Event()

    def open(self) -> None:
        """Let every call pass."""
        self._opened.set()

    def wait(self) -> None:
        """Wait until the gate is opened."""
        self.entered.set()
        assert self._opened.wait(PATIENCE)


@contextmanager
def gate_before(module: Any, name: str) -> Iterator[Gate]:
    """A gate before each call of a function of a module; it is open afterwards."""
    gate, function = Gate(), getattr(module, name)

    def wait_and_call(*arguments: Any) -> Any:
        gate.wait()
        return function(*arguments)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, name, wait_and_call)
        try:
            yield gate
        finally:
            gate.open()


def set_waiting_case(admin: Admin, folder: Path) -> None:
    """Let C001, whose second step of three waits for a minute, be the only case of the app."""
    first = {"request": "GET /analytics/v0/dau-count"}
    steps = [first, {**first, "request": "GET /analytics/v0/dau"}, first]
    rule = {"operation": "getDau", "effect": {"delay_seconds": 60}}
    [case] = read(folder, {**GOOD, "setup": {**GOOD["setup"], "faults": [rule]}, "steps": steps}).cases
    with admin.app.app_context():
        context = admin_context.context()
    sources = replace(context.sources, cases=lambda: Catalogue((case,)))
    admin.app.extensions[admin_context.EXTENSION] = replace(context, sources=sources)
