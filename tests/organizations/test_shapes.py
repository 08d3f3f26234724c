"""Tests of single values in an organization file: a value of the wrong shape for each key."""

import pytest

from mockserver.organizations import schemas
from mockserver.products.organization_file import FileKeys
from mockserver.validation import file_fields
from tests.organizations.conftest import HEAD, problems_in

DAY = "a date that exists, written YYYY-MM-DD, from 2000-01-01 to 2099-12-31"
TIME = "a date, a time and a time zone, as in 2025-10-21T10:30:00Z, from 1971-01-01 to 2199-12-31"
PERCENT = "a whole number from 0 to 100 (percent)"

CREDITS = "a number of credits from 0 to 1000000 with at most two decimals"


def _jetbrains(content: str) -> str:
    return f"special: [{{email: a@b.example, jetbrains: {content}}}]\n"


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
    "a clock without a time": ("clock: {frozen: true}\n", f"clock.now: found nothing; this key is required: {TIME}"),
    "a clock without a time zone": (
        "clock: {now: 2025-10-21T10:30:00}\n",
        f"clock.now: found '2025-10-21T10:30:00'; {TIME}",
    ),
    "a clock out of bounds": (
        "clock: {now: 1970-12-31T23:59:59Z}\n",
        f"clock.now: found '1970-12-31T23:59:59Z'; {TIME}",
    ),
    "a clock that is a time": (
        "clock: 2025-10-21T10:30:00Z\n",
        "clock: found '2025-10-21T10:30:00Z'; a mapping of keys and values",
    ),
    "an unknown key of the clock": (
        "clock: {now: 2025-10-21T10:30:00Z, freeze: true}\n",
        "clock.freeze: found true; there is no key 'freeze' (did you mean 'frozen'?)",
    ),
    "a date that is a list": ("first_day: [2022]\n", f"first_day: found a list; {DAY}"),
    "a mapping as text": ("levels: many\n", "levels: found 'many'; a mapping of keys and values"),
    "a list as a mapping": ("teams: {a: b}\n", "teams: found a mapping; a list of at least one team"),
    "nothing": ("special:\n", "special: found nothing; a list of people"),
    "no team": ("teams: []\n", "teams: found a list; at least one team"),
    "no profile": ("profiles: []\n", "profiles: found a list; at least one profile"),
    "an unknown role": (
        "special: [{email: a@b.example, role: Boss}]\n",
        "special[0].role: found 'Boss'; one of: Member, TeamLead, Manager, Admin",
    ),
    "an unknown product": (
        "exact: [{day: 2025-09-16, product: [], users: 1}]\n",
        "exact[0].product: found a list; one of: augment, jetbrains, tabnine",
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
    "JetBrains AI as a list": (
        _jetbrains("[nes]"),
        "special[0].jetbrains: found a list; a mapping of keys and values",
    ),
    "nothing of JetBrains AI": (
        _jetbrains("null"),
        "special[0].jetbrains: found nothing; a mapping with some of: tools, credits, old_clients",
    ),
    "an unknown tool": (
        _jetbrains("{tools: [aia, JUNIE]}"),
        (
            "special[0].jetbrains.tools[1]: found 'JUNIE'; one of: aia, claude_code, code_completion, codex, junie, "
            "nes, junie_ask, other"
        ),
    ),
    "a tool alone": (
        _jetbrains("{tools: nes}"),
        (
            "special[0].jetbrains.tools: found 'nes'; a list of tools: aia, claude_code, code_completion, codex, "
            "junie, nes, junie_ask, other"
        ),
    ),
    "tools that all take credits": (
        _jetbrains("{tools: [junie, junie_ask, claude_code, other]}"),
        "special[0].jetbrains.tools: found a list; at least one that works without credits: aia, code_completion, nes",
    ),
    "no tools": (
        _jetbrains("{tools: []}"),
        "special[0].jetbrains.tools: found a list; at least one that works without credits: aia, code_completion, nes",
    ),
    "an unknown client": (
        _jetbrains("{old_clients: [aia]}"),
        "special[0].jetbrains.old_clients[0]: found 'aia'; one of: ide, ai_assistant, junie",
    ),
    "a client alone": (
        _jetbrains("{old_clients: ide}"),
        "special[0].jetbrains.old_clients: found 'ide'; a list of clients: ide, ai_assistant, junie",
    ),
    "credits as a number": (
        _jetbrains("{credits: 10}"),
        "special[0].jetbrains.credits: found 10; a list of licences, each with its quota",
    ),
    "a licence as a number": (
        _jetbrains("{credits: [10]}"),
        "special[0].jetbrains.credits[0]: found 10; a mapping of keys and values",
    ),
    "a licence without a quota": (
        _jetbrains("{credits: [{top_up: 5}]}"),
        f"special[0].jetbrains.credits[0].quota: found nothing; this key is required: {CREDITS}",
    ),
    "raises that are no list": (
        _jetbrains("{credits: [{quota: 1, raises: {day: 2025-10-14, top_up: 5}}]}"),
        "special[0].jetbrains.credits[0].raises: found a mapping; a list of raises, each with day and top_up",
    ),
    "a raise that is no mapping": (
        _jetbrains("{credits: [{quota: 1, raises: [5]}]}"),
        "special[0].jetbrains.credits[0].raises[0]: found 5; a mapping of keys and values",
    ),
    "a raise of nothing": (
        _jetbrains("{credits: [{quota: 1, raises: [{day: 2025-10-14}]}]}"),
        f"special[0].jetbrains.credits[0].raises[0].top_up: found nothing; this key is required: {CREDITS}",
    ),
    "a raise on no day": (
        _jetbrains("{credits: [{quota: 1, raises: [{top_up: 1}]}]}"),
        f"special[0].jetbrains.credits[0].raises[0].day: found nothing; this key is required: {DAY}",
    ),
    "an unknown key of JetBrains AI": (
        _jetbrains("{credit: []}"),
        "special[0].jetbrains.credit: found a list; there is no key 'credit' (did you mean 'credits'?)",
    ),
    "groups of the Console as text": ("console_groups: Core\n", "console_groups: found 'Core'; a list of teams"),
    "no group of the Console": ("console_groups: []\n", "console_groups: found a list; at least one team"),
    "an unknown key": (
        "teems: []\n",
        "teems: found a list; there is no key 'teems' (did you mean 'teams'?); there are: slug, name, ",
    ),
    "an unknown key like no other": (
        "qqq: 1\n",
        "qqq: found 1; there is no key 'qqq'; there are: slug, name, people, ",
    ),
    "an unknown key of a number": ("5: 1\n", "5: found 1; there is no key '5'; there are: slug, "),
    "an unknown key deep inside": (
        "special: [{email: a@b.example, joind: 2025-01-01}]\n",
        "special[0].joind: found '2025-01-01'; there is no key 'joind' (did you mean 'joined'?)",
    ),
    "an odd key": ('"a b": 1\n', "'a b': found 1; there is no key 'a b'; there are: slug, "),
    "a long text": (f"domain: {'x' * 999}\n", f"domain: found '{'x' * 58}…; a domain in lower case"),
}


