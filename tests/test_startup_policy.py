"""The switches that a server starts with: from policy files and flags, with every error reported."""

from enum import StrEnum
from pathlib import Path

import pytest

from mockserver import startup_policy
from mockserver.gateway import switches
from mockserver.gateway.switches import AnySwitch, Grade
from mockserver.settings import Settings, SettingsError


class Mood(StrEnum):
    """The mood of a parrot."""

    CHEERFUL = "cheerful"
    GRUMPY = "grumpy"
    NULL = "null"
    NO = "no"


PARROT: tuple[AnySwitch, ...] = (
    switches.switch("mood", Mood, grade=Grade.ASSUMED, description="The mood of a parrot."),
    switches.Switch("hour", tuple(range(24)), default=2, grade=Grade.DOCUMENTED, description="The hour it wakes."),
    switches.names(
        "names", "items", "date", kept=("next",), grade=Grade.ASSUMED, description="The names of response fields."
    ),
)
KNOWN = {"parrot": PARROT, "finch": PARROT[:1]}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The path of a policy file."""
    return tmp_path / "policy.yaml"


def loaded(file: Path, content: str | bytes, *policy: tuple[str, str]) -> dict[str, dict[str, object]]:
    """Load a policy file with this content, and flags; return the switches by vendor."""
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    policies = startup_policy.load(Settings(policy_file=file, policy=policy), KNOWN)
    return {vendor: dict(values) for vendor, values in policies.items()}


def test_without_file_and_flags_nothing_is_set() -> None:
    assert startup_policy.load(Settings(), KNOWN) == {}


def test_flag_sets_a_switch() -> None:
    policy = (("parrot.mood", "grumpy"), ("parrot.names", "items=rows"), ("finch.mood", "no"))
    assert startup_policy.load(Settings(policy=policy), KNOWN) == {
        "parrot": {"mood": "grumpy", "names": '{"items": "rows"}'},
        "finch": {"mood": "no"},
    }


def test_file_sets_switches_by_vendor(file: Path) -> None:
    content = "parrot:\n  mood: grumpy\n  hour: 7\n  names: {items: rows, date: '1'}\nfinch: {mood: grumpy}\n"
    assert loaded(file, content) == {
        "parrot": {"mood": "grumpy", "hour": 7, "names": '{"items": "rows", "date": "1"}'},
        "finch": {"mood": "grumpy"},
    }


def test_flags_for_the_same_names_switch_are_combined(file: Path) -> None:
    policy = (("parrot.names", "items=rows"), ("parrot.mood", "sad"), ("parrot.names", "date=day"))
    with pytest.raises(SettingsError, match=r"parrot\.mood"):
        loaded(file, "", *policy)
    swapped = (("parrot.names", "items=date"), ("parrot.mood", "no"), ("parrot.names", "date=items"))
    assert loaded(file, "parrot: {names: {items: rows}}", *swapped) == {
        "parrot": {"mood": "no", "names": '{"items": "date", "date": "items"}'}
    }


NOT_STRINGS = [
    "null",
    "~",
    "",
    "5",
    "-1",
    "0x1f",
    "0o17",
    "1.5",
    "1.",
    ".5e3",
    "1e3",
    ".inf",
    "-.INF",
    ".nan",
    "true",
    "False",
]


@pytest.mark.parametrize("scalar", NOT_STRINGS)
def test_number_null_or_boolean_is_a_name_only_in_quotes(file: Path, scalar: str) -> None:
    with pytest.raises(SettingsError) as caught:
        loaded(file, f"parrot: {{names: {{date: day, items: {scalar}}}}}")
    expected = f"names cannot call 'items' {scalar or 'nothing'} (put it in quotation marks to make it text): a name is"
    assert expected in str(caught.value)
    if scalar:
        content = f"parrot:\n  names:\n    items: '{scalar}'\n    date: \"{scalar}x\"\n"
        assert loaded(file, content)["parrot"] == {"names": f'{{"items": "{scalar}", "date": "{scalar}x"}}'}


@pytest.mark.parametrize("word", ["no", "on", "2025-10-01", "1_000", "e3", "0b1", "10%"])
def test_any_other_scalar_is_taken_literally_as_a_name(file: Path, word: str) -> None:
    assert loaded(file, f"parrot: {{names: {{items: {word}}}}}") == {"parrot": {"names": f'{{"items": "{word}"}}'}}


@pytest.mark.parametrize("mood", ["no", "null", "'no'", '"null"'])
def test_option_is_taken_literally(file: Path, mood: str) -> None:
    assert loaded(file, f"parrot: {{mood: {mood}}}") == {"parrot": {"mood": mood.strip("'\"")}}


def test_file_may_have_a_byte_order_mark_comments_and_json(file: Path) -> None:
    content = '\ufeff# A comment.\n{"parrot": {"names": {"items": "rows"}}}'
    assert loaded(file, content) == {"parrot": {"names": '{"items": "rows"}'}}


@pytest.mark.parametrize("content", ["", "# Nothing yet.\n", "{}", "parrot: {}"])
def test_file_may_be_empty(file: Path, content: str) -> None:
    assert {vendor: values for vendor, values in loaded(file, content).items() if values} == {}


def test_flag_overrides_the_file_for_each_switch(file: Path) -> None:
    content = "parrot: {mood: grumpy, hour: 7, names: {items: rows}}"
    assert loaded(file, content, ("parrot.names", "date=day"), ("parrot.mood", "no")) == {
        "parrot": {"mood": "no", "hour": 7, "names": '{"date": "day"}'}
    }


ERRORS: dict[str, tuple[str | bytes, str]] = {
    "an unknown vendor": (
        "parot: {}",
        "parot: there is no vendor 'parot' (did you mean 'parrot'?); there are: parrot, finch",
    ),
    "an unknown switch": (
        "parrot: {moood: no}",
        "parrot.moood: there is no switch 'moood' (did you mean 'mood'?); there are: mood, hour, names",
    ),
    "an unknown option": (
        "parrot: {mood: sad}",
        "parrot.mood: mood cannot be 'sad'; it takes one of: cheerful, grumpy, null, no",
    ),
    "no option": ("parrot: {mood: }", "parrot.mood: mood cannot be ''; it takes one of: cheerful, grumpy, null, no"),
    "a list": ("parrot: {mood: [no]}", "parrot.mood: mood cannot be ['no']; it takes one of: "),
    "an unknown name": (
        "parrot: {names: {item: rows}}",
        "parrot.names: names: there is no response name 'item' (did you mean 'items'?); there are: items, date",
    ),
    "names that collide": ("parrot: {names: {items: next}}", "parrot.names: names would call 'items' and 'next' alike"),
    "a vendor without switches": ("parrot:", "parrot: must be a mapping of switches to their values, not ''"),
    "a vendor with a list": (
        "parrot: [mood]",
        "parrot: must be a mapping of switches to their values, not ['mood']",
    ),
    "a list of vendors": (
        "- parrot",
        "must be a mapping of vendors to their switches, as in `vendor: {switch: value}`",
    ),
    "a word": ("parrot", "must be a mapping of vendors to their switches"),
    "a vendor that occurs twice": (
        "parrot: {}\nparrot: {}",
        "parrot: the key is repeated, on line 1 and on line 2; write it once",
    ),
    "a name that occurs twice": (
        "parrot:\n  names: {items: a, items: b}",
        "parrot.names.items: the key is repeated, on line 2 and on line 2; write it once",
    ),
    "a key that is a list": ("[a]: b", "line 1: a key must be a word, not a list or a mapping"),
    "an unclosed bracket": ("parrot: {mood: no", "line 1, column 18: not YAML: "),
    "an alias": (
        "parrot: &it {mood: *it}",
        "line 1: alias *it: aliases are not supported; write the value out",
    ),
    "a control character": ("parrot: \x07", "not YAML: unacceptable character #x0007"),
    "brackets that are nested too deep": ("[" * 5000, "line 1: lists and mappings are nested more than 12 deep"),
    "bytes that are not UTF-8": (b"parrot: \xff", "not UTF-8 at byte 8; save the file as UTF-8"),
}


@pytest.mark.parametrize(("content", "message"), ERRORS.values(), ids=ERRORS)
def test_error_names_the_file_and_the_key(file: Path, content: str | bytes, message: str) -> None:
    with pytest.raises(SettingsError) as caught:
        loaded(file, content)
    assert str(caught.value).startswith(f"{file}: {message}")
    assert "\n" not in str(caught.value)


def test_every_error_has_its_own_line(file: Path) -> None:
    with pytest.raises(SettingsError) as caught:
        loaded(file, "parrot: {mood: sad, hour: 24}\nowl: {}", ("parrot.names", "x=y"), ("parrot.hour", "3"))
    assert [line.removeprefix(f"{file}: ").partition(": ")[0] for line in str(caught.value).splitlines()] == [
        "parrot.mood",
        "parrot.hour",
        "owl",
        "--policy parrot.names",
    ]


@pytest.mark.parametrize(
    ("path", "reason"),
    [("/nowhere/policy.yaml", "No such file or directory"), ("/", "Is a directory"), ("a\0b", "embedded null byte")],
)
def test_unreadable_file_is_reported_with_the_reason(path: str, reason: str) -> None:
    with pytest.raises(SettingsError) as caught:
        startup_policy.load(Settings(policy_file=Path(path)), KNOWN)
    assert str(caught.value) == f"{path}: cannot be read: {reason}"
