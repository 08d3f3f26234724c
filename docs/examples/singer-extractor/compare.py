"""Compare the records of the tap with the expected values: `python compare.py records.jsonl expected.json`.

The exit code is 1 if a day differs.
"""

import json
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any


def daily_actions(lines: Iterable[str]) -> Counter[str]:
    """The actions of each day in user_usage records. A later record of a user and day replaces an earlier one."""
    usage: dict[tuple[str, str], int] = {}
    for message in map(json.loads, lines):
        if message["type"] == "RECORD" and message["stream"] == "user_usage":
            record = message["record"]
            usage[record["user_id"], record["date"]] = sum(value for value in record.values() if isinstance(value, int))
    actions: Counter[str] = Counter()
    for (_, day), count in usage.items():
        actions[day] += count
    return actions


def differences(actions: Counter[str], expected: dict[str, Any]) -> list[str]:
    """One line for each day whose sum is not the value of `mockserver metric`."""
    values = {point["date"]: point["value"] for point in expected["points"]}
    days = sorted({*values, *actions})
    return [
        f"{day}: {actions[day]} actions, expected {values.get(day, 0)}"
        for day in days
        if actions[day] != values.get(day, 0)
    ]


if __name__ == "__main__":
    records, expected_values = (Path(path).read_text() for path in sys.argv[1:])
    found = differences(daily_actions(records.splitlines()), json.loads(expected_values))
    sys.exit("\n".join(found) or 0)
