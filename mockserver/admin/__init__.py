"""The control plane under /_mock: a JSON resource for everything in the simulator that a client can see or change.

It knows sandboxes and no vendor: what it needs of the vendors is passed to it as data.
"""

from mockserver.admin.admin_context import AdminContext
from mockserver.admin.entry import install, needs_body, render_error

__all__ = ["AdminContext", "install", "needs_body", "render_error"]
