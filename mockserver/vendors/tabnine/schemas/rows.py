"""What Tabnine gives: the shapes of its rows, in its own words.

Computing a row stays out.
"""

from typing import Any

from marshmallow import Schema, fields, post_dump


class Organization(Schema):
    """The organisation, without its settings."""

    id = fields.UUID()
    name = fields.String()
    domains = fields.List(fields.String())


class Team(Schema):
    """A row of teams."""

    id = fields.UUID()
    name = fields.String()
    users_count = fields.Integer(attribute="users", data_key="usersCount")
    is_default_team = fields.Boolean(attribute="default", data_key="isDefaultTeam")


class User(Schema):
    """A row of users."""

    id = fields.UUID()
    username = fields.String()
    email = fields.String()
    role = fields.String()
    verified = fields.Boolean()
    deactivated_at = fields.String(attribute="deactivated", data_key="deactivatedAt")
    updated_at = fields.String(attribute="updated", data_key="updatedAt")


class UserInfo(Schema):
    """One user, in this endpoint's own names."""

    organization_id = fields.UUID()
    user_id = fields.UUID(attribute="id")
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


class Permission(Schema):
    """Somebody who has a role."""

    username = fields.String()
    organization_id = fields.UUID(attribute="organization_id", data_key="organizationId")


class Ratios(Schema):
    """A shape in which a ratio that is undefined is left out."""

    @post_dump
    def leave_out(self, row: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Leave out what is undefined."""
        return {name: value for name, value in row.items() if value is not None}


class CodeCompletions(Ratios):
    """Completions in the editor."""

    active_users = fields.Integer(attribute="users", data_key="activeUsers")
    completions = fields.Integer()
    chars_completed = fields.Integer(attribute="completion_chars", data_key="charsCompleted")
    keystrokes = fields.Integer()
    lines = fields.Integer(attribute="completion_lines")
    automation_factor = fields.Float(attribute="automation_factor", data_key="automationFactor")


class Chat(Ratios):
    """Chat."""

    active_users = fields.Integer(attribute="users", data_key="activeUsers")
    interactions = fields.Integer(attribute="chat_interactions")
    useful_chat_interactions = fields.Integer(attribute="chat_useful", data_key="usefulChatInteractions")
    lines = fields.Integer(attribute="chat_lines")
    chars_completed = fields.Integer(attribute="chat_chars", data_key="charsCompleted")
    chat_consumption_rate = fields.Float(attribute="consumption_rate", data_key="chatConsumptionRate")


class Instruct(Schema):
    """Instructions on a selection."""

    accepted_count = fields.Integer(attribute="instruct_accepted", data_key="acceptedCount")


class Agent(Schema):
    """The agent."""

    active_users = fields.Integer(attribute="users", data_key="activeUsers")
    interactions = fields.Integer(attribute="agent_interactions")
    lines_added = fields.Integer(attribute="agent_lines_added", data_key="linesAdded")
    lines_added_accepted = fields.Integer(attribute="agent_lines_added_accepted", data_key="linesAddedAccepted")
    lines_removed = fields.Integer(attribute="agent_lines_removed", data_key="linesRemoved")
    lines_removed_accepted = fields.Integer(attribute="agent_lines_removed_accepted", data_key="linesRemovedAccepted")


class Bucket(Ratios):
    """What was done from an instant to another, in sections; the switch `usage_sections` says which."""

    start = fields.String(data_key="from")
    end = fields.String(data_key="to")
    users = fields.Integer(data_key="activeUsers")
    productivity_factor = fields.Float(data_key="productivityFactor")
    code_completions = fields.Nested(CodeCompletions, data_key="codeCompletions")
    chat = fields.Nested(Chat)
    instruct = fields.Nested(Instruct)
    agent = fields.Nested(Agent)
