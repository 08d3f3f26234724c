"""Promises about single values in an organisation file: each shape with a value that has not got it."""

import pytest

from tests.organizations.conftest import HEAD, Said

DAY = "a date that exists, written YYYY-MM-DD, from 2000-01-01 to 2099-12-31"
PERCENT = "a whole number from 0 to 100 (percent)"

SHAPES = {
    "a number as text": ("seed: seven\n", "seed: found 'seven'; a whole number from 0 to 9223372036854775807"),
    "a truth value as a number": ("seed: true\n", "seed: found true; a whole number from 0 to 9223372036854775807"),
    "a number as a truth value": ("generated: 7\n", "generated: found 7; true or false"),
    "a percentage above 100": ("teamless_percent: 101\n", f"teamless_percent: found 101; {PERCENT}"),
    "a percentage below 0": ("turnover: {joiners_percent: -1}\n", f"turnover.joiners_percent: found -1; {PERCENT}"),
    "an impossible date": ("first_day: 2025-02-30\n", f"first_day: found '2025-02-30'; {DAY}"),
    "a date in another order": ("first_day: 03.01.2022\n", f"first_day: found '03.01.2022'; {DAY}"),
    "a date without hyphens": ("first_day: '20220103'\n", f"first_day: found '20220103'; {DAY}"),
    "a date far away": ("holidays: [9999-12-31]\n", f"holidays[0]: found '9999-12-31'; {DAY}"),
    "a date that is a list": ("first_day: [2022]\n", f"first_day: found a list; {DAY}"),
    "a mapping as text": ("levels: many\n", "levels: found 'many'; a mapping of keys and values"),
    "a list as a mapping": ("teams: {a: b}\n", "teams: found a mapping; a list of one team or more"),
    "nothing": ("special:\n", "special: found nothing; a list of people"),
    "no team": ("teams: []\n", "teams: found a list; one team at least"),
    "no profile": ("profiles: []\n", "profiles: found a list; one profile at least"),
    "an unknown role": (
        "special: [{email: a@b.example, role: Boss}]\n",
        "special[0].role: found 'Boss'; one of: Member, TeamLead, Manager, Admin",
    ),
    "an unknown product": (
        "exact: [{day: 2025-09-16, product: [], users: 1}]\n",
        "exact[0].product: found a list; one of: augment, tabnine, jetbrains",
    ),
    "no address": (
        "special: [{name: Ann}]\n",
        (
            "special[0].email: found nothing; this key is required: an email address such as ada.byron@acme.example, "
            "of at most 254 characters"
        ),
    ),
    "a bad address": ("special: [{email: ann}]\n", "special[0].email: found 'ann'; an email address such as "),
    "a control character": ('teams: [{name: "a\\tb"}]\n', "teams[0].name: found 'a\\tb'; text of 1 to 200 characters"),
    "a bad licence": (
        "special: [{email: a@b.example, licences: {tabnine: true}}]\n",
        f"special[0].licences.tabnine: found true; {DAY}; null or false for no licence",
    ),
    "a bad domain": ("domain: Mine\n", "domain: found 'Mine'; a domain in lower case, such as acme.example"),
    "a bad account": ("service_accounts: [{name: a@b}]\n", "service_accounts[0].name: found 'a@b'; 1 to 100 of "),
    "weights that are all zero": (
        "languages: {Go: 0}\n",
        "languages: found a mapping; a mapping of names to weights, at least one of them above 0",
    ),
    "weights that are a list": (
        "editors: [VSCode]\n",
        "editors: found a list; a mapping of names to weights, at least one of them above 0",
    ),
    "a weight that is text": (
        "languages: {Go: much, Rust: 1}\n",
        "languages.Go: found 'much'; a name, and a whole number from 0 to 1000000 as its weight",
    ),
    "a name that is empty": ("languages: {'': 1}\n", "languages.'': found 1; a name, and a whole number from 0 to"),
    "an unknown key": ("teems: []\n", "teems: found a list; unknown key; did you mean `teams`? allowed: slug, name, "),
    "an unknown key like no other": ("qqq: 1\n", "qqq: found 1; unknown key; allowed: slug, name, people, "),
    "an unknown key of a number": ("5: 1\n", "5: found 1; unknown key; allowed: slug, "),
    "an unknown key deep inside": (
        "special: [{email: a@b.example, joind: 2025-01-01}]\n",
        "special[0].joind: found '2025-01-01'; unknown key; did you mean `joined`? allowed: email, name, team, ",
    ),
    "an odd key": ('"a b": 1\n', "'a b': found 1; unknown key; allowed: slug, "),
    "a long text": (f"domain: {'x' * 999}\n", f"domain: found '{'x' * 58}…; a domain in lower case"),
}


@pytest.mark.parametrize(("content", "expected"), SHAPES.values(), ids=SHAPES)
def test_a_value_of_the_wrong_shape_is_refused_by_path_value_and_rule(said: Said, content: str, expected: str) -> None:
    (line,) = said(HEAD + content)
    assert line.startswith(expected)


@pytest.mark.parametrize("people", ["0", "-1", "125001", "1000000", "'10'"])
def test_the_number_of_people_has_a_limit(said: Said, people: str) -> None:
    (line,) = said(f"slug: mine\nname: Mine\npeople: {people}\n")
    assert line == f"people: found {people}; a whole number from 1 to 125000"


@pytest.mark.parametrize("slug", ["Mine", "-a", "a-", "a_b", "x" * 41, "my-forbidden", "a/b", '""'])
def test_a_slug_can_stand_in_a_token_and_a_path(said: Said, slug: str) -> None:
    (line,) = said(f"slug: {slug}\nname: Mine\npeople: 10\n")
    assert line.endswith("; 1 to 40 of a-z, 0-9 and - (not first, not last), not ending in -forbidden")


def test_three_keys_must_be_stated(said: Said) -> None:
    assert [line.partition(":")[0] for line in said("seed: 1\n")] == ["slug", "name", "people"]
