"""Files of made-up tenants, generated from ours: their names and options are found, and nothing else is settled."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockserver import startup_policy, vendors
from mockserver.admin import openapi
from mockserver.gateway.switches import Renaming
from mockserver.learning import policy_text
from mockserver.learning.findings import Findings
from mockserver.settings import Settings
from tests.learning import dialects
from tests.learning.conftest import SERVED, document, learned
from tests.learning.options import OPEN, SHOWN, Change

VENDORS = sorted(SHOWN)
DIALECTS = {"plain": dialects.plain, "springdoc": dialects.springdoc, "swagger": dialects.swagger}
FORMATS = {"json": dialects.as_json, "yaml": dialects.as_yaml}
ARRAYS_ON_TOP = ("AdoptionAnswer", "MetricsAnswer", "FeatureMetricsAnswer", "ProfileList")
KNOWN = startup_policy.all_switches(vendors.discover())


def renamable(vendor: str) -> list[str]:
    """The response fields that a switch of the vendor renames."""
    return [str(name) for each in SERVED[vendor].switches if isinstance(each, Renaming) for name in each.options]


@st.composite
def names(draw: st.DrawFn, vendor: str) -> dict[str, str]:
    """New names for all of a vendor's fields, opaque ones or names of other fields."""
    fields = renamable(vendor)
    opaque = st.text("aeiouxz0123~/#: \"'é", min_size=1, max_size=12).filter(lambda text: not text.isspace())
    count = len(fields)
    pool = draw(st.lists(opaque, min_size=count, max_size=count, unique=True))
    chosen = draw(st.permutations([*fields, *(name for name in pool if name not in fields)]))
    return dict(zip(fields, chosen, strict=False))


@st.composite
def options(draw: st.DrawFn, vendor: str) -> dict[str, tuple[str, Change, bool]]:
    """An option for every switch that a file can show, with its change, and whether the file shows this option."""
    drawn = {}
    for switch, shown in SHOWN[vendor].items():
        every = {name: (name, change, True) for name, change in shown.items()}
        every |= {name: (name, change, False) for name, change in OPEN[vendor].get(switch, {}).items()}
        drawn[switch] = every[draw(st.sampled_from(sorted(every)))]
    return drawn


def tenant(vendor: str, renamed: dict[str, str], chosen: dict[str, tuple[str, Change, bool]]) -> Any:
    """Our file of a vendor with these names and options."""
    made = document(vendor)
    for _, change, _ in chosen.values():
        change(made)
    return openapi.rename(made, renamed) if renamed else made


def hidden_switches(dialect: str, chosen: dict[str, str]) -> list[str]:
    """The switches that such a file cannot show: the dialect has no word for it, or its field is left out."""
    without_types = chosen.get("agent_usage_sections") == "first"
    unsaid = ["schemes", "retry_after"] if dialect == "swagger" else []
    return [*unsaid, *(["agent_types"] if without_types else [])]


def settled(found: Findings) -> dict[str, str]:
    """The options that were settled, as text."""
    return {name: str(option) for name, (option, _) in found.options.items()}


def loaded(found: Findings, path: Path) -> Any:
    """What `serve --policy-file` reads in the policy, by vendor."""
    path.write_text(policy_text.policy(found), encoding="utf-8")
    read = startup_policy.load(Settings(policy_file=path), KNOWN)
    return {name: dict(options) for name, options in read.items()}


@pytest.mark.parametrize("vendor", VENDORS)
@pytest.mark.parametrize("dialect", DIALECTS)
@settings(max_examples=4)
@given(data=st.data())
def test_names_and_options_of_a_tenant_are_found_exactly(
    vendor: str, dialect: str, data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    renamed = data.draw(names(vendor))
    chosen = data.draw(options(vendor))
    content = FORMATS[data.draw(st.sampled_from(sorted(FORMATS)))](DIALECTS[dialect](tenant(vendor, renamed, chosen)))
    found = learned(vendor, content)
    expected = {switch: option for switch, (option, _, is_shown) in chosen.items() if is_shown}
    for hidden in hidden_switches(dialect, expected):
        expected.pop(hidden, None)
    assert settled(found) == expected
    assert {name: other for name, (other, _) in found.names.items()} == renamed
    assert (found.open_names, found.contradictions, found.refused_names) == ({}, {}, {})
    read = loaded(found, tmp_path_factory.mktemp("policy") / "policy.yaml").get(vendor, {})
    mapping = json.loads(read.pop("names", "{}"))
    assert {name: str(option) for name, option in read.items()} == expected
    assert mapping == {name: other for name, other in renamed.items() if name != other}


def test_arrays_without_an_object_around_have_the_same_rows() -> None:
    fields = renamable("jetbrains-ide")
    renamed = dict(zip(fields, (f"q{number}x" for number in range(len(fields))), strict=True))
    made = tenant("jetbrains-ide", renamed, {})
    found = learned("jetbrains-ide", dialects.as_json(dialects.with_arrays_on_top(made, *ARRAYS_ON_TOP)))
    assert {name: other for name, (other, _) in found.names.items()} == renamed
    wrapped = [what for what, _ in found.extra if "has none around it" in what]
    assert [what.partition(":")[0] for what in wrapped] == [
        *("getUsersAdoption", "getMetrics", "getMetricsByFeature", "getProfiles"),
    ]


def test_same_file_gives_the_same_policy() -> None:
    content = dialects.as_json(dialects.springdoc(document("tabnine")))
    texts = {policy_text.policy(learned("tabnine", content)) for _ in range(3)}
    assert len(texts) == 1
