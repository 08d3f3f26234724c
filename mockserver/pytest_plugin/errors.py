"""Exceptions that a test may expect from the plugin.

Refusals by a simulated vendor are not among them: the client under test receives those as HTTP responses.
"""


class MockserverRefused(Exception):
    """The mock server refused a request from the plugin: `status` is the HTTP status, `detail` the reason."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(f"the mock server refused the request with status {status}: {detail}")
        self.status = status
        self.detail = detail


class MockserverGone(Exception):
    """The mock server did not start, or no longer responds; the message says what is known and ends with its log."""


class MarkerError(ValueError):
    """Invalid use of the `mockserver` marker; the message names the mistake and the allowed arguments."""
