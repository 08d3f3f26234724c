"""Completion in shells: bash, zsh and fish run the printed scripts where they are installed; PowerShell's protocol."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.shell_completion import CompletionItem

from mockserver import resources, startup_policy, vendors
from mockserver.cases import loading
from mockserver.cli import completion, main
from mockserver.cli.completion import PowerShellComplete
from mockserver.products.metric_events import Metric
from tests.cli.conftest import Run
from tests.server import programs

BASH = """\
source "$SCRIPT"
COMP_WORDS=("$@"); COMP_CWORD=$(( $# - 1 )); COMPREPLY=()
_mockserver_completion mockserver 2>/dev/null
printf '%s\\n' "${COMPREPLY[@]}"
"""
ZSH = """\
autoload -U compinit; compinit -D -u
source "$SCRIPT"
compadd() { print -l -- "${(P@)argv[-1]}" }
_describe() { print -l -- "${(@P)3}" }
words=("$@"); CURRENT=$#
_mockserver_completion
"""
FISH = 'source $SCRIPT; complete --do-complete (string join " " -- (string escape -- $argv[1..-2]) $argv[-1])'


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A PATH on which `mockserver` is that of this checkout."""
    folder = tmp_path_factory.mktemp("bin")
    program = folder / "mockserver"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m mockserver "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    return f"{folder}:{os.environ['PATH']}"


def completed(run: Run, path: str, tmp_path: Path, program: tuple[str, ...], words: str) -> list[str]:
    """What a shell offers for the last of some words."""
    script = tmp_path / "script"
    script.write_text(run("completion", program[0]).stdout, encoding="utf-8")
    environment = {**programs.UNMEASURED, "PATH": path, "SCRIPT": str(script), "PYTHONPATH": str(programs.ROOT)}
    arguments = [*program, *words.split(" ")]
    done = subprocess.run(arguments, env=environment, cwd=tmp_path, capture_output=True, text=True, check=False)
    return [line.partition("\t")[0].partition(":")[0] for line in done.stdout.splitlines()]


SHELLS = {"bash": ("bash", "-c", BASH, "-"), "fish": ("fish", "-c", FISH), "zsh": ("zsh", "-f", "-c", ZSH, "-")}
LINES = {
    "mockserver se": ["serve"],
    "mockserver serve --organization-": ["--organization-file"],
    "mockserver serve --organization ": list(resources.organizations()),
    "mockserver serve --limits d": ["documented"],
    "mockserver organizations n": ["new"],
    "mockserver serve --case C00": [f"C00{number}" for number in range(1, 10)],
    "mockserver serve --profile s": ["slow", "stale-data"],
    "mockserver cases C001 c002": ["C002"],
    "mockserver metric total-lines": ["total-lines-added", "total-lines-accepted"],
    "mockserver fidelity --vendor a": ["augment"],
    "mockserver audit --vendor c": ["cross-vendor"],
    "mockserver torture --only defect.dup": ["defect.duplicate-row"],
    "mockserver torture --jobs a": ["auto"],
    "mockserver learn tab": ["tabnine"],
    "mockserver serve --policy augment.last_c": [f"augment.last_cursor={each}" for each in ("empty", "null", "absent")],
}


@pytest.mark.in_process("the commands run in processes of their own")
@pytest.mark.parametrize("line", LINES)
@pytest.mark.parametrize("shell", [name for name in SHELLS if shutil.which(name)])
def test_shell_completes_commands_flags_and_values(run: Run, path: str, tmp_path: Path, shell: str, line: str) -> None:
    assert sorted(completed(run, path, tmp_path, SHELLS[shell], line)) == sorted(LINES[line])


@pytest.mark.in_process("the commands run in processes of their own")
@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("mockserver serve --policy augment.last_cursor =", ["empty", "null", "absent"]),
        ("mockserver serve --policy augment.last_cursor = n", ["null"]),
        ("mockserver serve --limits = o", ["off"]),
    ],
)
def test_bash_takes_the_equals_sign_for_a_word(
    run: Run, path: str, tmp_path: Path, line: str, expected: list[str]
) -> None:
    assert completed(run, path, tmp_path, SHELLS["bash"], line) == expected


