"""The rows of v2's usage and of agent usage, in the vendor's field names."""

from typing import Any

from mockserver.gateway.schemas import Column, ColumnarSchema
from mockserver.vendors.tabnine.schemas.rows import Section


class RowsOf(Column[list[dict[str, Any]]]):
    """A list of rows in each row; the report has the columns of each list."""

    def __init__(self, schema: ColumnarSchema, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.rows = schema

    def _serialize(self, value: Any, *_: Any, **__: Any) -> list[list[dict[str, Any]]]:
        return [self.rows.dump(columns) for columns in value]


class SectionModel(ColumnarSchema):
    """A model in a section of v2."""

    model = Column[str]()
    messages = Column[int]()
    unique_users = Column[int](attribute="users", data_key="uniqueUsers")
    input_tokens = Column[int](data_key="inputTokens")
    output_tokens = Column[int](data_key="outputTokens")


class CompletionsV2(ColumnarSchema):
    """Completions in the editor."""

    active_users = Column[int](attribute="completers", data_key="activeUsers")
    completions = Column[int]()
    chars_completed = Column[int](attribute="completion_chars", data_key="charsCompleted")
    keystrokes = Column[int]()
    lines = Column[int](attribute="completion_lines")


class ChatV2(ColumnarSchema):
    """Chat."""

    active_users = Column[int](attribute="chatters", data_key="activeUsers")
    messages = Column[int](attribute="chat_interactions")
    lines_added = Column[int](attribute="chat_lines", data_key="linesAdded")
    models = RowsOf(SectionModel(), attribute="chat_models")


class AgentV2(ColumnarSchema):
    """The agent."""

    active_users = Column[int](attribute="agent_users", data_key="activeUsers")
    messages = Column[int](attribute="agent_messages")
    lines_added = Column[int](attribute="agent_lines_added", data_key="linesAdded")
    lines_added_accepted = Column[int](attribute="agent_lines_added_accepted", data_key="linesAddedAccepted")
    lines_removed = Column[int](attribute="agent_lines_removed", data_key="linesRemoved")
    lines_removed_accepted = Column[int](attribute="agent_lines_removed_accepted", data_key="linesRemovedAccepted")
    models = RowsOf(SectionModel(), attribute="agent_models")


class BucketsV2(ColumnarSchema):
    """Buckets of v2's usage; a report has models, editors and languages only where they are shown."""

    start = Column[str](data_key="from")
    end = Column[str](data_key="to")
    users = Column[int](data_key="activeUsers")
    code_completions = Section(CompletionsV2, data_key="codeCompletions")
    chat = Section(ChatV2)
    agent = Section(AgentV2)
    ides = Column[str | None]()
    languages = Column[str | None]()


class UserBucketsV2(BucketsV2):
    """The same, without editors and languages in buckets that have none."""

    omitted_when_none = ("ides", "languages")


class ModelRows(ColumnarSchema):
    """A model in agent usage."""

    model = Column[str]()
    tokens_consumed = Column[int](attribute="tokens", data_key="tokensConsumed")
    input_tokens = Column[int](data_key="inputTokens")
    output_tokens = Column[int](data_key="outputTokens")
    cost = Column[float]()


class AgentTypeRows(ColumnarSchema):
    """A type of agent in agent usage."""

    agent_type = Column[str](data_key="agentType")
    active_users = Column[int](attribute="users", data_key="activeUsers")
    interactions = Column[int]()
    lines_added = Column[int](data_key="linesAdded")
    lines_added_accepted = Column[int](data_key="linesAddedAccepted")
    lines_removed = Column[int](data_key="linesRemoved")
    lines_removed_accepted = Column[int](data_key="linesRemovedAccepted")
    tokens_consumed = Column[int](attribute="tokens", data_key="tokensConsumed")
    input_tokens = Column[int](data_key="inputTokens")
    output_tokens = Column[int](data_key="outputTokens")
    user_messages = Column[int](data_key="userInitiatedMessages")
    cost = Column[float]()
    models = RowsOf(ModelRows(), data_key="modelBreakdown")


class AgentUsageBuckets(ColumnarSchema):
    """Buckets of agent usage."""

    start = Column[str](data_key="from")
    end = Column[str](data_key="to")
    users = Column[int](data_key="activeUsers")
    tokens = Column[int](data_key="totalTokensConsumed")
    input_tokens = Column[int](data_key="totalInputTokens")
    output_tokens = Column[int](data_key="totalOutputTokens")
    cost = Column[float](data_key="totalCost")
    models = RowsOf(ModelRows(), data_key="modelBreakdown")
    types = RowsOf(AgentTypeRows(), data_key="agentTypeBreakdown")
