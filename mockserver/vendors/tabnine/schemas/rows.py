"""The rows of Tabnine's answers, in its own field names.

Long lists are dumped column by column: a single field's way through marshmallow costs as much as the rest of a row.
"""

from marshmallow import Schema, fields

from mockserver.gateway.schemas import Column, ColumnarSchema


class Organization(Schema):
    """The organization, without its settings."""

    id = fields.UUID()
    name = fields.String()
    domains = fields.List(fields.String())


class Team(Schema):
    """A row of teams."""

    id = fields.UUID()
    name = fields.String()
    users_count = fields.Integer(attribute="users", data_key="usersCount")
    is_default_team = fields.Boolean(attribute="default", data_key="isDefaultTeam")


class Users(ColumnarSchema):
    """Rows of users."""

    id = Column[str]()
    username = Column[str]()
    email = Column[str]()
    role = Column[str]()
    verified = Column[bool]()
    deactivated_at = Column[str | None](attribute="deactivated", data_key="deactivatedAt")
    updated_at = Column[str | None](attribute="updated", data_key="updatedAt")


class UserInfo(Schema):
    """One user, in this endpoint's own names."""

    organization_id = fields.String()
    user_id = fields.String(attribute="id")
    email = fields.String()
    role = fields.String()
    created_at = fields.String(attribute="created", data_key="createdAt")
    updated_at = fields.Function(lambda user: user.updated or user.created, data_key="updatedAt")


class UserTeam(Schema):
    """The team of a user."""

    team_id = fields.UUID(attribute="id")
    team_name = fields.String(attribute="name")


class MonthCounts(Schema):
    """Accounts in a month, counted from 0."""

    year = fields.Integer()
    month = fields.Integer()
    registered = fields.Integer()
    deactivated = fields.Integer()
    active = fields.Integer()
    pending = fields.Integer()


class TeamCounts(Schema):
    """Accounts of a team."""

    registered = fields.Integer()
    deactivated = fields.Integer()
    invited = fields.Integer()


class License(Schema):
    """The license's term and seats."""

    exp = fields.Integer()
    iat = fields.Integer()
    seats = fields.Integer()
    seats_cap = fields.Integer(attribute="cap", data_key="seatsCap")
    audience = fields.String()


class Permissions(ColumnarSchema):
    """Users with a role."""

    username = Column[str]()
    organization_id = Column[str](data_key="organizationId")


class CodeCompletions(ColumnarSchema):
    """Completions in the editor."""

    omitted_when_none = ("automationFactor",)

    active_users = Column[int](attribute="users", data_key="activeUsers")
    completions = Column[int]()
    chars_completed = Column[int](attribute="completion_chars", data_key="charsCompleted")
    keystrokes = Column[int]()
    lines = Column[int](attribute="completion_lines")
    automation_factor = Column[float](data_key="automationFactor")


class Chat(ColumnarSchema):
    """Chat."""

    omitted_when_none = ("chatConsumptionRate",)

    active_users = Column[int](attribute="users", data_key="activeUsers")
    interactions = Column[int](attribute="chat_interactions")
    useful_chat_interactions = Column[int](attribute="chat_useful", data_key="usefulChatInteractions")
    lines = Column[int](attribute="chat_lines")
    chars_completed = Column[int](attribute="chat_chars", data_key="charsCompleted")
    chat_consumption_rate = Column[float](attribute="consumption_rate", data_key="chatConsumptionRate")


class Instruct(ColumnarSchema):
    """Instructions on a selection."""

    accepted_count = Column[int](attribute="instruct_accepted", data_key="acceptedCount")


class Agent(ColumnarSchema):
    """The agent."""

    active_users = Column[int](attribute="users", data_key="activeUsers")
    interactions = Column[int](attribute="agent_interactions")
    lines_added = Column[int](attribute="agent_lines_added", data_key="linesAdded")
    lines_added_accepted = Column[int](attribute="agent_lines_added_accepted", data_key="linesAddedAccepted")
    lines_removed = Column[int](attribute="agent_lines_removed", data_key="linesRemoved")
    lines_removed_accepted = Column[int](attribute="agent_lines_removed_accepted", data_key="linesRemovedAccepted")


class Buckets(ColumnarSchema):
    """Buckets of usage, in sections; the switch `usage_sections` decides which."""

    omitted_when_none = ("productivityFactor",)

    start = Column[str](data_key="from")
    end = Column[str](data_key="to")
    users = Column[int](data_key="activeUsers")
    productivity_factor = Column[float](data_key="productivityFactor")
    code_completions = fields.Nested(CodeCompletions, data_key="codeCompletions")
    chat = fields.Nested(Chat)
    instruct = fields.Nested(Instruct)
    agent = fields.Nested(Agent)


COUNTERS = {
    column.attribute or key: f"{section.data_key or name}.{column.data_key or key}"
    for name, section in Buckets().fields.items()
    if isinstance(section, fields.Nested)
    for key, column in section.schema.fields.items()
}
"""The name of each of our counters in the sections of a bucket."""
