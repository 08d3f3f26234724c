"""The rows of IDE Services' answers, in the default field names (the switch `names` has others)."""

from marshmallow import Schema, fields

from mockserver.gateway.schemas import Column, ColumnarSchema
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
        """The date comes first."""

        fields = ("date", "suggestions", "acceptances", "invocations")

    date = fields.String()


class FeatureMetrics(Metrics):
    """A row of metrics-by-feature."""

    class Meta:
        """The date and the tool come first."""

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
"""The counters in rows: each measure of each tool."""
