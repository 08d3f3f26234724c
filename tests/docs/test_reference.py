"""The generated reference: it has every command, switch, endpoint, resource, method and key, and is up to date."""

import re
from pathlib import Path

import click
import pytest

from analytics_mockserver import pytest_plugin
from analytics_mockserver.client import Client
from mockserver import resources, startup_policy, vendors
from mockserver.cli import main, serving
from mockserver.organizations.schemas import OrganizationFileSchema
from mockserver.validation import yaml_text
from tools import markdown
from tools.reference import pages

PAGES = {path.stem: text for path, text in pages.all_pages().items()}
CONTROL_PLANE = yaml_text.load_bundled((resources.openapi() / "admin.yaml").read_bytes())
COMMANDS = main.list_commands(click.Context(main))


def test_committed_pages_are_up_to_date(capsys: pytest.CaptureFixture[str]) -> None:
    assert markdown.update(pages.all_pages(), check=True)
    assert capsys.readouterr().err == ""


def test_outdated_page_is_reported_and_then_updated(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = tmp_path / "docs" / "reference" / "page.md"
    assert not markdown.update({page: "new"}, check=True)
    assert capsys.readouterr().err == "docs/reference/page.md is out of date; run `make fix`\n"
    assert markdown.update({page: "new"}, check=False)
    assert page.read_text(encoding="utf-8") == "new"
    assert not markdown.update({page: "newer"}, check=True)


def test_bar_in_a_cell_is_escaped() -> None:
    assert markdown.table([("flag",), ("a|b",)]) == "| flag |\n| --- |\n| a\\|b |\n"


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_its_help_and_all_its_flags(name: str) -> None:
    command = main.get_command(click.Context(main), name)
    assert command is not None
    _, _, section = PAGES["commands"].partition(f"\n## mockserver {name}\n")
    section = section.partition("\n## mockserver ")[0]
    assert (command.help or "").splitlines()[0] in section
    flags = [option.opts[0] for option in command.params if isinstance(option, click.Option) and not option.hidden]
    assert [flag for flag in flags if f"| `{flag}" not in section] == []


def test_examples_keep_their_lines_without_indentation() -> None:
    assert "\n```text\nmockserver serve --organization hooli --limits off\n" in PAGES["commands"]
    assert "\b" not in PAGES["commands"]


def test_every_setting_has_its_variable() -> None:
    options = [each for each in serving.serve.params if isinstance(each, click.Option) and not each.hidden]
    assert [each.envvar for each in options if f"| `{each.envvar}` |" not in PAGES["settings"]] == []
    assert "| `--port NUMBER` | `MOCKSERVER_PORT` | `8080` |" in PAGES["settings"]


def test_every_switch_has_its_evidence() -> None:
    for group, switches in startup_policy.all_switches(vendors.discover()).items():
        _, _, section = PAGES["switches"].partition(f"\n## {group}\n")
        rows = section.partition("\n## ")[0].splitlines()
        for switch in switches:
            (row,) = [row for row in rows if row.startswith(f"| `{switch.name}` |")]
            assert f"| {switch.grade.evidence} | " in row


def test_every_endpoint_has_its_parameters() -> None:
    text = PAGES["endpoints"]
    assert "| `GET /analytics/v0/dau` | `getDau` | `date`, `cursor`, `page_size` |" in text
    assert "`fromDate` (required), `toDate` (required)" in text
    for vendor in vendors.discover():
        document = yaml_text.load_bundled((resources.openapi() / vendor.openapi).read_bytes())
        assert [path for path in document["paths"] if f" {path}` |" not in text] == []


def test_every_resource_says_whether_each_sandbox_has_it() -> None:
    rows = [row for row in PAGES["control-plane"].splitlines() if "` | " in row]
    paths = {path: item for path, item in CONTROL_PLANE["paths"].items() if not path.startswith("/_mock/sandboxes/{")}
    for path in paths:
        found = [row for row in rows if f" {path}` |" in row]
        own = f"/_mock/sandboxes/{{sandbox}}{path.removeprefix('/_mock')}" in CONTROL_PLANE["paths"]
        assert found
        assert {row.endswith("| yes |") for row in found} == {own}, path


@pytest.mark.parametrize("schema", ["SandboxBody", "RuleBody", "EffectBody", "AllowanceBody"])
def test_every_field_of_a_body_is_described(schema: str) -> None:
    _, _, section = PAGES["control-plane"].partition(f"\n### {schema}\n")
    fields = CONTROL_PLANE["components"]["schemas"][schema]["properties"]
    assert [field for field in fields if f"| `{field}`" not in section.partition("\n### ")[0]] == []


def test_every_method_of_the_client_is_described() -> None:
    methods = [name for name in vars(Client) if not name.startswith("_")]
    assert [name for name in methods if f"| `{name}(" not in PAGES["python-client"]] == []
    assert "| `create(vendor, permission='granted')` |" in PAGES["python-client"]


def test_every_public_name_and_fixture_of_the_plugin_is_described() -> None:
    text = PAGES["pytest-plugin"]
    names = {getattr(pytest_plugin, name).__name__ for name in pytest_plugin.__all__}
    assert [name for name in names if f"\n## {name}\n" not in text] == []
    assert [name for name in ("sandbox", "mockserver", "mockserver_app") if f"\n### {name}\n" not in text] == []
    assert "\n@pytest.mark.mockserver(case='C001', " in text


def test_every_argument_of_a_fault_and_field_of_a_record_is_listed() -> None:
    listed = {
        name: section.partition("\n## ")[0]
        for name, section in (part.split("\n", 1) for part in PAGES["pytest-plugin"].split("\n## ")[1:])
    }
    records = (pytest_plugin.FaultArguments, pytest_plugin.Request, pytest_plugin.LintFinding)
    missing = [
        (record.__name__, name)
        for record in records
        for name in record.__annotations__
        if f"`{name}`" not in re.split("^(?:Arguments|Fields): ", listed[record.__name__], flags=re.MULTILINE)[1]
    ]
    assert missing == []
    assert "\nArguments: `status`, `code`, " in listed["FaultArguments"]
    assert "\nFields: `id`, `at`, " in listed["Request"]


def test_every_key_of_an_organization_file_has_its_rule() -> None:
    text = PAGES["organization-file"]
    assert [key for key in OrganizationFileSchema().fields if f"| `{key}`" not in text] == []
    assert "| `teams[].name`, required | text of 1 to 200 characters" in text
    assert "| `adoption.tabnine.seats` | a whole number" in text
