"""Environment variables: an option takes one if and only if its help names it, and its name follows from the flag."""

import click
import pytest
from click.core import ParameterSource

from tests.cli.commands import OPTIONS
from tests.cli.conftest import Run

SERVICE = {
    "MOCKSERVER_PORT": "tcp://10.96.12.3:8080",
    "MOCKSERVER_PORT_8080_TCP": "tcp://10.96.12.3:8080",
    "MOCKSERVER_PORT_8080_TCP_ADDR": "10.96.12.3",
    "MOCKSERVER_PORT_8080_TCP_PORT": "8080",
    "MOCKSERVER_PORT_8080_TCP_PROTO": "tcp",
    "MOCKSERVER_SERVICE_HOST": "10.96.12.3",
    "MOCKSERVER_SERVICE_PORT": "8080",
    "MOCKSERVER_SERVICE_PORT_HTTP": "8080",
}
"""What Kubernetes sets in every container beside a Service named mockserver."""


def source(command: click.Command, option: click.Option) -> ParameterSource | None:
    """Where the value of an option comes from when no flag is given."""
    with command.make_context("command", [], resilient_parsing=True) as context:
        return context.get_parameter_source(str(option.name))


@pytest.mark.parametrize("name", OPTIONS)
def test_option_takes_its_variable_only_if_its_help_names_it(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    command, option = OPTIONS[name]
    variable = f"MOCKSERVER_{option.opts[0].removeprefix('--').replace('-', '_').upper()}"
    monkeypatch.setenv(variable, "1")
    (line,) = [record for record in [option.get_help_record(click.Context(command))] if record]
    assert (source(command, option) is ParameterSource.ENVIRONMENT) is (f"env var: {variable}" in line[1])


@pytest.mark.parametrize("name", [name for name in OPTIONS if name.startswith("serve ")])
def test_every_flag_of_serve_has_a_variable(name: str) -> None:
    assert OPTIONS[name][1].envvar


VARIABLES = ("JSON", "VENDOR", "GRADE", "FORMAT", "BUCKET", "TEAM", "DIMENSION", "PEOPLE", "SEED", "SLUG", "RUN")


@pytest.mark.parametrize(
    "command", [("cases",), ("switches",), ("fidelity",), ("organizations", "new", "--people", "9"), ("env",)]
)
def test_variable_of_no_other_command_changes_a_listing(run: Run, command: tuple[str, ...]) -> None:
    usual = run(*command).output
    outputs = {name: run(*command, **{f"MOCKSERVER_{name}": "tabnine"}).output for name in VARIABLES}
    assert [name for name, output in outputs.items() if output != usual] == []


def test_service_of_kubernetes_is_ignored_with_one_line(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    ports: list[int] = []
    monkeypatch.setattr("mockserver.server.serve", lambda _app, _host, port, *_, **__: ports.append(port))
    result = run("serve", **SERVICE)
    assert (result.exit_code, ports) == (0, [8080])
    warning = "Warning: MOCKSERVER_PORT=tcp://10.96.12.3:8080 is ignored: it is the address of a Kubernetes Service\n"
    assert result.stderr == warning


def test_address_of_a_service_as_a_flag_is_refused(run: Run) -> None:
    result = run("serve", "--port", SERVICE["MOCKSERVER_PORT"], **SERVICE)
    assert (result.exit_code, "Invalid value for '--port'" in result.stderr) == (2, True)


@pytest.mark.parametrize("level", ["DEBUG", "Info", "warning"])
def test_level_has_any_letter_case(run: Run, monkeypatch: pytest.MonkeyPatch, level: str) -> None:
    monkeypatch.setattr("mockserver.server.serve", lambda *_, **__: None)
    assert run("serve", MOCKSERVER_LOG_LEVEL=level).exit_code == 0
