"""Promises about the choices that a server starts with: file and flags say them alike, and every fault is told.

What a choice does stays out.
"""

from enum import StrEnum
from pathlib import Path

import pytest

from mockserver import startup_policy
from mockserver.gateway import switches
from mockserver.gateway.switches import AnySwitch, Grade
from mockserver.settings import Settings, SettingsError


class Mood(StrEnum):
    """How it speaks."""

    CHEERFUL = "cheerful"
    GRUMPY = "grumpy"
    NULL = "null"
    NO = "no"


PARROT: tuple[AnySwitch, ...] = (
    switches.switch("mood", Mood, grade=Grade.ASSUMED, description="How it speaks."),
    switches.integer_switch("hour", range(24), default=2, grade=Grade.DOCUMENTED, description="When it wakes."),
    switches.names("names", "items", "date", kept=("next",), grade=Grade.ASSUMED, description="What it calls things."),
)
KNOWN = {"parrot": PARROT, "finch": PARROT[:1]}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where a policy file may be written."""
    return tmp_path / "policy.yaml"


def stated(file: Path, content: str | bytes, *policy: tuple[str, str]) -> dict[str, dict[str, object]]:
    """What a server starts with, given a file's content and flags."""
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    made = startup_policy.load(Settings(policy_file=file, policy=policy), KNOWN)
    return {vendor: dict(values) for vendor, values in made.items()}


def test_without_a_file_and_flags_nothing_is_stated() -> None:
    assert startup_policy.load(Settings(), KNOWN) == {}


def test_a_flag_states_a_choice() -> None:
    policy = (("parrot.mood", "grumpy"), ("parrot.names", "items=rows"), ("finch.mood", "no"))
    assert startup_policy.load(Settings(policy=policy), KNOWN) == {
        "parrot": {"mood": "grumpy", "names": '{"items": "rows"}'},
        "finch": {"mood": "no"},
    }


def test_a_file_states_choices_by_vendor_and_switch(file: Path) -> None:
    content = "parrot:\n  mood: grumpy\n  hour: 7\n  names: {items: rows, date: '1'}\nfinch: {mood: grumpy}\n"
    assert stated(file, content) == {
        "parrot": {"mood": "grumpy", "hour": 7, "names": '{"items": "rows", "date": "1"}'},
        "finch": {"mood": "grumpy"},
    }


def test_flags_for_the_same_renaming_are_one_renaming(file: Path) -> None:
    policy = (("parrot.names", "items=rows"), ("parrot.mood", "sad"), ("parrot.names", "date=day"))
    with pytest.raises(SettingsError, match=r"parrot\.mood"):
        stated(file, "", *policy)
    swapped = (("parrot.names", "items=date"), ("parrot.mood", "no"), ("parrot.names", "date=items"))
    assert stated(file, "parrot: {names: {items: rows}}", *swapped) == {
        "parrot": {"mood": "no", "names": '{"items": "date", "date": "items"}'}
    }


