"""The examples in the README: copied into a file, they are tests that pass."""

import re

import pytest

from tests.plugin.conftest import RunPytest
from tests.server.programs import ROOT

_CODE_BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
EXAMPLES = _CODE_BLOCK.findall((ROOT / "README.md").read_text(encoding="utf-8"))


@pytest.mark.parametrize("example", EXAMPLES, ids=range(len(EXAMPLES)))
def test_readme_example_passes(run_pytest: RunPytest, example: str) -> None:
    result = run_pytest(example)
    mistakes = example.count("marks=MISTAKE")
    tests = example.count("def test_") + 2 * example.count("parametrize")
    result.assert_outcomes(passed=tests - mistakes, xfailed=mistakes)
