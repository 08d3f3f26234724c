"""Deterministic runs of schemathesis against an app and its OpenAPI file, with every check and phase.

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
"""Changes a query or a JSON object in place; called for valid data only."""

_SOCKET_OPTIONS = frozenset(("max_redirects", "verify", "cert", "proxies"))


@dataclass(slots=True)
class Outcome:
    """The number of answers by phase and status, and a sentence for every failed check."""

    statuses: Counter[tuple[str, int]] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)

    @property
    def answered(self) -> set[int]:
        """The statuses of all answers but 403.

        Hypothesis also draws texts that occur in loaded modules, and which are loaded depends on the order of the
        tests. One may be the token of a client without permission.
        """
        return {status for _, status in self.statuses} - {403}

    def seen(self, phase: str) -> set[int]:
        """Return the statuses that occurred in a phase."""
        return {status for name, status in self.statuses if name == phase}


def run(
    app: Flask,
    file: Path,
    token: str,
    amend: Amend,
    examples: int,
    client: tuple[str, str] | None = None,
    amend_body: Amend | None = None,
) -> Outcome:
    """Test an app against a file, with up to `examples` requests for each operation, phase and kind of data.

    `token` is for the security scheme `bearer` of the file, and `client`, an id and a secret, for its scheme `client`.
    """
    schema = schemathesis.openapi.from_path(file, config=_config(token, examples, client))
    schema.app = app
    outcome = Outcome()
    with _amended(amend, amend_body), _without_sockets():
        for event in from_schema(schema).execute():
            _record(event, outcome)
    return outcome


@contextmanager
def _amended(amend: Amend, amend_body: Amend | None) -> Iterator[None]:
    """Amend every valid query, and JSON body if wanted, before it is sent. The hook is global, so it is removed."""

    def before_call(context: HookContext, case: schemathesis.Case[Any], kwargs: dict[str, Any]) -> None:  # noqa: ARG001
        if case.meta is not None and case.meta.generation.mode.is_positive:
            amend(case.query)
            if amend_body is not None and isinstance(case.body, dict):
                amend_body(case.body)

    schemathesis.hook(before_call)
    try:
        yield
    finally:
        hooks.unregister(before_call)


@contextmanager
def _without_sockets() -> Iterator[None]:
    """Remove socket options, which schemathesis 4.32 passes to the test client when it repeats a request."""
    send = WSGITransport.send

    def send_without(self: WSGITransport, case: schemathesis.Case[Any], **kwargs: Any) -> schemathesis.Response:
        return send(self, case, **{name: value for name, value in kwargs.items() if name not in _SOCKET_OPTIONS})

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WSGITransport, "send", send_without)
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


def _record(event: events.EngineEvent, outcome: Outcome) -> None:
    if isinstance(event, events.NonFatalError):
        outcome.failures.append(f"{event.label}: {event.value!r}")
    elif isinstance(event, events.FatalError):
        raise event.exception
    elif isinstance(event, events.ScenarioFinished):
        _record_scenario(event, outcome)


def _record_scenario(event: events.ScenarioFinished, outcome: Outcome) -> None:
    for interaction in event.recorder.interactions.values():
        if interaction.response is not None:
            outcome.statuses[event.phase.name, interaction.response.status_code] += 1
    for id_, checks in event.recorder.checks.items():
        case = event.recorder.cases[id_].value
        outcome.failures += [
            f"{event.phase.name} {case.method} {case.path} {case.query} {case.body!r:.300}: "
            f"{check.name}: {check.failure_info.failure}"
            for check in checks
            if check.failure_info is not None
        ]
