"""The marker `mockserver`: the settings that a test's sandbox is created with.

Values inside a marker are not checked here: the server does that when the sandbox is created.
"""

from collections.abc import Mapping
from typing import Any

import pytest

from analytics_mockserver.pytest_plugin.options import MarkerError

SANDBOX_ARGUMENTS = (
    *("case", "organization", "now", "frozen", "seed", "limits", "policy", "profile", "faults", "defects"),
)
MARKER_ARGUMENTS = (*SANDBOX_ARGUMENTS, "in_process")


def read(node: pytest.Item) -> tuple[list[dict[str, Any]], bool | None]:
    """The settings in the marks of a test, its class and its module, outermost first; and in_process, None if unset.

    MarkerError for an unknown argument.
    """
    marks = [_check_mark(mark, node.nodeid) for mark in node.iter_markers("mockserver")]
    settings = [{name: mark[name] for name in SANDBOX_ARGUMENTS if name in mark} for mark in reversed(marks)]
    return settings, next((mark["in_process"] for mark in marks if "in_process" in mark), None)


def _check_mark(mark: pytest.Mark, test: str) -> Mapping[str, Any]:
    if mark.args:
        allowed = ", ".join(MARKER_ARGUMENTS)
        raise MarkerError(f"@pytest.mark.mockserver of {test} takes keyword arguments only: {allowed}")
    for name in mark.kwargs:
        if name not in MARKER_ARGUMENTS:
            from analytics_mockserver.suggestions import unknown_name

            raise MarkerError(f"@pytest.mark.mockserver of {test}: {unknown_name('argument', name, MARKER_ARGUMENTS)}")
    return mark.kwargs
