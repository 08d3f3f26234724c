"""`mockserver completion`: a script with which a shell completes command lines.

The scripts of bash, zsh and fish are click's. What can be completed is decided by the commands, and by `values`.
"""

import os

import click
from click.shell_completion import (
    BashComplete,
    CompletionItem,
    FishComplete,
    ShellComplete,
    ZshComplete,
    add_completion_class,
)

VARIABLE = "_MOCKSERVER_COMPLETE"
"""The variable by which a script calls the command; click has the name from the program's."""

_POWERSHELL = """\
Register-ArgumentCompleter -Native -CommandName %(prog_name)s -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $words = $commandAst.CommandElements |
        Where-Object { $_.Extent.EndOffset -lt $cursorPosition } |
        ForEach-Object { if ($null -ne $_.Value) { "$($_.Value)" } else { $_.Extent.Text } }
    $env:COMP_WORDS = $words -join "`n"
    $env:COMP_CWORD = $wordToComplete
    $env:%(complete_var)s = 'powershell_complete'
    try {
        %(prog_name)s | Where-Object { $_ } | ForEach-Object {
            $value, $help = $_ -split "`t", 2
            [System.Management.Automation.CompletionResult]::new($value, $value, 'ParameterValue', $help)
        }
    } finally {
        Remove-Item Env:COMP_WORDS, Env:COMP_CWORD, Env:%(complete_var)s -ErrorAction SilentlyContinue
    }
}
"""


class PowerShellComplete(ShellComplete):
    """PowerShell: the words are lines of COMP_WORDS, the word at the cursor is COMP_CWORD; a line for each completion.

    A line has the value, a tab, and a text, which must not be empty. Without any line, PowerShell completes files.
    """

    name = "powershell"
    source_template = _POWERSHELL

    def get_completion_args(self) -> tuple[list[str], str]:
        """The words before the cursor, and the incomplete word."""
        return os.environ.get("COMP_WORDS", "").splitlines()[1:], os.environ.get("COMP_CWORD", "")

    def format_completion(self, item: CompletionItem[str]) -> str:
        return f"{item.value}\t{' '.join((item.help or item.value).split())}"

    def complete(self) -> str:
        found = self.get_completions(*self.get_completion_args())
        return "\n".join(self.format_completion(each) for each in found if each.type == "plain")


class EqualsBashComplete(BashComplete):
    """Bash, which takes an equals sign for a word of its own, in --flag=value and in VENDOR.SWITCH=OPTION."""

    _joined = ""

    def get_completion_args(self) -> tuple[list[str], str]:
        args, incomplete = super().get_completion_args()
        if incomplete == "=":
            args, incomplete = [*args, "="], ""
        if args[-1:] != ["="]:
            return args, incomplete
        if args[-2].startswith("--"):
            return args[:-1], incomplete
        self._joined = f"{args[-2]}="
        return args[:-2], f"{self._joined}{incomplete}"

    def format_completion(self, item: CompletionItem[str]) -> str:
        item.value = item.value.removeprefix(self._joined)
        return super().format_completion(item)


SHELLS: dict[str, type[ShellComplete]] = {
    each.name: each for each in (EqualsBashComplete, ZshComplete, FishComplete, PowerShellComplete)
}

for _each in SHELLS.values():
    add_completion_class(_each)


@click.command
@click.argument("shell", type=click.Choice(tuple(SHELLS)))
def completion(shell: str) -> None:
    """Print a script that completes commands in a shell.

    Commands, flags and their values are completed: organizations, vendors, metrics, cases and switches. The script
    calls the `mockserver` that the shell finds.

    \b
    Examples:
      mockserver completion bash >> ~/.bashrc
      mockserver completion zsh >> ~/.zshrc
      mockserver completion fish > ~/.config/fish/completions/mockserver.fish
      mockserver completion powershell >> $PROFILE
    """
    root = click.get_current_context().find_root()
    click.echo(SHELLS[shell](root.command, {}, "mockserver", VARIABLE).source())
