"""The rows of Tabnine's answers, in its own field names.

Long lists are dumped column by column: a single field's way through marshmallow costs as much as the rest of a row.
"""

from typing import Any

from marshmallow import Schema, fields

from mockserver.gateway.schemas import Column, ColumnarSchema


class OrganizationInfo(Schema):
    """The organization of a world, without its settings."""

    id = fields.UUID(attribute="identities.organization_id")
    name = fields.String(attribute="organization.name")
    domains = fields.Function(lambda world: [world.organization.domain])


class TeamRow(Schema):
    """A row of teams."""

    id = fields.UUID()
    name = fields.String()
    users_count = fields.Integer(attribute="users", data_key="usersCount")
    is_default_team = fields.Boolean(attribute="default", data_key="isDefaultTeam")


class LaterTeamRow(TeamRow):
    """The same with the optional fields of the vendor's newest file; no team has a cap of seats or a synced group."""

    organization_id = fields.UUID(data_key="organizationId")
    synced_group_id = fields.Constant(None, data_key="syncedGroupId")
    pending = fields.Integer(data_key="pendingInvitationsCount")


class ListedUsers(ColumnarSchema):
    """Rows of users."""

    id = Column[str]()
    username = Column[str]()
    email = Column[str]()
    role = Column[str]()
    verified = Column[bool]()
    deactivated_at = Column[str | None](attribute="deactivated", data_key="deactivatedAt")
    updated_at = Column[str](attribute="last_changed", data_key="updatedAt")


class ListedUsersWithTeam(ListedUsers):
    """The same with the team of each user."""

    team = Column[dict[str, str] | None]()


class UserInfo(ColumnarSchema):
    """Users in the field names of the endpoint for one user."""

    organization_id = Column[str]()
    user_id = Column[str](attribute="id")
    email = Column[str]()
    role = Column[str]()
    created_at = Column[str](attribute="created", data_key="createdAt")
    updated_at = Column[str](attribute="last_changed", data_key="updatedAt")


class MonthCounts(Schema):
    """Accounts in a month, counted from 0."""

    year = fields.Integer(attribute="first.year")
    month = fields.Function(lambda counts: counts.first.month - 1)
    registered = fields.Integer()
    deactivated = fields.Integer()
    active = fields.Integer()
    pending = fields.Integer()


class TeamCounts(Schema):
    """Accounts of a team."""

    registered = fields.Integer()
    deactivated = fields.Integer()
    invited = fields.Integer(attribute="pending")


class License(Schema):
    """The license's term and seats."""

    exp = fields.Integer()
    iat = fields.Integer()
    seats = fields.Integer()
    seats_cap = fields.Function(lambda terms: terms.seats, data_key="seatsCap")
    audience = fields.String()


class Permissions(ColumnarSchema):
    """Users with a role."""

    username = Column[str]()
    organization_id = Column[str](data_key="organizationId")


class Section(fields.Nested):
    """A section of a bucket; its columns are among those of the bucket."""

    def serialize(self, attr: str, obj: Any, *_: Any, **__: Any) -> Any:  # noqa: ARG002 (marshmallow names them)
        """The section of each bucket, out of all columns of the buckets."""
        return self.schema.dump(obj)


class CodeCompletions(ColumnarSchema):
    """Completions in the editor."""

    omitted_when_none = ("automationFactor",)

    active_users = Column[int](attribute="completers", data_key="activeUsers")
    completions = Column[int]()
    chars_completed = Column[int](attribute="completion_chars", data_key="charsCompleted")
    keystrokes = Column[int]()
    lines = Column[int](attribute="completion_lines")
    automation_factor = Column[float](data_key="automationFactor")


class Chat(ColumnarSchema):
    """Chat."""

    omitted_when_none = ("chatConsumptionRate",)

    active_users = Column[int](attribute="chatters", data_key="activeUsers")
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

    active_users = Column[int](attribute="agent_users", data_key="activeUsers")
    interactions = Column[int](attribute="agent_interactions")
    lines_added = Column[int](attribute="agent_lines_added", data_key="linesAdded")
    lines_added_accepted = Column[int](attribute="agent_lines_added_accepted", data_key="linesAddedAccepted")
    lines_removed = Column[int](attribute="agent_lines_removed", data_key="linesRemoved")
    lines_removed_accepted = Column[int](attribute="agent_lines_removed_accepted", data_key="linesRemovedAccepted")


class BucketRows(ColumnarSchema):
    """Buckets of usage, in sections; the switch `usage_sections` decides which."""

    omitted_when_none = ("productivityFactor",)

    start = Column[str](data_key="from")
    end = Column[str](data_key="to")
    users = Column[int](data_key="activeUsers")
    productivity_factor = Column[float](data_key="productivityFactor")
    code_completions = Section(CodeCompletions, data_key="codeCompletions")
    chat = Section(Chat)
    instruct = Section(Instruct)
    agent = Section(Agent)


class SplitAgent(ColumnarSchema):
    """The agent's users and interactions, or nothing at all, under two names of the vendor's newest file."""

    active_users = Column[int](attribute="agent_users", data_key="activeUsers")
    interactions = Column[int](attribute="agent_interactions")


class NothingOfAgent(ColumnarSchema):
    """The same where there is nothing."""

    active_users = Column[int](attribute="nobody", data_key="activeUsers")
    interactions = Column[int](attribute="nothing")


class SplitBucketRows(BucketRows):
    """Buckets of usage with two more sections; the switch `v1_agent_split` decides."""

    agent_chat = Section(NothingOfAgent, data_key="agentChat")
    agent_agent = Section(SplitAgent, data_key="agentAgent")


COUNTERS = {
    column.attribute or key: f"{section.data_key or name}.{column.data_key or key}"
    for name, section in BucketRows().fields.items()
    if isinstance(section, Section)
    for key, column in section.schema.fields.items()
}
"""The name of each of our counters in the sections of a bucket."""
