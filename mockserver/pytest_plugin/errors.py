"""Answers what can go wrong between a test and the server, as exceptions that a test may expect.

What the vendors refuse is no error here: a client sees it as at the vendor's.
"""


class MockserverRefused(Exception):
    """The control plane refused what a test asked of it; the text has its reason, `status` is its HTTP status."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(f"the mock server refused with {status}: {detail}")
        self.status = status
        self.detail = detail


class MockserverGone(Exception):
    """The server did not start, or does not answer any more; the text says what is known, and ends with its log."""
