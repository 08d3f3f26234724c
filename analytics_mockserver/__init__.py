"""What analytics-mockserver installs under a name that nobody else uses: its HTTP client and its pytest plugin.

The server is the package `mockserver`. Other packages have that name too, and one of them can be first on Python's
path, or can have overwritten files. Therefore nothing here imports `mockserver`, except to run the server in this
process, and `ownership` tells whose package it is.
"""


class PackageConflictWarning(UserWarning):
    """Pytest's warning that another package named `mockserver` is in the way of ours, or ours in its way."""
