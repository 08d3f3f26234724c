"""The file of profiles: what is loaded from it, and how errors are reported."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from mockserver import resources, startup_policy, vendors
from mockserver.gateway.switches import Grade, switch
from mockserver.profiles import loading
from mockserver.profiles.loading import ProfileError
from mockserver.profiles.records import Profile, Profiles, UnknownProfile
from tests.gateway.parrot import Mood

GOOD: dict[str, Any] = {
    "description": "Half of all requests fail.",
    "advice": "tries again.",
    "seed": 5,
    "faults": [{"share": 0.5, "effect": {"status": 503}}, {"times": 1, "effect": {"rate_limited": True}}],
    "policy": {"mood": "grumpy"},
    "defects": ["lost-row"],
}
MOOD = switch("mood", Mood, grade=Grade.ASSUMED, description="How it speaks.")
OTHER = switch("other", Mood, grade=Grade.ASSUMED, description="Something else.")


def read(folder: Path, document: Any) -> Profiles:
    path = folder / "profiles.yaml"
    path.write_text(document if isinstance(document, str) else yaml.safe_dump(document), encoding="utf-8")
    return loading.load(path)


def refused(folder: Path, document: Any) -> str:
    with pytest.raises(ProfileError) as error:
        read(folder, document)
    return str(error.value)


def test_profile_has_the_fields_of_the_file(tmp_path: Path) -> None:
    (profile,) = read(tmp_path, {"half": GOOD}).profiles
    assert (profile.name, profile.seed, profile.defects) == ("half", 5, ["lost-row"])
    assert (profile.description, profile.advice) == (GOOD["description"], GOOD["advice"])


def test_rules_are_armed_for_each_vendor_with_exact_shares(tmp_path: Path) -> None:
    body = read(tmp_path, {"half": GOOD}).find("half").body(["parrot", "owl"], {})
    assert body["faults"] == [
        {"share": Decimal("0.5"), "effect": {"status": 503}, "vendor": "parrot"},
        {"share": Decimal("0.5"), "effect": {"status": 503}, "vendor": "owl"},
        {"times": 1, "effect": {"rate_limited": True}, "vendor": "parrot"},
        {"times": 1, "effect": {"rate_limited": True}, "vendor": "owl"},
    ]
    assert body["defects"] == ["lost-row"]


def test_switches_are_set_for_every_group_that_has_them(tmp_path: Path) -> None:
    known = {"parrot": (MOOD, OTHER), "owl": (OTHER,), "finch": (MOOD,)}
    body = read(tmp_path, {"half": GOOD}).find("half").body([], known)
    assert body["policy"] == {"parrot": {"mood": "grumpy"}, "finch": {"mood": "grumpy"}}


def test_profile_may_have_one_kind_of_contents_only(tmp_path: Path) -> None:
    plain = {name: GOOD[name] for name in ("description", "advice", "seed")}
    (profile,) = read(tmp_path, {"plain": plain}).profiles
    assert profile.body(["parrot"], {"parrot": (MOOD,)}) == {"faults": [], "policy": {}, "defects": []}


def test_unknown_profile_is_refused_with_a_suggestion() -> None:
    profiles = Profiles((Profile("slow", "d", "a", 1), Profile("flaky", "d", "a", 1)))
    assert profiles.find("flaky").name == "flaky"
    with pytest.raises(UnknownProfile, match=r"no profile 'flakey' \(did you mean 'flaky'\?\); there are: slow, flaky"):
        profiles.find("flakey")


BAD: dict[str, tuple[Any, str]] = {
    "a list": ([GOOD], "profiles.yaml: must be a mapping of names to profiles"),
    "nothing": ("", "profiles.yaml: must be a mapping of names to profiles"),
    "no YAML": ("half: [", "profiles.yaml: line 2, column 1: not YAML: "),
    "text": ({"half": "often"}, "profiles.yaml: half: must be a mapping"),
    "no advice": (
        {"half": {name: value for name, value in GOOD.items() if name != "advice"}},
        "profiles.yaml: half.advice: must be given",
    ),
    "a misspelt field": (
        {"half": {**GOOD, "fault": []}},
        "profiles.yaml: half.fault: there is no field 'fault' (did you mean 'faults'?)",
    ),
    "a rule of a vendor": (
        {"half": {**GOOD, "faults": [{"vendor": "owl", "path": "/owl/*", "effect": {"status": 503}}]}},
        "profiles.yaml: half.faults[0]: must not have vendor and path: a rule of a profile concerns every vendor",
    ),
}


@pytest.mark.parametrize(("document", "error"), BAD.values(), ids=BAD)
def test_error_names_the_profile_and_the_field(tmp_path: Path, document: Any, error: str) -> None:
    assert refused(tmp_path, document).startswith(error)


def test_every_error_is_reported(tmp_path: Path) -> None:
    plain = {name: GOOD[name] for name in ("description", "advice")}
    lines = refused(tmp_path, {"one": {**plain, "seed": -1}, "two": {**plain, "seed": "x"}}).splitlines()
    assert [line.partition(": ")[2].partition(":")[0] for line in lines] == ["one.seed", "two.seed"]


def test_bundled_profiles_name_only_known_switches() -> None:
    known = {each.name for group in startup_policy.all_switches(vendors.discover()).values() for each in group}
    profiles = loading.load(resources.profiles()).profiles
    assert [name for profile in profiles for name in profile.policy if name not in known] == []
    assert {"flaky", "slow", "rate-limited", "gateway-trouble"} <= {profile.name for profile in profiles}