@pytest.mark.parametrize(("content", "expected"), SHAPES.values(), ids=SHAPES)
def test_wrong_shape_is_reported_with_path_value_and_rule(content: str, expected: str) -> None:
    (line,) = problems_in(HEAD + content)
    assert line.startswith(expected)


@pytest.mark.parametrize("people", ["0", "-1", "125001", "1000000", "'10'"])
def test_number_of_people_is_limited(people: str) -> None:
    (line,) = problems_in(f"slug: mine\nname: Mine\npeople: {people}\n")
    assert line == f"people: found {people}; a whole number from 1 to 125000"


@pytest.mark.parametrize("slug", ["Mine", "-a", "a-", "a_b", "x" * 41, "my-forbidden", "my-groups", "a/b", '""'])
def test_slug_fits_into_a_token_and_a_path(slug: str) -> None:
    (line,) = problems_in(f"slug: {slug}\nname: Mine\npeople: 10\n")
    assert line.endswith(
        "; 1 to 40 of a-z, 0-9 and - (not first, not last), not ending in -forbidden, -groups or -readonly"
    )


def test_three_keys_are_required() -> None:
    assert [line.partition(":")[0] for line in problems_in("seed: 1\n")] == ["slug", "name", "people"]


NO_CREDITS = {
    "less than none": "-1",
    "a plus": "'+1'",
    "too many": "1000000.01",
    "far too many": "10000000",
    "three decimals": "1.234",
    "a decimal that no sum of decimals keeps": f"1.{'0' * 40}1",
    "a point without decimals": "'1.'",
    "a point without a number": ".5",
    "a comma": "'1,5'",
    "leading zeros": "'01'",
    "a word": "many",
    "an empty text": "''",
    "true": "true",
    "false": "false",
    "no number": ".nan",
    "no number, in words": "NaN",
    "without end": ".inf",
    "without end, in words": "Infinity",
    "an exponent": "1e2",
    "a great exponent": "1e400",
    "the greatest exponent": "1e999999",
    "grouped digits": "1_000",
    "digits of another script": "'\u0663'",
    "blanks around": "' 5 '",
    "a line's end": '"5\\n"',
    "nothing": "null",
    "a list": "[5]",
    "a mapping": "{of: 5}",
}


@pytest.mark.parametrize("content", NO_CREDITS.values(), ids=NO_CREDITS)
@pytest.mark.parametrize("key", ["quota", "top_up"])
def test_credits_have_two_decimals_and_bounds(key: str, content: str) -> None:
    other = "" if key == "quota" else "quota: 1, "
    (line,) = problems_in(HEAD + _jetbrains(f"{{credits: [{{{other}{key}: {content}}}]}}"))
    assert line.startswith(f"special[0].jetbrains.credits[0].{key}: found ")
    assert line.endswith(f"; {CREDITS}")


def test_two_products_cannot_add_the_same_key() -> None:
    keys = FileKeys({"shared": file_fields.percent()})
    with pytest.raises(ValueError, match="another product has the key 'shared' in organization files already"):
        schemas.product_keys(lambda _: keys)
