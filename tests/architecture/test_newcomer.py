"""A new vendor needs only new files: a made-up vendor with a made-up product works in a copy of the repository.

The newcomer paginates with a Link header, and has an ETag, a rate-limit header on every answer, and a 204. Nothing else
in the copy changes except generated files.
"""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.server import programs
from tests.server.programs import ROOT

NEWCOMER = ROOT / "tests" / "architecture" / "newcomer"
VENDOR = "lark"
BIN = Path(sys.executable).parent
GENERATORS = ("admin_openapi", "reference", "fidelity", "cases")
DISCOVERING = {
    "tests/vendors/test_conformance.py": VENDOR,
    "tests/vendors/test_defects.py": VENDOR,
    f"tests/vendors/{VENDOR}": VENDOR,
    "tests/fidelity/test_served.py": VENDOR,
    "tests/fidelity/test_ledger.py": VENDOR,
    "tests/architecture/test_names.py": "names",
    "tests/cases/test_catalogue.py": "C901 or C423 or has_cases or distinct",
    "tests/charts/test_every_chart.py": VENDOR,
    "tests/audit/test_audit.py": "song-too-many or user-left-out or ghost or probes or can_fail",
    "test_lark_client.py": VENDOR,
}
"""Files of tests that discover vendors, and the expression that selects the tests of the newcomer."""

pytestmark = pytest.mark.in_process("the commands run in separate processes")


class Copy:
    """A copy of the repository that contains the newcomer."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._environment = {**programs.UNMEASURED, "PYTHONPATH": str(folder)}

    def attempt(self, *command: str) -> "subprocess.CompletedProcess[str]":
        """Run a command, and return its exit code and output."""
        return subprocess.run(
            command, cwd=self.folder, env=self._environment, capture_output=True, text=True, check=False
        )

    def run(self, *command: str) -> str:
        """Run a command, require success, and return its output."""
        done = self.attempt(*command)
        assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-6000:]
        return done.stdout

    def python(self, *arguments: str) -> str:
        """Run a Python module, and return its output."""
        return self.run(sys.executable, "-m", *arguments)

    def mockserver(self, *arguments: str) -> str:
        """Run the command mockserver, and return its output."""
        return self.python("mockserver", *arguments)


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Copy]:
    """The copy, with updated generated files and recorded digests."""
    folder = tmp_path_factory.mktemp("newcomer")
    ignored = shutil.ignore_patterns("__pycache__", ".*", "newcomer", "*.egg-info")
    for name in ("mockserver", "analytics_mockserver", "tests", "tools", "benchmarks", "openapi", "fixtures", "docs"):
        shutil.copytree(ROOT / name, folder / name, ignore=ignored)
    for name in ("pyproject.toml", "README.md", "Makefile"):
        shutil.copy(ROOT / name, folder)
    shutil.copytree(NEWCOMER, folder, dirs_exist_ok=True, ignore=ignored)
    copied = Copy(folder)
    for tool in GENERATORS:
        copied.python(f"tools.{tool}")
    copied.python("tests.digests.record")
    yield copied
    shutil.rmtree(folder)


def test_static_checks_pass(copy: Copy) -> None:
    copy.run(str(BIN / "ruff"), "check", "--no-cache", ".")
    copy.run(str(BIN / "ruff"), "format", "--no-cache", "--check", ".")
    copy.run(str(BIN / "lint-imports"), "--no-cache")
    checked = (f"mockserver/vendors/{VENDOR}", f"mockserver/products/{VENDOR}", f"tests/vendors/{VENDOR}")
    if (ROOT / ".mypy_cache").exists():  # Types that were checked in the repository need not be checked again.
        shutil.copytree(ROOT / ".mypy_cache", copy.folder / ".mypy_cache")
    copy.run(str(BIN / "mypy"), *checked)


def test_discovering_tests_find_the_newcomer(copy: Copy) -> None:
    """The files include a user's test of a client of the newcomer, which uses the pytest plugin."""
    (copy.folder / "test_lark_client.py").write_text(PLUGIN_TEST, encoding="utf-8")
    selected = " or ".join(dict.fromkeys(DISCOVERING.values()))
    output = copy.python("pytest", "-p", "no:cacheprovider", "-v", *DISCOVERING, "-k", selected)
    for file in DISCOVERING:
        assert re.search(rf"^{file}\S*::.* PASSED", output, re.MULTILINE), file


def test_no_answer_of_another_vendor_changes(copy: Copy) -> None:
    for file in sorted(ROOT.glob("tests/vendors/*/digests.json")):
        before, after = (json.loads((root / file.relative_to(ROOT)).read_text()) for root in (ROOT, copy.folder))
        for scene, digests in before["scenes"].items():
            assert digests.items() <= after["scenes"][scene].items(), scene


