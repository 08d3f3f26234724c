"""The Python examples of the README: copied into a file, they are tests that pass."""

import re

import pytest

from tests.plugin.conftest import Inner
from tests.server.programs import ROOT

_FENCE = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
EXAMPLES = _FENCE.findall((ROOT / "README.md").read_text(encoding="utf-8"))


@pytest.mark.parametrize("example", EXAMPLES, ids=range(len(EXAMPLES)))
def test_the_examples_of_the_readme_pass(inner: Inner, example: str) -> None:
    result = inner(example)
    mistakes = example.count("marks=MISTAKE")
    run = example.count("def test_") + 2 * example.count("parametrize")
    result.assert_outcomes(passed=run - mistakes, xfailed=mistakes)
