"""Tests of the record that a valid file becomes: the values in the file, and the defaults for all others."""

from datetime import date

import pytest

from mockserver import products
from mockserver.organizations import files
from mockserver.products import augment, jetbrains, tabnine
from mockserver.products.augment.options import Environment
from mockserver.products.jetbrains.options import Allotment, JetBrainsPerson, JetBrainsProgram, Raise, Tool
from mockserver.simulation import clock
from mockserver.simulation.organization import (
    DEFAULT_TEAMS,
    Adoption,
    ExactDay,
    Level,
    Levels,
    Organization,
    ServiceAccount,
    SilentPeriod,
    SpecialPerson,
    Team,
    Turnover,
)

HEAD = "slug: mine\nname: Mine\npeople: 30\n"


def read(content: str) -> Organization:
    return files.parsed((HEAD + content).encode(), "f")


def test_three_keys_are_enough() -> None:
    assert read("") == Organization(
        slug="mine",
        name="Mine",
        seed=1,
        domain="mine.example",
        people=30,
        teams=DEFAULT_TEAMS,
        adoption=dict.fromkeys((product.name for product in products.discover()), Adoption()),
        options={"augment": Environment()},
    )


GIVEN = {
    "seed": ("seed: 9\n", 9),
    "domain": ("domain: m.co.example\n", "m.co.example"),
    "teamless_percent": ("teamless_percent: 5\n", 5),
    "first_day": ("first_day: '2024-02-29'\n", date(2024, 2, 29)),
    "generated": ("generated: false\n", False),
    "service_accounts": (
        "service_accounts: [{name: ci-bot}, {name: b}]\n",
        (ServiceAccount("ci-bot"), ServiceAccount("b")),
    ),
    "turnover": ("turnover: {leavers_percent: 1}\n", Turnover(leavers_percent=1)),
    "levels": ("levels: {heavy_percent: 60, light_percent: 40}\n", Levels(light_percent=40, heavy_percent=60)),
    "options": (
        "languages: {Go: 1, Zig: 0}\neditors: {VSCode: 1}\n",
        {"augment": Environment({"Go": 1, "Zig": 0}, {"VSCode": 1})},
    ),
    "profiles": ("profiles: [A, B]\n", ("A", "B")),
    "role_groups": ("console_groups: [Backend, Data]\n", ("Backend", "Data")),
    "holidays": ("holidays: [2025-10-03]\n", (date(2025, 10, 3),)),
    "silent": (
        "silent: [{first: 2025-01-06, last: 2025-01-12}]\n",
        (SilentPeriod(date(2025, 1, 6), date(2025, 1, 12)),),
    ),
    "exact": (
        "exact: [{day: 2025-09-16, product: tabnine, users: 2}]\n",
        (ExactDay(date(2025, 9, 16), "tabnine", 2),),
    ),
    "adoption": (
        "adoption: {tabnine: {licensed_percent: 0, seats: 4}, augment: {seats: null}}\n",
        {product.name: Adoption() for product in products.discover()}
        | {"tabnine": Adoption(licensed_percent=0, seats=4)},
    ),
}


@pytest.mark.parametrize(("key", "content", "value"), [(key, *rest) for key, rest in GIVEN.items()], ids=GIVEN)
def test_values_of_the_file_are_in_the_record(key: str, content: str, value: object) -> None:
    assert getattr(read(content), key) == value


TEAMS = {
    "the first is the default when none says so": (
        "[{name: A}, {name: B, weight: 3, parent: A}]",
        (Team("A", default=True), Team("B", weight=3, parent="A")),
    ),
    "the one that says so is the default": (
        "[{name: A, parent: null}, {name: B, default: true}]",
        (Team("A"), Team("B", default=True)),
    ),
    "an empty team is a team": (
        "[{name: A, default: true}, {name: B, weight: 0}]",
        (Team("A", default=True), Team("B", weight=0)),
    ),
}


@pytest.mark.parametrize(("content", "teams"), TEAMS.values(), ids=TEAMS)
def test_teams_have_one_default(content: str, teams: tuple[Team, ...]) -> None:
    assert read(f"teams: {content}\n").teams == teams