def test_answers_of_the_newcomer_are_recorded(copy: Copy) -> None:
    recorded = json.loads((copy.folder / "tests" / "vendors" / VENDOR / "digests.json").read_text())
    scenes = recorded["scenes"]
    assert {f"{VENDOR} of acme", f"{VENDOR} methods", f"{VENDOR} defect song-too-many"} <= scenes.keys()
    assert len(set(scenes[f"{VENDOR} of acme"].values())) == len(scenes[f"{VENDOR} of acme"])


def test_commands_include_the_newcomer(copy: Copy) -> None:
    assert f"mock-{VENDOR}-acme-forbidden" in copy.mockserver("tokens")
    assert "LARK" in copy.mockserver("env")
    assert f"{VENDOR}.silent_range" in copy.mockserver("switches")
    assert "listPeople" in copy.mockserver("fidelity", "--vendor", VENDOR)
    assert "passed         lark-days-are-singers" in copy.mockserver("audit", "--organization", "meadow")
    assert "passed  C901" in copy.mockserver("cases", "--run", "--vendor", VENDOR)
    days = ("--from", "2025-10-13", "--to", "2025-10-19", "--now", "2025-10-21T10:30:00Z")
    metric = json.loads(copy.mockserver("metric", "total-ai-actions", *days, "--vendor", VENDOR, "--json"))
    assert metric["sum"] > 0


PLUGIN_TEST = f'''
"""A test of a client of the newcomer, which uses the pytest plugin."""
import urllib.request


def test_newcomer_is_served_and_linted(sandbox):
    for page in (2, 1):
        url = f"{{sandbox.url}}/lark/v2/people?page={{page}}&per_page=5"
        headers = {{"Authorization": f"Bearer {{sandbox.tokens.{VENDOR}}}"}}
        urllib.request.urlopen(urllib.request.Request(url, headers=headers)).read()
    sandbox.requests.assert_made(vendor="{VENDOR}", operation="listPeople", count=2)
    assert [each.vendor for each in sandbox.lint.findings()] in ([], ["{VENDOR}"])
'''


ADVICE = "from mockserver import vendors; vendors.room('advice')"
CHARTS = "from mockserver import app; app.charts()"
HOW_TO_ADD = "write one, as the other vendors have it (docs/adding-a-vendor.md)"


@pytest.mark.parametrize(
    ("removed", "command", "message"),
    [
        pytest.param("openapi/lark.yaml", ("-m", "tools.fidelity"), "openapi/lark.yaml", id="OpenAPI file"),
        pytest.param("mockserver/vendors/lark/advice.py", ("-c", ADVICE), f"lark/advice.py; {HOW_TO_ADD}", id="advice"),
        pytest.param(
            "mockserver/vendors/lark/invariants.py",
            ("-m", "mockserver", "audit"),
            f"lark/invariants.py; {HOW_TO_ADD}",
            id="invariants",
        ),
        pytest.param(
            "tests/vendors/lark/probes.py", ("-m", "tests.digests.record", VENDOR), "has no probes", id="probes"
        ),
    ],
)
def test_missing_file_is_named(copy: Copy, removed: str, command: tuple[str, ...], message: str) -> None:
    path = copy.folder / removed
    content = path.read_bytes()
    path.unlink()
    try:
        done = copy.attempt(sys.executable, *command)
        assert message in done.stdout + done.stderr
        assert done.returncode != 0
    finally:
        path.write_bytes(content)


def test_vendor_needs_no_charts(copy: Copy) -> None:
    path = copy.folder / "mockserver/vendors/lark/charts.py"
    content = path.read_bytes()
    path.unlink()
    try:
        copy.run(sys.executable, "-c", f"{CHARTS}; assert not any('{VENDOR}' in name for name in app.charts())")
    finally:
        path.write_bytes(content)


@pytest.mark.parametrize(
    ("broken", "reason"),
    [("CHARTS = (", "SyntaxError"), ("import nowhere", "No module named 'nowhere'"), ("charts = ()", "AttributeError")],
)
def test_broken_charts_are_named(copy: Copy, broken: str, reason: str) -> None:
    path = copy.folder / "mockserver/vendors/lark/charts.py"
    content = path.read_bytes()
    path.write_text(broken, encoding="utf-8")
    try:
        done = copy.attempt(sys.executable, "-B", "-c", CHARTS)
        assert "BrokenModule: mockserver/vendors/lark/charts.py must define CHARTS; " in done.stderr
        assert reason in done.stderr
    finally:
        path.write_bytes(content)
