"""The values that a client has computed: its command may write them into a file, to be compared.

The file has a JSON object. A name with a question mark is a request below /_mock/metrics, as in
"ai-active-users?from=2025-10-01&to=2025-10-07": the server has the expected value. Any other name is the client's own:
what it has in the baseline is expected.
"""

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from mockserver import settings
from mockserver.client import Client, Refused

VARIABLE: Final = settings.variable("values-file")
"""The environment variable with the path of the file."""

_TOLERANCE: Final = 0.005
"""The server rounds an average to two decimals."""

Values = Mapping[str, Any]


class ValuesError(ValueError):
    """A file that cannot be used; the text says what is wrong, and the rule."""


def read(file: Path) -> dict[str, Any]:
    """The values in a file, none if there is no file; ValuesError if it has anything but a JSON object."""
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    except UnicodeDecodeError as error:
        raise ValuesError(f"the file in {VARIABLE} is not UTF-8") from error
    try:
        values = json.loads(text, parse_constant=str)  # NaN as text: JSON has no such number.
    except ValueError as error:
        raise ValuesError(f"the file in {VARIABLE} is not JSON: {error}") from error
    if not isinstance(values, dict):
        raise ValuesError(f"the file in {VARIABLE} must have a JSON object with a value by each name")
    return values


def expected(names: Values, client: Client) -> dict[str, Any]:
    """What the server says of each name that is a request for a metric; ValuesError for one that it refuses."""
    found: dict[str, Any] = {}
    for name, value in names.items():
        if "?" not in name:
            continue
        try:
            metric = client.call("GET", f"/metrics/{name}")
        except Refused as error:
            raise ValuesError(f"{name} in the file in {VARIABLE}: {error.detail}") from error
        points = [point["value"] for point in metric["points"]]
        found[name] = points if isinstance(value, list) else metric["headline"]
    return found


def differences(values: Values, wanted: Values) -> list[str]:
    """A line for each expected value that is missing or another."""
    return [
        f"{name}: {_shown(values[name]) if name in values else 'missing'}, expected {_shown(value)}"
        for name, value in wanted.items()
        if name not in values or not _equal(values[name], value)
    ]


def _equal(value: Any, other: Any) -> bool:
    if isinstance(value, list) and isinstance(other, list):
        return len(value) == len(other) and all(map(_equal, value, other))
    if _is_number(value) and _is_number(other) and (isinstance(value, float) or isinstance(other, float)):
        return math.isclose(value, other, rel_tol=0, abs_tol=_TOLERANCE)
    return type(value) is type(other) and bool(value == other)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _shown(value: Any) -> str:
    is_whole = isinstance(value, float) and value.is_integer()
    text = json.dumps(int(value) if is_whole else value, ensure_ascii=False)
    return text if len(text) <= 60 else f"{text[:59]}…"