def test_bash_gets_the_option_of_a_switch_alone(run: Run) -> None:
    for words, expected in {
        ("serve", "--policy", "augment.last_cursor", "="): ["empty", "null", "absent"],
        ("serve", "--policy", "augment.last_cursor", "=", "n"): ["null"],
        ("serve", "--limits", "=", "o"): ["off"],
        ("serve", "--limits", "o"): ["off"],
    }.items():
        variables = {"COMP_WORDS": "\n".join(("mockserver", *words)), "COMP_CWORD": str(len(words))}
        printed = run(**{completion.VARIABLE: "bash_complete"}, **variables).stdout
        assert printed.splitlines() == [f"plain,{each}" for each in expected]


def powershell(run: Run, *words: str) -> list[str]:
    """What the command prints for PowerShell; the last word is incomplete."""
    variables = {"COMP_WORDS": "\n".join(words[:-1]), "COMP_CWORD": words[-1]}
    result = run(**{completion.VARIABLE: "powershell_complete"}, **variables)
    assert (result.exit_code, result.stderr) == (0, "")
    return list(filter(None, result.stdout.splitlines()))


@pytest.mark.parametrize("line", LINES)
def test_powershell_gets_a_line_for_each_value(run: Run, line: str) -> None:
    assert sorted(each.split("\t")[0] for each in powershell(run, *line.split(" "))) == sorted(LINES[line])


def test_powershell_gets_a_text_beside_each_value(run: Run) -> None:
    assert powershell(run, "mockserver", "se")[0].startswith("serve\tServe every vendor's API")
    assert powershell(run, "mockserver", "serve", "--limits", "d") == ["documented\tdocumented"]
    several = CompletionItem("a", help="one\ntwo\tthree")
    complete = PowerShellComplete(main, {}, "mockserver", completion.VARIABLE)
    assert complete.format_completion(several) == "a\tone two three"


def test_powershell_completes_files_by_itself(run: Run) -> None:
    assert powershell(run, "mockserver", "serve", "--organization-file", "m") == []


def test_script_of_powershell_registers_the_command(run: Run) -> None:
    printed = run("completion", "powershell").stdout
    assert "Register-ArgumentCompleter -Native -CommandName mockserver -ScriptBlock {" in printed
    assert "$env:_MOCKSERVER_COMPLETE = 'powershell_complete'" in printed
    assert printed.count("{") == printed.count("}")
    assert "%" not in printed
    assert "mockserver | Where-Object { $_ } |" in printed  # The end of the output without any completion.


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_script_calls_the_command_by_the_variable(run: Run, shell: str) -> None:
    result = run("completion", shell)
    assert (result.exit_code, f"{completion.VARIABLE}={shell}_complete" in result.stdout) == (0, True)


def test_unknown_shell_is_a_usage_error(run: Run) -> None:
    result = run("completion", "tcsh")
    assert (result.exit_code, "'bash', 'zsh', 'fish', 'powershell'" in result.stderr) == (2, True)


def test_all_values_are_completed(run: Run) -> None:
    def values(*words: str) -> list[str]:
        return [each.split("\t")[0] for each in powershell(run, "mockserver", *words, "")]

    catalogue = loading.load(resources.cases())
    served = vendors.discover()
    assert values("cases") == sorted(case.id for case in catalogue.cases)
    assert values("cases", "--vendor") == sorted(catalogue.vendors)
    assert values("metric", "--vendor") == [vendor.name for vendor in served]
    assert values("metric") == list(Metric)
    names = {each.partition("=")[0] for each in values("serve", "--policy")}
    assert names == {
        f"{group}.{each.name}" for group, found in startup_policy.all_switches(served).items() for each in found
    }
