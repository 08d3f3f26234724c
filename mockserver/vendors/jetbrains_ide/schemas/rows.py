"""What IDE Services gives: the shapes of its rows, in the names of the contract.

Computing a row stays out, and so does another name for any of these (the switch `names`).
"""

from marshmallow import Schema, fields

from mockserver.gateway.columns import Column, ColumnarSchema
from mockserver.products.jetbrains.facts import TOOLS


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


class UserMetrics(ColumnarSchema):
    """Rows of users.paged."""

    user_id = Column[str](data_key="userId")
    user_name = Column[str](data_key="userName")
    user_email = Column[str](data_key="userEmail")
    date = Column[str]()
    tool = Column[str]()
    suggestions = Column[int]()
    acceptances = Column[int]()
    invocations = Column[int]()


COUNTERS = tuple((tool, measure) for tool in TOOLS for measure in Totals().fields)
"""What rows tell: measures, each a tool's."""
