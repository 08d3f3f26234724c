"""Nothing of a captured answer is ever shown: a canary is in every value, and in every key that is data."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask

from mockserver.cli import main
from tests.cli.conftest import write
from tests.learning.test_samples import READ, captured, entry, har

CANARY = "canary"
DATA_KEYS = [f"{CANARY}@example.com", f"{CANARY} smith", "0f6c2a340d0eca11", f"{CANARY}12345", CANARY]


def spoil(value: Any, number: int = 0) -> Any:
    """The same body with a canary in every value that can have one, and maps keyed by data beside the fields."""
    if isinstance(value, dict):
        maps = {
            f"by{name}": {key: index for index, key in enumerate(DATA_KEYS[: index + 1])}
            for index, name in enumerate("abc")
        }
        alike = {"extra": {f"{CANARY}x": 1, f"{CANARY}y": 2}, f"{CANARY}field": {CANARY: CANARY}}
        return {key: spoil(each, number + 1) for key, each in value.items()} | maps | alike
    if isinstance(value, list):
        return [spoil(each, number + 1) for each in value]
    return f"{CANARY}-{value}" if isinstance(value, str) else 314159265 if isinstance(value, int) else value


@pytest.mark.parametrize("vendor", READ)
@pytest.mark.parametrize("as_har", [False, True])
def test_no_value_and_no_key_of_data_is_ever_shown(app: Flask, tmp_path: Path, vendor: str, *, as_har: bool) -> None:
    bodies = {name: json.loads(captured(app, vendor, path)) for name, path in READ[vendor].items()}
    spoilt = {name: spoil(each) for name, each in bodies.items()}
    assert CANARY in json.dumps(spoilt)
    assert "314159265" in json.dumps(spoilt)
    output = tmp_path / "policy.yaml"
    if as_har:
        entries = [entry(READ[vendor][name].partition("?")[0], each) for name, each in spoilt.items()]
        for each in entries:
            each["request"]["url"] = (
                f"https://{CANARY}.example{each['request']['url'].removeprefix('https://tenant.example')}&token={CANARY}"
            )
            each["request"]["headers"] = [{"name": f"X-{CANARY}", "value": f"Bearer {CANARY}"}]
        samples = [har(tmp_path, *entries)]
    else:
        samples = [f"{name}={write(tmp_path / f'{name}.json', json.dumps(each))}" for name, each in spoilt.items()]
    result = CliRunner().invoke(main, ["learn", vendor, "--from-sample", *samples, "--output", str(output)])
    assert result.exit_code == 0, result.output
    everything = result.output + output.read_text(encoding="utf-8")
    assert [secret for secret in (CANARY, "314159265", "ca11", "12345", "smith") if secret in everything.lower()] == []
    assert "whose names are not shown: they may be data" in everything


ROW = {"date": "2025-10-01", "enabledUsers": 3, "activeUsers": 2}
MAPS: dict[str, Any] = {
    "rows in a map": {CANARY: [ROW]},
    "pages in a map": {CANARY: {"items": [ROW]}},
    "a row for each key": {CANARY: ROW, f"{CANARY}x": ROW},
    "a number for each key": {CANARY: 1, f"{CANARY}x": 2},
    "different values": {CANARY: 1, f"{CANARY}x": "a", f"{CANARY}y": "2025-10-01"},
    "a map in place of rows": {"items": {CANARY: ROW}},
    "maps as rows": {"items": [{CANARY: 1, f"{CANARY}x": 2}, {CANARY: 3}]},
    "a map in a row": {"items": [ROW | {"byTool": {CANARY: 1}}]},
    "deep": {"a": {"b": {CANARY: {f"{CANARY}x": [ROW]}}}},
}


@pytest.mark.parametrize("body", MAPS.values(), ids=MAPS)
@pytest.mark.parametrize("operation", ["", "getUsersAdoption=", "getMetricsTotals=", "getUsersPaged="])
def test_no_key_of_a_map_is_shown_wherever_it_is(tmp_path: Path, body: Any, operation: str) -> None:
    path = write(tmp_path / "a.json", json.dumps(body))
    result = CliRunner().invoke(main, ["learn", "jetbrains-ide", "--from-sample", f"{operation}{path}"])
    assert result.exit_code in ({0} if operation else {0, 2}), result.output
    assert result.output
    assert CANARY not in result.output


def test_broken_sample_is_an_error_without_a_word_of_it(tmp_path: Path) -> None:
    path = write(tmp_path / "a.json", f'{{"{CANARY}": "{CANARY}", "a": {CANARY}}}')
    result = CliRunner().invoke(main, ["learn", "tabnine", "--from-sample", str(path)])
    assert (result.exit_code, CANARY in result.output) == (2, False)
    assert f"{path}: not JSON at line 1, column 27: Expecting value" in result.stderr
