"""Beside other packages named `mockserver`: pytest always starts, the plugin works, and one warning says whose it is.

The other distribution is made up here, with the files and the entry point of the one on PyPI.
"""

import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest

from tests.plugin.conftest import PLUGINS, TIMEOUT, RunPytest
from tests.server.programs import ROOT

FOREIGN = {
    "mockserver/__init__.py": "from mockserver.client import MockServerClient\n",
    "mockserver/client.py": "class MockServerClient: ...\n",
    "mockserver/pytest_plugin.py": """
import pytest

@pytest.fixture
def mockserver():
    from mockserver import MockServerClient
    return MockServerClient()
""",
}
FOREIGN_ENTRY_POINT = "[pytest11]\nmockserver = mockserver.pytest_plugin\n"
OUR_ENTRY_POINT = "[pytest11]\nanalytics-mockserver = analytics_mockserver.pytest_plugin\n"

OTHER_PLUGINS = ("anyio", "faker", "hypothesispytest", "schemathesis")
ONLY_THESE = ("-p", "no:cacheprovider", *(part for name in OTHER_PLUGINS for part in ("-p", f"no:{name}")))

WARNING = "*PackageConflictWarning: "
OVERWRITTEN = (
    f"{WARNING}the distribution mockserver-client has a package mockserver too, and analytics-mockserver has "
    "overwritten files of it, so that mockserver-client cannot work here; *"
)

TESTS = """
def test_other(): ...

def test_sandbox(sandbox):
    assert sandbox.clock.now

def test_app(mockserver_app):
    assert mockserver_app.name
"""


def install(site: Path, name: str, entry_points: str, files: dict[str, str]) -> None:
    """Write a distribution into a folder, with the metadata that an installer writes."""
    for file, text in files.items():
        (site / file).parent.mkdir(exist_ok=True)
        (site / file).write_text(text, encoding="utf-8")
    metadata = site / f"{name.replace('-', '_')}-9.9.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text(f"Metadata-Version: 2.4\nName: {name}\nVersion: 9.9\n", encoding="utf-8")
    (metadata / "entry_points.txt").write_text(entry_points, encoding="utf-8")
    (metadata / "RECORD").write_text("".join(f"{file},,\n" for file in files), encoding="utf-8")


def install_foreign(site: Path) -> None:
    install(site, "mockserver-client", FOREIGN_ENTRY_POINT, FOREIGN)


def install_ours(site: Path) -> None:
    for name in ("mockserver", "analytics_mockserver"):
        shutil.copytree(ROOT / name, site / name, dirs_exist_ok=True)
    for name in ("fixtures", "openapi"):
        (site / "mockserver/_data").mkdir(exist_ok=True)
        (site / "mockserver/_data" / name).symlink_to(ROOT / name)
    install(site, "analytics-mockserver", OUR_ENTRY_POINT, {"mockserver/py.typed": ""})


class Environment:
    """A virtual environment with the dependencies of this one."""

    def __init__(self, folder: Path) -> None:
        venv.create(folder / "venv", symlinks=True)
        self._folder = folder
        self._python = folder / "venv/bin/python"
        (self.site,) = folder.glob("venv/lib/python*/site-packages")
        (self.site / "dependencies.pth").write_text(f"{sysconfig.get_path('purelib')}\n", encoding="utf-8")

    def run(self, *arguments: str, **variables: str) -> "subprocess.CompletedProcess[str]":
        """Run Python in this environment."""
        removed = ("COVERAGE", "PYTHON", "PYTEST", "MOCKSERVER")
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(removed)}
        return subprocess.run(
            [self._python, *arguments],
            cwd=self._folder,
            env={**inherited, **variables},
            capture_output=True,
            text=True,
            timeout=TIMEOUT,
            check=False,
        )

    def run_pytest(self, tests: str, *arguments: str) -> pytest.RunResult:
        """Run pytest with the plugins of the installed distributions."""
        (self._folder / "test_it.py").write_text(dedent(tests), encoding="utf-8")
        done = self.run("-m", "pytest", *ONLY_THESE, "-rA", *arguments)
        return pytest.RunResult(done.returncode, done.stdout.splitlines(), done.stderr.splitlines(), 0)

    def command_error(self) -> str:
        """What the command prints on standard error, with exit code 2 and without a traceback, by each of its names."""
        runs = [self.run("-m", name, "tokens") for name in ("analytics_mockserver", "mockserver")]
        assert [(run.returncode, run.stdout) for run in runs] == [(2, ""), (2, "")]
        assert runs[0].stderr == runs[1].stderr
        return runs[0].stderr


@pytest.fixture
def installed(tmp_path: Path) -> Callable[..., Environment]:
    """Makes an environment in which these distributions were installed, in this order."""

    def make(*installers: Callable[[Path], None]) -> Environment:
        made = Environment(tmp_path)
        for each in installers:
            each(made.site)
        return made

    return make


