"""Promises about the walls between the rooms: they stand, and each breach of one is caught."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import grimp
import pytest

from tests.server.programs import ROOT

NUMBERS_ONLY = {"numpy", *sys.stdlib_module_names}

BREACHES = [
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
    ("server/sockets.py", "import mockserver.audit", "floors"),
    ("settings.py", "import mockserver.vendors", "settings-alone"),
    ("resources.py", "import mockserver.admin", "settings-alone"),
    ("server/sockets.py", "import mockserver.pytest_plugin.servers", "floors"),
    ("cli/eof.py", "import mockserver.pytest_plugin.servers", "floors"),
    ("pytest_plugin/options.py", "import mockserver.settings", "plugin-apart"),
    ("pytest_plugin/server_process.py", "def late() -> None:\n    import mockserver.gateway.journal", "plugin-apart"),
    ("pytest_plugin/sandboxes.py", "import yaml", "plugin-apart"),
]
"""Where somebody writes what, and the contract that must catch it."""


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package and its contracts, copied, with a second vendor made of the first."""
    place = tmp_path_factory.mktemp("copy")
    shutil.copy(ROOT / "pyproject.toml", place)
    shutil.copytree(ROOT / "mockserver", place / "mockserver", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(place / "mockserver/vendors/augment", place / "mockserver/vendors/other")
    for path in (place / "mockserver/vendors/other").rglob("*.py"):
        path.write_text(path.read_text(encoding="utf-8").replace("vendors.augment", "vendors.other"), encoding="utf-8")
    return place


def test_every_wall_stands(copied: Path) -> None:
    assert broken(copied, *{contract for _, _, contract in BREACHES}) == ""


@pytest.mark.parametrize(("file", "written", "contract"), BREACHES)
def test_a_breach_is_caught(copied: Path, file: str, written: str, contract: str) -> None:
    path = copied / "mockserver" / file
    before = path.read_text(encoding="utf-8") if path.exists() else None
    path.write_text(f"{before or ''}\n{written}\n", encoding="utf-8")
    try:
        assert "BROKEN" in broken(copied, contract)
    finally:
        path.unlink() if before is None else path.write_text(before, encoding="utf-8")


@pytest.mark.parametrize(
    "room", ["mockserver.simulation", "mockserver.vendors.augment.reports", "mockserver.vendors.tabnine.reports"]
)
def test_numbers_come_from_numpy_and_the_standard_library_alone(room: str) -> None:
    graph = grimp.build_graph("mockserver", include_external_packages=True)
    for module in {room, *graph.find_descendants(room)}:
        outside = {
            name for name in graph.find_modules_directly_imported_by(module) if not name.startswith("mockserver")
        }
        assert outside <= NUMBERS_ONLY, module


def broken(place: Path, *contracts: str) -> str:
    """What import-linter says of contracts in a tree; nothing when they are kept."""
    flags = [part for contract in sorted(contracts) for part in ("--contract", contract)]
    found = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache", *flags],
        cwd=place,
        env={**os.environ, "PYTHONPATH": str(place)},
        capture_output=True,
        text=True,
        check=False,
    )
    return found.stdout if found.returncode else ""
