"""What ends learning: one error, whose text says what was wrong, and what to do."""


def printable(text: str) -> str:
    """A text that fits on one line of any terminal: what cannot be printed is escaped."""
    return "".join(each if each.isprintable() else ascii(each)[1:-1] for each in text)


class LearnError(ValueError):
    """A file, a URL or a sample that cannot be used. The text has no value of a sample, and no credential."""

    def __init__(self, text: str) -> None:
        super().__init__(printable(text))
