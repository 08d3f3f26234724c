"""The admin token: what it may look like; `analytics_mockserver` has the code, for the plugin too."""

from analytics_mockserver.admin_token import AdminTokenError, check, choose, read

__all__ = ["AdminTokenError", "check", "choose", "read"]
