"""Answers `python -m mockserver`; everything else stays out (`cli`)."""

from mockserver.cli import main

main(prog_name="mockserver")
