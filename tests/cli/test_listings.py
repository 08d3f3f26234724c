"""Tests of the lists that the command prints: tokens, switches and organizations."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from mockserver import resources, vendors
from mockserver.gateway import switches
from mockserver.gateway.switches import Grade
from mockserver.organizations import files
from tests.cli.conftest import Run


def test_every_token_has_a_curl_line(run: Run) -> None:
    printed = run("tokens").output
    assert "curl -H 'Authorization: Bearer mock-augment-acme' http://127.0.0.1:8080/analytics/v0/dau-count" in printed
    assert "mock-augment-acme-forbidden  (403)" in printed


def test_tokens_follow_the_organization_and_the_url(run: Run) -> None:
    printed = run("tokens", "--organization", "globex", "--url", "http://mock.test:99/").output
    assert "mock-augment-globex' http://mock.test:99/analytics" in printed
    assert run("tokens", MOCKSERVER_ORGANIZATION="globex").output.count("globex") == printed.count("globex")


def test_every_switch_is_printed_with_its_evidence(run: Run) -> None:
    printed = " ".join(run("switches").output.split())
    for vendor in vendors.discover():
        for switch in vendor.switches:
            assert f"{vendor.name}.{switch.name} {switch.default} ({switch.grade}; " in printed


def test_switches_are_printed_as_json(run: Run) -> None:
    printed = json.loads(run("switches", "--json").output)
    assert list(printed) == [*(vendor.name for vendor in vendors.discover()), "metrics", "server"]
    last = printed["augment"]["last_cursor"]
    assert last.pop("description")
    assert last == {
        "value": "empty",
        "default": "empty",
        "options": ["empty", "null", "absent"],
        "grade": "O",
        "evidence": "observed",
    }


def test_range_of_numbers_is_printed_by_its_ends(run: Run) -> None:
    assert "of 0 to 23)" in " ".join(run("switches").output.split())


CUTOFF = switches.timestamp_switch(
    "cutoff", "2026-05-01T00:00:00Z", "2025-10-01T00:00:00Z", grade=Grade.ASSUMED, description="When it ends."
)


def test_switch_of_a_timestamp_says_so(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    vendor = replace(vendors.discover()[0], switches=(CUTOFF,))
    monkeypatch.setattr(vendors, "discover", lambda: (vendor,))
    assert "of any timestamp, as in 2026-05-01T00:00:00Z and 2025-10-01T00:00:00Z). When" in " ".join(
        run("switches").output.split()
    )


NAMES = switches.names("names", "items", "date", grade=Grade.ASSUMED, description="What things are called.")


def test_renaming_lists_the_names_it_takes(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    vendor = replace(vendors.discover()[0], switches=(NAMES,))
    monkeypatch.setattr(vendors, "discover", lambda: (vendor,))
    printed = " ".join(run("switches").output.split())
    named = f"{vendor.name}.names {{}} (A; of other names for items, date). What things are called."
    assert printed.startswith(
        f"{named} metrics.dimension_events broad (A; of broad, strict). What an AI interaction is"
    )
    data = json.loads(run("switches", "--json").output)[vendor.name]["names"]
    assert (data["value"], data["default"], data["options"]) == ({}, {}, ["items", "date"])


def test_bundled_organizations_have_size_and_purpose(run: Run) -> None:
    printed = " ".join(run("organizations").output.split())
    assert [slug for slug in files.bundled() if f"{slug} people: " not in printed] == []
    assert "hooli people: 100,000, teams: 80, seats: augment 80,000" in printed
    assert "documented people: 131, teams: 4, seats: tabnine 2,000. The " in printed


def test_profiles_have_what_happens_and_what_a_good_client_does(run: Run) -> None:
    printed = run("profiles").stdout.splitlines()
    assert [line.split()[0] for line in printed[:4]] == ["flaky", "slow", "rate-limited", "gateway-trouble"]
    assert printed[1].split(maxsplit=1)[1] == (
        "About one answer in four takes two seconds longer, and one in ten takes six. A good client waits at least "
        "30 seconds for an answer, and does not send the same request again meanwhile."
    )


def test_profiles_are_printed_as_json(run: Run) -> None:
    slow = json.loads(run("profiles", "--json").stdout)["profiles"][1]
    assert (slow["name"], slow["seed"]) == ("slow", 3491)
    assert [rule["effect"] for rule in slow["faults"]] == [{"delay_seconds": 6}, {"delay_seconds": 2}]


def test_invalid_file_of_profiles_is_a_usage_error(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "profiles.yaml"
    path.write_text("flaky: {}", encoding="utf-8")
    monkeypatch.setattr(resources, "profiles", lambda: path)
    result = run("profiles")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "Error: profiles.yaml: flaky.description: must be given\n" in result.stderr


def test_new_organization_can_be_served(run: Run, tmp_path: Path) -> None:
    drafted = run("organizations", "new", "--people", "30", "--seed", "7", "--slug", "ours")
    path = tmp_path / "ours.yaml"
    path.write_text(drafted.stdout, encoding="utf-8")
    assert (files.load(path).slug, files.load(path).people, files.load(path).seed) == ("ours", 30, 7)


@pytest.mark.parametrize(
    "flags",
    [
        pytest.param(("--people", "1000000"), id="a million people"),
        pytest.param(("--people", "0"), id="nobody"),
        pytest.param(("--people", "10", "--slug", "Not a slug"), id="no slug"),
        pytest.param((), id="no number of people"),
    ],
)
def test_draft_that_breaks_a_rule_is_rejected(run: Run, flags: tuple[str, ...]) -> None:
    result = run("organizations", "new", *flags)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "Error: " in result.stderr
