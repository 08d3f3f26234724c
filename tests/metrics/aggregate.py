"""The metrics computed from the vendors' public endpoints alone, as an outside client would compute them.

It does not use the server's definitions: the fields that count are listed here again.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from flask import Flask

from tests.contract.client import Client

AUGMENT, TABNINE, JETBRAINS = "augment", "tabnine", "jetbrains-ide"
DIMENSIONS = ("coding-assistance", "ai-coding", "code-review", "coding-agents")

_AGENTS = ("remote_agent", "ide_agent", "cli_agent_interactive")
_BATCH = "cli_agent_non_interactive"
_LINES = "completions_lines_of_code"


def _messages(*kinds: str) -> list[str]:
    return [f"{kind}_messages" for kind in kinds]


def _code(*kinds: str) -> list[str]:
    return [f"{kind}_lines_of_code" for kind in kinds]


def _of(measures: str, tools: str) -> list[str]:
    return [f"{measure} of {tool}" for tool in tools.split() for measure in measures.split()]


_CHAT = ["codeCompletions.completions", "chat.interactions"]
_TYPED = ["codeCompletions.lines", "chat.lines"]
_USED = "chat.usefulChatInteractions"
_INSTRUCT = "instruct.acceptedCount"

BROAD = {
    ("ai-active-users", "coding-assistance"): [
        *("completions_count", "chat_messages", *_CHAT),
        *_of("suggestions acceptances invocations", "code_completion nes aia"),
    ],
    ("ai-active-users", "ai-coding"): [
        *(_LINES, *_code(*_AGENTS, _BATCH), *_TYPED, "agent.linesAddedAccepted", "instruct.acceptedCount"),
        *_of("acceptances", "aia claude_code code_completion junie nes"),
    ],
    ("ai-active-users", "code-review"): [_USED, *_of("acceptances", "aia")],
    ("ai-active-users", "coding-agents"): [
        *(*_messages(*_AGENTS, _BATCH), "agent.interactions"),
        *_of("suggestions acceptances invocations", "junie claude_code"),
    ],
    ("total-ai-actions", "coding-assistance"): [
        *("completions_count", "chat_messages", *_CHAT),
        *_of("invocations", "code_completion nes aia"),
    ],
    ("total-ai-actions", "ai-coding"): [
        *("completions_accepted", *_messages(*_AGENTS, _BATCH)),
        *("codeCompletions.completions", _USED, _INSTRUCT, "agent.interactions"),
        *_of("acceptances", "aia claude_code code_completion junie nes"),
    ],
    ("total-ai-actions", "code-review"): [_USED, *_of("acceptances", "aia")],
    ("total-ai-actions", "coding-agents"): [
        *(*_messages(*_AGENTS, _BATCH), "agent.interactions", *_of("invocations", "junie claude_code")),
    ],
    ("total-lines-added", "coding-assistance"): [_LINES, *_TYPED],
    ("total-lines-added", "ai-coding"): [_LINES, *_code(*_AGENTS, _BATCH), *_TYPED, "agent.linesAdded"],
    ("total-lines-added", "code-review"): ["chat.lines"],
    ("total-lines-added", "coding-agents"): [*_code(*_AGENTS, _BATCH), "agent.linesAdded"],
    ("total-lines-accepted", "coding-assistance"): [_LINES, *_TYPED],
    ("total-lines-accepted", "ai-coding"): [_LINES, *_code(*_AGENTS, _BATCH), *_TYPED, "agent.linesAddedAccepted"],
    ("total-lines-accepted", "code-review"): ["chat.lines"],
    ("total-lines-accepted", "coding-agents"): [*_code(*_AGENTS, _BATCH), "agent.linesAddedAccepted"],
}
"""The fields that count, by metric and dimension: for the first metric any of them, for the others their sum."""

STRICT = BROAD | {
    ("ai-active-users", "coding-assistance"): [
        *("completions_accepted", "chat_messages", *_CHAT),
        *(*_of("acceptances", "code_completion nes"), *_of("invocations", "aia")),
    ],
    ("ai-active-users", "ai-coding"): [
        *(_LINES, *_TYPED, "agent.linesAddedAccepted", "instruct.acceptedCount"),
        *_of("acceptances", "aia claude_code code_completion junie nes"),
    ],
    ("ai-active-users", "code-review"): [_USED],
    ("ai-active-users", "coding-agents"): [
        *(*_messages(*_AGENTS), "agent.interactions", *_of("invocations", "junie claude_code")),
    ],
    ("total-ai-actions", "coding-assistance"): [
        *("completions_accepted", "chat_messages", *_CHAT),
        *(*_of("acceptances", "code_completion nes"), *_of("invocations", "aia")),
    ],
    ("total-ai-actions", "ai-coding"): [
        *("completions_accepted", "codeCompletions.completions", _USED, _INSTRUCT),
        *_of("acceptances", "aia claude_code code_completion junie nes"),
    ],
    ("total-ai-actions", "code-review"): [_USED],
    ("total-ai-actions", "coding-agents"): [
        *(*_messages(*_AGENTS), "agent.interactions", *_of("invocations", "junie claude_code")),
    ],
    ("total-lines-added", "ai-coding"): [_LINES, *_code(*_AGENTS), *_TYPED, "agent.linesAdded"],
    ("total-lines-added", "coding-agents"): [*_code(*_AGENTS), "agent.linesAdded"],
    ("total-lines-accepted", "ai-coding"): [_LINES, *_TYPED, "agent.linesAddedAccepted"],
    ("total-lines-accepted", "coding-agents"): ["agent.linesAddedAccepted"],
}


def counting(table: Mapping[tuple[str, str], list[str]], metric: str, dimension: str) -> set[str]:
    """The fields that count. Over all dimensions, any interaction makes active, each action and line counts once."""
    if dimension != "all":
        return set(table[metric, dimension])
    parts = DIMENSIONS if metric == "ai-active-users" else ("coding-assistance", "coding-agents")
    return {name for part in parts for name in table[metric, part]} | ({_INSTRUCT} & set(table[metric, "ai-coding"]))


@dataclass(frozen=True, slots=True)
class Row:
    """What a person did at a vendor on a day."""

    email: str
    vendor: str
    day: date
    numbers: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Reader:
    """A client of every vendor's public endpoints."""

    app: Flask
    slug: str

    def client(self, vendor: str, mount: str) -> Client:
        """A client of one vendor."""
        return Client(self.app, mount, f"Bearer mock-{vendor}-{self.slug}")

    def rows(self, first: date, last: date, yesterday: date) -> list[Row]:
        """Everything that people did from the first to the last day; Augment refuses days after yesterday."""
        return [
            *self.augment(days(first, min(last, yesterday))),
            *self.tabnine(first, last),
            *self.jetbrains(first, last),
        ]

    def augment(self, dates: Iterable[date]) -> Iterator[Row]:
        """Augment's users day by day, service accounts left out."""
        for day in dates:
            listed = self.client(AUGMENT, "/analytics/v0").paginate(
                "/user-activity", start_date=str(day), end_date=str(day), page_size=100
            )
            for row in listed:
                if "user_email" in row:
                    yield Row(row["user_email"].casefold(), AUGMENT, day, row["metrics"])

    def tabnine(self, first: date, last: date) -> Iterator[Row]:
        """Each of Tabnine's users, in daily buckets."""
        client = self.client(TABNINE, "/api/v1")
        own = client.got("/organization")["id"]
        span = {"from": f"{first}T00:00:00Z", "to": f"{last + timedelta(days=1)}T00:00:00Z", "granularity": "daily"}
        for user in client.paginate("/organization/users", offset=0, limit=0):
            answer = client.got("/user/usage", organizationId=own, userId=user["id"], **span)
            for bucket in answer["usage"]["data"]:
                numbers = {
                    f"{section}.{name}": number
                    for section, part in bucket.items()
                    if isinstance(part, dict)
                    for name, number in part.items()
                    if isinstance(number, int)
                }
                yield Row(user["email"].casefold(), TABNINE, date.fromisoformat(bucket["from"][:10]), numbers)

    def jetbrains(self, first: date, last: date) -> Iterator[Row]:
        """IDE Services' rows of each person, tool and day."""
        client = self.client(JETBRAINS, "/api/analytics/ai")
        listed = client.paginate(
            "/effectiveness/metrics/users.paged", fromDate=str(first), toDate=str(last), limit=1000
        )
        for row in listed:
            numbers = {f"{name} of {row['tool']}": row[name] for name in ("suggestions", "acceptances", "invocations")}
            yield Row(row["userEmail"].casefold(), JETBRAINS, date.fromisoformat(row["date"]), numbers)

    def team(self, name: str) -> set[str]:
        """The addresses of the people that Tabnine lists in a team."""
        client = self.client(TABNINE, "/api/v1")
        [found] = [team["id"] for team in client.paginate("/organization/teams") if team["name"] == name]
        return {user["email"].casefold() for user in client.paginate(f"/team/{found}/users", offset=0, limit=0)}