PEOPLE = {
    "an address alone": ("email: O'Brien+x@B.example", SpecialPerson("O'Brien+x@B.example")),
    "everything": (
        (
            "email: a@b.example, name: 李小明, team: Data, role: TeamLead, level: heavy, joined: 2023-01-02, "
            "left: 2025-10-15, licences: {augment: 2023-02-01, tabnine: null, jetbrains: false}, "
            "active_only: [2025-10-14]"
        ),
        SpecialPerson(
            "a@b.example",
            name="李小明",
            team="Data",
            role=1,
            level=Level.HEAVY,
            joined=date(2023, 1, 2),
            left=date(2025, 10, 15),
            licences={"augment": date(2023, 2, 1), "tabnine": None, "jetbrains": None},
            active_only=(date(2025, 10, 14),),
        ),
    ),
    "no team": ("email: a@b.example, team: null", SpecialPerson("a@b.example", teamless=True)),
    "never active": ("email: a@b.example, active_only: []", SpecialPerson("a@b.example", active_only=())),
}


@pytest.mark.parametrize(("content", "person"), PEOPLE.values(), ids=PEOPLE)
def test_special_person_has_the_given_values(content: str, person: SpecialPerson) -> None:
    assert read(f"special: [{{{content}}}]\n").special == (person,)


JETBRAINS = {
    "without values everything is generated": ("{}", JetBrainsPerson()),
    "tools": ("{tools: [junie, code_completion]}", JetBrainsPerson(tools=(Tool.JUNIE, Tool.COMPLETION))),
    "old clients": (
        "{old_clients: [ide, ai_assistant, junie]}",
        JetBrainsPerson(old_clients=(JetBrainsProgram.IDE, JetBrainsProgram.ASSISTANT, JetBrainsProgram.JUNIE)),
    ),
    "no licence": ("{credits: []}", JetBrainsPerson(credits=())),
    "licences in their order": (
        "{credits: [{quota: 10, top_up: 5}, {quota: 35}]}",
        JetBrainsPerson(credits=(Allotment(1_000, 500), Allotment(3_500))),
    ),
    "top-up that comes later": (
        "{credits: [{quota: 0, raises: [{day: 2025-10-21, top_up: 7.5}, {day: 2025-11-03, top_up: 1}]}]}",
        JetBrainsPerson(credits=(Allotment(0, 0, (Raise(date(2025, 10, 21), 750), Raise(date(2025, 11, 3), 100))),)),
    ),
}


@pytest.mark.parametrize(("content", "person"), JETBRAINS.values(), ids=JETBRAINS)
def test_jetbrains_options_of_a_person(content: str, person: JetBrainsPerson) -> None:
    (found,) = read(f"special: [{{email: a@b.example, jetbrains: {content}}}]\n").special
    assert found.options == {"jetbrains": person}


@pytest.mark.parametrize(
    ("written", "hundredths"),
    [
        ("0", 0),
        ("0.01", 1),
        ("0.5", 50),
        ("0.29", 29),
        ("7", 700),
        ("7.5", 750),
        ("7.50", 750),
        ("'7.05'", 705),
        ("'12'", 1_200),
        ("999999.99", 99_999_999),
        ("1000000", 100_000_000),
        ("1000000.00", 100_000_000),
    ],
)
def test_credits_are_read_as_whole_hundredths(written: str, hundredths: int) -> None:
    (person,) = read(f"special: [{{email: a@b.example, jetbrains: {{credits: [{{quota: {written}}}]}}}}]\n").special
    assert person.options == {"jetbrains": JetBrainsPerson(credits=(Allotment(hundredths),))}


def test_ids_are_kept_for_people_and_service_accounts() -> None:
    content = (
        "slug: m\nname: M\npeople: 2\nservice_accounts: [{name: bot, augment_id: u3}]\n"
        "special: [{email: a@m.example, augment_id: u1}, {email: b@m.example, augment_id: u2}]\n"
    )
    organization = files.parsed(content.encode(), "f")
    assert [person.options for person in organization.special] == [{"augment": "u1"}, {"augment": "u2"}]
    assert [account.options for account in organization.service_accounts] == [{"augment": "u3"}]


