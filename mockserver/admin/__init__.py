"""The control plane under /_mock: one JSON resource for everything of the simulator that a client may see or change.

It knows sandboxes and no vendor: what it needs of the vendors is passed to it as data.
"""

from mockserver.admin.admin_context import AdminContext
from mockserver.admin.routes import install, render_error

__all__ = ["AdminContext", "install", "render_error"]
