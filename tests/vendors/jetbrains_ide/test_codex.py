"""The switch `codex_tool`: no Codex, or a sixth tool that agrees with the others (contract, section 5)."""

from datetime import date

import pytest

from mockserver.admin.admin_context import context
from tests.contract.client import Client
from tests.vendors.jetbrains_ide import queries, worlds

SIX = sorted((*queries.TOOLS, "codex"))


def test_codex_is_the_sixth_tool_where_the_switch_adds_it(jetbrains_ide: Client) -> None:
    for path in queries.EFFECTIVENESS:
        refused = jetbrains_ide.get(path, {**queries.SEPTEMBER, "tool": "codex"})
        rule = "tool must name tools among aia, claude_code, code_completion, junie or nes, between commas, not 'codex'"
        assert (refused.status, refused.message) == (400, rule)
    without = jetbrains_ide.got(queries.TOTALS, **queries.SEPTEMBER)
    assert "codex" not in str(jetbrains_ide.got(queries.BY_FEATURE, **queries.SEPTEMBER))
    jetbrains_ide.switched(codex_tool="codex")
    rows = queries.items(jetbrains_ide, queries.BY_FEATURE, "2025-09-01", "2025-09-30", groupBy="MONTH")
    assert [row["tool"] for row in rows] == SIX
    alone = queries.totals(jetbrains_ide, "2025-09-01", "2025-09-30", tool="codex")
    assert all(alone.values())
    assert queries.totals(jetbrains_ide, "2025-09-01", "2025-09-30", tool=",".join(queries.TOOLS)) == without
    whole = queries.totals(jetbrains_ide, "2025-09-01", "2025-09-30")
    assert whole == queries.added([without, alone]) == queries.added(rows)
    refused = jetbrains_ide.get(queries.TOTALS, {**queries.SEPTEMBER, "tool": "copilot"})
    assert "code_completion, codex, junie or nes" in refused.message


def test_rows_of_codex_stand_between_completion_and_junie(jetbrains_ide: Client) -> None:
    jetbrains_ide.switched(codex_tool="codex")
    whole = queries.paginate(jetbrains_ide, "2025-09-08", "2025-09-12")
    assert [queries.key(row) for row in whole] == sorted(queries.key(row) for row in whole)
    assert {row["tool"] for row in whole} == {*SIX}
    assert queries.added(whole) == queries.totals(jetbrains_ide, "2025-09-08", "2025-09-12")
    assert queries.paginate(jetbrains_ide, "2025-09-08", "2025-09-12", limit=7) == whole
    assert queries.paginate(jetbrains_ide, "2025-09-08", "2025-09-12", limit=9, sortOrder="DESC") == whole[::-1]
    other = [row for row in whole if row["tool"] != "codex"]
    assert queries.paginate(jetbrains_ide.switched(), "2025-09-08", "2025-09-12") == other


def test_cursor_at_a_row_of_codex_is_400_without_codex(jetbrains_ide: Client) -> None:
    jetbrains_ide.switched(codex_tool="codex")
    query = {**queries.SEPTEMBER, "tool": "codex", "limit": 1}
    cursor = jetbrains_ide.got(queries.USERS, **query)["nextCursor"]
    assert jetbrains_ide.got(queries.USERS, **query, cursor=cursor)["items"][0]["tool"] == "codex"
    jetbrains_ide.switched(foreign_cursor="continue")
    assert jetbrains_ide.get(queries.USERS, {**queries.SEPTEMBER, "cursor": cursor}).status == 400


def test_codex_begins_with_its_release_under_honest_release_dates(jetbrains_ide: Client) -> None:
    client = jetbrains_ide.at("2026-06-30T12:00:00Z").switched(codex_tool="codex", release_dates="honest")
    rows = queries.items(client, queries.BY_FEATURE, "2025-12-01", "2026-06-30", groupBy="DAY", tool="codex")
    sent = [row["date"] for row in rows if row["invocations"]]
    assert sent
    assert min(sent) >= "2026-01-22"
    users = queries.paginate(client, "2025-12-01", "2026-06-30", tool="codex")
    assert sorted({row["date"] for row in users}) == sent
    client.switched(codex_tool="codex")
    assert all(queries.totals(client, "2025-12-01", "2026-01-21", tool="codex").values())


@pytest.mark.memory("the organization is made by hand, and a store has those that its servers know")
def test_scripted_facts_of_codex_are_shown_where_the_switch_adds_it(jetbrains_ide: Client) -> None:
    facts = {(0, "2025-01-14"): {"codex_invocations": 3, "codex_suggestions": 2, "codex_acceptances": 1}}
    client = queries.own(jetbrains_ide, worlds.organization(worlds.person("Ann"), facts=facts))
    assert queries.paginate(client, "2025-01-01", "2025-01-31") == []
    queries.sandbox(client).set_policy({"jetbrains-ide": {"codex_tool": "codex"}})
    [row] = queries.paginate(client, "2025-01-01", "2025-01-31")
    assert [row[name] for name in ("tool", "date", "suggestions", "acceptances", "invocations")] == [
        "codex",
        date(2025, 1, 14).isoformat(),
        2,
        1,
        3,
    ]


@pytest.mark.parametrize("option", ["absent", "codex"])
def test_expected_values_count_what_is_shown(jetbrains_ide: Client, option: str) -> None:
    jetbrains_ide.switched(codex_tool=option)
    with jetbrains_ide.app.app_context():
        profile = context().registry.profiles["jetbrains-ide"]
    sandbox = jetbrains_ide.sandbox
    assert profile.visibility is not None
    shown = profile.visibility(sandbox.clock.now(), sandbox.policy.switches["jetbrains-ide"])
    names = {f"{tool}_invocations" for tool in (SIX if option == "codex" else queries.TOOLS)}
    assert {name for name in shown.fields if name.endswith("_invocations")} == names
    assert ("codex_accepted_lines" in shown.hidden_lines) == (option == "codex")
