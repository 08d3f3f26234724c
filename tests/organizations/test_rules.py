"""Tests of rules across the values of an organization file: teams, people, days, addresses."""

import pytest

from mockserver.organizations import files
from tests.organizations.conftest import HEAD, problems_in

CONTRADICTIONS = {
    "levels above 100 percent": (
        "levels: {light_percent: 90}\n",
        "levels: found a mapping; light_percent (90) and heavy_percent (20) add up to at most 100",
    ),
    "turnover that ends before the first day": (
        "first_day: 2032-01-01\n",
        "turnover.until: found nothing; later than first_day (2032-01-01); the default is 2031-12-31",
    ),
    "first after last": (
        "silent: [{first: 2025-02-02, last: 2025-02-01}]\n",
        "silent[0].first: found '2025-02-02'; not later than last (2025-02-01)",
    ),
    "an unknown team": (
        "special: [{email: a@b.example, team: Sales}]\n",
        (
            "special[0].team: found 'Sales'; the name of a team (Core, Backend, Frontend, Mobile, Data, Platform), "
            "or null for none"
        ),
    ),
    "an unknown group of the Console": (
        "teams: [{name: A}, {name: B}]\nconsole_groups: [B, C]\n",
        "console_groups[1]: found 'C'; the name of a team in this file: A, B",
    ),
    "an unknown group of the Console where the teams are left out": (
        "console_groups: [core]\n",
        "console_groups[0]: found 'core'; the name of a team in this file: Core, Backend, Frontend, Mobile, Data, Pl",
    ),
    "an unknown parent": (
        "teams: [{name: A, parent: B}]\n",
        "teams[0].parent: found 'B'; the name of a team in this file: A",
    ),
    "a cycle of parents": (
        "teams: [{name: R}, {name: A, parent: B}, {name: B, parent: C}, {name: C, parent: A}, {name: D, parent: A}]\n",
        "teams[1].parent: found 'B'; no team above itself, but this is a cycle: A > B > C > A",
    ),
    "a team that is its own parent": (
        "teams: [{name: A, parent: A}]\n",
        "teams[0].parent: found 'A'; no team above itself, but this is a cycle: A > A",
    ),
    "two default teams": (
        "teams: [{name: A, default: true}, {name: B, default: true}]\n",
        "teams[1].default: found true; only one default team; teams[0] is already",
    ),
    "a repeated team name": (
        "teams: [{name: A}, {name: a}]\n",
        "teams[1].name: found 'a'; a unique name (upper and lower case are the same); teams[0] has it already",
    ),
    "teams without weight": (
        "teams: [{name: A, weight: 0}]\n",
        "teams: found a list; at least one team with a weight above 0",
    ),
    "a repeated address": (
        "special: [{email: a@b.example}, {email: A@B.example}]\n",
        (
            "special[1].email: found 'A@B.example'; a unique email (upper and lower case are the same); "
            "special[0] has it already"
        ),
    ),
    "a repeated service account": (
        "service_accounts: [{name: bot}, {name: bot}]\n",
        (
            "service_accounts[1].name: found 'bot'; a unique name (upper and lower case are the same); "
            "service_accounts[0] has it already"
        ),
    ),
    "joined before the first day": (
        "special: [{email: a@b.example, joined: 2021-01-01}]\n",
        "special[0].joined: found '2021-01-01'; not before the organization's first_day (2022-01-03)",
    ),
    "joined after left": (
        "special: [{email: a@b.example, joined: 2025-02-01, left: 2025-01-01}]\n",
        "special[0].left: found '2025-01-01'; the first day without the person, so later than joined (2025-02-01)",
    ),
    "licensed before joining": (
        "special: [{email: a@b.example, joined: 2025-02-03, licences: {tabnine: 2025-02-02}}]\n",
        (
            "special[0].licences.tabnine: found '2025-02-02'; not before joined (2025-02-03); "
            "null or false for no licence"
        ),
    ),
    "licensed before the first day": (
        "special: [{email: a@b.example, licences: {augment: 2022-01-02}}]\n",
        (
            "special[0].licences.augment: found '2022-01-02'; not before the organization's first_day (2022-01-03); "
            "null or false for no licence"
        ),
    ),
    "licensed on the day of leaving": (
        "special: [{email: a@b.example, left: 2025-02-03, licences: {jetbrains: 2025-02-03}}]\n",
        (
            "special[0].licences.jetbrains: found '2025-02-03'; earlier than left (2025-02-03), the first day without "
            "the person; null or false for no licence"
        ),
    ),
    "active on a day before joining": (
        "special: [{email: a@b.example, joined: 2025-02-03, active_only: [2025-01-06]}]\n",
        "special[0].active_only: found a list; 2025-01-06 is not between joined and left",
    ),
    "active in a silent period": (
        "silent: [{first: 2025-01-06, last: 2025-01-06}]\nspecial: [{email: a@b.example, active_only: [2025-01-06]}]\n",
        "special[0].active_only: found a list; 2025-01-06 is in a silent period, in which nobody is active",
    ),
    "active on an exact day": (
        (
            "exact: [{day: 2025-09-16, product: augment, users: 1}]\n"
            "special: [{email: a@b.example, active_only: [2025-09-16]}]\n"
        ),
        "special[0].active_only: found a list; 2025-09-16 is an exact day, whose active users are drawn by number",
    ),
    "an exact day in a silent period": (
        "silent: [{first: 2025-09-16, last: 2025-09-16}]\nexact: [{day: 2025-09-16, product: augment, users: 1}]\n",
        "exact[0].day: found '2025-09-16'; a day outside the silent periods, in which nobody is active",
    ),
    "a repeated exact day": (
        "exact: [{day: 2025-09-16, product: augment, users: 1}, {day: 2025-09-16, product: augment, users: 2}]\n",
        "exact[1].day: found '2025-09-16'; one number of users for a day and product; exact[0] has one for augment",
    ),
    "more active users than there are": (
        "exact: [{day: 2025-09-16, product: augment, users: 11}]\n",
        "exact[0].users: found 11; at most the members who use augment by 2025-09-16 (",
    ),
    "active users where nothing is generated": (
        "generated: false\nexact: [{day: 2025-09-16, product: augment, users: 1}]\n",
        "exact[0].users: found 1; at most the members who use augment by 2025-09-16 (0)",
    ),
    "fewer seats than special people with a licence": (
        (
            "adoption: {tabnine: {seats: 1}}\n"
            "special: [{email: a@b.example, licences: {tabnine: 2024-01-01}}, {email: c@b.example}]\n"
            "facts: [{member: c@b.example, day: 2025-09-16, tabnine: [{completions: 1}]}]\n"
        ),
        "adoption.tabnine.seats: found 1; at least 2, because so many people have a licence by this file",
    ),
    "ids for special people only": (
        "special: [{email: a@b.example, augment_id: user1}]\n",
        "people: found 10; 9 people are generated, who have no augment_id; every member needs one here",
    ),
}