def days(first: date, last: date) -> Iterator[date]:
    """Every day from the first to the last."""
    for index in range((last - first).days + 1):
        yield first + timedelta(days=index)


def begin(day: date, bucket: str) -> date:
    """The first day of the bucket that a day is in."""
    if bucket == "month":
        return day.replace(day=1)
    return day - timedelta(days=day.weekday()) if bucket == "week" else day


def points(rows: Iterable[Row], metric: str, counted: set[str], first: date, last: date, bucket: str) -> dict[str, int]:
    """The metric of each bucket, by its first day."""
    people: dict[date, set[str]] = {begin(day, bucket): set() for day in days(first, last)}
    sums = dict.fromkeys(people, 0)
    for row in rows:
        if first <= row.day <= last:
            value = sum(number for name, number in row.numbers.items() if name in counted)
            sums[begin(row.day, bucket)] += value
            people[begin(row.day, bucket)] |= {row.email} if value else set()
    found = {day: len(some) for day, some in people.items()} if metric == "ai-active-users" else sums
    return {str(day): value for day, value in found.items()}


def average(values: Iterable[int]) -> float:
    """The mean to two decimals, halves up."""
    listed = list(values)
    return float((Decimal(sum(listed)) / len(listed)).quantize(Decimal("0.01"), ROUND_HALF_UP))
