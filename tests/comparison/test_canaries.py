"""Nothing of a live API's answers is stored or shown: a canary is in every value, also where an answer is broken."""

import json
import logging
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from mockserver.app import create_app
from mockserver.cli import main
from mockserver.cli.compare import runs, worlds
from mockserver.client import Response, in_process
from mockserver.comparison import pace
from mockserver.comparison.solving import Solver
from mockserver.settings import Settings
from tests.comparison.conftest import NOW, PLANS, simulator

CANARY = "c4n4ry"
NUMBER = 314159265
TOKEN = f"token-{CANARY}"
KEYS = {f"{CANARY}@example.com": 1, f"{CANARY} smith": 2}
"""The keys of a map, which are data."""

PERSON, TEAM, LANGUAGE = "alice_canary", "teamCanary_a", "canaryPython"
"""Keys of maps that look like names of fields."""

MAPS: dict[str, Any] = {
    "extra": KEYS,
    "by_person": {PERSON: 1, TEAM: 2},
    "by_team": {TEAM: {"id": 1, "when": "2025-01-01"}, PERSON: {"id": 2, "when": "2025-01-01"}},
    "by_language": {LANGUAGE: {"lines": 1}},
    "mixed": {PERSON: 1, TEAM: "text", LANGUAGE: None},
    "rows": [{PERSON: 1, TEAM: 2}, {PERSON: 1, TEAM: 3}],
    "other_rows": [{PERSON: 1, "when": "2025-01-01"}, {TEAM: 2, "when": "2025-01-01"}],
    "one_row": [{PERSON: 1, "when": "2025-01-01"}],
    "deep": {"deeper": {LANGUAGE: [{PERSON: [TEAM]}]}},
}
"""New fields, each a map."""


def spoil(value: Any) -> Any:
    """The same value with a canary in each part that can have one, and maps beside the fields of each object."""
    if isinstance(value, dict):
        return {name: spoil(each) for name, each in value.items()} | {"extra": KEYS, "by_person": {PERSON: 1, TEAM: 2}}
    if isinstance(value, list):
        return [spoil(each) for each in value]
    if isinstance(value, str):
        return f"{CANARY}-{value}"
    return NUMBER if isinstance(value, int) and not isinstance(value, bool) else value


def spoilt(answer: Response) -> Response:
    """A live answer with canaries; the values of headers have one, too."""
    headers = {name: f"{value}; {CANARY}" for name, value in answer.headers.items() if name != "date"}
    body = json.dumps(spoil(answer.json())).encode() if answer.body else b""
    return Response(answer.status, {**headers, "date": answer.headers["date"], "x-request": CANARY}, body)


def with_new_values(answer: Response) -> Response:
    """A live answer with canaries only in new fields of the objects, so that everything else can be compared."""

    def grown(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: grown(each) for name, each in value.items()} | {"new": CANARY, "count": NUMBER}
        return [grown(each) for each in value] if isinstance(value, list) else value

    return Response(answer.status, answer.headers, json.dumps(grown(answer.json())).encode())


def with_maps(answer: Response) -> Response:
    """A live answer with maps beside its fields, and in its rows."""
    body = answer.json()
    if not isinstance(body, dict):
        return answer
    rows = next((each for each in body.values() if isinstance(each, list) and each and isinstance(each[0], dict)), ())
    changed = {name: [{**row, **MAPS} for row in each] if each is rows else each for name, each in body.items()}
    return Response(answer.status, answer.headers, json.dumps({**changed, **MAPS}).encode())


def broken(content: bytes) -> Callable[[Response], Response]:
    """Changes an answer into one with other content."""
    return lambda answer: Response(answer.status, answer.headers, content)


TRIALS = 5
"""How many options are tried."""

CHANGES = {
    "every value": spoilt,
    "new fields": with_new_values,
    "maps": with_maps,
    "no JSON": broken(f"<html>{CANARY}</html>".encode()),
    "broken JSON": broken(f'{{"{CANARY}": "{CANARY}"'.encode()),
    "no UTF-8": broken(b"\xff" + CANARY.encode()),
    "a text": broken(json.dumps(CANARY).encode()),
    "a list of texts": broken(json.dumps([CANARY, NUMBER]).encode()),
    "a map": broken(json.dumps({f"{CANARY}@example.com": {f"{CANARY} smith": [CANARY]}}).encode()),
    "a map by person": broken(json.dumps({PERSON: 1, TEAM: 2}).encode()),
    "a map of one person": broken(json.dumps({PERSON: {"id": 1, "when": "2025-01-01"}}).encode()),
    "a map of lists": broken(json.dumps({PERSON: [{TEAM: 1}], TEAM: []}).encode()),
    "a list of maps": broken(json.dumps([{PERSON: 1, TEAM: 2}, {PERSON: 2}]).encode()),
    "deep": broken(b"[" * 100_000),
    "a long number": broken(b'{"id": ' + b"7" * 5000 + b"}"),
}


CASES = [(vendor, change, False) for vendor in PLANS for change in ("every value", "new fields")]
CASES += [("jetbrains-ide", change, True) for change in CHANGES]


@pytest.mark.parametrize(("vendor", "change", "as_json"), CASES)
def test_nothing_of_a_value_is_stored_or_shown(
    vendor: str,
    change: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    *,
    as_json: bool,
) -> None:
    caplog.set_level(logging.DEBUG)
    app = create_app(Settings(now=NOW, freeze=True, limits="off"))
    states = []

    class Live:
        """A live API that takes any token."""

        def __call__(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Response:
            states.append(state.read_text(encoding="utf-8") if state.exists() else "")
            real = f"mock-{vendor}-acme"
            sent = {**headers, "Authorization": headers["Authorization"].replace(TOKEN, real).replace(f"{CANARY}-", "")}
            return CHANGES[change](in_process(app)(method, target.replace(f"{CANARY}-", ""), sent, body))

        def close(self) -> None:
            """Do nothing."""

    state = tmp_path / "state.json"
    monkeypatch.setattr(runs, "HttpTransport", lambda *_: Live())
    monkeypatch.setattr(worlds, "simulator", lambda *_: simulator(vendor))
    monkeypatch.setattr(pace, "pause", lambda _: None)
    # Some trials say as much as all: they are of facts, which have no values.
    for name, trials in (("trials", Solver.trials), ("_trials_of_two", Solver._trials_of_two)):  # noqa: SLF001
        monkeypatch.setattr(Solver, name, lambda *given, trials=trials: trials(*given)[:TRIALS])
    files = [tmp_path / name for name in ("policy.yaml", "fixture.json", "report.xml")]
    flags = ["--write-policy", str(files[0]), "--write-fixture", str(files[1]), "--junit", str(files[2])]
    command = ["compare", vendor, "--live", "http://live.example", "--token-env", "TOKEN", "--yes", "--verbose"]
    more = ["--state", str(state), *flags, *(["--json"] if as_json else [])]
    is_client = vendor == "jetbrains-console"
    token = f"mock-{vendor}-acme:mock-secret" if is_client else TOKEN
    result = CliRunner().invoke(main, [*command, *more], env={"TOKEN": token})
    assert result.exit_code in {0, 1, 2}, result.output
    assert result.exception is None or isinstance(result.exception, SystemExit)
    written = [each.read_text(encoding="utf-8") for each in files if each.exists()]
    everything = "\n".join((result.output, caplog.text, *states, *written)).lower()
    assert [
        secret for secret in (CANARY, str(NUMBER), "smith", "canary", "mock-secret", TOKEN) if secret in everything
    ] == []
    assert len(states) > 1
