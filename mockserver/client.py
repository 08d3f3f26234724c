"""The HTTP client of this product; the code is in `analytics_mockserver.client`.

This is one file, and not a folder, because the distribution mockserver-client has a file of this name: a folder would
hide it, so that this distribution would break the other even if the other is installed later.
"""

from analytics_mockserver.client import (
    MOUNT,
    Client,
    HttpTransport,
    NoAnswer,
    Refused,
    Response,
    SandboxClient,
    Transport,
    in_process,
)

__all__ = [
    "MOUNT",
    "Client",
    "HttpTransport",
    "NoAnswer",
    "Refused",
    "Response",
    "SandboxClient",
    "Transport",
    "in_process",
]