def test_distribution_that_was_installed_later_works_and_ours_says_whose_package_it_is(
    installed: Callable[..., Environment], server_url: str
) -> None:
    made = installed(install_ours, install_foreign)
    tests = f"{TESTS}\n\ndef test_theirs(mockserver):\n    assert type(mockserver).__name__ == 'MockServerClient'\n"
    whose = f"the package mockserver in {made.site}/mockserver/__init__.py is not the one of analytics-mockserver, "
    whose += "but of the distribution mockserver-client. The server can run in an environment of its own: set "
    result = made.run_pytest(tests)
    result.assert_outcomes(passed=2, errors=2, warnings=1)
    result.stdout.fnmatch_lines_random([f"mockserver: {whose}*", f"{whose}*", f"{WARNING}{whose}*"])
    assert made.command_error().startswith(f"mockserver: {whose}`mockserver_command = uvx analytics-mockserver`")
    result = made.run_pytest(tests, "--mockserver-url", server_url, "-W", "error", "-p", "xdist", "-n", "2")
    result.assert_outcomes(passed=3, errors=1, warnings=1)


def test_distribution_that_was_installed_before_is_named_and_ours_works(installed: Callable[..., Environment]) -> None:
    made = installed(install_foreign, install_ours)
    result = made.run_pytest(TESTS)
    result.assert_outcomes(passed=3, warnings=1)
    result.stdout.fnmatch_lines([OVERWRITTEN])
    assert "mock-augment-acme" in made.run("-m", "mockserver", "tokens").stdout


@pytest.mark.parametrize("installers", [(install_ours, install_foreign), (install_foreign, install_ours)])
def test_files_that_another_distribution_took_with_it_are_named(
    installed: Callable[..., Environment], installers: tuple[Callable[[Path], None], ...], server_url: str
) -> None:
    made = installed(*installers)
    for file in FOREIGN:
        (made.site / file).unlink()
    shutil.rmtree(made.site / "mockserver_client-9.9.dist-info")
    missing = f"the file {made.site}/mockserver/__init__.py of analytics-mockserver is missing: "
    restore = "`pip install --force-reinstall --no-deps analytics-mockserver` (or the path of a checkout) restores it."
    assert made.command_error().startswith(f"mockserver: {missing}")
    result = made.run_pytest(TESTS, "--mockserver-url", server_url)
    result.assert_outcomes(passed=2, errors=1, warnings=1)
    result.stdout.fnmatch_lines_random([f"{missing}*{restore}", f"{WARNING}{missing}*{restore}"])


@pytest.fixture
def own_package(pytester: pytest.Pytester) -> Path:
    """The tests' repository has a package named mockserver."""
    return pytester.mkpydir("mockserver") / "__init__.py"


@pytest.mark.parametrize("arguments", [(), ("-W", "error"), ("-p", "xdist", "-n", "2")])
def test_package_of_the_repository_is_no_obstacle(
    environment: None,  # noqa: ARG001 (needed for its effect)
    own_package: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
) -> None:
    monkeypatch.delenv("PYTHONPATH")
    folder = own_package.parents[1]
    (folder / "test_it.py").write_text(TESTS, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", *PLUGINS, "-rA", *arguments]  # The current folder is first on the path.
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=TIMEOUT, check=False)
    result = pytest.RunResult(done.returncode, done.stdout.splitlines(), done.stderr.splitlines(), 0)
    result.assert_outcomes(passed=2, errors=1, warnings=1)
    whose = f"the package mockserver in {own_package} is not the one of analytics-mockserver. The server can run *"
    result.stdout.fnmatch_lines_random([whose, f"{WARNING}{whose}"])


