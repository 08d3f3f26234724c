"""Other packages named `mockserver` in the same environment: one warning about them, and their fixtures left alone."""

import inspect
import warnings

import pytest

from analytics_mockserver import PackageConflictWarning, ownership

FORMER_MODULE = "mockserver.pytest_plugin"


def has_fixture(plugins: pytest.PytestPluginManager, name: str) -> bool:
    """Whether another plugin has a fixture of this name; one in a conftest file takes precedence anyway."""
    return any(
        callable(inspect.getattr_static(plugin, name, None))
        for plugin_name, plugin in plugins.list_name_plugin()
        if not plugin_name.endswith("conftest.py")
    )


def warn(config: pytest.Config) -> None:
    """Warn of a conflict. It stays a warning where warnings are errors: tests that do not use the plugin still run."""
    text = ownership.find_conflict() or _overwritten(config.pluginmanager)
    if text is None:
        return
    warning = PackageConflictWarning(text)
    try:
        config.issue_config_time_warning(warning, stacklevel=2)
    except PackageConflictWarning:
        message = warnings.WarningMessage(warning, type(warning), __file__, 0)
        config.hook.pytest_warning_recorded.call_historic(
            kwargs={"warning_message": message, "when": "config", "nodeid": "", "location": None}
        )


def _overwritten(plugins: pytest.PytestPluginManager) -> str | None:
    """A sentence about a distribution whose entry point has loaded our module, because ours overwrote its file."""
    for plugin, distribution in plugins.list_plugin_distinfo():
        name = distribution.metadata["Name"]
        if getattr(plugin, "__name__", None) == FORMER_MODULE and name != ownership.DISTRIBUTION:
            return (
                f"the distribution {name} has a package {ownership.PACKAGE} too, and {ownership.DISTRIBUTION} has "
                f"overwritten files of it, so that {name} cannot work here; install one of them in an environment of "
                f"its own"
            )
    return None
