"""The entry point of `python -m mockserver`; the commands are in `cli`."""

from mockserver.cli import main

main(prog_name="mockserver")