def test_warning_can_be_ignored(run_pytest: RunPytest, own_package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", f"{own_package.parents[1]}{os.pathsep}{ROOT}")
    run_pytest("def test_it(): ...").assert_outcomes(passed=1, warnings=1)
    ignored = "ignore::analytics_mockserver.PackageConflictWarning"
    run_pytest("def test_it(): ...", "-W", ignored).assert_outcomes(passed=1, warnings=0)
    run_pytest("def test_it(): ...", "-o", f"filterwarnings={ignored}").assert_outcomes(passed=1, warnings=0)


def test_server_that_finds_another_package_says_so(
    run_pytest: RunPytest, own_package: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", f"{own_package.parents[1]}{os.pathsep}{ROOT}")
    result = run_pytest(TESTS)
    result.assert_outcomes(passed=1, errors=2, warnings=1)
    result.stdout.fnmatch_lines(
        [
            "the mock server did not start: its process exited with code 2; the end of its log:",
            f"mockserver: the package mockserver in {own_package} is not the one of analytics-mockserver. *",
        ]
    )
    result.stdout.no_fnmatch_line("*Traceback*")


@pytest.fixture
def autoload(pytester: pytest.Pytester, environment: None, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: ARG001
    """The inner pytest loads the plugins of installed distributions; those in the folder `site` are among them."""
    monkeypatch.setenv("PYTHONPATH", f"{pytester.mkdir('site')}{os.pathsep}{ROOT}")
    monkeypatch.delenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD")


def test_entry_point_of_an_overwritten_plugin_is_noticed(
    pytester: pytest.Pytester,
    run_pytest: RunPytest,
    autoload: None,  # noqa: ARG001 (needed for its effect)
    server_url: str,
) -> None:
    install(pytester.path / "site", "mockserver-client", FOREIGN_ENTRY_POINT, {})
    result = run_pytest(TESTS, *ONLY_THESE, "--mockserver-url", server_url)
    result.assert_outcomes(passed=3, warnings=1)
    result.stdout.fnmatch_lines([OVERWRITTEN])


MODULES = ("analytics_mockserver.pytest_plugin", "mockserver.pytest_plugin")
AGAIN = [*(("-p", name) for name in ("analytics-mockserver", *MODULES)), *((name,) for name in MODULES)]
"""Ways to load the plugin again: arguments of pytest, or a name for `pytest_plugins` in a conftest file."""


@pytest.mark.parametrize("again", AGAIN, ids=" ".join)
@pytest.mark.parametrize("others", [(), (FOREIGN_ENTRY_POINT,)], ids=["alone", "beside an overwritten plugin"])
def test_plugin_can_be_loaded_twice(
    pytester: pytest.Pytester,
    autoload: None,  # noqa: ARG001 (needed for its effect)
    server_url: str,
    again: tuple[str, ...],
    others: tuple[str, ...],
) -> None:
    for entry_point in others:
        install(pytester.path / "site", "mockserver-client", entry_point, {})
    if len(again) == 1:
        pytester.makeconftest(f"pytest_plugins = [{again[0]!r}]")
        again = ()
    pytester.makepyfile(TESTS)
    result = pytester.runpytest_subprocess(*ONLY_THESE, *again, "--mockserver-url", server_url, timeout=TIMEOUT)
    assert (result.ret, result.parseoutcomes()["passed"]) == (0, 3)


def test_plugin_can_be_disabled(
    pytester: pytest.Pytester,
    autoload: None,  # noqa: ARG001 (needed for its effect)
) -> None:
    install(pytester.path / "site", "mockserver-client", FOREIGN_ENTRY_POINT, {})
    pytester.makepyfile(TESTS)
    result = pytester.runpytest_subprocess(*ONLY_THESE, "-p", "no:analytics-mockserver", timeout=TIMEOUT)
    result.assert_outcomes(passed=1, errors=2)
    result.stdout.fnmatch_lines_random(["*fixture 'sandbox' not found", "*fixture 'mockserver_app' not found"])


def test_fixture_of_a_user_may_be_named_mockserver(
    pytester: pytest.Pytester, run_pytest: RunPytest, server_url: str
) -> None:
    pytester.makeconftest(
        """
        import pytest

        @pytest.fixture
        def mockserver(): return "the user's"

        @pytest.fixture
        def mockserver_app(): return "the user's"
        """
    )
    tests = """
    def test_it(sandbox, mockserver, mockserver_app):
        assert (mockserver, mockserver_app) == ("the user's", "the user's")
        assert sandbox.url.startswith("http://127.0.0.1:")
        assert sandbox.clock.now
    """
    run_pytest(tests, "--mockserver-url", server_url).assert_outcomes(passed=1)


def test_fixture_of_another_plugin_may_be_named_mockserver(
    pytester: pytest.Pytester, run_pytest: RunPytest, server_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = "import pytest\n@pytest.fixture\ndef mockserver(): return 'theirs'"
    pytester.makepyfile(other_plugin=other)
    monkeypatch.setenv("PYTHONPATH", f"{pytester.path}{os.pathsep}{ROOT}")
    tests = """
    def test_it(sandbox, mockserver):
        assert (mockserver, sandbox.url[:4]) == ("theirs", "http")
    """
    run_pytest(tests, "-p", "other_plugin", "--mockserver-url", server_url).assert_outcomes(passed=1)


def test_fixture_of_one_conftest_file_does_not_hide_ours_elsewhere(
    pytester: pytest.Pytester, run_pytest: RunPytest, server_url: str
) -> None:
    folder = pytester.mkdir("sub")
    (folder / "conftest.py").write_text("import pytest\n@pytest.fixture\ndef mockserver(): return 'theirs'")
    (folder / "test_sub.py").write_text("def test_it(mockserver): assert mockserver == 'theirs'")
    tests = "def test_it(mockserver): assert mockserver.vendors"
    result = run_pytest(tests, "--mockserver-url", server_url, "sub", ".", "--import-mode=importlib")
    result.assert_outcomes(passed=2)
