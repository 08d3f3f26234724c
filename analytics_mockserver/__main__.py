"""The entry point of `python -m analytics_mockserver`, which is the command `mockserver`."""

from analytics_mockserver.command import main

main()
