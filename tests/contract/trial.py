"""Runs of schemathesis against an app and its OpenAPI file: every check, every phase, repeatable.

Rules that a file cannot express are in each vendor's tests, which amend the queries.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from flask import Flask
from schemathesis import HookContext, hooks
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events, from_schema
from schemathesis.transport.wsgi import WSGITransport

Amend = Callable[[dict[str, Any]], None]
"""Changes a query in place; only for good data, never for data that should be refused."""

_OF_SOCKETS = frozenset(("max_redirects", "verify", "cert", "proxies"))


@dataclass(slots=True)
class Outcome:
    """Answers by phase and status, and every failure of a check as a sentence."""

    statuses: Counter[tuple[str, int]] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)

    def seen(self, phase: str) -> set[int]:
        """The statuses that were met in a phase."""
        return {status for name, status in self.statuses if name == phase}


def run(
    app: Flask, file: Path, token: str, amend: Amend, examples: int, client: tuple[str, str] | None = None
) -> Outcome:
    """Try an app against a file, with up to `examples` requests for each operation, phase and kind of data.

    `token` is for the file's scheme `bearer`, and `client`, an id and a secret, for its scheme of the same name.
    """
    schema = schemathesis.openapi.from_path(file, config=_config(token, examples, client))
    schema.app = app
    outcome = Outcome()
    with _amended(amend), _without_sockets():
        for event in from_schema(schema).execute():
            _note(event, outcome)
    return outcome


@contextmanager
def _amended(amend: Amend) -> Iterator[None]:
    """Change every query before it is sent; such hooks belong to the whole process, so it is undone."""

    def before_call(context: HookContext, case: schemathesis.Case[Any], kwargs: dict[str, Any]) -> None:  # noqa: ARG001
        if case.meta is not None and case.meta.generation.mode.is_positive:
            amend(case.query)

    schemathesis.hook(before_call)
    try:
        yield
    finally:
        hooks.unregister(before_call)


@contextmanager
def _without_sockets() -> Iterator[None]:
    """Keep settings of sockets from the test client; 4.32 forgets to where a check asks again without credentials."""
    send = WSGITransport.send

    def sent(self: WSGITransport, case: schemathesis.Case[Any], **kwargs: Any) -> schemathesis.Response:
        socketless = {name: value for name, value in kwargs.items() if name not in _OF_SOCKETS}
        return send(self, case, **socketless)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WSGITransport, "send", sent)
        yield


def _config(token: str, examples: int, client: tuple[str, str] | None) -> SchemathesisConfig:
    schemes = {"bearer": {"bearer": token}}
    if client is not None:
        schemes["client"] = {"username": client[0], "password": client[1]}
    return SchemathesisConfig.from_dict(
        {
            "seed": 1,
            "cache": {"enabled": False},
            "auth": {"openapi": schemes},
            "generation": {"max-examples": examples, "deterministic": True, "database": "none", "no-shrink": True},
        }
    )


def _note(event: events.EngineEvent, outcome: Outcome) -> None:
    if isinstance(event, events.NonFatalError):
        outcome.failures.append(f"{event.label}: {event.value!r}")
    elif isinstance(event, events.FatalError):
        raise event.exception
    elif isinstance(event, events.ScenarioFinished):
        _note_scenario(event, outcome)


def _note_scenario(event: events.ScenarioFinished, outcome: Outcome) -> None:
    for interaction in event.recorder.interactions.values():
        if interaction.response is not None:
            outcome.statuses[event.phase.name, interaction.response.status_code] += 1
    for id_, checks in event.recorder.checks.items():
        case = event.recorder.cases[id_].value
        outcome.failures += [
            f"{event.phase.name} {case.method} {case.path} {case.query}: {check.name}: {check.failure_info.failure}"
            for check in checks
            if check.failure_info is not None
        ]
