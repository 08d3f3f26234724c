"""What IDE Services gives: the shapes of its rows, in the names of the contract.

Computing a row stays out, and so does another name for any of these (the switch `names`).
"""

from typing import Any

from marshmallow import Schema, fields


class Adoption(Schema):
    """A row of users-adoption."""

    date = fields.String()
    enabled = fields.Integer(data_key="enabledUsers")
    active = fields.Integer(data_key="activeUsers")


class Totals(Schema):
    """One set of numbers."""

    suggestions = fields.Integer()
    acceptances = fields.Integer()
    invocations = fields.Integer()


class Metrics(Totals):
    """A row of metrics."""

    class Meta:
        """The date stands first."""

        fields = ("date", "suggestions", "acceptances", "invocations")

    date = fields.String()


class FeatureMetrics(Metrics):
    """A row of metrics-by-feature."""

    class Meta:
        """The date and the tool stand first."""

        fields = ("date", "tool", "suggestions", "acceptances", "invocations")

    tool = fields.String()


class UserMetrics(Schema):
    """A row of users.paged. Its parts are what they should be already: a page has a thousand of them to write."""

    user_id = fields.Raw(data_key="userId")
    user_name = fields.Raw(data_key="userName")
    user_email = fields.Raw(data_key="userEmail")
    date = fields.Raw()
    tool = fields.Raw()
    suggestions = fields.Raw()
    acceptances = fields.Raw()
    invocations = fields.Raw()

    def get_attribute(self, obj: Any, attr: str, default: Any) -> Any:  # noqa: ARG002 (marshmallow's)
        """A part of a row, which is there by this name: nothing is looked for elsewhere."""
        return getattr(obj, attr)