WITH_FACTS = """
service_accounts: [{name: ci-bot}, {name: other}]
special: [{email: a@m.example}, {email: B@m.example}]
facts:
  - {member: b@M.example, day: 2025-09-17, augment: [
      {language: Go, editor: CLI, completions_count: 9, completions_accepted: 4, completions_lines: 7},
      {language: Go, editor: VSCode, completions_count: 2, completions_suggested_lines: 3}]}
  - {member: OTHER, day: 2025-09-17, augment: []}
"""


def test_a_fact_names_its_member_by_index_in_any_case() -> None:
    facts = read(WITH_FACTS).facts
    assert [(each.member, each.labels) for each in facts] == [(1, ("Go", "CLI")), (1, ("Go", "VSCode")), (31, ())]
    assert {(each.product, each.day) for each in facts} == {("augment", date(2025, 9, 17))}


def test_counters_left_out_are_zero_and_suggested_lines_are_the_accepted_ones() -> None:
    first, second, nothing = read(WITH_FACTS).facts
    given = {"completions_count": 9, "completions_accepted": 4, "completions_lines": 7}
    assert first.counters == dict.fromkeys(augment.PRODUCT.facts.counters, 0) | given | {
        "completions_suggested_lines": 7
    }
    suggested = {"completions_count": 2, "completions_suggested_lines": 3}
    assert second.counters == dict.fromkeys(augment.PRODUCT.facts.counters, 0) | suggested
    assert nothing.counters == {}


def test_a_service_account_may_have_facts_where_no_person_is_licensed() -> None:
    content = WITH_FACTS.replace("b@M.example", "ci-bot") + "adoption: {augment: {licensed_percent: 0}}\n"
    assert [each.member for each in read(content).facts] == [30, 30, 31]


TABNINE = """
special: [{email: a@m.example}]
facts:
  - {member: a@m.example, day: 2025-09-17, tabnine: [{completions: 9, keystrokes: 40}]}
  - {member: a@m.example, day: 2025-09-18, tabnine: []}
  - {member: a@m.example, day: 2025-09-19, augment: [], tabnine: [{agent_interactions: 1}]}
"""


def test_tabnine_facts_have_one_row_a_day() -> None:
    facts = read(TABNINE).facts
    assert [(each.product, each.day.day, each.labels) for each in facts] == [
        ("tabnine", 17, ()),
        ("tabnine", 18, ()),
        ("augment", 19, ()),
        ("tabnine", 19, ()),
    ]
    first, nothing, _, last = facts
    assert first.counters == dict.fromkeys(tabnine.PRODUCT.facts.counters, 0) | {"completions": 9, "keystrokes": 40}
    assert nothing.counters == {}
    assert {name: number for name, number in last.counters.items() if number} == {"agent_interactions": 1}


IN_JETBRAINS = """
special: [{email: a@m.example}]
facts:
  - member: a@m.example
    day: 2025-09-17
    jetbrains: [{junie_invocations: 9, junie_acceptances: 4, junie_credits: 250}]
  - {member: a@m.example, day: 2025-09-18, jetbrains: []}
"""


def test_jetbrains_facts_have_one_row_a_day() -> None:
    active, inactive = read(IN_JETBRAINS).facts
    assert (active.product, active.labels, inactive.counters) == ("jetbrains", (), {})
    given = {"junie_invocations": 9, "junie_suggestions": 4, "junie_acceptances": 4, "junie_credits": 250}
    assert active.counters == dict.fromkeys(jetbrains.PRODUCT.facts.counters, 0) | given


def test_clock_of_an_organization_shows_the_nanoseconds_in_its_file() -> None:
    start = read("clock: {now: 2025-10-21T10:30:00.123456789Z, frozen: true}\n").clock
    assert start is not None
    assert clock.format_utc(start.clock().now()) == "2025-10-21T10:30:00.123456789Z"
