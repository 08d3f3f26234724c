"""Exceptions of the plugin's own. A request that the server refuses raises `mockserver.client.Refused`."""


class MockserverGone(Exception):
    """The mock server did not start, or no longer responds; the message says what is known and ends with its log."""


class MarkerError(ValueError):
    """Invalid use of the `mockserver` marker; the message names the mistake and the allowed arguments."""