NO_NAMES = [
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


@pytest.mark.parametrize("word", NO_NAMES)
def test_what_yaml_takes_for_no_text_is_no_name_unless_it_stands_in_quotation_marks(file: Path, word: str) -> None:
    with pytest.raises(SettingsError) as caught:
        stated(file, f"parrot: {{names: {{date: day, items: {word}}}}}")
    told = f"names cannot call 'items' {word or 'nothing'} (text such as this goes in quotation marks): a name is text"
    assert told in str(caught.value)
    if word:
        content = f"parrot:\n  names:\n    items: '{word}'\n    date: \"{word}x\"\n"
        assert stated(file, content)["parrot"] == {"names": f'{{"items": "{word}", "date": "{word}x"}}'}


@pytest.mark.parametrize("word", ["no", "on", "2025-10-01", "1_000", "e3", "0b1", "10%"])
def test_any_other_word_is_a_name_as_it_stands(file: Path, word: str) -> None:
    assert stated(file, f"parrot: {{names: {{items: {word}}}}}") == {"parrot": {"names": f'{{"items": "{word}"}}'}}


@pytest.mark.parametrize("mood", ["no", "null", "'no'", '"null"'])
def test_a_word_that_yaml_takes_for_something_else_is_the_choice_that_stands_there(file: Path, mood: str) -> None:
    assert stated(file, f"parrot: {{mood: {mood}}}") == {"parrot": {"mood": mood.strip("'\"")}}


def test_a_file_may_have_a_byte_order_mark_comments_and_json(file: Path) -> None:
    content = '\ufeff# Ours.\n{"parrot": {"names": {"items": "rows"}}}'
    assert stated(file, content) == {"parrot": {"names": '{"items": "rows"}'}}


@pytest.mark.parametrize("content", ["", "# Nothing yet.\n", "{}", "parrot: {}"])
def test_a_file_may_state_nothing(file: Path, content: str) -> None:
    assert {vendor: values for vendor, values in stated(file, content).items() if values} == {}


def test_a_flag_wins_over_the_file_and_leaves_the_rest_of_it(file: Path) -> None:
    content = "parrot: {mood: grumpy, hour: 7, names: {items: rows}}"
    assert stated(file, content, ("parrot.names", "date=day"), ("parrot.mood", "no")) == {
        "parrot": {"mood": "no", "hour": 7, "names": '{"date": "day"}'}
    }


FAULTS: dict[str, tuple[str | bytes, str]] = {
    "an unknown vendor": (
        "parot: {}",
        "parot: there is no vendor 'parot' (did you mean 'parrot'?); there are: parrot, finch",
    ),
    "an unknown switch": (
        "parrot: {moood: no}",
        "parrot.moood: there is no switch 'moood' (did you mean 'mood'?); there are: mood, hour, names",
    ),
    "an unknown value": (
        "parrot: {mood: sad}",
        "parrot.mood: mood cannot be 'sad'; it takes one of: cheerful, grumpy, null, no",
    ),
    "no value": ("parrot: {mood: }", "parrot.mood: mood cannot be ''; it takes one of: cheerful, grumpy, null, no"),
    "a list": ("parrot: {mood: [no]}", "parrot.mood: mood cannot be ['no']; it takes one of: "),
    "an unknown name": (
        "parrot: {names: {item: rows}}",
        "parrot.names: names: there is no response name 'item' (did you mean 'items'?); there are: items, date",
    ),
    "names that collide": ("parrot: {names: {items: next}}", "parrot.names: names would call 'items' and 'next' alike"),
    "a vendor without switches": ("parrot:", "parrot: takes a mapping of switches to their values, not ''"),
    "a vendor with a list": (
        "parrot: [mood]",
        "parrot: takes a mapping of switches to their values, not ['mood']",
    ),
    "a list of vendors": ("- parrot", "takes a mapping of vendors to their switches, as in `vendor: {switch: value}`"),
    "a word": ("parrot", "takes a mapping of vendors to their switches"),
    "a vendor that stands twice": (
        "parrot: {}\nparrot: {}",
        "line 2: not YAML as it is read here: the key 'parrot' stands twice; state it once",
    ),
    "a name that stands twice": (
        "parrot:\n  names: {items: a, items: b}",
        "line 2: not YAML as it is read here: the key 'items' stands twice",
    ),
    "a key that is a list": ("[a]: b", "line 1: not YAML as it is read here: a key must be a word"),
    "an open bracket": ("parrot: {mood: no", "line 1: not YAML as it is read here: "),
    "a mapping that holds itself": (
        "parrot: &it {mood: *it}",
        "line 1: not YAML as it is read here: found unconstructable recursive node",
    ),
    "a control character": ("parrot: \x07", "not YAML as it is read here: unacceptable character #x0007"),
    "brackets beyond all depth": ("[" * 5000, "not YAML as it is read here: maximum recursion depth exceeded"),
    "bytes that are no text": (b"parrot: \xff", "not UTF-8 at byte 8; save the file as UTF-8"),
}


@pytest.mark.parametrize(("content", "taught"), FAULTS.values(), ids=FAULTS)
def test_a_fault_is_told_with_the_file_and_the_key(file: Path, content: str | bytes, taught: str) -> None:
    with pytest.raises(SettingsError) as caught:
        stated(file, content)
    assert str(caught.value).startswith(f"{file}: {taught}")
    assert "\n" not in str(caught.value)


def test_all_faults_are_told_each_on_its_line(file: Path) -> None:
    with pytest.raises(SettingsError) as caught:
        stated(file, "parrot: {mood: sad, hour: 24}\nowl: {}", ("parrot.names", "x=y"), ("parrot.hour", "3"))
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
def test_a_file_that_cannot_be_read_is_told_with_the_reason(path: str, reason: str) -> None:
    with pytest.raises(SettingsError) as caught:
        startup_policy.load(Settings(policy_file=Path(path)), KNOWN)
    assert str(caught.value) == f"{path}: cannot be read: {reason}"
