"""Tabnine's reports: who has an account (`accounts`), and what was done (`usage`).

Timestamps are whole seconds since 1970-01-01T00:00:00Z.
"""

from datetime import datetime

from mockserver.simulation.timestamps import format_utc, seconds


def format_timestamp(moment: datetime) -> str:
    """A moment as this vendor would write it."""
    return format_utc(seconds(moment))
