"""The import contracts: the code keeps them, and they detect every kind of violation."""

import shutil
import subprocess
import sys
from pathlib import Path

import grimp
import pytest

from tests.server import programs
from tests.server.programs import ROOT

NUMPY_AND_STANDARD_LIBRARY = {"numpy", *sys.stdlib_module_names}

VIOLATIONS = [
    ("simulation/clock.py", "import mockserver.gateway.journal", "floors"),
    ("gateway/journal.py", "import mockserver.vendors.augment.policy", "floors"),
    ("gateway/journal.py", "import mockserver.admin", "floors"),
    ("admin/routes.py", "import mockserver.vendors", "floors"),
    ("admin/routes.py", "import mockserver.organizations.files", "floors"),
    ("vendors/augment/routes.py", "import mockserver.admin", "floors"),
    ("vendors/augment/routes.py", "import mockserver.settings", "floors"),
    ("vendors/augment/routes.py", "import mockserver.app", "floors"),
    ("vendors/__init__.py", "import mockserver.resources", "floors"),
    ("settings.py", "import mockserver.resources", "floors"),
    ("app.py", "import mockserver.server", "floors"),
    ("server/sockets.py", "import mockserver.cli", "floors"),
    ("utils.py", "", "floors"),
    ("vendors/augment/routes.py", "import mockserver.vendors.other", "vendors-apart"),
    ("vendors/other/policy.py", "import mockserver.vendors.augment.policy", "vendors-apart"),
    ("vendors/augment/policy.py", "import mockserver.vendors.augment.errors", "vendor-rooms"),
    ("vendors/augment/errors.py", "import mockserver.vendors.augment.schemas", "vendor-rooms"),
    ("vendors/augment/schemas.py", "import mockserver.vendors.augment.reports", "vendor-rooms"),
    ("vendors/augment/pagination.py", "import mockserver.vendors.augment.routes", "vendor-rooms"),
    ("vendors/augment/helpers.py", "", "vendor-rooms"),
    ("vendors/augment/defects.py", "import mockserver.vendors.augment.policy", "vendor-rooms"),
    ("vendors/tabnine/defects.py", "import mockserver.vendors.tabnine.schemas", "vendor-rooms"),
    ("gateway/defects.py", "import mockserver.vendors.augment.defects", "floors"),
    ("vendors/tabnine/schemas/queries.py", "import mockserver.vendors.augment.schemas", "vendors-apart"),
    ("vendors/augment/routes.py", "import mockserver.vendors.tabnine.schemas.rows", "vendors-apart"),
    ("vendors/tabnine/schemas/queries.py", "import mockserver.vendors.tabnine.routes", "vendor-rooms"),
    ("vendors/tabnine/schemas/rows.py", "import mockserver.vendors.tabnine.reports", "vendor-rooms"),
    ("vendors/tabnine/schemas/helpers.py", "import mockserver.vendors.tabnine.pagination", "vendor-rooms"),
    ("vendors/tabnine/reports/usage.py", "import mockserver.vendors.tabnine.schemas.rows", "vendor-rooms"),
    ("vendors/tabnine/errors.py", "import mockserver.vendors.tabnine.schemas.queries", "vendor-rooms"),
    ("vendors/tabnine/reports/usage.py", "import flask", "reports-without-http"),
    ("vendors/augment/reports.py", "import flask", "reports-without-http"),
    ("vendors/augment/reports.py", "import mockserver.gateway.paging", "reports-without-http"),
    ("simulation/people.py", "import yaml", "simulation-pure"),
    ("simulation/people.py", "def late() -> None:\n    import flask", "simulation-pure"),
    ("audit/reader.py", "import mockserver.gateway.tokens", "audit-outside"),
    ("audit/run.py", "import mockserver.app", "audit-outside"),
    ("audit/run.py", "import mockserver.admin", "floors"),
    ("audit/run.py", "import mockserver.vendors", "floors"),
    ("vendors/augment/invariants.py", "import mockserver.vendors.augment.policy", "invariants-outside"),
    ("conduct/rules.py", "import mockserver.vendors", "floors"),
    ("gateway/journal.py", "import mockserver.products.metrics", "gateway-without-metrics"),
    ("simulation/people.py", "import mockserver.products", "floors"),
    ("products/world.py", "import mockserver.gateway", "floors"),
    ("products/augment/__init__.py", "import mockserver.products.tabnine", "products-apart"),
    ("products/model.py", "import mockserver.products.tabnine", "products-apart"),
    ("products/augment/__init__.py", "import flask", "products-without-http"),
    ("products/world.py", "def late() -> None:\n    import click", "products-without-http"),
    ("settings.py", "import mockserver.vendors", "settings-alone"),
    ("resources.py", "import mockserver.admin", "settings-alone"),
    ("server/sockets.py", "import mockserver.pytest_plugin", "floors"),
    ("cli/logs.py", "import mockserver.pytest_plugin", "floors"),
    ("../analytics_mockserver/pytest_plugin/options.py", "import mockserver.settings", "plugin-apart"),
    (
        "../analytics_mockserver/client/http.py",
        "def late() -> None:\n    import mockserver.gateway.journal",
        "plugin-apart",
    ),
    ("../analytics_mockserver/pytest_plugin/sandboxes.py", "import yaml", "plugin-apart"),
]
"""A file, the code appended to it, and the contract that must detect it."""


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the package and its contracts, with a copy of a vendor under another name."""
    folder = tmp_path_factory.mktemp("copy")
    shutil.copy(ROOT / "pyproject.toml", folder)
    for name in ("mockserver", "analytics_mockserver"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(folder / "mockserver/vendors/augment", folder / "mockserver/vendors/other")
    for path in (folder / "mockserver/vendors/other").rglob("*.py"):
        path.write_text(path.read_text(encoding="utf-8").replace("vendors.augment", "vendors.other"), encoding="utf-8")
    return folder


def test_all_contracts_are_kept(copied: Path) -> None:
    assert violations(copied, *{contract for _, _, contract in VIOLATIONS}) == ""


@pytest.mark.parametrize(("file", "code", "contract"), VIOLATIONS)
def test_a_violation_is_detected(copied: Path, file: str, code: str, contract: str) -> None:
    path = copied / "mockserver" / file
    before = path.read_text(encoding="utf-8") if path.exists() else None
    path.write_text(f"{before or ''}\n{code}\n", encoding="utf-8")
    try:
        assert "BROKEN" in violations(copied, contract)
    finally:
        path.unlink() if before is None else path.write_text(before, encoding="utf-8")


@pytest.mark.parametrize(
    "package", ["mockserver.simulation", "mockserver.vendors.augment.reports", "mockserver.vendors.tabnine.reports"]
)
def test_numbers_need_only_numpy_and_the_standard_library(package: str) -> None:
    graph = grimp.build_graph("mockserver", include_external_packages=True)
    for module in {package, *graph.find_descendants(package)}:
        outside = {
            name for name in graph.find_modules_directly_imported_by(module) if not name.startswith("mockserver")
        }
        assert outside <= NUMPY_AND_STANDARD_LIBRARY, module


def violations(folder: Path, *contracts: str) -> str:
    """Check contracts in a folder, and return the report of import-linter; empty if they are kept."""
    flags = [part for contract in sorted(contracts) for part in ("--contract", contract)]
    found = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), *flags],
        cwd=folder,
        env={**programs.UNMEASURED, "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    return found.stdout if found.returncode else ""
