"""Sentences that refuse an unknown name; `analytics_mockserver` has the code, for the plugin too."""

from analytics_mockserver.suggestions import nearest, unknown_name

__all__ = ["nearest", "unknown_name"]