@pytest.mark.parametrize(("content", "expected"), CONTRADICTIONS.values(), ids=CONTRADICTIONS)
def test_contradiction_is_reported_with_path_value_and_rule(content: str, expected: str) -> None:
    (line,) = problems_in(HEAD + content)
    assert line.startswith(expected)


LICENCES = {
    "the first day": "joined: 2025-02-03, left: 2025-02-05, licences: {augment: 2025-02-03}",
    "the last day": "joined: 2025-02-03, left: 2025-02-05, licences: {tabnine: 2025-02-04}",
    "the organization's first day": "licences: {tabnine: 2022-01-03}",
    "never": "joined: 2025-02-03, left: 2025-02-05, licences: {augment: null, tabnine: false}",
}


@pytest.mark.parametrize("keys", LICENCES.values(), ids=LICENCES)
def test_licence_starts_on_any_day_of_employment(keys: str) -> None:
    made = files.parsed((HEAD + f"special: [{{email: a@b.example, {keys}}}]\n").encode(), "f")
    assert made.special[0].licences


def test_special_people_count_as_people() -> None:
    (line,) = problems_in("slug: m\nname: M\npeople: 1\nspecial: [{email: a@b.example}, {email: b@b.example}]\n")
    assert line == "people: found 1; at least the number of special people (2)"


IDS = {
    "repeated": (["a", "a"], "special[1].augment_id: found 'a'; an id of its own; special[0].augment_id is"),
    "descending": (["b", "a"], "special[1].augment_id: found 'a'; ids ascend as text, people first, then service"),
    "ascending as numbers": (["u9", "u10"], "special[1].augment_id: found 'u10'; ids ascend as text, people first"),
    "missing": (["a", ""], "special[1].augment_id: found nothing; either every member has an augment_id or none has"),
}


@pytest.mark.parametrize(("ids", "expected"), IDS.values(), ids=IDS)
def test_ids_are_in_the_order_of_the_members(ids: list[str], expected: str) -> None:
    people = "".join(f"  - {{email: p{n}@m.example{f', augment_id: {i}' if i else ''}}}\n" for n, i in enumerate(ids))
    (line,) = problems_in(f"slug: m\nname: M\npeople: {len(ids)}\nspecial:\n{people}")
    assert line.startswith(expected)
