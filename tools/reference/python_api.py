"""The pages on the Python client and the pytest plugin, from their docstrings."""

import inspect
import re
from collections.abc import Iterator
from dataclasses import is_dataclass
from textwrap import dedent
from typing import Any, is_typeddict

from analytics_mockserver import client as client_package
from analytics_mockserver import pytest_plugin
from analytics_mockserver.client import http, resources
from analytics_mockserver.pytest_plugin import fixtures, mockserver_fixture, options
from tools.markdown import table

CLIENT = """\
# Python client

`analytics_mockserver.client.Client` reads and changes a server, needs only the standard library, and is typed. The
package `mockserver` has it under the same name: `mockserver.Client`.
"""

PLUGIN = """\
# Pytest plugin

Installing the package installs the plugin `analytics-mockserver`. How to use it is in
[Test with pytest](../how-to/pytest.md). `pytest --fixtures -v` prints the same texts.

## Options

| command line | ini file | variable | description |
| --- | --- | --- | --- |
| `--mockserver-url URL` | `mockserver_url` | `MOCKSERVER_URL` | Use the server at this URL instead of starting one. |
| | `mockserver_command` | | Start the server with this command, up to and without `serve`. A URL takes precedence. |
| | | `MOCKSERVER_ADMIN_TOKEN`, `MOCKSERVER_ADMIN_TOKEN_FILE` | The admin token that is sent to the server. |
"""

FIXTURES = (fixtures.sandbox, fixtures.mockserver_app, mockserver_fixture.mockserver)


def client() -> str:
    """The client's classes, with the methods of each."""
    classes = [client_package.Client, client_package.SandboxClient, *_resources(), http.Refused, http.NoAnswer]
    return "\n".join((CLIENT, _text(inspect.getdoc(client_package)), *(_class(each) for each in classes)))


def _resources() -> Iterator[type]:
    for each in vars(resources).values():
        if inspect.isclass(each) and issubclass(each, resources.Resource) and each is not resources.Resource:
            yield each


def plugin() -> str:
    """The options, the marker, the fixtures, and the classes for annotations."""
    signature, _, description = options.MARKER_HELP.partition("): ")
    marker = f"## Marker\n\n```text\n@pytest.mark.{signature})\n```\n\n{description[:1].upper()}{description[1:]}\n"
    classes = sorted({getattr(pytest_plugin, name) for name in pytest_plugin.__all__}, key=lambda each: each.__name__)
    return "\n".join((PLUGIN, marker, "## Fixtures\n", *map(_fixture, FIXTURES), *map(_class, classes)))


def _fixture(fixture: Any) -> str:
    function = fixture._get_wrapped_function()  # noqa: SLF001 - pytest has no public name for it
    return f"### {function.__name__}\n\n{_text(inspect.getdoc(function))}"


def _class(described: type) -> str:
    rows = [(f"`{name}{_signature(each)}`", _line(each)) for name, each in _members(described)]
    methods = table([("name", "description"), *rows]) if rows else ""
    return f"## {described.__name__}\n\n{_text(inspect.getdoc(described))}\n{_fields(described)}{methods}"


def _fields(described: type) -> str:
    """The fields of a dataclass, or the keys of a dictionary with fixed keys."""
    if not (is_dataclass(described) or is_typeddict(described)):
        return ""
    names = ", ".join(f"`{name}`" for name in described.__annotations__)
    return f"{'Fields' if is_dataclass(described) else 'Arguments'}: {names}.\n\n"


def _members(described: type) -> Iterator[tuple[str, Any]]:
    for name, each in vars(described).items():
        function = each.fget if isinstance(each, property) else each
        if not name.startswith("_") and inspect.isfunction(function):
            yield name, each


def _signature(function: Any) -> str:
    if isinstance(function, property):
        return ""
    signature = inspect.signature(function)
    _, *given = signature.parameters.values()  # without self
    parameters = [each.replace(annotation=inspect.Parameter.empty) for each in given]
    return str(signature.replace(parameters=parameters, return_annotation=inspect.Signature.empty))


def _line(described: Any) -> str:
    return " ".join((inspect.getdoc(described) or "").split())


def _text(docstring: str | None) -> str:
    """A docstring as Markdown: paragraphs with indented or aligned lines become blocks of code."""
    return "\n".join(map(_paragraph, re.split(r"\n\n+", docstring or "")))


def _paragraph(text: str) -> str:
    return f"```text\n{dedent(text)}\n```\n" if re.search(r"^    |\S {3}", text, re.MULTILINE) else f"{text}\n"
