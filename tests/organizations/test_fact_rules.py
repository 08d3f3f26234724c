"""Tests of scripted facts that contradict the rest of their file, or themselves."""

import pytest

from tests.organizations.conftest import HEAD, problems_in

ANN = "special: [{email: ann@mine.example, joined: 2023-01-02, left: 2025-10-15, licences: {augment: 2023-02-01}}]\n"
BOT = "service_accounts: [{name: ci-bot}]\n"


def fact(rows: str, member: str = "ann@mine.example", day: str = "2025-09-17") -> str:
    """One fact in a file with one special person and one service account."""
    return f"{ANN}{BOT}facts: [{{member: {member}, day: {day}{rows}}}]\n"


def row(counters: str) -> str:
    """One row of Augment's with these counters."""
    return f", augment: [{{language: Python, editor: VSCode, {counters}}}]"


CONTRADICTIONS = {
    "a service account at Tabnine": (
        fact(", tabnine: [{completions: 1}]", member="ci-bot"),
        "facts[0].day: found '2025-09-17'; a fact of augment; service accounts have facts in no other product",
    ),
    "an unknown counter": (
        fact(row("chat_message: 3, tool_calls: 1")),
        "facts[0].augment[0].chat_message: found 3; there is no key 'chat_message' (did you mean 'chat_messages'?)",
    ),
    "a fact of nobody": (
        fact(row("chat_messages: 1"), member="bob@mine.example"),
        (
            "facts[0].member: found 'bob@mine.example'; the email of a special person or the name of a service account "
            "in this file"
        ),
    ),
    "a fact of no product": (
        fact(""),
        "facts[0]: found a mapping; rows of at least one product: augment, jetbrains, tabnine",
    ),
    "a fact before joining": (
        (
            "special: [{email: a@b.example, joined: 2024-01-01}]\n"
            "facts: [{member: a@b.example, day: 2023-12-29, augment: []}]\n"
        ),
        "facts[0].day: found '2023-12-29'; a day on which the person is there: from joined to the day before left",
    ),
    "a fact after leaving": (
        fact(", augment: []", day="2025-10-15"),
        "facts[0].day: found '2025-10-15'; a day on which the person is there: from joined to the day before left",
    ),
    "a fact before the licence": (
        fact(", augment: []", day="2023-01-31"),
        "facts[0].day: found '2023-01-31'; a day on which the person is licensed for augment",
    ),
    "a fact without a licence": (
        (
            "special: [{email: a@b.example, licences: {augment: false}}]\n"
            "facts: [{member: a@b.example, day: 2025-09-17, augment: []}]\n"
        ),
        "facts[0].day: found '2025-09-17'; a day on which the person is licensed for augment",
    ),
    "a fact where nobody is licensed": (
        (
            "adoption: {augment: {licensed_percent: 0}}\nspecial: [{email: a@b.example}]\n"
            "facts: [{member: a@b.example, day: 2025-09-17, augment: []}]\n"
        ),
        "facts[0].day: found '2025-09-17'; a day on which the person is licensed for augment",
    ),
    "a fact before the first day": (
        fact(", augment: []", member="ci-bot", day="2021-01-04"),
        "facts[0].day: found '2021-01-04'; not before the organization's first_day (2022-01-03)",
    ),
    "a fact in silence": (
        "silent: [{first: 2025-09-15, last: 2025-09-21}]\n" + fact(row("chat_messages: 1")),
        "facts[0].day: found '2025-09-17'; a day outside the silent periods, in which nobody is active",
    ),
    "a fact on an exact day": (
        "exact: [{day: 2025-09-17, product: augment, users: 1}]\n" + fact(row("chat_messages: 1")),
        "facts[0].day: found '2025-09-17'; not an exact day of augment, whose number of users a fact could change",
    ),
    "a fact on a day without activity": (
        (
            "special: [{email: a@b.example, active_only: [2025-09-18]}]\n"
            "facts: [{member: a@b.example, day: 2025-09-17, augment: []}]\n"
        ),
        "facts[0].day: found '2025-09-17'; one of the person's active_only days",
    ),
    "a row that counts nothing": (
        fact(row("chat_messages: 0")),
        "facts[0].augment[0]: found a mapping; at least one counter above 0; a day without activity is an empty list",
    ),
    "more accepted than completed": (
        fact(row("completions_accepted: 2, completions_count: 1")),
        "facts[0].augment[0].completions_accepted: found 2; at most completions_count (1)",
    ),
    "more lines than suggested": (
        fact(
            row("completions_count: 1, completions_accepted: 1, completions_lines: 2, completions_suggested_lines: 1")
        ),
        "facts[0].augment[0].completions_lines: found 2; at most completions_suggested_lines (1)",
    ),
    "an unknown counter of Tabnine's": (
        fact(", tabnine: [{completion: 3, chat_interactions: 1}]"),
        "facts[0].tabnine[0].completion: found 3; there is no key 'completion' (did you mean 'completions'?)",
    ),
    "a label where there are none": (
        fact(", tabnine: [{language: Go, completions: 3}]"),
        "facts[0].tabnine[0].language: found 'Go'; there is no key 'language'; ",
    ),
    "more useful chats than chats": (
        fact(", tabnine: [{chat_useful: 2, chat_interactions: 1}]"),
        "facts[0].tabnine[0].chat_useful: found 2; at most chat_interactions (1)",
    ),
    "more useful chats than none": (
        fact(", tabnine: [{chat_useful: 2}]"),
        "facts[0].tabnine[0].chat_useful: found 2; at most chat_interactions (0)",
    ),
    "more lines taken over than an agent added": (
        fact(", tabnine: [{agent_interactions: 1, agent_lines_added_accepted: 2, agent_lines_added: 1}]"),
        "facts[0].tabnine[0].agent_lines_added_accepted: found 2; at most agent_lines_added (1)",
    ),
    "more lines let go than an agent removed": (
        fact(", tabnine: [{agent_interactions: 1, agent_lines_removed_accepted: 2, agent_lines_removed: 1}]"),
        "facts[0].tabnine[0].agent_lines_removed_accepted: found 2; at most agent_lines_removed (1)",
    ),
    "a row of Tabnine's that counts nothing": (
        fact(", tabnine: [{}]"),
        "facts[0].tabnine[0]: found a mapping; at least one counter above 0; a day without activity is an empty list",
    ),
    "two rows where one is all there can be": (
        fact(", tabnine: [{completions: 1}, {completions: 2}]"),
        "facts[0].tabnine[1]: found a mapping; one row a day; row 0 is one already",
    ),
    "a fact without a licence for Tabnine": (
        (
            "special: [{email: a@b.example, licences: {tabnine: false}}]\n"
            "facts: [{member: a@b.example, day: 2025-09-17, tabnine: [{completions: 1}]}]\n"
        ),
        "facts[0].day: found '2025-09-17'; a day on which the person is licensed for tabnine",
    ),
    "a fact on an exact day of Tabnine's": (
        "exact: [{day: 2025-09-17, product: tabnine, users: 1}]\n" + fact(", tabnine: [{completions: 1}]"),
        "facts[0].day: found '2025-09-17'; not an exact day of tabnine, whose number of users a fact could change",
    ),
    "a service account at JetBrains": (
        fact(", jetbrains: [{nes_invocations: 1}]", member="ci-bot"),
        "facts[0].day: found '2025-09-17'; a fact of augment; service accounts have facts in no other product",
    ),
    "an unknown counter of JetBrains's": (
        fact(", jetbrains: [{junie_invocation: 3, nes_invocations: 1}]"),
        "facts[0].jetbrains[0].junie_invocation: found 3; there is no key 'junie_invocation'",
    ),
    "credits of a tool that takes none": (
        fact(", jetbrains: [{nes_credits: 3, nes_invocations: 1}]"),
        "facts[0].jetbrains[0].nes_credits: found 3; there is no key 'nes_credits' (did you mean ",
    ),
    "credits that are no whole hundredths": (
        fact(", jetbrains: [{junie_credits: 1.5, nes_invocations: 1}]"),
        "facts[0].jetbrains[0].junie_credits: found '1.5'; a whole number from 0 to 1000000000",
    ),
    "more accepted than suggested": (
        fact(", jetbrains: [{junie_acceptances: 2, junie_suggestions: 1}]"),
        "facts[0].jetbrains[0].junie_acceptances: found 2; at most junie_suggestions (1)",
    ),
    "more lines accepted than suggested": (
        fact(", jetbrains: [{nes_acceptances: 1, nes_accepted_lines: 2, nes_suggested_lines: 1}]"),
        "facts[0].jetbrains[0].nes_accepted_lines: found 2; at most nes_suggested_lines (1)",
    ),
    "a row of JetBrains's that counts nothing": (
        fact(", jetbrains: [{aia_credits: 0}]"),
        "facts[0].jetbrains[0]: found a mapping; at least one counter above 0; a day without activity is an empty list",
    ),
    "two rows of JetBrains's": (
        fact(", jetbrains: [{nes_invocations: 1}, {aia_invocations: 2}]"),
        "facts[0].jetbrains[1]: found a mapping; one row a day; row 0 is one already",
    ),
    "a fact without a licence for JetBrains": (
        (
            "special: [{email: a@b.example, licences: {jetbrains: false}}]\n"
            "facts: [{member: a@b.example, day: 2025-09-17, jetbrains: [{nes_invocations: 1}]}]\n"
        ),
        "facts[0].day: found '2025-09-17'; a day on which the person is licensed for jetbrains",
    ),
    "a fact on an exact day of JetBrains's": (
        "exact: [{day: 2025-09-17, product: jetbrains, users: 1}]\n" + fact(", jetbrains: [{nes_invocations: 1}]"),
        "facts[0].day: found '2025-09-17'; not an exact day of jetbrains, whose number of users a fact could change",
    ),
    "completion lines without an accepted completion": (
        fact(row("completions_count: 1, completions_lines: 2")),
        "facts[0].augment[0].completions_lines: found 2; 0 unless completions_accepted is above 0",
    ),
    "suggested lines without a completion": (
        fact(row("chat_messages: 1, completions_suggested_lines: 2")),
        "facts[0].augment[0].completions_suggested_lines: found 2; 0 unless completions_count is above 0",
    ),
    "an agent's lines with messages to another agent only": (
        fact(row("remote_lines: 2, ide_messages: 1")),
        "facts[0].augment[0].remote_lines: found 2; 0 unless remote_messages or tool_calls is above 0",
    ),
    "keystrokes without a completion": (
        fact(", tabnine: [{keystrokes: 2, chat_interactions: 1}]"),
        "facts[0].tabnine[0].keystrokes: found 2; 0 unless completions is above 0",
    ),
    "credits without a request": (
        fact(", jetbrains: [{junie_credits: 300, aia_invocations: 1}]"),
        "facts[0].jetbrains[0].junie_credits: found 300; 0 unless junie_invocations is above 0",
    ),
    "the same row twice": (
        fact(
            ", augment: [{language: Go, editor: CLI, tool_calls: 1}, {language: Go, editor: CLI, tool_calls: 2}]",
        ),
        "facts[0].augment[1]: found a mapping; one row for each language and editor; row 0 is one already",
    ),
}


@pytest.mark.parametrize(("content", "expected"), CONTRADICTIONS.values(), ids=CONTRADICTIONS)
def test_contradiction_is_reported_with_path_value_and_rule(content: str, expected: str) -> None:
    (line,) = problems_in(HEAD + content)
    assert line.startswith(expected)


def test_member_day_and_product_have_one_entry() -> None:
    twice = "{member: ci-bot, day: 2025-09-17, augment: []}"
    (line,) = problems_in(f"{HEAD}{BOT}facts: [{twice}, {twice.replace('ci-bot', 'CI-BOT')}]\n")
    assert line == "facts[1]: found a mapping; one entry for a member, a day and a product; facts[0] is one already"
