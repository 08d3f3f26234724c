"""The entry point of `python -m mockserver`; the commands are in `cli`."""

from analytics_mockserver.command import main

main()
